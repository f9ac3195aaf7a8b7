import type { JsonObject } from '../../../chaincode/domain/json';
import type { Values } from '../values';
import { all, first, textOf, type XmlNode } from '../xml/xml-node';

/** Entries of a camt.053 statement or camt.054 notification. @see ISO 20022 ReportEntry10 */
export function readEntries(values: Values, parent: XmlNode): JsonObject[] {
  return all(parent, 'Ntry').map((node) => {
    const amount = readAmount(values, node, 'Amt');
    return {
      ...amount,
      direction: textOf(node, 'CdtDbtInd') ?? '',
      isReversal: isTrue(textOf(node, 'RvslInd')),
      status: textOf(node, 'Sts/Cd') ?? '',
      bookingDate: readDay(values, node, 'BookgDt'),
      valueDate: readDay(values, node, 'ValDt'),
      transactions: all(node, 'NtryDtls/TxDtls').map((details) => readTransaction(values, details, amount)),
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

/** An amount with its currency, in minor units. */
export function readAmount(
  values: Values,
  node: XmlNode,
  path: string,
): { readonly currency: string; readonly amountMinor: string } {
  const found = first(node, path);
  const currency = values.currency(found, node, path, found?.attributes['Ccy']);
  return { currency, amountMinor: String(found === undefined ? 0n : values.amountOf(found, currency)) };
}

/** The day of a date, or of a date and time, as the bank's own zone has it. */
export function readDay(values: Values, node: XmlNode, path: string): string | null {
  return values.optionalDate(node, `${path}/Dt`) ?? values.optionalDate(node, `${path}/DtTm`);
}
