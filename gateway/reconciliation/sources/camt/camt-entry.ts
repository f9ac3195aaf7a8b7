import { isDate } from '../../../../chaincode/domain/business-date';
import type { BookEntry, RefusedLine, RemittedDocument } from '../../book-entry';
import { minorOf } from '../amount-text';
import { referenceOf } from '../mt940/narrative';
import { at, every, textAt, type Element } from './xml-elements';

interface Money {
  readonly currency: string;
  readonly amountMinor: bigint;
}

/**
 * One `Ntry`: an entry for each of its transactions where their amounts add up to it, else the entry as a whole with
 * everything its transactions refer to. Versions 02 to 08 and later ones that keep these elements.
 *
 * @see ISO 20022 ReportEntry2, ReportEntry10
 */
export function camtEntries(entry: Element, line: number): BookEntry[] | RefusedLine {
  const refused = (field: string, code: string): RefusedLine => ({ line, field: `Ntry/${field}`, code });
  const money = moneyOf(at(entry, 'Amt'));
  if (typeof money === 'string') return refused('Amt', money);
  const direction = directionOf(entry);
  if (direction === undefined) return refused('CdtDbtInd', 'ENTRY_FIELD_INVALID');
  const status = statusOf(entry);
  if (status === undefined) return refused('Sts', 'ENTRY_STATUS_INFORMATION');
  const valueDate = dayOf(entry, 'ValDt');
  const bookingDate = dayOf(entry, 'BookgDt') ?? valueDate;
  if (bookingDate === null) return refused('BookgDt', 'ENTRY_FIELD_MISSING');
  if (!isDate(bookingDate)) return refused('BookgDt', 'ENTRY_DATE_INVALID');
  if (valueDate !== null && !isDate(valueDate)) return refused('ValDt', 'ENTRY_DATE_INVALID');
  const isReversal = textAt(entry, 'RvslInd') === 'true';
  const common = { line, direction, status, bookingDate, valueDate: valueDate ?? bookingDate, ...money, isReversal };
  const details = every(entry, 'NtryDtls/TxDtls');
  const amounts = details.map((one) => detailMoney(one, money, details.length));
  if (details.length > 1 && addsUp(amounts, money)) {
    return details.map((one, index) => ({
      ...common,
      ...factsOf(entry, [one], direction),
      ...(amounts[index] as Money),
    }));
  }
  return [{ ...common, ...factsOf(entry, details, direction) }];
}

type Facts = Pick<
  BookEntry,
  'entryRef' | 'uetr' | 'endToEndId' | 'references' | 'remittance' | 'party' | 'text' | 'isReversal'
>;

function factsOf(entry: Element, details: readonly Element[], direction: BookEntry['direction']): Facts {
  const [only] = details.length === 1 ? details : [];
  const referred = details.flatMap((one) =>
    ['InstrId', 'TxId', 'PmtInfId', 'MndtId', 'ClrSysRef', 'AcctSvcrRef', 'EndToEndId'].flatMap(
      (name) => referenceOf(textAt(one, `Refs/${name}`) ?? undefined) ?? [],
    ),
  );
  const endToEndId = referenceOf(textAt(only, 'Refs/EndToEndId') ?? undefined);
  const strd = details.flatMap((one) => every(one, 'RmtInf/Strd'));
  const creditor = strd.flatMap((one) => textAt(one, 'CdtrRefInf/Ref') ?? []);
  const texts = details.flatMap((one) => every(one, 'RmtInf/Ustrd').map(({ text }) => text.trim()));
  const parties = details.flatMap((one) => partyOf(one, direction) ?? []);
  const entryRef = textAt(entry, 'NtryRef') ?? textAt(entry, 'AcctSvcrRef');
  const own = textAt(entry, 'AcctSvcrRef');
  return {
    entryRef,
    uetr: textAt(only, 'Refs/UETR')?.toLowerCase() ?? null,
    endToEndId,
    references: [...new Set([...referred, ...creditor, ...(own === null ? [] : [own])])].filter(
      (one) => one !== endToEndId,
    ),
    remittance: strd.flatMap(documentsOf),
    party: parties[0] ?? null,
    isReversal: textAt(entry, 'RvslInd') === 'true' || details.some((one) => at(one, 'RtrInf') !== undefined),
    text: [...texts, textAt(entry, 'AddtlNtryInf') ?? '']
      .filter((one) => one !== '')
      .join(' ')
      .slice(0, 2_000),
  };
}

/** The documents of one structured remittance; its amount is the one document's where there is one. */
function documentsOf(strd: Element): RemittedDocument[] {
  const numbers = every(strd, 'RfrdDocInf/Nb').map(({ text }) => text.trim());
  const remitted = moneyOf(at(strd, 'RfrdDocAmt/RmtdAmt') ?? at(strd, 'RfrdDocAmt/DuePyblAmt'));
  const amountMinor = numbers.length === 1 && typeof remitted !== 'string' ? remitted.amountMinor : null;
  return numbers.filter((one) => one !== '').map((reference) => ({ reference, amountMinor }));
}

/** The other side: who paid a credit, who got a debit; its account, else its name. */
function partyOf(details: Element, direction: BookEntry['direction']): string | null {
  const role = direction === 'credit' ? 'Dbtr' : 'Cdtr';
  const parties = at(details, 'RltdPties');
  return (
    textAt(parties, `${role}Acct/Id/IBAN`) ??
    textAt(parties, `${role}Acct/Id/Othr/Id`) ??
    textAt(parties, `${role}/Pty/Nm`) ??
    textAt(parties, `${role}/Nm`)
  );
}

function detailMoney(details: Element, entry: Money, count: number): Money | string {
  const found = at(details, 'Amt') ?? at(details, 'AmtDtls/TxAmt/Amt');
  return found === undefined && count === 1 ? entry : moneyOf(found);
}

function addsUp(amounts: readonly (Money | string)[], entry: Money): boolean {
  let sum = 0n;
  for (const amount of amounts) {
    if (typeof amount === 'string' || amount.currency !== entry.currency) return false;
    sum += amount.amountMinor;
  }
  return sum === entry.amountMinor;
}

/** An amount element as minor units of its currency. */
export function moneyOf(element: Element | undefined): Money | 'ENTRY_CURRENCY_UNKNOWN' | 'ENTRY_AMOUNT_INVALID' {
  const currency = element?.attributes['Ccy'] ?? '';
  const amountMinor = minorOf(element?.text ?? '', currency, '.');
  return typeof amountMinor === 'string' ? amountMinor : { currency, amountMinor };
}

export function directionOf(element: Element): BookEntry['direction'] | undefined {
  const text = textAt(element, 'CdtDbtInd');
  return text === 'CRDT' ? 'credit' : text === 'DBIT' ? 'debit' : undefined;
}

/** `Sts` is a code in version 02 and an element with a code since; what only informs is no posting. */
function statusOf(entry: Element): BookEntry['status'] | undefined {
  const text = textAt(entry, 'Sts/Cd') ?? textAt(entry, 'Sts');
  return text === 'BOOK' ? 'booked' : text === 'PDNG' || text === 'FUTR' ? 'pending' : undefined;
}

/** The day of a date, or of a date and time, as the bank's own zone has it. */
export function dayOf(element: Element, name: string): string | null {
  return textAt(element, `${name}/Dt`) ?? textAt(element, `${name}/DtTm`)?.slice(0, 10) ?? null;
}
