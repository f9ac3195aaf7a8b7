import { common } from '@hyperledger/fabric-protos';
import { randomBytes } from 'node:crypto';
import { newBlock, signBlock } from '../../protocol/block';
import type { Signer } from '../../protocol/signer';
import type { Channel } from '../channel';
import type { TransactionCache } from '../committer/transaction-cache';
import { BatchCutter, type BatchLimits } from './batch-cutter';

/** common.Status with its text, as AtomicBroadcast answers. */
export interface BroadcastAnswer {
  readonly status: common.StatusMap[keyof common.StatusMap];
  readonly info: string;
}

/** Takes transactions to be ordered. */
export interface OrderingService {
  /** Accepts an envelope for the next block, or says why not. */
  broadcast(envelope: common.Envelope): Promise<BroadcastAnswer>;
}

/** Where ordered blocks go. */
export interface BlockSink {
  readonly height: number;
  readonly lastHash: Uint8Array;
  /** @throws StorageError when the block cannot be stored; the orderer then keeps its transactions and tries again. */
  commit(block: common.Block): void;
}

const { Status } = common;
const CHANNEL_WRITERS = '/Channel/Writers';
const RETRY_MS = 1_000;

/**
 * The only ordering node: checks envelopes, gathers them into blocks, signs each block and hands it on.
 *
 * What it has accepted but not committed is lost with the process, as with Fabric's single orderer: clients must send
 * an envelope again until they see its final status.
 *
 * @see fabric orderer/common/broadcast/broadcast.go, msgprocessor/standardchannel.go
 */
export class Orderer implements OrderingService {
  readonly #channel: Channel;
  readonly #sink: BlockSink;
  readonly #signer: Signer;
  readonly #cache: TransactionCache;
  readonly #limits: BatchLimits;
  readonly #cutter: BatchCutter;
  readonly #waiting: Uint8Array[][] = [];
  #halted: string | undefined;
  #retry: NodeJS.Timeout | undefined;

  constructor(options: {
    channel: Channel;
    sink: BlockSink;
    signer: Signer;
    cache: TransactionCache;
    limits: BatchLimits;
  }) {
    this.#channel = options.channel;
    this.#sink = options.sink;
    this.#signer = options.signer;
    this.#cache = options.cache;
    this.#limits = options.limits;
    this.#cutter = new BatchCutter(options.limits, (batch) => this.#order(batch));
  }

  /** Why nothing can be ordered at the moment, or undefined. */
  get haltedBecause(): string | undefined {
    return this.#halted;
  }

  /** The creator's signature is verified beside the event loop. */
  async broadcast(envelope: common.Envelope): Promise<BroadcastAnswer> {
    const bytes = envelope.serializeBinary();
    const { creator, payload, signature } = this.#cache.parse(bytes);
    await this.#channel.verifyAhead({ identity: creator, message: payload, signature });
    return this.#accept(envelope, bytes);
  }

  /** Accepts an envelope of the ledger's own and commits it, before there are any clients. */
  broadcastNow(envelope: common.Envelope): BroadcastAnswer {
    const answer = this.#accept(envelope, envelope.serializeBinary());
    this.#cutter.cut();
    return answer;
  }

  stop(): void {
    this.#cutter.cut();
    clearTimeout(this.#retry);
  }

  #accept(envelope: common.Envelope, bytes: Uint8Array): BroadcastAnswer {
    const refusal = this.#refusalOf(envelope, bytes);
    if (refusal) return refusal;
    if (this.#halted !== undefined) this.#drain();
    if (this.#halted !== undefined) return { status: Status.SERVICE_UNAVAILABLE, info: this.#halted };
    this.#cutter.add(bytes);
    return { status: Status.SUCCESS, info: '' };
  }

  #refusalOf(envelope: common.Envelope, bytes: Uint8Array): BroadcastAnswer | undefined {
    const bad = (info: string): BroadcastAnswer => ({ status: Status.BAD_REQUEST, info });
    const payload = envelope.getPayload_asU8();
    const signature = envelope.getSignature_asU8();
    const { channelId, type, creator, early } = this.#cache.parse(bytes);
    if (channelId === '' && early !== undefined) return bad('could not determine channel ID: bad header');
    if (channelId !== this.#channel.id) return bad('channel does not exist');
    if (type === common.HeaderType.CONFIG_UPDATE || type === common.HeaderType.CONFIG) {
      return bad('this ledger takes no configuration changes: change its network file');
    }
    if (type === common.HeaderType.ORDERER_TRANSACTION) return bad('message is of type that is no longer supported');
    if (payload.length === 0) return bad('Message was empty');
    const size = payload.length + signature.length;
    if (size > this.#limits.absoluteMaxBytes) {
      return bad(`message payload is ${size} bytes and exceeds maximum allowed ${this.#limits.absoluteMaxBytes} bytes`);
    }
    if (this.#channel.expiresAt(creator) < Date.now()) return bad('broadcast client identity expired');
    try {
      this.#channel.checkPolicy(CHANNEL_WRITERS, [{ identity: creator, message: payload, signature }]);
    } catch (error) {
      return { status: Status.FORBIDDEN, info: `${reasonOf(error)}: permission denied` };
    }
    this.#cache.noteVerified(bytes);
    return undefined;
  }

  #order(batch: Uint8Array[]): void {
    this.#waiting.push(batch);
    this.#drain();
  }

  /** Commits waiting batches; on a failure keeps them and refuses new transactions until it succeeds. */
  #drain(): void {
    clearTimeout(this.#retry);
    try {
      for (let batch = this.#waiting[0]; batch; batch = this.#waiting[0]) {
        const block = newBlock(BigInt(this.#sink.height), this.#sink.lastHash, batch);
        signBlock(block, this.#signer, 0n, randomBytes(24));
        this.#sink.commit(block);
        this.#waiting.shift();
      }
      this.#halted = undefined;
    } catch (error) {
      this.#halted = `the ledger cannot store blocks at the moment: ${(error as Error).message}`;
      this.#retry = setTimeout(() => this.#drain(), RETRY_MS);
      this.#retry.unref();
    }
  }
}

/** The innermost reason of a policy's refusal. */
function reasonOf(error: unknown): string {
  const text = (error as Error).message;
  return /\[(implicit policy.*)\]$/.exec(text)?.[1] ?? text;
}
