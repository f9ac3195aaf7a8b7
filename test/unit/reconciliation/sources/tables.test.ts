import { expect } from 'chai';
import { zipSync } from 'fflate';
import { readFileSync } from 'node:fs';
import type { BookEntry } from '../../../../gateway/reconciliation/book-entry';
import { minorOf } from '../../../../gateway/reconciliation/sources/amount-text';
import { formatOf, previewMapping } from '../../../../gateway/reconciliation/sources/open-source';
import { SourceError } from '../../../../gateway/reconciliation/sources/source-error';
import { guessMapping, parseMapping } from '../../../../gateway/reconciliation/sources/table/mapping';
import { plainNumber } from '../../../../gateway/reconciliation/sources/table/xlsx-table';
import { readWorkbook, WORKBOOK_LIMITS, type WorkbookError } from '../../../../gateway/spreadsheets/read-workbook';
import { workbookBytes, type Page } from '../../../../gateway/spreadsheets/write-workbook';
import { writeStatement } from '../../../../gateway/statements/write-statement';
import { Files, readSource, told } from '../../../support/reconciliation/read-source';
import { aStatement, anEntry, PAIR } from '../../../support/statements/a-statement';

const codeOf = async (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'read',
    (error: unknown) => (error instanceof SourceError ? error.code : String(error)),
  );

const MAPPING = {
  columns: { bookingDate: 'Buchungstag', amount: 'Betrag', currency: 'Währung', endToEndId: 'Referenz', text: 'Text' },
  dateFormat: 'dd.mm.yyyy',
  decimal: ',',
};
const HEADER = 'Buchungstag;Betrag;Währung;Referenz;Text';

describe('amounts as people write them', () => {
  const table: readonly (readonly [text: string, currency: string, separator: '.' | ',', expected: bigint | string])[] =
    [
      ['1.234,56', 'EUR', ',', 123_456n],
      ['1,234.56', 'EUR', '.', 123_456n],
      ["1'234.56", 'CHF', '.', 123_456n],
      ['0.1', 'EUR', '.', 10n],
      ['0.10', 'EUR', '.', 10n],
      ['100.0', 'USD', '.', 10_000n],
      ['1234', 'JPY', '.', 1_234n],
      ['1234.5', 'JPY', '.', 'ENTRY_AMOUNT_INVALID'],
      ['1.234', 'KWD', '.', 1_234n],
      ['1.2345', 'KWD', '.', 'ENTRY_AMOUNT_INVALID'],
      ['0.30000000000000004', 'EUR', '.', 'ENTRY_AMOUNT_INVALID'],
      ['1e3', 'EUR', '.', 'ENTRY_AMOUNT_INVALID'],
      ['', 'EUR', '.', 'ENTRY_AMOUNT_INVALID'],
      ['1', 'DEM', '.', 'ENTRY_CURRENCY_UNKNOWN'],
    ];
  for (const [text, currency, separator, expected] of table) {
    it(`${text === '' ? 'nothing' : text} ${currency}: ${String(expected)}`, () => {
      expect(minorOf(text, currency, separator)).to.equal(expected);
    });
  }

  it('come out of a spreadsheet’s doubles as they were typed', () => {
    const table: readonly (readonly [string, string])[] = [
      ['1.1000000000000001', '1.1'],
      ['0.30000000000000004', '0.30000000000000004'],
      ['1234567890123.45', '1234567890123.45'],
      ['1E3', '1000'],
      ['12345678901234567890', '12345678901234567890'],
      ['1e400', '1e400'],
      ['2026-11-10', '2026-11-10'],
    ];
    for (const [stored, typed] of table) expect(plainNumber(stored), stored).to.equal(typed);
  });
});

describe('tables of a member’s own', () => {
  const files = new Files();
  after(() => files.remove());
  const csv = (...lines: readonly string[]): string => files.write(`${[HEADER, ...lines].join('\r\n')}\r\n`);
  const workbook = async (rows: Page): Promise<string> => {
    const columns = HEADER.split(';').map((heading) => ({ heading }));
    return files.write(await workbookBytes([{ name: 'Umsätze', columns, rows: [rows] }]));
  };

  it('are read as their mapping says, from CSV and from XLSX alike', async () => {
    const expected: Partial<BookEntry>[] = [
      { bookingDate: '2026-11-10', amountMinor: 123_450n, direction: 'debit', currency: 'EUR', endToEndId: 'E-1' },
      { bookingDate: '2026-11-11', amountMinor: 500n, direction: 'credit', currency: 'EUR', endToEndId: 'E-2' },
    ];
    const rows = [
      ['10.11.2026', '-1.234,50', 'EUR', 'E-1', '=cmd|x'],
      ['11.11.2026', '5', 'EUR', 'E-2', 'ok'],
    ];
    for (const file of [csv(...rows.map((row) => row.join(';'))), await workbook(rows)]) {
      const found = await readSource(file, { mapping: MAPPING });
      expect(told(found)).to.deep.equal([]);
      found.entries.forEach((entry, at) => expect(entry).to.deep.include(expected[at]));
    }
  });

  it('refuse a bad row by line and heading, and read the others', async () => {
    const found = await readSource(
      csv(
        '10.11.2026;1,00;EUR;A;',
        '31.02.2026;1,00;EUR;B;',
        '10.11.2026;eins;EUR;C;',
        ';1,00;EUR;D;',
        '10.11.2026;1,00;XXX;E;',
      ),
      { mapping: MAPPING },
    );
    expect(found.entries).to.have.length(1);
    expect(told(found)).to.deep.equal([
      '3 Buchungstag ENTRY_DATE_INVALID',
      '4 Betrag ENTRY_AMOUNT_INVALID',
      '5 Buchungstag ENTRY_FIELD_MISSING',
      '6 Betrag ENTRY_CURRENCY_UNKNOWN',
    ]);
  });

  const signs: readonly (readonly [title: string, columns: object, header: string, row: string, direction: string])[] =
    [
      ['two columns, a debit', { debit: 'D', credit: 'C' }, 'D;C', '5;', 'debit'],
      ['two columns, a credit', { debit: 'D', credit: 'C' }, 'D;C', '0,00;5', 'credit'],
      ['a column of signs', { amount: 'A', direction: 'S' }, 'A;S', '5;S', 'debit'],
      ['Chinese words', { amount: 'A', direction: 'S' }, 'A;S', '5;借', 'debit'],
      ['anything else there', { amount: 'A', direction: 'S' }, 'A;S', '5;H', 'credit'],
      ['accountants’ brackets', { amount: 'A' }, 'A;X', '(5);', 'debit'],
      ['a minus behind', { amount: 'A' }, 'A;X', '5-;', 'debit'],
    ];
  for (const [title, columns, header, row, direction] of signs) {
    it(`tell the direction by ${title}`, async () => {
      const file = files.write(`T;${header}\n2026-11-10;${row}\n`);
      const mapping = { columns: { bookingDate: 'T', ...columns }, decimal: ',', currency: 'EUR' };
      const { entries } = await readSource(file, { mapping });
      expect(entries[0]).to.deep.include({ direction, amountMinor: 500n });
      const mirrored = await readSource(file, { mapping, mirror: true });
      expect(mirrored.entries[0]?.direction).to.not.equal(direction);
    });
  }

  it('show how they would be read before they are', async () => {
    const file = csv('10.11.2026;1,00;EUR;A;', 'bad;1,00;EUR;B;');
    const bare = await previewMapping(file, {});
    expect(bare.proposed).to.deep.equal({
      bookingDate: 'Buchungstag',
      amount: 'Betrag',
      currency: 'Währung',
      reference: 'Referenz',
      text: 'Text',
    });
    const { rows } = await previewMapping(file, { mapping: MAPPING });
    expect(rows[0]?.entry).to.deep.include({ endToEndId: 'A', amountMinor: 100n });
    expect(rows[1]?.refused).to.deep.equal({ line: 3, field: 'Buchungstag', code: 'ENTRY_DATE_INVALID' });
  });

  it('propose columns from English and Chinese headings', () => {
    expect(guessMapping(['Booking Date', 'Debit Amount', 'Credit Amount', 'CCY', 'End-to-End ID'])).to.deep.equal({
      bookingDate: 'Booking Date',
      debit: 'Debit Amount',
      credit: 'Credit Amount',
      currency: 'CCY',
      endToEndId: 'End-to-End ID',
    });
    expect(guessMapping(['交易日期', '金额', '币种', '借贷标志', '摘要'])).to.deep.equal({
      bookingDate: '交易日期',
      amount: '金额',
      currency: '币种',
      direction: '借贷标志',
      text: '摘要',
    });
  });

  const mappings: readonly (readonly [title: string, change: object, place: string])[] = [
    ['no columns', { columns: undefined }, 'columns'],
    ['a field nobody knows', { columns: { ...MAPPING.columns, fee: 'X' } }, 'columns.fee'],
    ['no amount', { columns: { bookingDate: 'A', currency: 'B' } }, 'columns.amount'],
    ['no date', { columns: { amount: 'A', currency: 'B' } }, 'columns.bookingDate'],
    ['no currency', { columns: { amount: 'A', bookingDate: 'B' } }, 'currency'],
    ['a date format nobody knows', { dateFormat: 'yy' }, 'dateFormat'],
    ['an unknown member', { colour: 'red' }, 'colour'],
  ];
  for (const [title, change, place] of mappings) {
    it(`refuse a mapping with ${title}`, () => {
      expect(() => parseMapping({ ...MAPPING, ...change }))
        .to.throw(SourceError)
        .that.includes({ code: 'MAPPING_INVALID', place });
    });
  }

  const hostile: readonly (readonly [title: string, content: () => string | Promise<string>, code: string])[] = [
    ['a table without a mapping', () => csv(), 'MAPPING_MISSING'],
    ['a column that is not there', () => files.write('A;B\n1;2\n'), 'SOURCE_HEADER_INVALID'],
    ['a row of a megabyte', () => csv(`10.11.2026;1;EUR;A;${'x'.repeat(1_000_000)}`), 'SOURCE_LINE_TOO_LONG'],
    ['a NUL byte', () => csv('10.11.2026;1;EUR;A;\u0000'), 'SOURCE_ENCODING'],
    [
      'something that only begins like a zip',
      () => files.write(Buffer.from('PK\u0003\u0004 nothing')),
      'WORKBOOK_HAS_NO_SHEET',
    ],
    ['a workbook cut in half', async () => halved(await workbook([['a', 'b']])), 'WORKBOOK_BROKEN'],
    ['a sheet with a document type', () => zipped('<!DOCTYPE x [<!ENTITY a "b">]><worksheet/>'), 'WORKBOOK_BROKEN'],
    ['a sheet nested beyond reason', () => zipped('<a>'.repeat(50)), 'WORKBOOK_TOO_LARGE'],
    [
      'a cell in column XFD',
      () => zipped('<worksheet><sheetData><row r="1"><c r="XFD1"><v>1</v></c></row></sheetData></worksheet>'),
      'WORKBOOK_TOO_LARGE',
    ],
  ];
  const zipped = (sheet: string): string =>
    files.write(zipSync({ 'xl/worksheets/sheet1.xml': Buffer.from(sheet) }, { level: 1 }));
  const halved = (path: string): string => {
    const bytes = readFileSync(path);
    return files.write(bytes.subarray(0, Math.floor(bytes.length / 3)));
  };
  for (const [title, content, code] of hostile) {
    it(`refuse ${title}: ${code}`, async function () {
      this.timeout(60_000);
      const options = code === 'MAPPING_MISSING' ? {} : { mapping: MAPPING };
      expect(await codeOf(readSource(await content(), options))).to.equal(code);
    });
  }

  it('a workbook that unpacks to more than it may is refused while it unpacks', async () => {
    const path = zipped(`<worksheet>${' '.repeat(10_000_000)}</worksheet>`);
    const failed = await readWorkbook(path, { ...WORKBOOK_LIMITS, partBytes: 1_000_000 }).catch(
      (error: unknown) => error,
    );
    expect((failed as WorkbookError).code).to.equal('WORKBOOK_TOO_LARGE');
    const rows = Array.from({ length: 20 }, (_, at) => [String(at)]);
    const many = await readWorkbook(await workbook(rows), { ...WORKBOOK_LIMITS, rows: 10 }).catch(
      (error: unknown) => error,
    );
    expect((many as WorkbookError).code).to.equal('WORKBOOK_TOO_LARGE');
  });

  it('are told from statements and canonical files by their content', async () => {
    const statement = [...writeStatement('jsonl', aStatement([{ debtor: PAIR[0], segments: [[anEntry()]] }]))].join('');
    const table: readonly (readonly [string, string])[] = [
      ['currency,amountMinor,direction,bookingDate\n', 'canonical-csv'],
      ['{"currency":"EUR"}\n', 'canonical-jsonl'],
      [statement, 'statement'],
      ['\uFEFF<?xml version="1.0"?><Document/>', 'camt'],
      ['{1:F01}{4:\r\n:20:X\r\n', 'mt940'],
      [HEADER, 'csv'],
    ];
    for (const [content, format] of table) expect(await formatOf(files.write(content)), format).to.equal(format);
    expect(await codeOf(formatOf(files.write('hello\n')))).to.equal('SOURCE_FORMAT_UNKNOWN');
  });

  it('a statement of this network is read from a member’s view', async () => {
    const file = files.write(
      [...writeStatement('jsonl', aStatement([{ debtor: PAIR[0], segments: [[anEntry()]] }]))].join(''),
    );
    const debtor = await readSource(file, { member: PAIR[0] });
    const creditor = await readSource(file, { member: PAIR[1] });
    expect([debtor.entries[0]?.direction, creditor.entries[0]?.direction]).to.deep.equal(['debit', 'credit']);
    expect(await codeOf(readSource(file, { member: 'Stranger' }))).to.equal('SOURCE_MEMBER_UNKNOWN');
  });
});
