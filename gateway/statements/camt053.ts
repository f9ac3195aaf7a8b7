import { toDecimal } from '../../chaincode/domain/money';
import type { SettlementEntry, Statement } from '../../chaincode/domain/operations/reconciliation/types';
import type { FormatWriter, SegmentEntries, StatementHead } from './statement-source';

const NAMESPACE = 'urn:iso:std:iso:20022:tech:xsd:camt.053.001.08';

/**
 * camt.053.001.08 as the pair's first member's account with the second: what the first owes is debited.
 *
 * Balances are those of the one date: it opens at zero and closes at the day's net.
 * @see ISO 20022 BankToCustomerStatementV08
 */
export const camt053: FormatWriter = {
  begin: heading,
  segment: ({ statement }, part) => entriesOf(statement, part),
  end: () => '</Stmt></BkToCstmrStmt></Document>\n',
};

function heading({ id, statement }: StatementHead): string {
  const { currency, date, pair } = statement;
  const net = BigInt(statement.creditMinor) - BigInt(statement.debitMinor);
  const amount = (minor: bigint): string => `<Amt Ccy="${currency}">${toDecimal(absolute(minor), currency)}</Amt>`;
  const balance = (code: string, minor: bigint): string =>
    `<Bal><Tp><CdOrPrtry><Cd>${code}</Cd></CdOrPrtry></Tp>${amount(minor)}<CdtDbtInd>${sign(minor)}</CdtDbtInd>` +
    `<Dt><Dt>${date}</Dt></Dt></Bal>\n`;
  return (
    `<?xml version="1.0" encoding="UTF-8"?>\n<Document xmlns="${NAMESPACE}"><BkToCstmrStmt>\n` +
    `<GrpHdr><MsgId>${id}</MsgId><CreDtTm>${date}T23:59:59Z</CreDtTm></GrpHdr>\n` +
    `<Stmt><Id>${id}</Id><ElctrncSeqNb>${statement.issue.number}</ElctrncSeqNb><CreDtTm>${date}T23:59:59Z</CreDtTm>\n` +
    `<FrToDt><FrDtTm>${date}T00:00:00Z</FrDtTm><ToDtTm>${date}T23:59:59Z</ToDtTm></FrToDt>\n` +
    `<Acct><Id><Othr><Id>${statement.businessDay}</Id></Othr></Id><Ccy>${currency}</Ccy>` +
    `<Ownr><Nm>${escapeXml(pair[0])}</Nm></Ownr>` +
    `<Svcr><FinInstnId><Nm>${escapeXml(pair[1])}</Nm></FinInstnId></Svcr></Acct>\n` +
    balance('OPBD', 0n) +
    balance('CLBD', net) +
    summary(statement, net)
  );
}

function summary(
  { count, debitMinor, creditMinor, currency, pair, segments }: Statement['statement'],
  net: bigint,
): string {
  const decimal = (minor: bigint): string => toDecimal(absolute(minor), currency);
  const counted = (isDebit: boolean): number =>
    segments.filter(({ debtor }) => (debtor === pair[0]) === isDebit).reduce((sum, part) => sum + part.count, 0);
  const side = (name: string, entries: number, minor: string): string =>
    `<${name}><NbOfNtries>${entries}</NbOfNtries><Sum>${decimal(BigInt(minor))}</Sum></${name}>`;
  return (
    `<TxsSummry><TtlNtries><NbOfNtries>${count}</NbOfNtries>` +
    `<Sum>${decimal(BigInt(debitMinor) + BigInt(creditMinor))}</Sum>` +
    `<TtlNetNtry><Amt>${decimal(net)}</Amt><CdtDbtInd>${sign(net)}</CdtDbtInd></TtlNetNtry></TtlNtries>` +
    `${side('TtlCdtNtries', counted(false), creditMinor)}${side('TtlDbtNtries', counted(true), debitMinor)}</TxsSummry>\n`
  );
}

function entriesOf({ date, pair }: Statement['statement'], { segment, entries }: SegmentEntries): string {
  const direction = segment.debtor === pair[0] ? 'DBIT' : 'CRDT';
  return entries.map(({ entry }) => entryXml(entry, direction, date)).join('');
}

function entryXml(entry: SettlementEntry, direction: string, date: string): string {
  const { currency, amountMinor, endToEndId, uetr, type, valueDate } = entry;
  const amount = `<Amt Ccy="${currency}">${toDecimal(BigInt(amountMinor), currency)}</Amt>`;
  const uetrXml = uetr === null ? '' : `<UETR>${uetr}</UETR>`;
  const reversal = type === 'reversal' ? '<RvslInd>true</RvslInd>' : '';
  return (
    `<Ntry>${amount}<CdtDbtInd>${direction}</CdtDbtInd>${reversal}<Sts><Cd>BOOK</Cd></Sts>` +
    `<BookgDt><Dt>${date}</Dt></BookgDt><ValDt><Dt>${valueDate}</Dt></ValDt>` +
    `<BkTxCd><Prtry><Cd>${type}</Cd></Prtry></BkTxCd>` +
    `<NtryDtls><TxDtls><Refs><EndToEndId>${escapeXml(endToEndId)}</EndToEndId>${uetrXml}</Refs>${amount}` +
    `<CdtDbtInd>${direction}</CdtDbtInd>${remittance(entry)}${late(entry)}</TxDtls></NtryDtls></Ntry>\n`
  );
}

/** The documents an entry refers to, structured. */
function remittance({ invoiceRef, orderRef }: SettlementEntry): string {
  const referred = (type: string, number: string | null): string =>
    number === null
      ? ''
      : `<RfrdDocInf><Tp><CdOrPrtry>${type}</CdOrPrtry></Tp><Nb>${escapeXml(number)}</Nb></RfrdDocInf>`;
  const documents = referred('<Cd>CINV</Cd>', invoiceRef) + referred('<Cd>PUOR</Cd>', orderRef);
  return documents === '' ? '' : `<RmtInf><Strd>${documents}</Strd></RmtInf>`;
}

/** The closed date an entry came too late for. */
function late({ lateFor }: SettlementEntry): string {
  if (lateFor === undefined) return '';
  return `<RltdDts><Prtry><Tp>LATE</Tp><Dt><Dt>${lateFor}</Dt></Dt></Prtry></RltdDts>`;
}

function sign(minor: bigint): string {
  return minor < 0n ? 'DBIT' : 'CRDT';
}

function absolute(minor: bigint): bigint {
  return minor < 0n ? -minor : minor;
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
};

/** Text as XML content; characters that XML 1.0 has no form for become U+FFFD. @see XML 1.0 section 2.2 */
export function escapeXml(text: string): string {
  return text
    .replace(/[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu, '\uFFFD')
    .replace(/[&<>"']/g, (character) => ENTITIES[character] as string);
}
