import { msp } from '@hyperledger/fabric-protos';
import { decoding, MspError } from './errors';
import type { Identity } from './identity';
import { satisfiesRole, type Msp } from './msp';

/** Whether an identity fits a policy's principal. */
export type PrincipalTest = (identity: Identity) => boolean;

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

  /** Compiles a policy's principal; one that cannot be read fits nobody. */
  principalTest(principal: msp.MSPPrincipal): PrincipalTest {
    try {
      return this.#compile(principal);
    } catch {
      return () => false;
    }
  }

  /** A role, an identity, an organisational unit, or a combination of principals. */
  #compile(principal: msp.MSPPrincipal): PrincipalTest {
    const { ROLE, IDENTITY, COMBINED, ORGANIZATION_UNIT } = msp.MSPPrincipal.Classification;
    const bytes = principal.getPrincipal_asU8();
    switch (principal.getPrincipalClassification()) {
      case ROLE:
        return this.#roleTest(msp.MSPRole.deserializeBinary(bytes));
      case IDENTITY:
        return (identity) => this.#isSame(identity, bytes);
      case ORGANIZATION_UNIT:
        return this.#unitTest(msp.OrganizationUnit.deserializeBinary(bytes));
      case COMBINED: {
        const principals = msp.CombinedPrincipal.deserializeBinary(bytes).getPrincipalsList();
        const tests = principals.map((part) => this.principalTest(part));
        return (identity) => tests.length > 0 && tests.every((test) => test(identity));
      }
      default:
        return () => false;
    }
  }

  #roleTest(role: msp.MSPRole): PrincipalTest {
    const provider = this.#msps.get(role.getMspIdentifier());
    const kind = role.getRole();
    return (identity) => provider !== undefined && satisfiesRole(provider, identity, kind);
  }

  #unitTest(unit: msp.OrganizationUnit): PrincipalTest {
    const mspId = unit.getMspIdentifier();
    const name = unit.getOrganizationalUnitIdentifier();
    return (identity) =>
      mspId === identity.mspId && this.#isValid(identity) && identity.organizationalUnits.includes(name);
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
