import type { JsonObject } from '../../../chaincode/domain/json';
import type { Values } from '../values';
import { all, first, textOf, type XmlNode } from '../xml/xml-node';
import { readAmount, readDay } from './amounts';

/** Reads a payment status report. @see ISO 20022 pain.002.001.10 */
export function readPaymentStatus(values: Values, root: XmlNode): JsonObject {
  const message = first(root, 'CstmrPmtStsRpt') ?? root;
  return {
    message: 'pain.002',
    id: values.text(message, 'GrpHdr/MsgId', 35),
    createdAt: values.text(message, 'GrpHdr/CreDtTm', 40),
    originalMessageId: values.text(message, 'OrgnlGrpInfAndSts/OrgnlMsgId', 35),
    transactions: all(message, 'OrgnlPmtInfAndSts').flatMap((payment) =>
      all(payment, 'TxInfAndSts').map((node) => readTransaction(values, message, payment, node)),
    ),
  };
}

/** A status stands at the transaction, or above it for everything below. */
function readTransaction(values: Values, message: XmlNode, payment: XmlNode, node: XmlNode): JsonObject {
  const status =
    textOf(node, 'TxSts') ?? textOf(payment, 'PmtInfSts') ?? textOf(message, 'OrgnlGrpInfAndSts/GrpSts') ?? '';
  const reason = 'StsRsnInf/Rsn/Cd';
  const hasAmount = first(node, 'OrgnlTxRef/Amt/InstdAmt') !== undefined;
  return {
    endToEndId: values.optionalText(node, 'OrgnlEndToEndId', 35),
    uetr: values.optionalText(node, 'OrgnlUETR', 36),
    status,
    reason: textOf(node, reason) ?? textOf(payment, reason) ?? textOf(message, `OrgnlGrpInfAndSts/${reason}`),
    ...(hasAmount ? readAmount(values, node, 'OrgnlTxRef/Amt/InstdAmt') : { currency: null, amountMinor: null }),
    requestedDate: readDay(values, node, 'OrgnlTxRef/ReqdExctnDt'),
  };
}
