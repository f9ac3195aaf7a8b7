import type { JsonObject } from '../../../chaincode/domain/json';
import type { Values } from '../values';
import { all, first, textOf, type XmlNode } from '../xml/xml-node';
import { readAmount, readDay } from './amounts';
import { readEntries } from './entries';

/** Reads a debit or credit notification. @see ISO 20022 camt.054.001.08 */
export function readNotification(values: Values, root: XmlNode): JsonObject {
  const message = first(root, 'BkToCstmrDbtCdtNtfctn') ?? root;
  return {
    message: 'camt.054',
    id: values.text(message, 'GrpHdr/MsgId', 35),
    createdAt: values.text(message, 'GrpHdr/CreDtTm', 40),
    entries: all(message, 'Ntfctn').flatMap((notification) => readEntries(values, notification)),
  };
}

/** Reads account statements and checks that balances and entries add up. @see ISO 20022 camt.053.001.08 */
export function readStatements(values: Values, root: XmlNode): JsonObject {
  const message = first(root, 'BkToCstmrStmt') ?? root;
  return {
    message: 'camt.053',
    id: values.text(message, 'GrpHdr/MsgId', 35),
    createdAt: values.text(message, 'GrpHdr/CreDtTm', 40),
    statements: all(message, 'Stmt').map((statement) => readStatement(values, statement)),
  };
}

function readStatement(values: Values, node: XmlNode): JsonObject {
  const balances = all(node, 'Bal').map((balance) => ({
    code: textOf(balance, 'Tp/CdOrPrtry/Cd') ?? '',
    direction: textOf(balance, 'CdtDbtInd') ?? '',
    ...readAmount(values, balance, 'Amt'),
    date: readDay(values, balance, 'Dt'),
  }));
  const entries = readEntries(values, node);
  if (values.problems.none && !addsUp(balances, entries)) values.problems.at(node, 'ARITHMETIC_BALANCE');
  return { id: values.text(node, 'Id', 35), balances, entries };
}

interface Signed {
  readonly currency?: unknown;
  readonly direction?: unknown;
  readonly amountMinor?: unknown;
}

/** Opening balance with the booked entries gives the closing one; statements without both balances say nothing. */
function addsUp(balances: readonly (Signed & { readonly code: string })[], entries: readonly JsonObject[]): boolean {
  const opening = balances.find(({ code }) => code === 'OPBD');
  const closing = balances.find(({ code }) => code === 'CLBD');
  if (opening === undefined || closing === undefined || opening.currency !== closing.currency) return true;
  const booked = entries.filter(({ status, currency }) => status === 'BOOK' && currency === opening.currency);
  return booked.reduce((sum, entry) => sum + signed(entry), signed(opening)) === signed(closing);
}

function signed({ direction, amountMinor }: Signed): bigint {
  const amount = BigInt(String(amountMinor));
  return direction === 'DBIT' ? -amount : amount;
}
