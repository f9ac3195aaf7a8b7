import { Rejection } from '../../errors';
import { Input } from '../../input';
import type { Json } from '../../json';
import { parseMinor } from '../../money';
import { isBic } from '../../trade-terms';
import { CHARGE_BEARERS, type Payment, type PaymentCharge } from '../../trade-types';

/** A charge as a report states it. */
export interface ReportedCharge extends PaymentCharge {
  readonly currency: string;
}

/** Charges one payment may have. */
const MOST_CHARGES = 20;

/** Reads the charges of a report, none when it has none. @throws Rejection REQUEST_INVALID, AMOUNT_INVALID, CODE_UNKNOWN. */
export function parseCharges(input: Input): ReportedCharge[] {
  if (input.has('charges')) return input.list('charges', { min: 0, max: MOST_CHARGES }, parseCharge);
  input.optionalText('charges');
  return [];
}

function parseCharge(json: Json, path: string): ReportedCharge {
  const input = Input.of(json, path);
  const charge = {
    amountMinor: String(input.with('amountMinor', parseMinor)),
    currency: input.text('currency', /^[A-Z]{3}$/),
    bearer: input.oneOf('bearer', CHARGE_BEARERS),
    member: input.has('member') ? input.mspId('member') : input.optionalText('member'),
    agent: input.optionalText('agent'),
  };
  input.end();
  if (charge.agent !== null && !isBic(charge.agent)) {
    throw new Rejection('CODE_UNKNOWN', { field: `${path}/agent`, list: 'ISO 9362' });
  }
  return charge;
}

/**
 * The charges as the payment keeps them; what they leave owing is `duesOf`'s.
 *
 * All together are at most the payment, since the reporting bank states them alone.
 * @throws Rejection PAYMENT_REPORT_DIFFERS, MEMBER_UNKNOWN, AMOUNT_INVALID.
 */
export function chargesOf({ payment, roles }: Payment, reported: readonly ReportedCharge[]): readonly PaymentCharge[] {
  const charges = reported.map(({ currency, ...charge }, at) => {
    const field = `/input/charges/${at}`;
    if (currency !== payment.currency) throw new Rejection('PAYMENT_REPORT_DIFFERS', { field: `${field}/currency` });
    const isKnown = [null, roles.buyerBank, payment.creditorMember].includes(charge.member);
    const isCreditors = charge.agent !== null && isSameBank(charge.agent, payment.creditorBic);
    if (!isKnown || (isCreditors && charge.member !== payment.creditorMember)) {
      throw new Rejection('MEMBER_UNKNOWN', { field: `${field}/member` });
    }
    return charge;
  });
  const sum = charges.reduce((total, { amountMinor }) => total + BigInt(amountMinor), 0n);
  if (sum > BigInt(payment.amountMinor)) throw new Rejection('AMOUNT_INVALID', { field: '/input/charges' });
  return charges;
}

/** Whether two BICs are of one bank, whatever the branch. @see ISO 9362 */
export function isSameBank(one: string, other: string): boolean {
  return one.slice(0, 8) === other.slice(0, 8);
}
