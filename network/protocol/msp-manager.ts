import { msp } from '@hyperledger/fabric-protos';
import { decoding, MspError } from './errors';
import type { Identity } from './identity';
import { satisfiesRole, type Msp } from './msp';

const CACHE_LIMIT = 10_000;

/** The members' MSPs of one channel; parses each serialised identity once. */
export class MspManager {
  readonly #msps: ReadonlyMap<string, Msp>;
  readonly #cache = new Map<string, Identity>();

  constructor(msps: readonly Msp[]) {
    this.#msps = new Map(msps.map((provider) => [provider.mspId, provider]));
  }

  get mspIds(): readonly string[] {
    return [...this.#msps.keys()];
  }

  msp(mspId: string): Msp | undefined {
    return this.#msps.get(mspId);
  }

  /**
   * Parses `msp.SerializedIdentity`; does not judge it.
   *
   * @throws ProtocolError, MspError (unknown MSP, bad certificate).
   */
  deserializeIdentity(serialized: Uint8Array): Identity {
    const key = Buffer.from(serialized.buffer, serialized.byteOffset, serialized.byteLength).toString('latin1');
    const known = this.#cache.get(key);
    if (known !== undefined) return known;
    const parsed = decoding('serialized identity', () => msp.SerializedIdentity.deserializeBinary(serialized));
    const provider = this.#msps.get(parsed.getMspid());
    if (provider === undefined) throw new MspError(`MSP ${parsed.getMspid()} is not defined on channel`);
    const identity = provider.deserialize(parsed.getIdBytes_asU8());
    if (this.#cache.size >= CACHE_LIMIT) this.#cache.clear();
    this.#cache.set(key, identity);
    return identity;
  }

  /** Accepts an identity by its own MSP's rules. @throws MspError. */
  validate(identity: Identity): void {
    const provider = this.#msps.get(identity.mspId);
    if (provider === undefined) throw new MspError(`MSP ${identity.mspId} is not defined on channel`);
    provider.validate(identity);
  }

  /** Whether an identity fits a policy's principal: a role, an identity, an organisational unit, or a combination. */
  satisfiesPrincipal(identity: Identity, principal: msp.MSPPrincipal): boolean {
    const { ROLE, IDENTITY, COMBINED, ORGANIZATION_UNIT } = msp.MSPPrincipal.Classification;
    const bytes = principal.getPrincipal_asU8();
    switch (principal.getPrincipalClassification()) {
      case ROLE: {
        const role = msp.MSPRole.deserializeBinary(bytes);
        const provider = this.#msps.get(role.getMspIdentifier());
        return provider !== undefined && satisfiesRole(provider, identity, role.getRole());
      }
      case IDENTITY:
        return this.#isSame(identity, bytes);
      case ORGANIZATION_UNIT: {
        const unit = msp.OrganizationUnit.deserializeBinary(bytes);
        return (
          unit.getMspIdentifier() === identity.mspId &&
          this.#isValid(identity) &&
          identity.organizationalUnits.includes(unit.getOrganizationalUnitIdentifier())
        );
      }
      case COMBINED: {
        const parts = msp.CombinedPrincipal.deserializeBinary(bytes).getPrincipalsList();
        return parts.length > 0 && parts.every((part) => this.satisfiesPrincipal(identity, part));
      }
      default:
        return false;
    }
  }

  #isSame(identity: Identity, serialized: Uint8Array): boolean {
    try {
      const named = this.deserializeIdentity(serialized);
      return (
        named.mspId === identity.mspId && named.certificate.raw.equals(identity.certificate.raw) && this.#isValid(named)
      );
    } catch {
      return false;
    }
  }

  #isValid(identity: Identity): boolean {
    try {
      this.validate(identity);
      return true;
    } catch {
      return false;
    }
  }
}
