import { expect } from 'chai';
import fc from 'fast-check';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { dataFolder } from '../../../../gateway/documents/data-folder';
import type { BookEntry, RefusedLine } from '../../../../gateway/reconciliation/book-entry';
import { ENTRY_CODES } from '../../../../gateway/reconciliation/entry-codes';
import { openSource, type SourceOptions } from '../../../../gateway/reconciliation/sources/open-source';
import { SourceError } from '../../../../gateway/reconciliation/sources/source-error';

const SAMPLES = join(dataFolder(), 'mt940');

interface ReadFile {
  readonly format: string;
  readonly entries: BookEntry[];
  readonly refused: RefusedLine[];
}

async function read(path: string, options: SourceOptions = {}): Promise<ReadFile> {
  const source = await openSource(path, options);
  const found: Omit<ReadFile, 'format'> = { entries: [], refused: [] };
  for await (const { entries, refused } of source.batches()) {
    found.entries.push(...entries);
    found.refused.push(...refused);
  }
  expect(source.digest()).to.match(/^[0-9a-f]{64}$/);
  return { format: source.format, ...found };
}

const netOf = (entries: readonly BookEntry[]): string =>
  String(
    entries.reduce(
      (sum, { amountMinor, direction }) => sum + (direction === 'credit' ? amountMinor : -amountMinor),
      0n,
    ),
  );
const told = ({ refused }: ReadFile): string[] => refused.map(({ line, field, code }) => `${line} ${field} ${code}`);

describe('MT940 and MT942', () => {
  let folder: string;
  before(() => (folder = mkdtempSync(join(tmpdir(), 'concordat-mt940-'))));
  after(() => rmSync(folder, { recursive: true, force: true }));
  const written = (content: string | Uint8Array): string => {
    const file = join(folder, 'statement.sta');
    writeFileSync(file, content);
    return file;
  };

  /** Every sample: parsed, or refused with line and field. */
  const samples: readonly (readonly [
    name: string,
    format: string,
    entries: number,
    net: string,
    refused: readonly string[],
  ])[] = [
    ['betterplace-sepa_snippet', 'mt940', 11, '-214332339', ['55 :62F: BALANCE_NOT_ADDING_UP']],
    [
      'betterplace-sepa_snippet_broken',
      'mt940',
      1,
      '5099005',
      ['6 :25: MT940_TAG_UNEXPECTED', '10 :62F: BALANCE_NOT_ADDING_UP'],
    ],
    ['jejik-abnamro', 'mt940', 10, '-34593', ['27 :62F: BALANCE_NOT_ADDING_UP', '40 :62M: BALANCE_NOT_ADDING_UP']],
    ['jejik-generic', 'mt940', 2, '-2000', []],
    ['jejik-ing', 'mt940', 7, '-4559', ['26 :62F: BALANCE_NOT_ADDING_UP']],
    ['jejik-rabobank-iban', 'mt940', 4, '-7000', []],
    ['mBank-mt940', 'mt940', 3, '3', []],
    ['mBank-mt942', 'mt942', 3, '3', []],
    ['self-provided-february_30', 'mt940', 0, '0', ['6 :61: ENTRY_DATE_INVALID']],
    ['self-provided-whitespace', 'mt940', 1, '-23315', ['9 :62F: BALANCE_NOT_ADDING_UP']],
  ];
  for (const [name, format, entries, net, refused] of samples) {
    it(`${name}: ${entries} entries, ${refused.length} refused`, async () => {
      const found = await read(join(SAMPLES, `${name}.sta`));
      expect(found.format).to.equal(format);
      expect(told(found)).to.deep.equal(refused);
      expect(found.entries).to.have.length(entries);
      expect(netOf(found.entries)).to.equal(net);
    });
  }

  it('cmxl-mt940: five entries; those in marks, which are no currency any more, refused one by one', async () => {
    const found = await read(join(SAMPLES, 'cmxl-mt940.sta'));
    expect(found.entries).to.have.length(5);
    expect(found.refused).to.have.length(13);
    expect(new Set(found.refused.map(({ code }) => code))).to.deep.equal(new Set(['ENTRY_CURRENCY_UNKNOWN']));
  });

  it('self-provided-invalid_statement: no statement at all', async () => {
    const error = await read(join(SAMPLES, 'self-provided-invalid_statement.sta')).catch((caught: unknown) => caught);
    expect((error as SourceError).code).to.equal('SOURCE_FORMAT_UNKNOWN');
  });

  it('reads references, party and purpose in the dialects of the banks', async () => {
    const german = await read(join(SAMPLES, 'betterplace-sepa_snippet.sta'));
    expect(german.entries[0]).to.deep.include({
      endToEndId: 'EndToEndId TFNR 22 004 00001',
      party: 'DE14508800500194785000',
    });
    const dutch = await read(join(SAMPLES, 'jejik-rabobank-iban.sta'));
    expect(dutch.entries[0]).to.deep.include({
      endToEndId: '01-01-2013 12:00 0030000987654321',
      party: 'CONTRA ACCOUNT HOLDER',
      references: [],
    });
    const polish = await read(join(SAMPLES, 'mBank-mt940.sta'));
    expect(polish.entries[0]).to.deep.include({
      party: '56114010810000267002001001',
      references: ['MB170119012058', '179171073864111.010001', 'XX000000000001'],
    });
  });

  const statement = (...lines: readonly string[]): string =>
    [':20:X', ':25:ACC', ':28C:1/1', ':60F:C261231EUR100,00', ...lines, '-', ''].join('\r\n');
  const one: readonly (readonly [title: string, line: string, expected: Partial<BookEntry>])[] = [
    [
      'an entry date over the year’s end',
      ':61:2701021231D5,00NTRFREF',
      { bookingDate: '2026-12-31', valueDate: '2027-01-02' },
    ],
    ['an entry date before it', ':61:2612310102D5,00NTRFREF', { bookingDate: '2027-01-02', valueDate: '2026-12-31' }],
    ['a reversal of a credit is a debit', ':61:261231RC5,00NRTIREF', { direction: 'debit', isReversal: true }],
    ['a reversal of a debit is a credit', ':61:261231RD5,00NRTIREF', { direction: 'credit', isReversal: true }],
    ['an expected credit is pending', ':61:261231EC5,00NTRFREF', { direction: 'credit', status: 'pending' }],
    ['no digits after the comma', ':61:261231C5,NTRFREF', { amountMinor: 500n }],
    ['one digit after the comma', ':61:261231C5,5NTRFREF', { amountMinor: 550n }],
    ['both references', ':61:261231C5,00NTRFOURS//THEIRS', { references: ['OURS', 'THEIRS'], entryRef: 'THEIRS' }],
    ['a funds code', ':61:261231CR5,00NTRFREF', { direction: 'credit', amountMinor: 500n }],
  ];
  for (const [title, line, expected] of one) {
    it(`reads ${title}`, async () => {
      const { entries } = await read(written(statement(line)));
      expect(entries).to.have.length(1);
      expect(entries[0]).to.deep.include(expected);
    });
  }

  const broken: readonly (readonly [title: string, line: string, code: string])[] = [
    ['a fraction the currency does not have', ':61:261231C5,001NTRFREF', 'ENTRY_AMOUNT_INVALID'],
    ['no mark', ':61:2612315,00NTRFREF', 'ENTRY_FIELD_INVALID'],
    ['the 30th of February', ':61:270230C5,00NTRFREF', 'ENTRY_DATE_INVALID'],
    ['an amount of 30 digits', `:61:261231C${'9'.repeat(30)},00NTRFREF`, 'ENTRY_FIELD_INVALID'],
    ['a tag nobody knows', ':99:X', 'MT940_TAG_UNKNOWN'],
  ];
  for (const [title, line, code] of broken) {
    it(`refuses ${title}: ${code}`, async () => {
      const found = await read(written(statement(line)));
      expect(told(found)).to.deep.equal([`5 ${line.slice(0, 4)} ${code}`]);
    });
  }

  it('reads an envelope, several pages, UTF-16 and Latin 1', async () => {
    const text = statement(':61:261231C5,00NTRFREF', ':86:Überweisung Müller', ':62F:C261231EUR105,00');
    const enveloped = `{1:F01X}{2:O940}{4:\r\n${text.replace('-\r\n', '-}\r\n')}${text}`;
    for (const bytes of [
      Buffer.from(enveloped, 'utf8'),
      Buffer.from(enveloped, 'latin1'),
      Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(enveloped, 'utf16le')]),
    ]) {
      const found = await read(written(bytes));
      expect(told(found)).to.deep.equal([]);
      expect(found.entries.map(({ text: said }) => said)).to.deep.equal(['Überweisung Müller', 'Überweisung Müller']);
    }
  });

  it('never breaks on damaged statements: entries, refusals with known codes, or a refused file', async () => {
    const bytes = readFileSync(join(SAMPLES, 'betterplace-sepa_snippet.sta'));
    const damage = fc.array(fc.record({ at: fc.nat(bytes.length - 1), byte: fc.integer({ min: 0, max: 255 }) }), {
      maxLength: 20,
    });
    await fc.assert(
      fc.asyncProperty(damage, fc.nat(bytes.length), async (changes, length) => {
        const copy = Buffer.from(bytes);
        for (const { at, byte } of changes) copy[at] = byte;
        try {
          const { refused } = await read(written(copy.subarray(0, length)), { format: 'mt940' });
          for (const { code } of refused) expect(Object.keys(ENTRY_CODES)).to.include(code);
        } catch (error) {
          if (!(error instanceof SourceError)) throw error;
          expect(Object.keys(ENTRY_CODES)).to.include(error.code);
        }
      }),
      { numRuns: 100 },
    );
  });
});
