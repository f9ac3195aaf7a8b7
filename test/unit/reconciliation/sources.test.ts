import { expect } from 'chai';
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { BookEntry, RefusedLine } from '../../../gateway/reconciliation/book-entry';
import { ENTRY_CODES } from '../../../gateway/reconciliation/entry-codes';
import { openEntries } from '../../../gateway/reconciliation/sources/open-entries';
import { SourceError } from '../../../gateway/reconciliation/sources/source-error';

const HEADER =
  'currency,amountMinor,direction,bookingDate,endToEndId,references,remittance,party,text,status,isReversal';

describe('files of the canonical format', () => {
  const folder = mkdtempSync(join(tmpdir(), 'concordat-sources-'));
  after(() => rmSync(folder, { recursive: true, force: true }));

  async function read(
    content: string | Uint8Array,
  ): Promise<{ entries: BookEntry[]; refused: RefusedLine[]; format: string; digest: string }> {
    const path = join(folder, 'book');
    writeFileSync(path, content);
    const source = await openEntries({ path, options: {} });
    const entries: BookEntry[] = [];
    const refused: RefusedLine[] = [];
    for await (const batch of source.batches()) {
      entries.push(...batch.entries);
      refused.push(...batch.refused);
    }
    return { entries, refused, format: source.format, digest: source.digest() };
  }
  const failure = async (content: string | Uint8Array): Promise<string> => {
    try {
      await read(content);
    } catch (error) {
      if (error instanceof SourceError) return `${error.code} ${error.place}`;
      throw error;
    }
    return 'none';
  };

  it('CSV: quotes, line ends within them, a byte order mark, CRLF, an open last line', async () => {
    const content =
      `\uFEFF${HEADER}\r\n` +
      'USD,100,credit,2026-11-02,E1,A;B;A,"INV:1:60;INV:2",Acme,"said ""yes"",\r\nand went",,\r\n' +
      '\r\n' +
      'JPY,5,debit,2026-11-03,,,,,,pending,true';
    const { entries, refused, format, digest } = await read(content);
    expect(refused).to.deep.equal([]);
    expect(format).to.equal('canonical-csv');
    expect(digest).to.equal(createHash('sha256').update(content).digest('hex'));
    expect(entries[0]).to.deep.include({
      line: 2,
      references: ['A', 'B'],
      remittance: [
        { reference: 'INV:1', amountMinor: 60n },
        { reference: 'INV', amountMinor: 2n },
      ],
      text: 'said "yes",\r\nand went',
      valueDate: '2026-11-02',
      status: 'booked',
    });
    expect(entries[1]).to.deep.include({ line: 5, status: 'pending', isReversal: true, party: null, remittance: [] });
  });

  it('JSON lines say the same', async () => {
    const { entries, format } = await read(
      '{"currency":"USD","amountMinor":"100","direction":"credit","bookingDate":"2026-11-02","references":["A","A"],' +
        '"remittance":[{"reference":"INV-1","amountMinor":"60"},{"reference":"INV-2"}],"isReversal":true}\n',
    );
    expect(format).to.equal('canonical-jsonl');
    expect(entries[0]).to.deep.include({
      line: 1,
      references: ['A'],
      isReversal: true,
      remittance: [
        { reference: 'INV-1', amountMinor: 60n },
        { reference: 'INV-2', amountMinor: null },
      ],
    });
  });

  for (const [row, field, code] of [
    [',100,credit,2026-11-02,,,,,,,', 'currency', 'ENTRY_FIELD_MISSING'],
    ['USD,,credit,2026-11-02,,,,,,,', 'amountMinor', 'ENTRY_FIELD_MISSING'],
    ['USD,1.00,credit,2026-11-02,,,,,,,', 'amountMinor', 'ENTRY_AMOUNT_INVALID'],
    ['USD,-1,credit,2026-11-02,,,,,,,', 'amountMinor', 'ENTRY_AMOUNT_INVALID'],
    ['USD,1,CRDT,2026-11-02,,,,,,,', 'direction', 'ENTRY_FIELD_INVALID'],
    ['USD,1,credit,,,,,,,,', 'bookingDate', 'ENTRY_FIELD_MISSING'],
    ['USD,1,credit,2026-11-02,,,,,,gone,', 'status', 'ENTRY_FIELD_INVALID'],
    ['USD,1,credit,2026-11-02,,,,,,,yes', 'isReversal', 'ENTRY_FIELD_INVALID'],
    ['USD,1,credit,2026-11-02,,,A:x,,,,', 'remittance', 'ENTRY_AMOUNT_INVALID'],
    ['USD,1,credit', '', 'LINE_COLUMNS_WRONG'],
  ] as const) {
    it(`CSV: ${code} ${field}, told with its line`, async () => {
      const { entries, refused } = await read(`${HEADER}\nUSD,1,credit,2026-11-02,,,,,,,\n${row}\n`);
      expect(entries).to.have.length(1);
      expect(refused).to.deep.equal([{ line: 3, field, code }]);
    });
  }

  for (const [line, field, code] of [
    ['{', '', 'LINE_NOT_JSON'],
    ['[1]', '', 'LINE_NOT_JSON'],
    ['{"surprise":1}', '', 'ENTRY_FIELD_UNKNOWN'],
    [
      '{"currency":"USD","amountMinor":100,"direction":"credit","bookingDate":"2026-11-02"}',
      'amountMinor',
      'ENTRY_FIELD_INVALID',
    ],
    ['{"currency":"USD","amountMinor":"1","references":"A"}', 'references', 'ENTRY_FIELD_INVALID'],
    ['{"currency":"USD","amountMinor":"1","remittance":[{"reference":1}]}', 'remittance', 'ENTRY_FIELD_INVALID'],
  ] as const) {
    it(`JSON lines: ${code} ${field}`, async () => {
      const { refused } = await read(`{"currency":"USD"}\n${line}\n`);
      expect(refused[1]).to.deep.equal({ line: 2, field, code });
    });
  }

  for (const [title, content, expected] of [
    ['nothing', '', 'SOURCE_FORMAT_UNKNOWN '],
    ['an unknown column', `${HEADER},what\n`, 'SOURCE_HEADER_INVALID 1'],
    ['a column twice', `${HEADER},text\n`, 'SOURCE_HEADER_INVALID 1'],
    ['a required column missing, so that it is a table of one’s own', 'currency,amountMinor\n', 'MAPPING_MISSING '],
    ['an open quote', `${HEADER}\nUSD,1,credit,2026-11-02,"\nUSD\n`, 'SOURCE_LINE_TOO_LONG 2'],
    ['a line without end', `${HEADER}\n${'x'.repeat(3_000_000)}`, 'SOURCE_LINE_TOO_LONG '],
    [
      'no UTF-8',
      Buffer.concat([Buffer.from(`${HEADER}\nUSD,1,credit,2026-11-02,,,,,,,\n`), Buffer.from([0xff, 10])]),
      'SOURCE_ENCODING 3',
    ],
  ] as const) {
    it(`${title}: the file is refused`, async () => {
      expect(await failure(content)).to.equal(expected);
    });
  }

  it('quotes over many lines and parts stay fast and whole', async () => {
    const long = 'line\n'.repeat(100_000);
    const { entries } = await read(
      `${HEADER}\nUSD,1,credit,2026-11-02,,,,,"${long}",,\nUSD,2,credit,2026-11-02,,,,,,,\n`,
    );
    expect(entries.map(({ line }) => line)).to.deep.equal([2, 100_003]);
    expect(entries[0]?.text).to.equal(long);
  });

  it('a line that is no UTF-8 is named, however far in the file it stands', async () => {
    const rows = 'USD,1,credit,2026-11-02,,,,,对账,,\n'.repeat(20_000);
    const content = Buffer.concat([Buffer.from(`${HEADER}\n${rows}`), Buffer.from([0xff, 10])]);
    expect(await failure(content)).to.equal('SOURCE_ENCODING 20002');
  });

  it('lines of both kinds keep their order and their numbers', async () => {
    const rows = Array.from(
      { length: 5_000 },
      (_, at) => `USD,${at},credit,2026-11-02,,,,,${at % 3 === 0 ? '对账' : 'plain'},,\n`,
    );
    const { entries } = await read(`${HEADER}\n${rows.join('')}`);
    expect(entries.map(({ line, amountMinor }) => Number(amountMinor) + 2 - line)).to.deep.equal(rows.map(() => 0));
    expect(entries.map(({ text }) => text).slice(0, 3)).to.deep.equal(['对账', 'plain', 'plain']);
  });

  it('a file that is not there is refused', async () => {
    const error = await openEntries({ path: join(folder, 'none'), options: {} }).catch((reason: unknown) => reason);
    expect(error).to.be.instanceOf(SourceError).with.property('code', 'SOURCE_UNREADABLE');
  });

  it('every code has both languages', () => {
    for (const row of Object.values(ENTRY_CODES)) expect(row.zh).to.match(/[\u4e00-\u9fff]/);
  });
});
