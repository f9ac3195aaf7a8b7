import { ledgerError } from '../../../gateway/ports/ledger-port';
import type { EnvelopeSender, TransactionStatus } from '../../../gateway/ports/outbox-port';

type Step = 'accept' | 'lose' | 'refuse' | 'unavailable';

/**
 * An ordering service and peer in memory, with faults by script: each broadcast takes the next step, then `accept`.
 *
 * `accept`: ordered and committed. `lose`: acknowledged and forgotten. `refuse`: refused for good.
 */
export class FakeSender implements EnvelopeSender {
  readonly broadcasts: { readonly transactionId: string; readonly envelope: Uint8Array }[] = [];
  readonly committed = new Map<string, TransactionStatus>();
  statusCalls = 0;
  /** Whether status requests fail. */
  blind = false;
  code = 'VALID';
  readonly #steps: Step[];
  #height = 1n;

  constructor(...steps: Step[]) {
    this.#steps = steps;
  }

  async broadcast(transactionId: string, envelope: Uint8Array): Promise<void> {
    this.broadcasts.push({ transactionId, envelope });
    const step = this.#steps.shift() ?? 'accept';
    if (step === 'refuse') throw ledgerError('rejected', 'ORDERER_REFUSED', {}, transactionId);
    if (step === 'unavailable') throw ledgerError('unavailable', 'PEER_UNAVAILABLE', {}, transactionId);
    if (step === 'accept' && !this.committed.has(transactionId)) {
      this.committed.set(transactionId, { code: this.code, blockNumber: this.#height++ });
    }
  }

  async status(transactionId: string): Promise<TransactionStatus | undefined> {
    this.statusCalls++;
    await new Promise((resolve) => setImmediate(resolve));
    if (this.blind) throw ledgerError('unavailable', 'PEER_UNAVAILABLE');
    return this.committed.get(transactionId);
  }
}
