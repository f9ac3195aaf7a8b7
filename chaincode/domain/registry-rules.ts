import { isDate, parseDate } from './business-date';
import { Rejection } from './errors';
import { sha256Hex } from './hash';
import { Input } from './input';
import type { Json } from './json';
import type { FinancingClaim, KeyBinding, Member, NetworkDescription } from './registry';
import { recoverSigner } from './typed-data';

const ADDRESS = /^0x[0-9a-fA-F]{40}$/,
  NONCE = /^(0|[1-9][0-9]{0,76})$/;

/** EIP-712 types of the proof that a party holds the key it registers. */
export const KEY_BINDING_TYPES = {
  KeyBinding: [
    { name: 'address', type: 'address' },
    { name: 'party', type: 'string' },
    { name: 'platform', type: 'string' },
    { name: 'bank', type: 'string' },
    { name: 'validFrom', type: 'string' },
    { name: 'validTo', type: 'string' },
    { name: 'nonce', type: 'uint256' },
  ],
};

/** EIP-712 types of a holder's consent that one bank finances one document on certain terms. */
export const FINANCING_CLAIM_TYPES = {
  FinancingClaim: [
    { name: 'fingerprint', type: 'bytes32' },
    { name: 'bank', type: 'string' },
    { name: 'terms', type: 'bytes32' },
    { name: 'nonce', type: 'uint256' },
    { name: 'deadline', type: 'uint64' },
  ],
};

export function parseNetwork(json: Json): NetworkDescription {
  const input = Input.of(json);
  const network = {
    channel: input.text('channel', /^[a-z][a-z0-9.-]{0,248}$/),
    genesisHash: input.digest('genesisHash'),
    members: input.list('members', { min: 2, max: 100 }, (item, path) => parseMember(Input.of(item, path))),
    fingerprintKeyHash: input.digest('fingerprintKeyHash'),
  };
  input.end();
  if (new Set(network.members.map(({ mspId }) => mspId)).size !== network.members.length) {
    throw new Rejection('REQUEST_INVALID', { field: '/input/members' });
  }
  return network;
}

function parseMember(input: Input): Member {
  const member = {
    mspId: input.mspId('mspId'),
    kind: input.oneOf('kind', ['platform', 'bank', 'logistics', 'arbitration'] as const),
    name: input.text('name'),
    nameZh: input.text('nameZh'),
  };
  input.end();
  return member;
}

/** Checks a new binding: platform and bank are such members, the platform submits, the key signed for itself. */
export function newKeyBinding(json: Json, network: NetworkDescription, creatorMspId: string): KeyBinding {
  const input = Input.of(json);
  const binding = {
    address: input.text('address', ADDRESS),
    partyId: input.text('partyId', /^[A-Za-z0-9._:-]{1,64}$/),
    platform: input.mspId('platform'),
    bank: input.mspId('bank'),
    validFrom: input.with('validFrom', parseDate),
    validTo: input.with('validTo', parseDate),
  };
  const nonce = input.text('nonce', NONCE),
    signature = input.text('signature', /^0x[0-9a-fA-F]{2,512}$/);
  input.end();
  if (creatorMspId !== binding.platform) throw new Rejection('CREATOR_NOT_ENTITLED', { creator: creatorMspId });
  requireKind(network, binding.platform, 'platform', '/input/platform');
  requireKind(network, binding.bank, 'bank', '/input/bank');
  if (binding.validTo < binding.validFrom) throw new Rejection('DATE_INVALID', { field: '/input/validTo' });
  const { partyId, ...rest } = binding;
  const signer = recoverSigner(network.genesisHash, KEY_BINDING_TYPES, { ...rest, party: partyId, nonce }, signature);
  if (signer === undefined || signer !== binding.address) throw new Rejection('SIGNATURE_INVALID', { party: partyId });
  return { ...binding, status: 'proposed' };
}

function requireKind(network: NetworkDescription, mspId: string, kind: Member['kind'], field: string): void {
  if (network.members.find((member) => member.mspId === mspId)?.kind !== kind)
    throw new Rejection('MEMBER_UNKNOWN', { field, kind });
}

/** The bank's attestation makes a binding active. */
export function attested(binding: KeyBinding, creatorMspId: string): KeyBinding {
  if (creatorMspId !== binding.bank) throw new Rejection('CREATOR_NOT_ENTITLED', { creator: creatorMspId });
  if (binding.status !== 'proposed') throw new Rejection('STATUS_FORBIDS', { record: binding.address });
  return { ...binding, status: 'active' };
}

/** Either attester may end a binding; that direction is always safe. */
export function revoked(binding: KeyBinding, creatorMspId: string): KeyBinding {
  if (creatorMspId !== binding.bank && creatorMspId !== binding.platform)
    throw new Rejection('CREATOR_NOT_ENTITLED', { creator: creatorMspId });
  if (binding.status === 'revoked') throw new Rejection('STATUS_FORBIDS', { record: binding.address });
  return { ...binding, status: 'revoked' };
}

/** The state of a fingerprint after a registration for a record: the first is unique, one for another record a duplicate. */
export function registered(
  fingerprint: string,
  recordId: string,
  creatorMspId: string,
  before: FinancingClaim | undefined,
): FinancingClaim {
  if (before === undefined) {
    return { fingerprint, status: 'unique', recordId, registeredBy: creatorMspId, bank: null, terms: null };
  }
  if (before.recordId === recordId) return before;
  throw new Rejection('FINGERPRINT_DUPLICATE', { fingerprint });
}

export interface ClaimInput {
  readonly fingerprint: string;
  readonly terms: string;
  readonly nonce: string;
  readonly deadline: number;
  readonly address: string;
  readonly signature: string;
  readonly businessDay: string;
}

export function parseClaim(json: Json): ClaimInput {
  const input = Input.of(json);
  const claim = {
    fingerprint: input.digest('fingerprint'),
    terms: input.digest('terms'),
    nonce: input.text('nonce', NONCE),
    deadline: input.integer('deadline', 19_000_101, 99_991_231),
    address: input.text('address', ADDRESS),
    signature: input.text('signature', /^0x[0-9a-fA-F]{2,512}$/),
    businessDay: input.id('businessDay'),
  };
  input.end();
  return claim;
}

export interface ClaimContext {
  readonly before: FinancingClaim | undefined;
  readonly binding: KeyBinding | undefined;
  readonly network: NetworkDescription;
  readonly creatorMspId: string;
  readonly businessDate: string;
}

/**
 * A bank claims a document for financing with its holder's signature; the second claim meets the first on one key.
 *
 * @throws Rejection FINGERPRINT_NOT_REGISTERED, FINGERPRINT_FINANCED, MEMBER_UNKNOWN, SIGNATURE_INVALID, KEY_NOT_BOUND,
 *   SIGNATURE_DEADLINE_PASSED.
 */
export function claimed(
  claim: ClaimInput,
  { before, binding, network, creatorMspId, businessDate }: ClaimContext,
): FinancingClaim {
  requireKind(network, creatorMspId, 'bank', 'creator');
  if (before === undefined) throw new Rejection('FINGERPRINT_NOT_REGISTERED', { fingerprint: claim.fingerprint });
  if (before.status !== 'unique') throw new Rejection('FINGERPRINT_FINANCED', { fingerprint: claim.fingerprint });
  const message = {
    fingerprint: `0x${claim.fingerprint}`,
    bank: creatorMspId,
    terms: `0x${claim.terms}`,
    nonce: claim.nonce,
    deadline: claim.deadline,
  };
  const signer = recoverSigner(network.genesisHash, FINANCING_CLAIM_TYPES, message, claim.signature);
  if (signer === undefined || signer !== claim.address) throw new Rejection('SIGNATURE_INVALID', {});
  const bound =
    binding?.status === 'active' &&
    isDate(businessDate) &&
    binding.validFrom <= businessDate &&
    businessDate <= binding.validTo;
  if (!bound) throw new Rejection('KEY_NOT_BOUND', {});
  if (claim.deadline < Number(businessDate.replaceAll('-', ''))) throw new Rejection('SIGNATURE_DEADLINE_PASSED', {});
  return { ...before, status: 'financed', bank: creatorMspId, terms: claim.terms };
}

/** The bank that holds a claim lets it go. */
export function released(claim: FinancingClaim, creatorMspId: string): FinancingClaim {
  if (claim.status !== 'financed') throw new Rejection('STATUS_FORBIDS', { record: claim.fingerprint });
  if (claim.bank !== creatorMspId) throw new Rejection('CREATOR_NOT_ENTITLED', { creator: creatorMspId });
  return { ...claim, status: 'unique', bank: null, terms: null };
}

/** SHA-256 of canonical financing terms; a helper so that bank and contract hash the same bytes. */
export function termsHash(canonicalTerms: string): string {
  return sha256Hex(canonicalTerms);
}
