import type { JsonObject } from '../../../chaincode/domain/json';
import type { PaymentReturnReport } from '../../routes/dependencies';
import type { Values } from '../values';
import { all, first, textOf, type XmlNode } from '../xml/xml-node';
import { readAmount } from './amounts';

/** Reads a payment return between banks. @see ISO 20022 pacs.004.001.09 */
export function readPaymentReturn(values: Values, root: XmlNode): JsonObject {
  const message = first(root, 'PmtRtr') ?? root;
  return {
    message: 'pacs.004',
    id: values.text(message, 'GrpHdr/MsgId', 35),
    createdAt: values.text(message, 'GrpHdr/CreDtTm', 40),
    transactions: all(message, 'TxInf').map((node) => ({
      endToEndId: values.optionalText(node, 'OrgnlEndToEndId', 35),
      uetr: values.optionalText(node, 'OrgnlUETR', 36),
      ...readAmount(values, node, 'RtrdIntrBkSttlmAmt'),
      settlementDate:
        values.optionalDate(node, 'IntrBkSttlmDt') ?? values.optionalDate(message, 'GrpHdr/IntrBkSttlmDt'),
      returnReason: textOf(node, 'RtrRsnInf/Rsn/Cd'),
    })),
  };
}

/**
 * What a message says about the return of one payment: pacs.004, or camt.054 with the reversal of the credit booked.
 *
 * Undefined when it says nothing, gives no reason code, or no date.
 */
export function paymentReturn(content: JsonObject, endToEndId: string): PaymentReturnReport | undefined {
  const found = content['message'] === 'pacs.004' ? returned(content, endToEndId) : reversed(content, endToEndId);
  const { currency, amountMinor, valueDate, returnReason: reason } = found ?? {};
  if (typeof reason !== 'string' || typeof valueDate !== 'string') return undefined;
  return { endToEndId, currency: String(currency), amountMinor: String(amountMinor), valueDate, reason };
}

function returned(content: JsonObject, endToEndId: string): JsonObject | undefined {
  const found = (content['transactions'] as readonly JsonObject[]).find((one) => one['endToEndId'] === endToEndId);
  return found === undefined ? undefined : { ...found, valueDate: found['settlementDate'] ?? null };
}

function reversed(content: JsonObject, endToEndId: string): JsonObject | undefined {
  if (content['message'] !== 'camt.054') return undefined;
  for (const entry of content['entries'] as readonly JsonObject[]) {
    if (entry['status'] !== 'BOOK' || entry['direction'] !== 'DBIT' || entry['isReversal'] !== true) continue;
    const found = (entry['transactions'] as readonly JsonObject[]).find((one) => one['endToEndId'] === endToEndId);
    if (found !== undefined) return { ...found, valueDate: entry['valueDate'] ?? entry['bookingDate'] ?? null };
  }
  return undefined;
}
