import type { Json } from '../../chaincode/domain/json';
import { isJsonObject } from '../../chaincode/domain/json';
import type { Language } from '../http/language';

/** A field of a record as text; empty when it is absent or no text. */
export function textOf(value: Json | undefined): string {
  return typeof value === 'string' ? value : typeof value === 'number' ? String(value) : '';
}

/** A member of an object of a record. */
export function memberOf(value: Json | undefined, name: string): Json | undefined {
  return isJsonObject(value) ? value[name] : undefined;
}

export function listOf(value: Json | undefined): readonly Json[] {
  return Array.isArray(value) ? (value as readonly Json[]) : [];
}

/** Minor units as people write them: `EUR 12,500.00`. */
export function money(amountMinor: bigint, currency: string): string {
  const digits = decimalsOf(currency);
  const sign = amountMinor < 0n ? '-' : '';
  const text = (amountMinor < 0n ? -amountMinor : amountMinor).toString().padStart(digits + 1, '0');
  const whole = text.slice(0, text.length - digits).replace(/\B(?=(\d{3})+$)/g, ',');
  return `${currency} ${sign}${whole}${digits === 0 ? '' : `.${text.slice(-digits)}`}`;
}

/** An amount of a record; an en dash when there is none. */
export function moneyOf(amount: Json | undefined, currency: string): string {
  return typeof amount === 'string' && /^-?\d{1,18}$/.test(amount) ? money(BigInt(amount), currency) : '–';
}

/** Amount of a record as a number of minor units; 0 when there is none. */
export function minorOf(amount: Json | undefined): bigint {
  return typeof amount === 'string' && /^\d{1,18}$/.test(amount) ? BigInt(amount) : 0n;
}

function decimalsOf(currency: string): number {
  try {
    return new Intl.NumberFormat('en', { style: 'currency', currency }).resolvedOptions().maximumFractionDigits ?? 2;
  } catch {
    return 2;
  }
}

/** A moment in UTC, to the second: `2026-03-02 08:30:00 UTC`. */
export function moment(iso: string): string {
  return /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d/.test(iso) ? `${iso.slice(0, 10)} ${iso.slice(11, 19)} UTC` : iso;
}

/** The first characters of an id or digest, enough to tell it from others on a page. */
export function short(id: string): string {
  return id.length > 12 ? `${id.slice(0, 8)}…` : id;
}

/** Picks the language's text of a pair. */
export function pick(language: Language, [en, zh]: readonly [string, string]): string {
  return language === 'zh' ? zh : en;
}
