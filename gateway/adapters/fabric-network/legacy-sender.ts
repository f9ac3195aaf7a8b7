import { common } from '@hyperledger/fabric-protos';
import type { Committer } from 'fabric-common';
import { LedgerError, ledgerError } from '../../ports/ledger-port';
import type { EnvelopeSender, TransactionStatus } from '../../ports/outbox-port';
import { DEADLINES } from '../fabric-gateway/connection';
import type { Semaphore } from '../semaphore';
import { CommitWatcher } from './commit-watcher';
import type { LegacyConnection } from './connection';

/** What an orderer answered. */
interface BroadcastAnswer {
  readonly status?: string;
  readonly info?: string;
}

/** An orderer that has not caught up yet: others know the channel. */
const NOT_YET = /channel does not exist/i;

/** Statuses with which an orderer says that this envelope will never be ordered by it. */
const REFUSALS: ReadonlySet<string> = new Set(['BAD_REQUEST', 'FORBIDDEN', 'NOT_FOUND', 'REQUEST_ENTITY_TOO_LARGE']);

/** Broadcasts stored envelopes to the orderers that Discovery told of, and watches their status. */
export class LegacySender implements EnvelopeSender {
  readonly #connection: LegacyConnection;
  readonly #calls: Semaphore;
  readonly #watcher: CommitWatcher;

  constructor(connection: LegacyConnection, channel: string, calls: Semaphore) {
    this.#connection = connection;
    this.#calls = calls;
    this.#watcher = new CommitWatcher(connection, channel);
  }

  async broadcast(transactionId: string, envelope: Uint8Array): Promise<void> {
    const parsed = common.Envelope.deserializeBinary(envelope);
    // The library passes the message on as its own protobuf object.
    const message = {
      payload: Buffer.from(parsed.getPayload_asU8()),
      signature: Buffer.from(parsed.getSignature_asU8()),
    } as unknown as Buffer;
    const committers = (await this.#connection.channel()).getCommitters();
    let asked = 0;
    for (const committer of shuffled(committers)) {
      const answer = await this.#calls.run(() => send(committer, message));
      if (answer === undefined) continue;
      asked++;
      if (answer.status === 'SUCCESS') return;
      // Another orderer that was asked before may have taken it.
      if (asked === 1 && REFUSALS.has(answer.status ?? '') && !NOT_YET.test(answer.info ?? '')) {
        throw ledgerError('rejected', 'ORDERER_REFUSED', {}, transactionId);
      }
    }
    throw ledgerError('unavailable', 'PEER_UNAVAILABLE', {}, transactionId);
  }

  async status(transactionId: string, timeoutMs: number): Promise<TransactionStatus | undefined> {
    try {
      return await this.#watcher.status(transactionId, timeoutMs);
    } catch (error) {
      throw error instanceof LedgerError ? error : ledgerError('unavailable', 'PEER_UNAVAILABLE', {}, transactionId);
    }
  }

  close(): void {
    this.#watcher.close();
  }
}

/** An orderer's answer; undefined when it certainly was not asked. A stream that broke says nothing, so it counts. */
async function send(committer: Committer, message: Buffer): Promise<BroadcastAnswer | undefined> {
  if (!(await committer.checkConnection())) return undefined;
  return (committer.sendBroadcast(message, DEADLINES.submit) as Promise<BroadcastAnswer>).catch(() => ({}));
}

function shuffled<T>(items: readonly T[]): T[] {
  return items
    .map((item) => ({ item, order: Math.random() }))
    .sort((a, b) => a.order - b.order)
    .map(({ item }) => item);
}
