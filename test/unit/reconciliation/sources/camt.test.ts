import { expect } from 'chai';
import fc from 'fast-check';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { dataFolder } from '../../../../gateway/documents/data-folder';
import { ENTRY_CODES } from '../../../../gateway/reconciliation/entry-codes';
import { SourceError } from '../../../../gateway/reconciliation/sources/source-error';
import { writeStatement } from '../../../../gateway/statements/write-statement';
import { Files, readSource, told } from '../../../support/reconciliation/read-source';
import { aStatement, anEntry, PAIR } from '../../../support/statements/a-statement';

const sample = (name: string): string => join(dataFolder(), 'iso20022', 'examples', name);
const codeOf = async (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'read',
    (error: unknown) => (error instanceof SourceError ? error.code : String(error)),
  );

const entryXml = (inner: string, amount = '10.00'): string =>
  `<Ntry><Amt Ccy="EUR">${amount}</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts>BOOK</Sts><BookgDt><Dt>2026-11-10</Dt></BookgDt>${inner}</Ntry>`;
const document = (inner: string, version = 'camt.053.001.02'): string =>
  `<?xml version="1.0"?><Document xmlns="urn:iso:std:iso:20022:tech:xsd:${version}"><BkToCstmrStmt><Stmt>${inner}</Stmt></BkToCstmrStmt></Document>`;
const details = (reference: string, amount: string): string =>
  `<TxDtls><Refs><EndToEndId>${reference}</EndToEndId></Refs><AmtDtls><TxAmt><Amt Ccy="EUR">${amount}</Amt></TxAmt></AmtDtls></TxDtls>`;

describe('camt.052, camt.053 and camt.054', () => {
  const files = new Files();
  after(() => files.remove());

  const samples: readonly (readonly [name: string, format: string, entries: number, refused: readonly string[]])[] = [
    ['camt053.v2.all-balance-types.xml', 'camt.053.001.02', 1, ['1 Bal BALANCE_NOT_ADDING_UP']],
    ['camt053.v2.minimal.xml', 'camt.053.001.02', 1, []],
    ['camt053.v2.multi.statement.xml', 'camt.053.001.02', 2, []],
    ['camt053.v8.xml', 'camt.053.001.08', 1, []],
    ['camt054.v8.xml', 'camt.054.001.08', 1, []],
    ['camt054.v8-with-UETR.xml', 'camt.054.001.08', 0, ['1 Ntry/BookgDt ENTRY_FIELD_MISSING']],
  ];
  for (const [name, format, entries, refused] of samples) {
    it(`${name}: ${entries} entries`, async () => {
      const found = await readSource(sample(name));
      expect(found.format).to.equal(format);
      expect(told(found)).to.deep.equal(refused);
      expect(found.entries).to.have.length(entries);
    });
  }

  it('camt053.v2.wrong.xml: a message without a statement is none', async () => {
    expect(await codeOf(readSource(sample('camt053.v2.wrong.xml')))).to.equal('SOURCE_FORMAT_UNKNOWN');
  });

  it('reads a version that came later by the same elements', async () => {
    const found = await readSource(files.write(document(entryXml(''), 'camt.053.001.13')));
    expect([found.format, found.entries.length]).to.deep.equal(['camt.053.001.13', 1]);
  });

  it('reads what this network itself writes, to the last unit', async () => {
    const posted = [
      { debtor: PAIR[0], segments: [[anEntry({ invoiceRef: 'INV-1', orderRef: 'PO-1', endToEndId: 'E-1' })]] },
      { debtor: PAIR[1], segments: [[anEntry({ amountMinor: '5000', endToEndId: 'E-2', type: 'reversal' as const })]] },
    ];
    const found = await readSource(files.write([...writeStatement('camt053', aStatement(posted))].join('')));
    expect(told(found)).to.deep.equal([]);
    expect(
      found.entries.map(({ endToEndId, direction, amountMinor }) => `${endToEndId} ${direction} ${amountMinor}`),
    ).to.deep.equal(['E-1 debit 1250', 'E-2 credit 5000']);
    expect(found.entries[0]?.remittance.map(({ reference }) => reference)).to.deep.equal(['INV-1', 'PO-1']);
    expect(found.entries[1]?.isReversal).to.equal(true);
    expect(found.balances.map(({ kind, amountMinor }) => `${kind} ${amountMinor}`)).to.deep.equal([
      'opening 0',
      'closing 3750',
    ]);
  });

  it('gives one entry for each transaction where they add up, else the entry with all their references', async () => {
    const both = `<NtryDtls>${details('A', '4.00')}${details('B', '6.00')}</NtryDtls>`;
    const whole = await readSource(files.write(document(entryXml(both))));
    expect(whole.entries.map(({ endToEndId, amountMinor }) => [endToEndId, amountMinor])).to.deep.equal([
      ['A', 400n],
      ['B', 600n],
    ]);
    const part = await readSource(files.write(document(entryXml(both, '11.00'))));
    expect(part.entries).to.have.length(1);
    expect(part.entries[0]).to.deep.include({ amountMinor: 1_100n, endToEndId: null, references: ['A', 'B'] });
  });

  it('checks the balances over the statement’s own entries', async () => {
    const balance = (code: string, amount: string): string =>
      `<Bal><Tp><CdOrPrtry><Cd>${code}</Cd></CdOrPrtry></Tp><Amt Ccy="EUR">${amount}</Amt><CdtDbtInd>CRDT</CdtDbtInd><Dt><Dt>2026-11-10</Dt></Dt></Bal>`;
    const right = document(balance('OPBD', '5.00') + balance('CLBD', '15.00') + entryXml(''));
    const wrong = document(balance('OPBD', '5.00') + balance('CLBD', '15.01') + entryXml(''));
    expect(told(await readSource(files.write(right)))).to.deep.equal([]);
    expect(told(await readSource(files.write(wrong)))).to.deep.equal(['1 Bal BALANCE_NOT_ADDING_UP']);
  });

  const refused: readonly (readonly [title: string, xml: string, code: string])[] = [
    ['a currency that is none', entryXml('').replace('EUR', 'XXX'), 'ENTRY_CURRENCY_UNKNOWN'],
    ['a third digit', entryXml('', '1.001'), 'ENTRY_AMOUNT_INVALID'],
    ['an exponent', entryXml('', '1e3'), 'ENTRY_AMOUNT_INVALID'],
    ['a negative amount', entryXml('', '-1.00'), 'ENTRY_AMOUNT_INVALID'],
    ['no direction', entryXml('').replace('CRDT', 'BOTH'), 'ENTRY_FIELD_INVALID'],
    ['what only informs', entryXml('').replace('BOOK', 'INFO'), 'ENTRY_STATUS_INFORMATION'],
    ['a day that is none', entryXml('').replace('2026-11-10', '2026-02-30'), 'ENTRY_DATE_INVALID'],
  ];
  for (const [title, xml, code] of refused) {
    it(`refuses ${title}: ${code}`, async () => {
      const { entries, refused: lines } = await readSource(files.write(document(xml)));
      expect(entries).to.have.length(0);
      expect(lines.map((line) => line.code)).to.deep.equal([code]);
    });
  }

  const hostile: readonly (readonly [title: string, xml: string, code: string])[] = [
    [
      'an entity from elsewhere',
      `<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>${document(entryXml('&e;'))}`,
      'SOURCE_XML_FORBIDDEN',
    ],
    [
      'a billion laughs',
      `<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]>${document(entryXml('&b;'))}`,
      'SOURCE_XML_FORBIDDEN',
    ],
    ['an entity nobody declared', document(entryXml('&e;')), 'SOURCE_XML_BROKEN'],
    ['a document that ends early', document(entryXml('')).slice(0, -20), 'SOURCE_XML_BROKEN'],
    ['a depth no statement has', document(entryXml('<a>'.repeat(100) + '</a>'.repeat(100))), 'SOURCE_XML_LIMIT'],
    ['an entry of a million elements', document(entryXml('<a/>'.repeat(200_001))), 'SOURCE_XML_LIMIT'],
    [
      'a text of a megabyte',
      document(entryXml(`<AddtlNtryInf>${'x'.repeat(1_000_000)}</AddtlNtryInf>`)),
      'SOURCE_XML_LIMIT',
    ],
    ['another message', document('').replace('camt.053.001.02', 'pain.001.001.09'), 'SOURCE_FORMAT_UNKNOWN'],
    ['no namespace', '<Document><BkToCstmrStmt/></Document>', 'SOURCE_FORMAT_UNKNOWN'],
  ];
  for (const [title, xml, code] of hostile) {
    it(`refuses ${title}: ${code}`, async () => {
      const text = xml.startsWith('<!') ? xml.replace(/<\?xml[^>]*\?>/, '') : xml;
      expect(await codeOf(readSource(files.write(text), { format: 'camt' }))).to.equal(code);
    });
  }

  it('never breaks on damaged statements', async () => {
    const bytes = readFileSync(sample('camt053.v8.xml'));
    const damage = fc.array(fc.record({ at: fc.nat(bytes.length - 1), byte: fc.integer({ min: 0, max: 255 }) }), {
      maxLength: 5,
    });
    await fc.assert(
      fc.asyncProperty(damage, async (changes) => {
        const copy = Buffer.from(bytes);
        for (const { at, byte } of changes) copy[at] = byte;
        try {
          const found = await readSource(files.write(copy), { format: 'camt' });
          for (const { code } of found.refused) expect(Object.keys(ENTRY_CODES)).to.include(code);
        } catch (error) {
          if (!(error instanceof SourceError)) throw error;
          expect(Object.keys(ENTRY_CODES)).to.include(error.code);
        }
      }),
      { numRuns: 100 },
    );
  });
});
