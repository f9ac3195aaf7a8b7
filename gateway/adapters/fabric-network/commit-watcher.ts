import { common } from '@hyperledger/fabric-protos';
import { validationCodes } from '../../../network/protocol/block';
import { parseEnvelope } from '../../../network/protocol/transaction';
import { validationCodeName } from '../../../network/protocol/validation-code';
import { LedgerError } from '../../ports/ledger-port';
import type { TransactionStatus } from '../../ports/outbox-port';
import type { LegacyConnection } from './connection';
import { openDeliver } from './deliver';
import { toLegacyError } from './endorsements';

const KEPT = 20_000;

/**
 * Learns transactions' final status from the own peer's filtered blocks; older ones are looked up.
 *
 * The library has no call that waits for one transaction, so one stream serves all that wait.
 */
export class CommitWatcher {
  readonly #connection: LegacyConnection;
  readonly #channel: string;
  readonly #seen = new Map<string, TransactionStatus>();
  readonly #waiting = new Map<string, Set<(status: TransactionStatus) => void>>();
  #watching: Promise<void> | undefined;
  #close: (() => void) | undefined;
  #isClosed = false;

  constructor(connection: LegacyConnection, channel: string) {
    this.#connection = connection;
    this.#channel = channel;
  }

  /** The status, or undefined when it is not known within the time. @throws LedgerError unavailable. */
  async status(transactionId: string, timeoutMs: number): Promise<TransactionStatus | undefined> {
    const until = Date.now() + timeoutMs;
    await this.#watch();
    const known = this.#seen.get(transactionId) ?? (await this.#lookUp(transactionId));
    return known ?? this.#wait(transactionId, Math.max(0, until - Date.now()));
  }

  close(): void {
    this.#isClosed = true;
    this.#close?.();
  }

  #wait(transactionId: string, timeoutMs: number): Promise<TransactionStatus | undefined> {
    // It may have come while it was looked up.
    const seen = this.#seen.get(transactionId);
    if (seen !== undefined) return Promise.resolve(seen);
    return new Promise((resolve) => {
      const waiting = this.#waiting.get(transactionId) ?? new Set();
      this.#waiting.set(transactionId, waiting);
      const done = (status: TransactionStatus | undefined): void => {
        clearTimeout(timer);
        waiting.delete(done);
        if (waiting.size === 0) this.#waiting.delete(transactionId);
        resolve(status);
      };
      const timer = setTimeout(() => done(undefined), timeoutMs);
      waiting.add(done);
    });
  }

  /** Resolves when the stream is open; a stream that broke is opened anew by the next caller. */
  #watch(): Promise<void> {
    this.#watching ??= this.#open().catch((error: unknown) => {
      this.#watching = undefined;
      throw error;
    });
    return this.#watching;
  }

  async #open(): Promise<void> {
    const { responses, close } = await openDeliver(this.#connection, 'filtered', 'newest');
    this.#close = close;
    if (this.#isClosed) close();
    void this.#read(responses).finally(() => {
      this.#watching = undefined;
      close();
    });
  }

  async #read(responses: Awaited<ReturnType<typeof openDeliver>>['responses']): Promise<void> {
    try {
      for await (const { filtered_block: block } of responses) {
        if (!block) return;
        const blockNumber = BigInt(String(block.number ?? 0));
        for (const { txid, tx_validation_code: code } of block.filtered_transactions ?? []) {
          if (txid) this.#tell(txid, { code: validationCodeName(Number(code ?? 0)), blockNumber });
        }
      }
    } catch {
      // Whoever waits runs into its time limit and asks again, which opens another stream.
    }
  }

  #tell(transactionId: string, status: TransactionStatus): void {
    // The ledger's entry is the first copy's; a repeat in a later block is DUPLICATE_TXID.
    if (status.code === 'DUPLICATE_TXID') return;
    this.#seen.set(transactionId, status);
    if (this.#seen.size > KEPT) this.#seen.delete(this.#seen.keys().next().value as string);
    for (const done of this.#waiting.get(transactionId) ?? []) done(status);
  }

  async #lookUp(transactionId: string): Promise<TransactionStatus | undefined> {
    const channel = await this.#connection.channel();
    const query = channel.newQuery('qscc');
    const context = await this.#connection.newContext();
    query.sign(
      await this.#connection.sign(
        query.build(context, { fcn: 'GetBlockByTxID', args: [this.#channel, transactionId] }),
      ),
    );
    const targets = await this.#connection.peersOf([this.#connection.mspId]);
    const { responses, errors } = await query.send({ targets, requestTimeout: 10_000 });
    const payload = responses[0]?.response.status === 200 ? responses[0].response.payload : undefined;
    if (payload !== undefined) return statusIn(payload, transactionId);
    const [error] = errors;
    const failure = error === undefined ? undefined : toLegacyError(error);
    if (failure instanceof LedgerError && failure.outcome === 'unavailable') throw failure;
    return undefined; // no such transaction yet
  }
}

function statusIn(bytes: Uint8Array, transactionId: string): TransactionStatus | undefined {
  const block = common.Block.deserializeBinary(bytes);
  const position = (block.getData()?.getDataList_asU8() ?? []).findIndex(
    (envelope) => parseEnvelope(envelope).transactionId === transactionId,
  );
  const code = validationCodes(block)[position];
  if (code === undefined) return undefined;
  return { code: validationCodeName(code), blockNumber: BigInt(block.getHeader()?.getNumber() ?? 0) };
}
