import { Rejection } from '../../errors';
import type { Payment } from '../../trade-types';

/**
 * A bank's message speaks of a payment when it names its end-to-end id and its whole amount.
 *
 * @throws Rejection PAYMENT_REPORT_DIFFERS.
 */
export function requireSamePayment(
  { payment }: Payment,
  { endToEndId, currency, amountMinor }: Pick<Payment['payment'], 'endToEndId' | 'currency' | 'amountMinor'>,
): void {
  const same =
    endToEndId === payment.endToEndId && currency === payment.currency && amountMinor === payment.amountMinor;
  if (!same) throw new Rejection('PAYMENT_REPORT_DIFFERS');
}
