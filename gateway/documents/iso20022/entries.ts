import type { JsonObject } from '../../../chaincode/domain/json';
import type { Values } from '../values';
import { all, first, textOf, type XmlNode } from '../xml/xml-node';
import { readAmount, readDay } from './amounts';
import { readCharges } from './charges';

/** Entries of a camt.053 statement or camt.054 notification. @see ISO 20022 ReportEntry10 */
export function readEntries(values: Values, parent: XmlNode): JsonObject[] {
  return all(parent, 'Ntry').map((node) => {
    const amount = readAmount(values, node, 'Amt');
    const details = all(node, 'NtryDtls/TxDtls');
    return {
      ...amount,
      direction: textOf(node, 'CdtDbtInd') ?? '',
      isReversal: isTrue(textOf(node, 'RvslInd')),
      status: textOf(node, 'Sts/Cd') ?? '',
      bookingDate: readDay(values, node, 'BookgDt'),
      valueDate: readDay(values, node, 'ValDt'),
      transactions: details.map((one) => ({
        ...readTransaction(values, one, amount),
        charges: readCharges(values, {
          notification: parent,
          details: one,
          // An entry of one transaction may state its charges once, above it.
          charges: details.length > 1 || first(one, 'Chrgs') !== undefined ? one : node,
        }),
      })),
    };
  });
}

function readTransaction(
  values: Values,
  details: XmlNode,
  entry: { readonly currency: string; readonly amountMinor: string },
): JsonObject {
  const endToEndId = values.optionalText(details, 'Refs/EndToEndId', 35);
  const uetr = values.optionalText(details, 'Refs/UETR', 36);
  const own = first(details, 'Amt') === undefined ? entry : readAmount(values, details, 'Amt');
  return {
    endToEndId,
    uetr,
    ...own,
    returnReason: textOf(details, 'RtrInf/Rsn/Cd'),
    invoiceNumber: values.optionalText(details, 'RmtInf/Strd/RfrdDocInf/Nb', 35),
  };
}

/** Both ways XML Schema writes it. */
function isTrue(text: string | null): boolean {
  return text === 'true' || text === '1';
}
