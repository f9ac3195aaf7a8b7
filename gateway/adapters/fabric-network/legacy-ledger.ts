import { common } from '@hyperledger/fabric-protos';
import type { Endorsement, EndorsementResponse, ProposalResponse } from 'fabric-common';
import {
  ledgerError,
  LedgerError,
  type BlockWithPrivateData,
  type CommittedTransaction,
  type EndorsedTransaction,
  type EvaluateRequest,
  type LedgerPort,
  type SubmitRequest,
} from '../../ports/ledger-port';
import { StageClock } from '../../ports/stage-clock';
import type { Outbox } from '../../outbox/outbox';
import { DEADLINES } from '../fabric-gateway/connection';
import type { Semaphore } from '../semaphore';
import { legacyBlocks } from './blocks';
import type { LegacyConnection } from './connection';
import type { LegacySender } from './legacy-sender';
import { agreedResponses, toLegacyError } from './endorsements';

export interface LegacyLedgerOptions {
  readonly channel: string;
  readonly connection: LegacyConnection;
  readonly outbox: Outbox;
  readonly calls: Semaphore;
  readonly clock?: StageClock;
  readonly sender: LegacySender;
}

const NO_SUCH_BLOCK = /no such block|not found|Failed to get block number/i;

/**
 * The ledger port over `fabric-network`, which asks endorsers and orderers itself.
 *
 * Without named endorsers it follows the chaincode's policy alone: the library does not learn of key-level policies, so
 * such transactions name their endorsers.
 */
export class LegacyLedger implements LedgerPort {
  readonly channel: string;
  readonly mspId: string;
  readonly #connection: LegacyConnection;
  readonly #outbox: Outbox;
  readonly #calls: Semaphore;
  readonly #clock: StageClock;
  readonly #sender: LegacySender;

  constructor({ channel, connection, outbox, calls, sender, clock = new StageClock() }: LegacyLedgerOptions) {
    this.channel = channel;
    this.mspId = connection.mspId;
    this.#connection = connection;
    this.#outbox = outbox;
    this.#calls = calls;
    this.#clock = clock;
    this.#sender = sender;
  }

  async submit(request: SubmitRequest): Promise<CommittedTransaction> {
    const endorsed = await this.#clock.time('endorse', () => this.endorseOnly(request));
    const { reference, alsoFor } = request;
    const { blockNumber } = await this.#outbox.send({
      ...endorsed,
      ...(reference !== undefined && { reference }),
      ...(alsoFor !== undefined && { alsoFor }),
    });
    return { transactionId: endorsed.transactionId, blockNumber, result: endorsed.result };
  }

  evaluate(request: EvaluateRequest): Promise<Uint8Array> {
    return this.#call(async () => {
      const [response] = await this.#ask(request);
      return response?.response.payload ?? new Uint8Array();
    });
  }

  endorseOnly(request: EvaluateRequest): Promise<EndorsedTransaction> {
    return this.#call(() => this.#endorse(request));
  }

  blocks(from: bigint, signal: AbortSignal): AsyncIterable<BlockWithPrivateData> {
    return legacyBlocks(this.#connection, from, signal);
  }

  async height(): Promise<bigint> {
    const bytes = await this.#qscc('GetChainInfo');
    return BigInt(common.BlockchainInfo.deserializeBinary(bytes).getHeight());
  }

  block(number: bigint): Promise<Uint8Array> {
    return this.#qscc('GetBlockByNumber', String(number), (text) => {
      if (NO_SUCH_BLOCK.test(text)) throw ledgerError('rejected', 'BLOCK_NOT_FOUND', { block: String(number) });
    });
  }

  async close(): Promise<void> {
    await this.#outbox.stop();
    this.#sender.close();
    this.#connection.close();
  }

  async #endorse({ chaincode, fn, args, transient, endorsers }: EvaluateRequest): Promise<EndorsedTransaction> {
    const channel = await this.#connection.channel();
    const context = await this.#connection.newContext();
    const endorsement: Endorsement = channel.newEndorsement(chaincode);
    const proposal = endorsement.build(context, { fcn: fn, args: [...args], ...mapOf(transient) });
    endorsement.sign(await this.#connection.sign(proposal));
    const transactionId = context.transactionId;
    const target = endorsers
      ? { targets: await this.#connection.peersOf(endorsers) }
      : { handler: await this.#connection.handlerFor(chaincode) };
    const sent = await endorsement
      .send({ ...target, requestTimeout: DEADLINES.endorse })
      .catch((error: unknown): never => {
        throw toLegacyError(error, transactionId);
      });
    const [first] = agreedResponses(sent, transactionId);
    const payload = endorsement.newCommit().build(context);
    const envelope = new common.Envelope();
    envelope.setPayload(payload);
    envelope.setSignature(await this.#connection.sign(payload));
    return {
      transactionId,
      envelope: envelope.serializeBinary(),
      result: (first as EndorsementResponse).response.payload,
    };
  }

  /** Asks the own peer, or one of the named members'. */
  async #ask({ chaincode, fn, args, transient, endorsers }: EvaluateRequest): Promise<readonly EndorsementResponse[]> {
    const channel = await this.#connection.channel();
    const context = await this.#connection.newContext();
    const query = channel.newQuery(chaincode);
    const proposal = query.build(context, { fcn: fn, args: [...args], ...mapOf(transient) });
    query.sign(await this.#connection.sign(proposal));
    const targets = await this.#connection.peersOf([preferred(endorsers, this.mspId)]);
    const sent: ProposalResponse = await query.send({ targets, requestTimeout: DEADLINES.evaluate });
    return agreedResponses(sent, undefined);
  }

  async #qscc(fn: string, number?: string, onText: (text: string) => void = () => undefined): Promise<Uint8Array> {
    const args = number === undefined ? [this.channel] : [this.channel, number];
    return this.#call(async () => {
      const channel = await this.#connection.channel();
      const query = channel.newQuery('qscc');
      query.sign(await this.#connection.sign(query.build(await this.#connection.newContext(), { fcn: fn, args })));
      const targets = await this.#connection.peersOf([this.mspId]);
      const sent = await query.send({ targets, requestTimeout: DEADLINES.evaluate });
      for (const { message } of [...sent.errors, ...sent.responses.map(({ response }) => response)]) onText(message);
      return agreedResponses(sent, undefined)[0]?.response.payload ?? new Uint8Array();
    });
  }

  async #call<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await this.#calls.run(work);
    } catch (error) {
      throw error instanceof LedgerError ? error : toLegacyError(error);
    }
  }
}

function mapOf(transient: EvaluateRequest['transient']): { transientMap?: Record<string, Buffer> } {
  if (transient === undefined) return {};
  return {
    transientMap: Object.fromEntries(Object.entries(transient).map(([key, value]) => [key, Buffer.from(value)])),
  };
}

function preferred(endorsers: readonly string[] | undefined, own: string): string {
  return endorsers === undefined || endorsers.includes(own) ? own : (endorsers[0] ?? own);
}
