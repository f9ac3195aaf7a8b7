import { common, msp } from '@hyperledger/fabric-protos';
import { decoding, ProtocolError } from './errors';
import type { Identity } from './identity';
import type { MspManager } from './msp-manager';

/** One claim of a signature: who says so, over what. */
export interface SignedData {
  readonly identity: Uint8Array;
  readonly message: Uint8Array;
  readonly signature: Uint8Array;
}

/** Whether a set of signatures satisfies a policy. */
export type PolicyEvaluator = (signed: readonly SignedData[]) => boolean;

const MAX_DEPTH = 16;

/** Identities behind good signatures, each once, in order. @see fabric common/policies/policy.go SignatureSetToValidIdentities */
export function validIdentities(signed: readonly SignedData[], msps: MspManager): Identity[] {
  const seen = new Set<string>();
  const identities: Identity[] = [];
  for (const { identity: serialized, message, signature } of signed) {
    try {
      const identity = msps.deserializeIdentity(serialized);
      const key = `${identity.mspId}/${identity.id}`;
      if (seen.has(key) || !identity.verify(message, signature)) continue;
      seen.add(key);
      identities.push(identity);
    } catch {
      // An identity that cannot be read counts for nothing.
    }
  }
  return identities;
}

type Rule = (identities: readonly Identity[], used: boolean[]) => boolean;

/**
 * Compiles `common.SignaturePolicyEnvelope`; one identity satisfies one leaf at the most.
 *
 * @throws ProtocolError for other versions, missing principals, deeper than 16.
 * @see fabric common/cauthdsl/cauthdsl.go
 */
export function signaturePolicy(envelopeBytes: Uint8Array, msps: MspManager): PolicyEvaluator {
  const rule = identityPolicy(envelopeBytes, msps);
  return (signed) => rule(validIdentities(signed, msps));
}

/** The same over identities whose signatures were verified already. */
export function identityPolicy(
  envelopeBytes: Uint8Array,
  msps: MspManager,
): (identities: readonly Identity[]) => boolean {
  const envelope = decoding('signature policy', () => common.SignaturePolicyEnvelope.deserializeBinary(envelopeBytes));
  const root = envelope.getRule();
  if (envelope.getVersion() !== 0 || root === undefined) throw new ProtocolError('malformed signature policy');
  const rule = compile(root, envelope.getIdentitiesList(), msps, 0);
  return (identities) =>
    rule(
      identities,
      identities.map(() => false),
    );
}

function compile(
  policy: common.SignaturePolicy,
  principals: msp.MSPPrincipal[],
  msps: MspManager,
  depth: number,
): Rule {
  if (depth > MAX_DEPTH) throw new ProtocolError('signature policy nested too deeply');
  if (policy.getTypeCase() === common.SignaturePolicy.TypeCase.SIGNED_BY) {
    const principal = principals[policy.getSignedBy()];
    if (principal === undefined) throw new ProtocolError('signature policy names no principal');
    const fits = msps.principalTest(principal);
    return (identities, used) => {
      const index = identities.findIndex((identity, at) => used[at] !== true && fits(identity));
      if (index < 0) return false;
      used[index] = true;
      return true;
    };
  }
  const nOutOf = policy.getNOutOf();
  if (nOutOf === undefined) throw new ProtocolError('malformed signature policy');
  const rules = nOutOf.getRulesList().map((part) => compile(part, principals, msps, depth + 1));
  const needed = nOutOf.getN();
  return (identities, used) => {
    let count = 0;
    for (const rule of rules) {
      const attempt = [...used];
      if (!rule(identities, attempt)) continue;
      count++;
      attempt.forEach((value, at) => {
        used[at] = value;
      });
    }
    return count >= needed;
  };
}

/**
 * Sets of members whose endorsements can satisfy a signature policy, smallest first.
 *
 * Used to choose endorsers; bounded at 1,000 sets, which is beyond any consortium's policy.
 */
export function minimalEndorserSets(envelopeBytes: Uint8Array): string[][] {
  const envelope = decoding('signature policy', () => common.SignaturePolicyEnvelope.deserializeBinary(envelopeBytes));
  const names = envelope
    .getIdentitiesList()
    .map((principal) =>
      principal.getPrincipalClassification() === msp.MSPPrincipal.Classification.ROLE
        ? msp.MSPRole.deserializeBinary(principal.getPrincipal_asU8()).getMspIdentifier()
        : undefined,
    );
  const root = envelope.getRule();
  const sets = root === undefined ? [] : setsOf(root, names);
  const unique = new Map(sets.map((set) => [[...set].sort().join(' '), [...set].sort()]));
  return [...unique.values()].sort((a, b) => a.length - b.length);
}

function setsOf(policy: common.SignaturePolicy, names: readonly (string | undefined)[]): ReadonlySet<string>[] {
  if (policy.getTypeCase() === common.SignaturePolicy.TypeCase.SIGNED_BY) {
    const name = names[policy.getSignedBy()];
    return name === undefined ? [] : [new Set([name])];
  }
  const nOutOf = policy.getNOutOf();
  const parts = nOutOf?.getRulesList().map((part) => setsOf(part, names)) ?? [];
  return combinations(parts.length, nOutOf?.getN() ?? 0).flatMap((chosen) =>
    chosen.reduce<ReadonlySet<string>[]>(
      (sets, at) => sets.flatMap((set) => (parts[at] ?? []).map((more) => new Set([...set, ...more]))).slice(0, 1000),
      [new Set()],
    ),
  );
}

function combinations(size: number, count: number, from = 0): number[][] {
  if (count === 0) return [[]];
  const rows: number[][] = [];
  for (let at = from; at <= size - count; at++) {
    for (const rest of combinations(size, count - 1, at + 1)) {
      rows.push([at, ...rest]);
      if (rows.length >= 1000) return rows;
    }
  }
  return rows;
}
