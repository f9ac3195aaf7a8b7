import { Rejection } from './errors';
import type { Json } from './json';
import { contentHash, materialise, type NewVersion } from './materialise';
import type { Change, LoadedRecord, OperationContext, SignedAct } from './operation';
import { ACT_TYPES, recoverSigner, type Act, type PartySignature } from './typed-data';

type Update = Extract<Change, { kind: 'update' }>;

/** The act a party signs: everything but nonce and deadline follows from the version acted upon and the new content. */
export function actOf(
  context: OperationContext,
  record: LoadedRecord,
  action: string,
  content: string,
  terms: { nonce: string; deadline: number },
): Act {
  return {
    channel: context.channel,
    record: record.document.id,
    version: record.document.version,
    previous: `0x${record.commitment}`,
    action,
    content: `0x${content}`,
    ...terms,
  };
}

/** A business date as the number yyyymmdd that typed data carry. */
export function dateNumber(date: string): number {
  return Number(date.replaceAll('-', ''));
}

/**
 * Checks that every party the change needs has signed it, and keeps the signatures in the new version.
 *
 * @throws Rejection SIGNATURE_INVALID, KEY_NOT_BOUND, SIGNATURE_DEADLINE_PASSED, SIGNATURE_MISSING.
 */
export function signedVersion(
  change: Update,
  act: SignedAct,
  context: OperationContext,
  supplied: { seed: string; index: number; signatures: readonly PartySignature[] },
): NewVersion {
  const { seed, index, signatures } = supplied;
  const content = contentHash(materialise(change, context, seed, index).document);
  const kept: Record<string, Json> = {};
  for (const party of act.parties) {
    const signature = findSignature(party, { change, act, context, content }, signatures);
    kept[`${act.action}:${party}`] = {
      address: signature.address,
      content,
      deadline: signature.deadline,
      nonce: signature.nonce,
      party,
      signature: signature.signature,
      version: change.record.document.version,
    };
  }
  const before = change.record.groups['signatures'] ?? {};
  return materialise(
    { ...change, groups: { ...change.groups, signatures: { ...before, ...kept } } },
    context,
    seed,
    index,
  );
}

interface ActCheck {
  readonly change: Update;
  readonly act: SignedAct;
  readonly context: OperationContext;
  readonly content: string;
}

function findSignature(party: string, check: ActCheck, signatures: readonly PartySignature[]): PartySignature {
  const { change, act, context, content } = check;
  for (const signature of signatures) {
    const message = actOf(context, change.record, act.action, content, signature);
    const signer = recoverSigner(context.network().genesisHash, ACT_TYPES, { ...message }, signature.signature);
    if (signer === undefined || signer !== signature.address) throw new Rejection('SIGNATURE_INVALID', { party });
    const binding = context.binding(signer);
    if (binding?.partyId !== party) continue;
    const { businessDate } = act;
    if (binding.status !== 'active' || businessDate < binding.validFrom || businessDate > binding.validTo) {
      throw new Rejection('KEY_NOT_BOUND', { party });
    }
    if (signature.deadline < dateNumber(businessDate)) throw new Rejection('SIGNATURE_DEADLINE_PASSED', { party });
    return signature;
  }
  // A good signature by a key of nobody we ask is told apart from no signature at all.
  const unbound = signatures.some(({ address }) => context.binding(address) === undefined);
  throw new Rejection(unbound ? 'KEY_NOT_BOUND' : 'SIGNATURE_MISSING', { party });
}
