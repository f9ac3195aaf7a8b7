/** Incoterms 2020 rules. @see ICC Incoterms 2020 */
export const INCOTERMS_2020 = ['EXW', 'FCA', 'CPT', 'CIP', 'DAP', 'DPU', 'DDP', 'FAS', 'FOB', 'CFR', 'CIF'] as const;

/** What makes an instalment due. */
export const TRIGGERS = [
  'termsAgreed',
  'invoiceIssued',
  'invoiceAccepted',
  'despatched',
  'deliveredByCarrier',
  'date',
] as const;
export type Trigger = (typeof TRIGGERS)[number];

/** Whether a text is an IBAN with right check digits (ISO 13616, ISO 7064 MOD 97-10). */
export function isIban(text: string): boolean {
  if (!/^[A-Z]{2}[0-9]{2}[A-Z0-9]{10,30}$/.test(text)) return false;
  return mod97(`${text.slice(4)}${text.slice(0, 4)}`) === 1;
}

/** Whether a text is an LEI with right check digits (ISO 17442). */
export function isLei(text: string): boolean {
  return /^[A-Z0-9]{18}[0-9]{2}$/.test(text) && mod97(text) === 1;
}

/** Whether a text is a BIC (ISO 9362). */
export function isBic(text: string): boolean {
  return /^[A-Z0-9]{4}[A-Z]{2}[A-Z0-9]{2}([A-Z0-9]{3})?$/.test(text);
}

function mod97(text: string): number {
  let rest = 0;
  for (const character of text) rest = Number(`${rest}${parseInt(character, 36)}`) % 97;
  return rest;
}
