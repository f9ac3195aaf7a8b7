import { Rejection } from '../../chaincode/domain/errors';
import type { LedgerPort } from '../ports/ledger-port';
import type { Receipt, Receipts } from './receipts';

/** Fewer than two peers prove nothing that one of them could not have made up. */
const MIN_ENDORSERS = 2;

/** Has histories endorsed for the evidence package and reads blocks from the own peer. */
export class ReceiptService implements Receipts {
  readonly #ledger: Pick<LedgerPort, 'endorseOnly' | 'block'>;

  constructor(ledger: Pick<LedgerPort, 'endorseOnly' | 'block'>) {
    this.#ledger = ledger;
  }

  async history(recordId: string, endorsers: readonly string[]): Promise<Receipt> {
    const members = [...new Set(endorsers)].sort();
    if (members.length < MIN_ENDORSERS) throw new Rejection('REQUEST_INVALID', { field: '/endorsers' });
    const request = { chaincode: 'records', fn: 'Records:readHistory', args: [recordId], endorsers: members } as const;
    return { recordId, endorsers: members, ...(await this.#ledger.endorseOnly(request)) };
  }

  async *blocks(from: bigint, to: bigint): AsyncIterable<{ readonly number: bigint; readonly bytes: Uint8Array }> {
    for (let number = from; number <= to; number++) yield { number, bytes: await this.#ledger.block(number) };
  }
}
