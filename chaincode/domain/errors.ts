import { CORE_REJECTIONS } from './rejections/core';
import { BREAK_REJECTIONS } from './rejections/breaks';
import { CLEARING_REJECTIONS } from './rejections/clearing';
import { FINANCE_REJECTIONS } from './rejections/finance';
import { RECONCILIATION_REJECTIONS } from './rejections/reconciliation';
import { TRADE_REJECTIONS } from './rejections/trade';

/** What a refusal asks of the caller; the gateway turns it into an HTTP status. */
export type RejectionKind = 'malformed' | 'forbidden' | 'missing' | 'conflict' | 'impossible';

/** One row of the table of refusals: what it means and what to do about it, in English and Chinese. */
export interface RejectionRow {
  readonly kind: RejectionKind;
  readonly text: string;
  readonly zh: string;
  readonly remedy: string;
}

/** Every way the rules can refuse a request. Codes are part of the contract with clients: never renamed, never reused. */
export const REJECTIONS = {
  ...CORE_REJECTIONS,
  ...TRADE_REJECTIONS,
  ...FINANCE_REJECTIONS,
  ...RECONCILIATION_REJECTIONS,
  ...CLEARING_REJECTIONS,
  ...BREAK_REJECTIONS,
} as const;

export type RejectionCode = keyof typeof REJECTIONS;

/** A refusal of the rules. `details` name fields, ids and limits, never private values: they cross every border. */
export class Rejection extends Error {
  override readonly name = 'Rejection';
  constructor(
    readonly code: RejectionCode,
    readonly details: Readonly<Record<string, string>> = {},
  ) {
    super(REJECTIONS[code].text);
  }
}
