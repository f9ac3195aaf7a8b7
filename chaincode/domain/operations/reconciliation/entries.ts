import { canonicalBytes } from '../../canonical-json';
import { parseDate, parseInstant } from '../../business-date';
import { Rejection } from '../../errors';
import { saltOf } from '../../record';
import { Input } from '../../input';
import type { Json } from '../../json';
import { leafHash, merkleRoot } from '../../merkle';
import { parseCurrency, parseMinor } from '../../money';
import { ENTRY_TYPES, type SaltedEntry, type SettlementEntry, type StandingAgreement } from './types';

const REFERENCE = /^[^\u0000-\u001f]{1,35}$/u;
const UETR = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

/** Reads one entry. @throws Rejection SEGMENT_ENTRY_INVALID with place and field. */
export function parseEntry(json: Json, place: string): SettlementEntry {
  try {
    const input = Input.of(json, '');
    const entry = {
      endToEndId: input.text('endToEndId', REFERENCE),
      uetr: input.optionalText('uetr', UETR),
      orderRef: input.optionalText('orderRef', REFERENCE),
      invoiceRef: input.optionalText('invoiceRef', REFERENCE),
      type: input.oneOf('type', ENTRY_TYPES),
      amountMinor: String(input.with('amountMinor', parseMinor)),
      currency: input.with('currency', parseCurrency),
      occurredAt: input.with('occurredAt', parseInstant),
      valueDate: input.with('valueDate', parseDate),
      ...(input.has('lateFor') ? { lateFor: input.with('lateFor', parseDate) } : absent(input, 'lateFor')),
    };
    input.end();
    return entry;
  } catch (error) {
    if (!(error instanceof Rejection)) throw error;
    const { field = '' } = error.details;
    throw new Rejection('SEGMENT_ENTRY_INVALID', { entry: place, field, reason: error.code });
  }
}

/** A member that may be null or left out, and stands nowhere when it is. */
function absent(input: Input, name: string): object {
  input.optionalText(name);
  return {};
}

/** Checks entries against the agreement they are posted under. @throws Rejection AGREEMENT_NOT_IN_FORCE, ENTRY_LIMIT_EXCEEDED. */
export function requireAgreed(
  entries: readonly SettlementEntry[],
  { agreement }: StandingAgreement,
  offset: number,
): void {
  const limit = BigInt(agreement.entryLimitMinor);
  entries.forEach(({ amountMinor, currency, type }, at) => {
    const entry = String(offset + at);
    if (currency !== agreement.currency || !agreement.types.includes(type)) {
      throw new Rejection('AGREEMENT_NOT_IN_FORCE', { entry });
    }
    if (BigInt(amountMinor) > limit) throw new Rejection('ENTRY_LIMIT_EXCEEDED', { entry });
  });
}

export function sumMinor(entries: readonly SettlementEntry[]): bigint {
  return entries.reduce((sum, { amountMinor }) => sum + BigInt(amountMinor), 0n);
}

/** Salts entries, each with a salt of its own, so that one can be shown without telling the others. */
export function saltEntries(entries: readonly SettlementEntry[], seed: string, scope: string): SaltedEntry[] {
  return entries.map((entry, index) => ({ entry, salt: saltOf(seed, `entries\n${scope}\n${index}`) }));
}

/** RFC 6962 root over salted entries in order, hexadecimal. */
export function entriesRoot(entries: readonly SaltedEntry[]): string {
  return merkleRoot(entries.map((entry) => leafHash(canonicalBytes(entry as unknown as Json)))).toString('hex');
}
