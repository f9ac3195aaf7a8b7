import { expect } from 'chai';
import fc from 'fast-check';
import { bulkLines, csvCells, type BulkLine } from '../../../../gateway/routes/bulk-lines';
import { textLines, type TextLine } from '../../../../gateway/routes/text-lines';

async function* parts(bytes: Uint8Array, size: number): AsyncIterable<Uint8Array> {
  for (let at = 0; at < bytes.byteLength; at += size) yield bytes.subarray(at, at + size);
}

async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = [];
  for await (const item of items) found.push(item);
  return found;
}

const lines = (text: string | Uint8Array, size = 3): Promise<TextLine[]> =>
  all(textLines(parts(Buffer.from(text), size), 8));
const said = (found: readonly TextLine[]): string[] => found.map((one) => ('text' in one ? one.text : one.problem));

describe('lines of a file', () => {
  const FILES: readonly (readonly [what: string, file: string | Uint8Array, lines: readonly string[]])[] = [
    ['nothing', '', []],
    ['one line without its end', 'a', ['a']],
    ['a last line with its end', 'a\n', ['a']],
    ['blank lines, which count', '\n\na\n', ['', '', 'a']],
    ['carriage returns', 'a\r\nb\r\n', ['a', 'b']],
    ['a byte order mark', '\uFEFFa\nb', ['a', 'b']],
    ['a mark where it is none', 'a\n\uFEFFb', ['a', '\uFEFFb']],
    ['a line as long as may be', '12345678\r\nb', ['12345678', 'b']],
    ['a marked line as long as may be', '\uFEFF12345678\r\nb', ['12345678', 'b']],
    ['a line one byte too long', '123456789\nb', ['LINE_TOO_LONG', 'b']],
    ['a line far too long', `${'x'.repeat(1_000)}\nb`, ['LINE_TOO_LONG', 'b']],
    ['an overlong last line', `a\n${'x'.repeat(1_000)}`, ['a', 'LINE_TOO_LONG']],
    ['bytes that are no UTF-8', Buffer.from([0x61, 0x0a, 0xff, 0x0a, 0x62]), ['a', 'LINE_UNREADABLE', 'b']],
    ['characters across parts', '贸易\n平台', ['贸易', '平台']],
  ];
  for (const [what, file, expected] of FILES) {
    it(`with ${what}`, async () => {
      for (const size of [1, 2, 3, 5, 4_096]) {
        const found = await lines(file, size);
        expect(said(found), `in parts of ${size}`).to.deep.equal(expected);
        expect(found.map(({ line }) => line)).to.deep.equal(expected.map((_, at) => at + 1));
      }
    });
  }

  it('are the same however the file is cut', () =>
    fc.assert(
      fc.asyncProperty(
        fc.array(fc.constantFrom('a', '\n', '\r', 'é', '\uFEFF')),
        fc.integer({ min: 1, max: 7 }),
        async (signs, size) => {
          const file = signs.join('');
          expect(await lines(file, size)).to.deep.equal(await lines(file, 4_096));
        },
      ),
    ));

  it('of a gigabyte without an end are dropped as they come', async () => {
    const part = Buffer.alloc(1_048_576, 'x');
    async function* endless(): AsyncIterable<Uint8Array> {
      for (let count = 0; count < 1_024; count++) yield part;
      yield Buffer.from('\nb\n');
    }
    expect(said(await all(textLines(endless(), 8_192)))).to.deep.equal(['LINE_TOO_LONG', 'b']);
  });
});

describe('rows and objects of a bulk file', () => {
  const read = (file: string, type: string): Promise<BulkLine[]> => all(bulkLines(parts(Buffer.from(file), 7), type));
  const told = (found: readonly BulkLine[]): unknown[] =>
    found.map(({ line, problem, value }) => [line, problem ?? value]);

  it('NDJSON: marks, carriage returns and blank lines pass; a bad line spoils no other', async () => {
    const file = '\uFEFF{"a":1}\r\n\r\n{"a"\n{"a":1,"a":2}\n"x"\n';
    expect(told(await read(file, 'application/x-ndjson'))).to.deep.equal([
      [1, { a: 1 }],
      [3, 'JSON_INVALID'],
      [4, 'FIELD_DUPLICATE'],
      [5, 'x'],
    ]);
  });

  it('CSV: a row with other cells than the header, or with quotes that do not match, spoils no other', async () => {
    const file = '\uFEFFid,uetr\r\n\r\n1,\r\n2\n3,x,y\n"4"x,z\n"5,z\n"a ""b"", c",u\n';
    expect(told(await read(file, 'text/csv'))).to.deep.equal([
      [3, { id: '1', uetr: null }],
      [4, 'LINE_UNREADABLE'],
      [5, 'LINE_UNREADABLE'],
      [6, 'LINE_UNREADABLE'],
      [7, 'LINE_UNREADABLE'],
      [8, { id: 'a "b", c', uetr: 'u' }],
    ]);
  });

  for (const [what, header] of [
    ['names a column twice', 'id,id'],
    ['cannot be read', '"id,x'],
    ['is too long', 'x'.repeat(9_000)],
  ] as const) {
    it(`CSV: a header that ${what} is the only problem told`, async () =>
      expect(told(await read(`${header}\n1,2\n`, 'text/csv'))).to.deep.equal([[1, 'LINE_UNREADABLE']]));
  }

  it('CSV: cells come back as they were written', () =>
    fc.assert(
      fc.property(fc.array(fc.string(), { minLength: 1 }), (cells) => {
        const row = cells.map((cell) => `"${cell.replaceAll('"', '""')}"`).join(',');
        expect(csvCells(row)).to.deep.equal(cells);
      }),
    ));
});
