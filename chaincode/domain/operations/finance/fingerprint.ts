import { canonicalJson } from '../../canonical-json';
import { hmacHex } from '../../hash';
import type { Invoice } from '../../trade-types';

/** Upper case, compatibility forms folded, spaces and punctuation gone: `inv. 2026/0017` and `INV-20260017` are one. */
export function normaliseNumber(number: string): string {
  return number
    .normalize('NFKC')
    .toUpperCase()
    .replace(/[^\p{L}\p{N}]/gu, '');
}

/**
 * The keyed fingerprint of an invoice: the same document gives the same one, whoever presents it.
 *
 * The key is shared by the members, who can therefore guess low-entropy documents; outsiders can't.
 */
export function invoiceFingerprint(key: Uint8Array, { invoice, roles }: Invoice): string {
  const content = canonicalJson({
    amountMinor: invoice.totalMinor,
    currency: invoice.currency,
    issueDate: invoice.issueDate,
    number: normaliseNumber(invoice.number),
    seller: roles.seller,
  });
  return hmacHex(key, `concordat.fingerprint.v1\n${content}`);
}
