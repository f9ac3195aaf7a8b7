import type { LoadedRecord } from '../../operation';
import type { Groups } from '../../record';
import { as, type InstalmentPayment, type Receivable } from '../../trade-types';
import { groupsOf } from '../rules';

interface PaymentEffect {
  readonly payment: string;
  readonly status: InstalmentPayment['status'];
  /** Minor units by which the open amount changes: below zero for a payment made. */
  readonly changeMinor: bigint;
  /** Value date of a return. */
  readonly returnedOn?: string;
}

/**
 * A receivable after something happened to one of its payments: what is open then, and its groups.
 *
 * @throws Error when more than the face value or less than nothing would be open, which no course of payments gives.
 */
export function afterPayment(
  { document, groups }: LoadedRecord,
  { payment, changeMinor, ...effect }: PaymentEffect,
): { readonly openMinor: bigint; readonly groups: Groups } {
  const content = as<Receivable>(groups);
  const { claim, progress } = content;
  const openMinor = BigInt(claim.openMinor) + changeMinor;
  if (openMinor < 0n || openMinor > BigInt(claim.faceValueMinor)) {
    throw new Error(`receivable ${document.id} would have an open amount outside its face value`);
  }
  const instalments = progress.instalments.map((item) => (item.payment === payment ? { ...item, ...effect } : item));
  const after = { ...content, claim: { ...claim, openMinor: String(openMinor) }, progress: { instalments } };
  return { openMinor, groups: groupsOf(after) };
}
