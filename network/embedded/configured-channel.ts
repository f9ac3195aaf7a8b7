import { peer } from '@hyperledger/fabric-protos';
import type { ChannelConfig } from '../protocol/channel-config';
import type { Identity as X509Identity } from '../protocol/identity';
import { identityPolicy } from '../protocol/policy';
import type { Channel, Identity, SignedData } from './channel';

type Rule = (identities: readonly X509Identity[]) => boolean;

const CACHED_POLICIES = 10_000;

/**
 * The channel's rules as its configuration block states them.
 *
 * Signatures that this very process made or verified are known to be good and not verified a second time: every member's
 * peer would come to the same result.
 */
export class ConfiguredChannel implements Channel {
  readonly id: string;
  readonly organisations: readonly string[];
  readonly #config: ChannelConfig;
  readonly #rules = new Map<string, Rule>();
  readonly #verified = new RecentSignatures(3_000);

  constructor(config: ChannelConfig) {
    this.#config = config;
    this.id = config.channelId;
    this.organisations = config.organisations;
  }

  identity(serialized: Uint8Array): X509Identity {
    return this.#config.msps.deserializeIdentity(serialized);
  }

  isValid(identity: Identity): boolean {
    try {
      this.#config.msps.validate(identity as X509Identity);
      return true;
    } catch {
      return false;
    }
  }

  expiresAt(serialized: Uint8Array): number {
    try {
      return Date.parse(this.identity(serialized).certificate.validTo);
    } catch {
      return Infinity;
    }
  }

  checkPolicy(path: string, signed: readonly SignedData[]): void {
    if (this.#config.identityPolicy(path)(this.#identities(signed))) return;
    const policy = path.slice(path.lastIndexOf('/') + 1);
    throw new Error(
      `failed evaluating policy on signed data during check policy on channel [${this.id}] with policy [${path}]: ` +
        `[implicit policy evaluation failed - 0 sub-policies were satisfied, but this policy requires 1 of the ` +
        `'${policy}' sub-policies to be satisfied]`,
    );
  }

  satisfies(applicationPolicy: Uint8Array, signed: readonly SignedData[]): boolean {
    return this.#rule(applicationPolicy, compileApplicationPolicy)(this.#identities(signed));
  }

  isMember(signaturePolicy: Uint8Array, serialized: Uint8Array): boolean {
    try {
      return this.#rule(signaturePolicy, compileSignaturePolicy)([this.identity(serialized)]);
    } catch {
      return false;
    }
  }

  /** Remembers a signature that was verified, or made, in this process: several members ask for the same ones. */
  noteVerified(signed: SignedData): void {
    this.#verified.add(signed);
  }

  async verifyAhead(signed: SignedData): Promise<void> {
    if (this.#verified.has(signed)) return;
    const isGood = await this.#identityOrNone(signed.identity)?.verifyAside(signed.message, signed.signature);
    if (isGood === true) this.#verified.add(signed);
  }

  isSigned(signed: SignedData): boolean {
    if (this.#verified.has(signed)) return true;
    const isGood = this.#identityOrNone(signed.identity)?.verify(signed.message, signed.signature) === true;
    if (isGood) this.#verified.add(signed);
    return isGood;
  }

  #rule(policy: Uint8Array, compile: (policy: Uint8Array, config: ChannelConfig) => Rule): Rule {
    const id = compile.name + Buffer.from(policy).toString('latin1');
    let rule = this.#rules.get(id);
    if (rule) return rule;
    try {
      rule = compile(policy, this.#config);
    } catch {
      rule = () => false; // a policy nobody can read is satisfied by nobody
    }
    if (this.#rules.size >= CACHED_POLICIES) this.#rules.clear();
    this.#rules.set(id, rule);
    return rule;
  }

  /** Valid signers, each once. @see fabric common/policies/policy.go SignatureSetToValidIdentities */
  #identities(signed: readonly SignedData[]): X509Identity[] {
    const found = new Map<string, X509Identity>();
    for (const data of signed) {
      const identity = this.#identityOrNone(data.identity);
      const id = identity && `${identity.mspId}/${identity.id}`;
      if (!identity || !id || found.has(id)) continue;
      if (this.#verified.has(data) || identity.verify(data.message, data.signature)) found.set(id, identity);
    }
    return [...found.values()];
  }

  #identityOrNone(serialized: Uint8Array): X509Identity | undefined {
    try {
      return this.identity(serialized);
    } catch {
      return undefined;
    }
  }
}

function compileApplicationPolicy(bytes: Uint8Array, config: ChannelConfig): Rule {
  const policy = peer.ApplicationPolicy.deserializeBinary(bytes);
  const signature = policy.getSignaturePolicy();
  if (signature) return compileSignaturePolicy(signature.serializeBinary(), config);
  return config.identityPolicy(policy.getChannelConfigPolicyReference());
}

function compileSignaturePolicy(bytes: Uint8Array, config: ChannelConfig): Rule {
  return identityPolicy(bytes, config.msps);
}

/**
 * A bounded set of good signatures, the oldest half forgotten when it is full.
 *
 * Found by the signature, which nobody can guess, and then compared byte for byte with what was signed and by whom.
 */
class RecentSignatures {
  readonly #limit: number;
  #young = new Map<string, SignedData>();
  #old = new Map<string, SignedData>();

  constructor(limit: number) {
    this.#limit = limit;
  }

  add(signed: SignedData): void {
    this.#young.set(keyOf(signed), signed);
    if (this.#young.size < this.#limit / 2) return;
    this.#old = this.#young;
    this.#young = new Map();
  }

  has(signed: SignedData): boolean {
    const key = keyOf(signed);
    const known = this.#young.get(key) ?? this.#old.get(key);
    return known !== undefined && isSame(known.message, signed.message) && isSame(known.identity, signed.identity);
  }
}

function keyOf({ signature }: SignedData): string {
  return Buffer.from(signature.buffer, signature.byteOffset, signature.byteLength).toString('latin1');
}

function isSame(one: Uint8Array, other: Uint8Array): boolean {
  return one === other || Buffer.compare(one, other) === 0;
}
