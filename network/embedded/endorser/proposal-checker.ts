import { common, type peer } from '@hyperledger/fabric-protos';
import { createHash } from 'node:crypto';
import type { Channel, Identity } from '../channel';
import { unpackProposal, type UnpackedProposal } from './proposal';

const HEADER_TYPE_NAMES: ReadonlyMap<number, string> = new Map(
  Object.entries(common.HeaderType).map(([name, number]) => [number as number, name]),
);

/** A proposal whose creator and signature have been checked. */
export interface CheckedProposal extends UnpackedProposal {
  readonly identity: Identity;
}

/** Refused by the filter before the endorser, which then gives no response at all. */
export class ProposalFilterError extends Error {}

/**
 * Checks proposals as a peer does before it runs a contract.
 *
 * Several members' endorsers in this process get the very same proposal object from one gateway; the checks, which
 * depend on the channel alone, are made once for it.
 *
 * @see fabric core/endorser/msgvalidation.go Validate; core/handlers/auth/filter
 */
export class ProposalChecker {
  readonly #channel: Channel;
  readonly #timeWindowMs: number;
  readonly #unpacked = new WeakMap<peer.SignedProposal, UnpackedProposal>();
  readonly #checked = new WeakMap<peer.SignedProposal, CheckedProposal>();

  constructor(channel: Channel, timeWindowMs: number) {
    this.#channel = channel;
    this.#timeWindowMs = timeWindowMs;
  }

  /** @throws ProposalError when the bytes are no proposal. */
  unpack(signed: peer.SignedProposal): UnpackedProposal {
    let unpacked = this.#unpacked.get(signed);
    if (!unpacked) this.#unpacked.set(signed, (unpacked = unpackProposal(signed)));
    return unpacked;
  }

  /** @throws ProposalFilterError for an expired certificate or a clock that is far off. */
  filter(proposal: UnpackedProposal, now = Date.now()): void {
    if (this.#channel.expiresAt(proposal.creator) < now)
      throw new ProposalFilterError('proposal client identity expired');
    const off = Math.abs(now - proposal.timestampMs);
    if (!(off <= this.#timeWindowMs)) {
      throw new ProposalFilterError(
        `request unauthorized due to incorrect timestamp ${rfc3339(proposal.timestampMs)}, ` +
          `peer time ${rfc3339(now)}, peer.authentication.timewindow ${formatMinutes(this.#timeWindowMs)}`,
      );
    }
  }

  /** @throws Error with Fabric's wording. */
  check(proposal: UnpackedProposal): CheckedProposal {
    const known = this.#checked.get(proposal.signed);
    if (known) return known;
    checkHeader(proposal);
    const checked = { ...proposal, identity: this.#checkCreator(proposal) };
    this.#checked.set(proposal.signed, checked);
    return checked;
  }

  #checkCreator({ channelId, creator, proposalBytes, signature }: UnpackedProposal): Identity {
    let identity: Identity;
    try {
      identity = this.#channel.identity(creator);
    } catch {
      throw new Error(`access denied: channel [${channelId}] creator org unknown, creator is malformed`);
    }
    const signed = { identity: creator, message: proposalBytes, signature };
    if (!this.#channel.isValid(identity) || !this.#channel.isSigned(signed)) {
      throw new Error(`access denied: channel [${channelId}] creator org [${identity.mspId}]`);
    }
    return identity;
  }
}

function checkHeader({ type, epoch, nonce, creator, txId, signature }: UnpackedProposal): void {
  const types = common.HeaderType;
  if (type !== types.ENDORSER_TRANSACTION && type !== types.CONFIG) {
    throw new Error(`invalid header type ${HEADER_TYPE_NAMES.get(type) ?? type}`);
  }
  if (epoch !== 0) throw new Error('epoch is non-zero');
  if (nonce.length === 0) throw new Error('nonce is empty');
  if (creator.length === 0) throw new Error('creator is empty');
  const expected = createHash('sha256').update(nonce).update(creator).digest('hex');
  if (txId !== expected) throw new Error(`incorrectly computed txid '${txId}' -- expected '${expected}'`);
  if (signature.length === 0) throw new Error('empty signature bytes');
}

function rfc3339(ms: number): string {
  const date = new Date(ms);
  return Number.isNaN(date.getTime()) ? 'invalid' : date.toISOString().replace(/\.\d+Z$/, 'Z');
}

function formatMinutes(ms: number): string {
  return `${Math.floor(ms / 60_000)}m${Math.floor((ms % 60_000) / 1_000)}s`;
}
