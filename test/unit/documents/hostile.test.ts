import { expect } from 'chai';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { TradeDocumentReader } from '../../../gateway/documents/document-reader';

const ORDER = readFileSync(join(process.cwd(), 'docs/data/ubl/examples/order-2.0-international.xml'), 'utf8');
const EVENT = readFileSync(join(process.cwd(), 'docs/data/dcsa/examples/equipment-event-dropped-off.json'), 'utf8');
const HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n';
const BOMB =
  '<!DOCTYPE Order [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;&b;&b;">]>';

const edited = (from: string | RegExp, to: string): string => {
  const text = ORDER.replace(from, to);
  if (text === ORDER) throw new Error(`the sample has no ${String(from)}`);
  return text;
};
const afterHead = (text: string): string => ORDER.replace(/^<\?xml[^?]*\?>\s*/, `${HEAD}${text}\n`);

/** One altered order each, and the codes it must be refused for. */
const REFUSED: readonly (readonly [what: string, document: string | Uint8Array, codes: readonly string[]])[] = [
  [
    'an external entity from a file',
    afterHead('<!DOCTYPE Order [<!ENTITY x SYSTEM "file:///etc/passwd">]>'),
    ['XML_DOCTYPE'],
  ],
  ['an external entity from a network', afterHead('<!DOCTYPE Order SYSTEM "http://127.0.0.1/x.dtd">'), ['XML_DOCTYPE']],
  ['an entity bomb', afterHead(BOMB), ['XML_DOCTYPE']],
  ['any document type declaration', afterHead('<!DOCTYPE Order>'), ['XML_DOCTYPE']],
  ['a declaration after a comment', afterHead('<!-- x --><!DOCTYPE Order>'), ['XML_DOCTYPE']],
  ['an undeclared entity', edited('Acme Beeswax', '&wax;'), ['XML_MALFORMED']],
  ['50 MB of XML', `${HEAD}<Order>${'x'.repeat(50 * 1024 * 1024)}</Order>`, ['DOCUMENT_TOO_LARGE']],
  ['UTF-16', Buffer.from(`\uFEFF${ORDER}`, 'utf16le'), ['DOCUMENT_ENCODING']],
  ['bytes that are not UTF-8', Buffer.concat([Buffer.from(ORDER), Buffer.of(0xff, 0xfe)]), ['DOCUMENT_ENCODING']],
  ['another declared encoding', ORDER.replace('UTF-8', 'ISO-8859-1'), ['DOCUMENT_ENCODING']],
  ['200 levels of elements', `${HEAD}${'<a>'.repeat(200)}${'</a>'.repeat(200)}`, ['XML_TOO_DEEP']],
  ['2,000 levels of elements', `${HEAD}${'<a>'.repeat(2_000)}${'</a>'.repeat(2_000)}`, ['XML_TOO_DEEP']],
  ['600,000 tags', `${HEAD}<a>${'<b/>'.repeat(600_000)}</a>`, ['XML_TOO_MANY']],
  ['half a document', ORDER.slice(0, ORDER.length / 2), ['XML_MALFORMED']],
  ['a NUL', edited('Acme Beeswax', 'Acme\u0000Beeswax'), ['XML_MALFORMED']],
  [
    'an unknown element',
    edited('<cbc:Note>sample</cbc:Note>', '<cbc:Surprise>1</cbc:Surprise>'),
    ['ELEMENT_UNEXPECTED'],
  ],
  ['an unknown currency', ORDER.replaceAll('"USD"', '"XXQ"'), ['CURRENCY_UNKNOWN']],
  ['two currencies', edited(/"USD">10\.00</, '"EUR">10.00<'), ['CURRENCY_MIXED']],
  ['a third decimal', edited(/"USD">1000\.00<\/cbc:LineExt/, '"USD">1000.001</cbc:LineExt'), ['AMOUNT_DECIMALS']],
  ['yen with decimals', ORDER.replaceAll('"USD"', '"JPY"').replaceAll('1000.00', '1000.50'), ['AMOUNT_DECIMALS']],
  ['a negative amount', ORDER.replaceAll('1000.00', '-1000.00'), ['AMOUNT_NEGATIVE']],
  ['a negative quantity', edited('unitCode="KGM">100<', 'unitCode="KGM">-100<'), ['QUANTITY_INVALID']],
  ['quantity zero', edited('unitCode="KGM">100<', 'unitCode="KGM">0<'), ['QUANTITY_INVALID']],
  [
    'a tenth decimal of a quantity',
    edited('unitCode="KGM">100<', 'unitCode="KGM">100.0000000001<'),
    ['QUANTITY_INVALID'],
  ],
  ['the 30th of February', edited('2005-06-20', '2005-02-30'), ['DATE_INVALID']],
  ['a period that ends first', edited('<cbc:EndDate>2005-06-30', '<cbc:EndDate>2005-06-01'), ['DATE_ORDER']],
  ['a line that is not quantity times price', edited('unitCode="KGM">100<', 'unitCode="KGM">99<'), ['ARITHMETIC_LINE']],
  [
    'a total that is not the sum',
    edited(/"USD">1000\.00<\/cbc:Payable/, '"USD">1000.01</cbc:Payable'),
    ['ARITHMETIC_TOTAL'],
  ],
  ['a unit that is none', edited('unitCode="KGM">100<', 'unitCode="kilo gram">100<'), ['UNIT_INVALID']],
  ['an overlong name', edited('Acme Beeswax', 'x'.repeat(10_000)), ['VALUE_LENGTH']],
];

/** One altered event each, and the codes it must be refused for. */
const EVENTS: readonly (readonly [what: string, change: object, codes: readonly string[]])[] = [
  ['another classifier', { eventClassifierCode: 'MAY' }, ['CODE_UNKNOWN']],
  ['another code', { equipmentEventTypeCode: 'LOST' }, ['CODE_UNKNOWN']],
  ['no zone', { eventDateTime: '2026-11-09T15:10:00' }, ['TIME_INVALID']],
  ['the 31st of November', { eventDateTime: '2026-11-31T15:10:00Z' }, ['TIME_INVALID']],
  ['no id', { eventID: undefined }, ['FIELD_MISSING']],
  ['an id that is an object', { eventID: { $gt: '' } }, ['VALUE_INVALID']],
];

describe('trade documents: hostile input', () => {
  let reader: TradeDocumentReader;
  before(async () => {
    reader = await TradeDocumentReader.open();
  });

  const codesOf = (document: string | Uint8Array): string[] | string => {
    const read = reader.read(typeof document === 'string' ? Buffer.from(document) : document);
    return read.kind === 'invalid' ? [...new Set(read.problems.map(({ code }) => code))].sort() : read.kind;
  };

  for (const [what, document, codes] of REFUSED) {
    it(`refuses ${what}`, () => expect(codesOf(document)).to.include.members([...codes]));
  }

  for (const [what, change, codes] of EVENTS) {
    it(`refuses an event with ${what}`, () => {
      expect(codesOf(JSON.stringify({ ...(JSON.parse(EVENT) as object), ...change }))).to.deep.equal(codes);
    });
  }

  it('takes what is no document for none', () => {
    for (const bytes of ['', 'PDF-1.7', '[]', '{}', 'null', '{"eventID"', '"text"', '<Order xmlns="urn:other"/>']) {
      expect(codesOf(bytes), bytes).to.equal('unreadable');
    }
  });

  it('never echoes a value in a problem', () => {
    const secret = 'PRIVATE-7731';
    const documents = [edited('unitCode="KGM">100<', `unitCode="${secret}">${secret}<`), edited('2005-06-20', secret)];
    for (const document of documents) {
      expect(JSON.stringify(reader.read(Buffer.from(document)))).to.not.contain(secret);
    }
  });

  it('never throws, whatever single bytes are changed', () => {
    const bytes = Buffer.from(ORDER);
    fc.assert(
      fc.property(fc.nat(bytes.length - 1), fc.nat(255), (at, value) => {
        const changed = Buffer.from(bytes);
        changed[at] = value;
        reader.read(changed);
      }),
      { numRuns: 300 },
    );
  });

  it('never throws for bytes of any kind', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => void reader.read(bytes)),
      { numRuns: 500 },
    );
  });
});
