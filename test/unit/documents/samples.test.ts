import { expect } from 'chai';
import { existsSync, readFileSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { TradeDocumentReader } from '../../../gateway/documents/document-reader';
import type { ReadDocument } from '../../../gateway/routes/dependencies';

const DATA = join(process.cwd(), 'docs', 'data');

/** What a sample must give: its type and some of its content. */
const GOOD: readonly (readonly [file: string, type: string, content: object])[] = [
  [
    'ubl/examples/order-2.0-international.xml',
    'Order',
    { id: 'AEG012345', issueDate: '2005-06-20', currency: 'USD', totalMinor: '100000', deliveryLocation: 'GBFXT' },
  ],
  ['ubl/examples/order-2.1.xml', 'Order', { id: '34', currency: 'SEK', totalMinor: '622500' }],
  [
    'ubl/examples/despatch-advice-2.0.xml',
    'DespatchAdvice',
    { id: '565899', orderReference: 'AEG012345', lines: [{ id: '1', quantity: '90', unit: 'KGM' }] },
  ],
  ['iso20022/examples/camt054.v8.xml', 'camt.054.001.08', { message: 'camt.054', id: 'AAAASESS-FP-ACCR001' }],
  ['iso20022/examples/camt054.v8-with-UETR.xml', 'camt.054.001.08', { message: 'camt.054' }],
  ['iso20022/examples/camt053.v8.xml', 'camt.053.001.08', { message: 'camt.053', id: 'CAMT053RIB000000000001' }],
  [
    'dcsa/examples/equipment-event-dropped-off.json',
    'DCSA.Event',
    { classifier: 'ACT', code: 'DROP', occurredAt: '2026-11-09T14:10:00Z', location: 'GBFXT', retracts: null },
  ],
  ['dcsa/examples/transport-event-arrival-estimated.json', 'DCSA.Event', { classifier: 'EST', code: 'ARRI' }],
];

/** What a sample must be refused for: every code, and the first place. */
const BAD: readonly (readonly [file: string, codes: readonly string[], line: number])[] = [
  ['ubl/examples/invoice-2.1.xml', ['AMOUNT_NEGATIVE', 'ARITHMETIC_LINE', 'QUANTITY_INVALID'], 259],
  ['ubl/examples/invoice-bad-2.xml', ['AMOUNT_NEGATIVE', 'ELEMENT_MISSING'], 41],
  ['ubl/examples/invoice-bad-3.xml', ['AMOUNT_NEGATIVE', 'ELEMENT_MISSING'], 90],
  ['ubl/examples/order-minimal.xml', ['ELEMENT_MISSING', 'UNIT_INVALID'], 2],
];

describe('trade documents: samples', () => {
  let reader: TradeDocumentReader;
  before(async () => {
    reader = await TradeDocumentReader.open();
  });

  const read = (file: string): ReadDocument => reader.read(readFileSync(join(DATA, file)));

  for (const [file, type, content] of GOOD) {
    it(`${file} is read`, () => {
      const result = read(file);
      if (result.kind !== 'document') throw new Error(JSON.stringify(result));
      expect(result.documentType).to.equal(type);
      expect(result.content).to.deep.include(content);
    });
  }

  for (const [file, codes, line] of BAD) {
    it(`${file} is refused by place and code`, () => {
      const result = read(file);
      if (result.kind !== 'invalid') throw new Error(result.kind);
      expect([...new Set(result.problems.map(({ code }) => code))].sort()).to.deep.equal(codes);
      expect(result.problems[0]?.line).to.equal(line);
    });
  }

  it('the order gives a draft with what it says, and null where it says nothing', () => {
    const result = read('ubl/examples/order-2.0-international.xml');
    if (result.kind !== 'document') throw new Error(result.kind);
    expect(reader.orderDraft(result.content)).to.deep.include({
      price: {
        lines: [{ id: '1', price: '10', baseQuantity: '1', amountMinor: '100000' }],
        totalMinor: '100000',
      },
      payment: { instalments: [], payee: null },
    });
  });

  it('every shared sample gives an answer of one of the three kinds', function () {
    const shared = join(process.cwd(), '..', 'shared', 'data');
    if (!existsSync(shared)) this.skip();
    for (const name of readdirSync(shared, { recursive: true, encoding: 'utf8' })) {
      if (!statSync(join(shared, name)).isFile()) continue;
      expect(['document', 'invalid', 'unreadable'], name).to.include(
        reader.read(readFileSync(join(shared, name))).kind,
      );
    }
  });
});
