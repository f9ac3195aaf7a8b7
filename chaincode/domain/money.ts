import { Rejection } from './errors';
import type { Json } from './json';

/**
 * ISO 4217 codes in use → number of decimals. Funds codes, metals and test codes are left out on purpose.
 *
 * @see ISO 4217:2015, list one
 */
const EXPONENTS: Readonly<Record<number, string>> = {
  0: 'BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX VND VUV XAF XOF XPF',
  2:
    'AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BGN BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF CNY COP CRC CUP CVE' +
    ' CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HTG HUF IDR ILS INR IRR JMD KES KGS KHR' +
    ' KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD PAB' +
    ' PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TOP TRY' +
    ' TTD TWD TZS UAH USD UYU UZS VES WST XCD YER ZAR ZMW',
  3: 'BHD IQD JOD KWD LYD OMR TND',
};
const DECIMALS = new Map(
  Object.entries(EXPONENTS).flatMap(([digits, codes]) => codes.split(' ').map((code) => [code, Number(digits)])),
);

/** Largest amount in minor units; leaves room for sums in 128-bit systems. */
const MAX_MINOR = 10n ** 18n;

/** Number of decimals of a currency; undefined for a code that is none. */
export function currencyDecimals(currency: string): number | undefined {
  return DECIMALS.get(currency);
}

/** @throws Rejection CURRENCY_UNKNOWN. */
export function parseCurrency(value: Json, field: string): string {
  if (typeof value !== 'string' || !DECIMALS.has(value)) throw new Rejection('CURRENCY_UNKNOWN', { field });
  return value;
}

/**
 * Reads an amount in minor units: a decimal string above zero, without sign, fraction or leading zero.
 *
 * @throws Rejection AMOUNT_INVALID.
 */
export function parseMinor(value: Json, field: string, minimum = 1n): bigint {
  if (typeof value !== 'string' || !/^(0|[1-9][0-9]{0,18})$/.test(value))
    throw new Rejection('AMOUNT_INVALID', { field });
  const amount = BigInt(value);
  if (amount < minimum || amount > MAX_MINOR) throw new Rejection('AMOUNT_INVALID', { field });
  return amount;
}

/** Writes minor units as a decimal amount of the currency, `1234` USD → `12.34`. */
export function toDecimal(minor: bigint, currency: string): string {
  const decimals = DECIMALS.get(currency) ?? 2;
  if (decimals === 0) return String(minor);
  const text = String(minor < 0n ? -minor : minor).padStart(decimals + 1, '0');
  return `${minor < 0n ? '-' : ''}${text.slice(0, -decimals)}.${text.slice(-decimals)}`;
}

/** Reads a decimal amount of a currency into minor units; undefined when it has more decimals than the currency, or is none. */
export function fromDecimal(text: string, currency: string): bigint | undefined {
  const decimals = DECIMALS.get(currency);
  const match = /^([0-9]{1,18})(?:\.([0-9]{1,18}))?$/.exec(text);
  if (decimals === undefined || match === null) return undefined;
  const fraction = (match[2] ?? '').replace(/0+$/, '');
  if (fraction.length > decimals) return undefined;
  return BigInt(`${match[1]}${fraction.padEnd(decimals, '0')}`);
}
