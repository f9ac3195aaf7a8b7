import { expect } from 'chai';
import { AUTHORITY } from '../../../chaincode/domain/operations';
import { TRANSITIONS, transitionsBetween } from '../../../evidence/authority';

describe('transitions the verifier knows', () => {
  it('hold every row of the authority table', () => {
    for (const { operation, record, from, to } of AUTHORITY) {
      for (const start of from.length === 0 ? [null] : from) {
        for (const end of to.split(' | ')) {
          const found = TRANSITIONS.some(
            (row) => row.operation === operation && row.type === record && row.from === start && row.to === end,
          );
          expect(found, `${operation} ${start} ${end}`).to.equal(true);
        }
      }
    }
  });

  for (const [from, to] of [
    [null, 'confirmed'],
    ['drafted', 'confirmed'],
    ['proposed', 'drafted'],
    ['cancelled', 'proposed'],
    ['completed', 'fulfilling'],
    ['confirmed', 'completed'],
  ] as const) {
    it(`know no way of an order from ${from} to ${to}`, () => {
      expect(transitionsBetween('purchaseOrder', from, to)).to.deep.equal([]);
    });
  }

  for (const [from, to, isSigned] of [
    ['drafted', 'proposed', true],
    ['proposed', 'confirmed', true],
    ['drafted', 'cancelled', false],
    ['proposed', 'cancelled', true],
    ['proposed', 'proposed', false],
  ] as const) {
    it(`know that an order's way from ${from} to ${to} takes ${isSigned ? 'a' : 'no'} signature`, () => {
      const rows = transitionsBetween('purchaseOrder', from, to);
      expect(rows.map((row) => row.isSigned)).to.deep.equal([isSigned]);
    });
  }
});
