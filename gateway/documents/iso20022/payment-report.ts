import type { JsonObject } from '../../../chaincode/domain/json';
import type { PaymentReport, ReportedCharge } from '../../routes/dependencies';

/** What a bank's message says about one payment: booked and debited, or rejected; undefined when it says neither. */
export function paymentReport(content: JsonObject, endToEndId: string): PaymentReport | undefined {
  if (content['message'] === 'camt.054') return paid(content, endToEndId);
  return content['message'] === 'pain.002' ? rejected(content, endToEndId) : undefined;
}

function paid(content: JsonObject, endToEndId: string): PaymentReport | undefined {
  for (const entry of content['entries'] as readonly JsonObject[]) {
    // The debit of a reversal gives back a credit: it pays nothing.
    if (entry['status'] !== 'BOOK' || entry['direction'] !== 'DBIT' || entry['isReversal'] === true) continue;
    const found = (entry['transactions'] as readonly JsonObject[]).find((one) => one['endToEndId'] === endToEndId);
    const valueDate = entry['valueDate'] ?? entry['bookingDate'];
    if (found === undefined || typeof valueDate !== 'string') continue;
    const charges = (found['charges'] as unknown as readonly ReportedCharge[]).filter(
      ({ amountMinor }) => amountMinor !== '0',
    );
    const paidWith = charges.length === 0 ? {} : { charges };
    return { outcome: 'paid', endToEndId, ...amountOf(found), valueDate, reason: null, ...paidWith };
  }
  return undefined;
}

function rejected(content: JsonObject, endToEndId: string): PaymentReport | undefined {
  const found = (content['transactions'] as readonly JsonObject[]).find(
    (one) => one['endToEndId'] === endToEndId && one['status'] === 'RJCT',
  );
  const date = found?.['requestedDate'];
  if (found === undefined || typeof found['amountMinor'] !== 'string' || typeof date !== 'string') return undefined;
  const reason = typeof found['reason'] === 'string' ? found['reason'] : null;
  return { outcome: 'rejected', endToEndId, ...amountOf(found), valueDate: date, reason };
}

function amountOf(found: JsonObject): { readonly currency: string; readonly amountMinor: string } {
  return { currency: String(found['currency']), amountMinor: String(found['amountMinor']) };
}
