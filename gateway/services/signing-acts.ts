import { randomBytes } from 'node:crypto';
import type { Json } from '../../chaincode/domain/json';
import { contentHash, materialise } from '../../chaincode/domain/materialise';
import type { Change, SignedAct } from '../../chaincode/domain/operation';
import { actOf, dateNumber } from '../../chaincode/domain/signed-act';
import { ACT_TYPES, signingDomain } from '../../chaincode/domain/typed-data';
import type { Preview } from './preview';
import type { SigningRequest, TypedData } from './signing-requests';
import type { StoredAct } from './signing-store';

type SignedUpdate = Extract<Change, { kind: 'update' }> & { readonly signed: SignedAct };

interface PlacedUpdate {
  readonly change: SignedUpdate;
  readonly index: number;
}

/** The changes of an operation that parties must sign, with their place, which scopes the salts. */
export function signedUpdates({ changes }: Preview): PlacedUpdate[] {
  return changes.flatMap((change, index) =>
    change.kind === 'update' && change.signed !== undefined
      ? [{ change: { ...change, signed: change.signed }, index }]
      : [],
  );
}

/** Last business date on which signatures hold: `validDays` calendar days after the latest open date, yyyymmdd. */
export function deadlineOf(updates: readonly PlacedUpdate[], validDays: number): number {
  const latest = updates
    .map(({ change }) => change.signed.businessDate)
    .sort()
    .at(-1) as string;
  const day = new Date(`${latest}T00:00:00Z`);
  day.setUTCDate(day.getUTCDate() + validDays);
  return dateNumber(day.toISOString().slice(0, 10));
}

/** What each party signs, each with a nonce of its own. */
export function requiredActs(preview: Preview, deadline: number): StoredAct[] {
  const { context, request } = preview;
  return signedUpdates(preview).flatMap(({ change, index }) => {
    const content = contentHash(materialise(change, context, request.seed, index).document);
    return change.signed.parties.map((partyId): StoredAct => {
      const nonce = BigInt(`0x${randomBytes(16).toString('hex')}`).toString();
      const message = actOf(context, change.record, change.signed.action, content, { nonce, deadline });
      const typedData = typedDataOf(context.network().genesisHash, 'Act', ACT_TYPES, { ...message });
      return {
        partyId,
        action: change.signed.action,
        recordId: change.record.document.id,
        typedData,
        signedBy: null,
        signature: null,
      };
    });
  });
}

/** The new versions in plain fields; ids of records that do not exist yet are left out. */
export function plainPreview({ changes }: Preview): SigningRequest['preview'] {
  return changes.flatMap((change): SigningRequest['preview'] => {
    if (change.kind !== 'create' && change.kind !== 'update') return [];
    const groups = change.groups as unknown as Json;
    return change.kind === 'update'
      ? [{ recordId: change.record.document.id, type: change.record.document.type, status: change.status, groups }]
      : [{ recordId: null, type: change.type, status: change.status, groups }];
  });
}

/** Typed data under the network's EIP-712 domain, with the domain's own type as wallets want it. */
export function typedDataOf(
  genesisHash: string,
  primaryType: string,
  types: TypedData['types'],
  message: TypedData['message'],
): TypedData {
  const EIP712Domain = [
    { name: 'name', type: 'string' },
    { name: 'version', type: 'string' },
    { name: 'salt', type: 'bytes32' },
  ];
  return { domain: signingDomain(genesisHash), types: { EIP712Domain, ...types }, primaryType, message };
}
