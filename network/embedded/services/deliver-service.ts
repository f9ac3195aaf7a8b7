import { common, orderer } from '@hyperledger/fabric-protos';
import type { Channel } from '../channel';
import type { BlockFeed } from './block-feed';

const { Status } = common;
type StatusCode = common.StatusMap[keyof common.StatusMap];

/** One answer of a deliver stream, serialized. */
export type DeliverSender = (response: Buffer) => Promise<void>;

/** Makes a stream's answer out of a block's bytes; `reader` is the serialized identity that asks. */
export type BlockEncoder = (block: Uint8Array, reader: Uint8Array) => Buffer;

export interface DeliverRules {
  /** Policy path that a reader must satisfy. */
  readonly policy: string;
  readonly encode: BlockEncoder;
}

const MAX_BLOCK = Number.MAX_SAFE_INTEGER;

/**
 * Sends blocks from a position to a position, waiting for those to come.
 *
 * @see fabric common/deliver/deliver.go
 */
export class DeliverService {
  readonly #channel: Channel;
  readonly #feed: BlockFeed;
  readonly #timeWindowMs: number;

  constructor(channel: Channel, feed: BlockFeed, timeWindowMs: number) {
    this.#channel = channel;
    this.#feed = feed;
    this.#timeWindowMs = timeWindowMs;
  }

  /** Serves one seek request and gives the status to end it with. @throws RpcError CANCELLED. */
  async deliver(
    envelope: common.Envelope,
    rules: DeliverRules,
    send: DeliverSender,
    cancelled: AbortSignal,
  ): Promise<StatusCode> {
    const request = parseSeek(envelope);
    if (!request || Math.abs(Date.now() - request.timestampMs) > this.#timeWindowMs) return Status.BAD_REQUEST;
    if (request.channelId !== this.#channel.id) return Status.NOT_FOUND;
    if (!this.#mayRead(envelope, rules.policy, request.creator)) return Status.FORBIDDEN;
    const range = this.#rangeOf(request.seek);
    if (typeof range === 'number') return range;
    const failIfNotReady = request.seek.getBehavior() === orderer.SeekInfo.SeekBehavior.FAIL_IF_NOT_READY;
    for (let number = range.start; number <= range.stop; number++) {
      if (failIfNotReady && number >= this.#feed.height) return Status.NOT_FOUND;
      const bytes = await this.#feed.next(number, cancelled);
      if (this.#channel.expiresAt(request.creator) < Date.now()) return Status.FORBIDDEN;
      await send(rules.encode(bytes, request.creator));
    }
    return Status.SUCCESS;
  }

  #mayRead(envelope: common.Envelope, policy: string, identity: Uint8Array): boolean {
    if (this.#channel.expiresAt(identity) < Date.now()) return false;
    const message = envelope.getPayload_asU8();
    const signature = envelope.getSignature_asU8();
    try {
      this.#channel.checkPolicy(policy, [{ identity, message, signature }]);
      return true;
    } catch {
      return false;
    }
  }

  /** The blocks asked for, or the status that refuses. */
  #rangeOf(seek: orderer.SeekInfo): { start: number; stop: number } | StatusCode {
    const from = seek.getStart();
    const to = seek.getStop();
    if (!from || !to) return Status.BAD_REQUEST;
    const last = this.#feed.height - 1;
    const start = this.#startOf(from, last);
    if (start === undefined) return Status.NOT_FOUND;
    const kinds = orderer.SeekPosition.TypeCase;
    switch (to.getTypeCase()) {
      case kinds.OLDEST:
        return { start, stop: start };
      case kinds.NEWEST:
        return { start, stop: from.getTypeCase() === kinds.NEWEST ? start : last };
      case kinds.SPECIFIED: {
        const stop = Math.min(to.getSpecified()?.getNumber() ?? 0, MAX_BLOCK);
        return stop < start ? Status.BAD_REQUEST : { start, stop };
      }
      default:
        return { start, stop: MAX_BLOCK };
    }
  }

  #startOf(from: orderer.SeekPosition, last: number): number | undefined {
    const kinds = orderer.SeekPosition.TypeCase;
    switch (from.getTypeCase()) {
      case kinds.OLDEST:
        return 0;
      case kinds.NEWEST:
        return last;
      case kinds.NEXT_COMMIT:
        return last + 1;
      case kinds.SPECIFIED: {
        const number = from.getSpecified()?.getNumber() ?? 0;
        return number > last + 1 ? undefined : number;
      }
      default:
        return undefined;
    }
  }
}

function parseSeek(envelope: common.Envelope):
  | {
      channelId: string;
      creator: Uint8Array;
      timestampMs: number;
      seek: orderer.SeekInfo;
    }
  | undefined {
  try {
    const payload = common.Payload.deserializeBinary(envelope.getPayload_asU8());
    const header = payload.getHeader();
    if (!header) return undefined;
    const channel = common.ChannelHeader.deserializeBinary(header.getChannelHeader_asU8());
    const creation = common.SignatureHeader.deserializeBinary(header.getSignatureHeader_asU8());
    const timestamp = channel.getTimestamp();
    if (!timestamp) return undefined;
    return {
      channelId: channel.getChannelId(),
      creator: creation.getCreator_asU8(),
      timestampMs: timestamp.getSeconds() * 1_000,
      seek: orderer.SeekInfo.deserializeBinary(payload.getData_asU8()),
    };
  } catch {
    return undefined;
  }
}
