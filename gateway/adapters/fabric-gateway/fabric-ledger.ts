import { common, gateway as gatewayMessages } from '@hyperledger/fabric-protos';
import { GatewayError, type Network, type Proposal, type Transaction } from '@hyperledger/fabric-gateway';
import type { Outbox } from '../../outbox/outbox';
import {
  ledgerError,
  type BlockWithPrivateData,
  type CommittedTransaction,
  type EndorsedTransaction,
  type EvaluateRequest,
  type LedgerPort,
  type SubmitRequest,
} from '../../ports/ledger-port';
import { StageClock } from '../../ports/stage-clock';
import { blockStream } from './block-stream';
import type { FabricConnection } from './connection';
import { toLedgerError, topMessage } from '../peer-errors';
import type { Semaphore } from '../semaphore';

export interface FabricLedgerOptions {
  readonly channel: string;
  readonly mspId: string;
  readonly connection: FabricConnection;
  readonly outbox: Outbox;
  readonly calls: Semaphore;
  readonly clock?: StageClock;
}

const NO_SUCH_BLOCK = /no such block|not found|Failed to get block number/i;

/** The ledger port over Fabric's Gateway service, with this gateway's one client identity. */
export class FabricLedger implements LedgerPort {
  readonly channel: string;
  readonly mspId: string;
  readonly #connection: FabricConnection;
  readonly #network: Network;
  readonly #outbox: Outbox;
  readonly #calls: Semaphore;
  readonly #clock: StageClock;

  constructor({ channel, mspId, connection, outbox, calls, clock = new StageClock() }: FabricLedgerOptions) {
    this.channel = channel;
    this.mspId = mspId;
    this.#connection = connection;
    this.#network = connection.gateway.getNetwork(channel);
    this.#outbox = outbox;
    this.#calls = calls;
    this.#clock = clock;
  }

  async submit(request: SubmitRequest): Promise<CommittedTransaction> {
    const { transactionId, envelope, result } = await this.#clock.time('endorse', () => this.endorseOnly(request));
    const entry = {
      transactionId,
      envelope,
      result,
      ...(request.reference !== undefined && { reference: request.reference }),
      ...(request.alsoFor !== undefined && { alsoFor: request.alsoFor }),
    };
    const { blockNumber } = await this.#outbox.send(entry);
    return { transactionId, blockNumber, result };
  }

  async evaluate(request: EvaluateRequest): Promise<Uint8Array> {
    return this.#call(() => this.#proposal(request).evaluate());
  }

  async endorseOnly(request: EvaluateRequest): Promise<EndorsedTransaction> {
    const transaction = await this.#call(() => this.#proposal(request).endorse());
    return {
      transactionId: transaction.getTransactionId(),
      envelope: await this.#signedEnvelope(transaction),
      result: transaction.getResult(),
    };
  }

  blocks(from: bigint, signal: AbortSignal): AsyncIterable<BlockWithPrivateData> {
    return blockStream(this.#network, from, signal);
  }

  async height(): Promise<bigint> {
    const bytes = await this.#call(() => this.#qscc('GetChainInfo', [this.channel]));
    return BigInt(common.BlockchainInfo.deserializeBinary(bytes).getHeight());
  }

  async block(number: bigint): Promise<Uint8Array> {
    return this.#call(async () => {
      try {
        return await this.#qscc('GetBlockByNumber', [this.channel, String(number)]);
      } catch (error) {
        const missing = error instanceof GatewayError && NO_SUCH_BLOCK.test(topMessage(error));
        throw missing ? ledgerError('rejected', 'BLOCK_NOT_FOUND', { block: String(number) }) : error;
      }
    });
  }

  async close(): Promise<void> {
    await this.#outbox.stop();
    this.#connection.gateway.close();
    this.#connection.client.close();
  }

  #proposal({ chaincode, fn, args, transient, endorsers }: EvaluateRequest): Proposal {
    return this.#network.getContract(chaincode).newProposal(fn, {
      arguments: [...args],
      ...(transient && { transientData: { ...transient } }),
      ...(endorsers && { endorsingOrganizations: [...endorsers] }),
    });
  }

  /** Signs through the offline API, because the envelope must be stored with its signature before it leaves. */
  async #signedEnvelope(transaction: Transaction): Promise<Uint8Array> {
    const prepared = gatewayMessages.PreparedTransaction.deserializeBinary(transaction.getBytes());
    const envelope = prepared.getEnvelope() as common.Envelope;
    envelope.setSignature(await this.#connection.sign(transaction.getDigest()));
    return envelope.serializeBinary();
  }

  #qscc(fn: string, args: string[]): Promise<Uint8Array> {
    return this.#network.getContract('qscc').evaluate(fn, { arguments: args });
  }

  async #call<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await this.#calls.run(work); // the limit is ours, before the peer's
    } catch (error) {
      throw toLedgerError(error);
    }
  }
}
