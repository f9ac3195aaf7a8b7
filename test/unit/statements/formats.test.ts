import { expect } from 'chai';
import fc from 'fast-check';
import { createHash } from 'node:crypto';
import { TradeDocumentReader } from '../../../gateway/documents/document-reader';
import { cell } from '../../../gateway/statements/csv';
import { escapeXml } from '../../../gateway/statements/camt053';
import type { StatementSource } from '../../../gateway/statements/statement-source';
import { digestOf, STATEMENT_FORMATS, writeStatement } from '../../../gateway/statements/write-statement';
import { verifyStatement } from '../../../gateway/statements/verify-statement';
import { anEntry, aStatement, PAIR } from '../../support/statements/a-statement';

const text = (format: (typeof STATEMENT_FORMATS)[number], source: StatementSource): string =>
  [...writeStatement(format, source)].join('');

/** Cells as a stranger may name them, and what a spreadsheet gets. */
const CELLS: readonly (readonly [value: string, written: string])[] = [
  ['plain', 'plain'],
  ['with,comma', '"with,comma"'],
  ['with "quotes"', '"with ""quotes"""'],
  ['two\r\nlines', '"two\r\nlines"'],
  ['=HYPERLINK("http://x")', '"\'=HYPERLINK(""http://x"")"'],
  ['+1', '"\'+1"'],
  ['-1', '"\'-1"'],
  ['@SUM(A1)', '"\'@SUM(A1)"'],
  ['\tx', '"\'\tx"'],
  ['中文', '中文'],
];

/** Currencies by their decimals, and how 1234 minor units are written. */
const CURRENCIES: readonly (readonly [currency: string, amount: string])[] = [
  ['JPY', '1234'],
  ['USD', '12.34'],
  ['KWD', '1.234'],
];

describe('statement files', () => {
  let reader: TradeDocumentReader;
  before(async () => {
    reader = await TradeDocumentReader.open();
  });

  for (const [value, written] of CELLS) {
    it(`writes the cell ${JSON.stringify(value)}`, () => expect(cell(value)).to.equal(written));
  }

  it('writes XML characters as entities, and what XML cannot hold as U+FFFD', () => {
    expect(escapeXml(`<a href="x">&'\u0001\uFFFE中😀`)).to.equal(
      '&lt;a href=&quot;x&quot;&gt;&amp;&apos;\uFFFD\uFFFD中😀',
    );
  });

  for (const [currency, amount] of CURRENCIES) {
    it(`writes ${currency} in its own decimals, in a camt.053 that adds up`, () => {
      const source = aStatement(
        [
          {
            debtor: PAIR[0],
            segments: [
              [anEntry({ currency, amountMinor: '1234', endToEndId: '<&>"\'中', invoiceRef: 'I-1', orderRef: 'O-1' })],
            ],
          },
          {
            debtor: PAIR[1],
            segments: [
              [
                anEntry({
                  currency,
                  amountMinor: '5000',
                  uetr: '0d3a1b2c-1111-4222-8333-444455556666',
                  type: 'reversal',
                  lateFor: '2026-11-09',
                }),
              ],
            ],
          },
        ],
        currency,
      );
      const xml = text('camt053', source);
      expect(xml).to.contain(`<Amt Ccy="${currency}">${amount}</Amt>`);
      const read = reader.read(Buffer.from(xml));
      if (read.kind !== 'document') throw new Error(JSON.stringify(read));
      const [statement] = (
        read.content as { statements: { balances: { code: string; amountMinor: string }[]; entries: object[] }[] }
      ).statements;
      expect(statement?.entries).to.have.length(2);
      expect(statement?.balances.find(({ code }) => code === 'CLBD')).to.deep.include({
        amountMinor: '3766',
        direction: 'CRDT',
      });
      expect(xml).to.contain('<RvslInd>true</RvslInd>').and.to.contain('<Tp>LATE</Tp><Dt><Dt>2026-11-09</Dt></Dt>');
      expect(text('csv', source)).to.contain(`,${currency},${amount},`).and.to.contain(',2026-11-09\r\n');
    });
  }

  it('writes a day without entries', () => {
    const source = aStatement([]);
    expect(reader.read(Buffer.from(text('camt053', source))).kind).to.equal('document');
    expect(text('csv', source).split('\r\n')).to.have.length(2);
    expect(verifyStatement({ jsonl: text('jsonl', source) })).to.deep.equal({ verdict: 'unverified', problems: [] });
  });

  it('writes a fixed statement as fixed bytes', () => {
    const source = aStatement([
      { debtor: PAIR[0], segments: [[anEntry()], [anEntry({ endToEndId: 'E2E-2', type: 'fee' })]] },
    ]);
    expect(Object.fromEntries(STATEMENT_FORMATS.map((format) => [format, digestOf(format, source)]))).to.deep.equal(
      FIXED,
    );
    for (const format of STATEMENT_FORMATS) {
      expect(createHash('sha256').update(text(format, source)).digest('hex')).to.equal(digestOf(format, source));
    }
  });

  it('conserves every total, whatever is posted, and agrees with itself', () => {
    const entries = fc.array(
      fc.record({
        amountMinor: fc.bigInt(1n, 10n ** 15n).map(String),
        endToEndId: fc
          .string({ minLength: 1, maxLength: 35 })
          .filter((id) => /^[^\u0000-\u001f]+$/u.test(id) && id.isWellFormed()),
      }),
      { maxLength: 8 },
    );
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.boolean(), entries), { maxLength: 4 }), (lanes) => {
        const source = aStatement(
          lanes.map(([isFirst, list]) => ({ debtor: PAIR[isFirst ? 0 : 1], segments: [list.map(anEntry)] })),
        );
        const jsonl = text('jsonl', source);
        const verdict = verifyStatement({ jsonl, csv: text('csv', source), camt053: text('camt053', source) });
        expect(verdict).to.deep.equal({ verdict: 'unverified', problems: [] });
        expect(reader.read(Buffer.from(text('camt053', source))).kind).to.equal('document');
      }),
      { numRuns: 60 },
    );
  });

  it('writes ten thousand entries as a valid camt.053', () => {
    const list = Array.from({ length: 10_000 }, (_, at) => anEntry({ endToEndId: `E-${at}` }));
    const source = aStatement([{ debtor: PAIR[0], segments: [list] }]);
    expect(text('csv', source).split('\r\n')).to.have.length(10_002);
    expect(reader.read(Buffer.from(text('camt053', source))).kind).to.equal('document');
  });
});

/** SHA-256 of the three files of the fixed statement: they change only together with the format's name. */
const FIXED = {
  jsonl: '24df46b4a8ffe58b25d68b2316e8d7e6ced827152e27cbfdb3d1b3750e9cfab9',
  csv: 'e98a9decd415224367f2b85709c36118b383ede789f554608b99d696d244ae0e',
  camt053: '2fb79703f1542587f0a59212fcdb79e0a376b4de581c3d9020a3e64b45fac57c',
};
