import { expect } from 'chai';
import fc from 'fast-check';
import { readCursor, writeCursor } from '../../../../gateway/http/cursor';
import { HttpProblem } from '../../../../gateway/http/problem';

const place = {
  filter: { type: 'invoice' as const, status: 'issued' },
  cursor: { updatedBlock: '12', updatedTx: 3, id: '0'.repeat(32) },
};

function codeOf(read: () => unknown): string {
  try {
    read();
    return 'accepted';
  } catch (error) {
    if (error instanceof HttpProblem) return error.code;
    throw error;
  }
}

const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');

describe('list cursor', () => {
  it('brings place and filters back', () => {
    expect(readCursor(writeCursor(place), {})).to.deep.equal(place);
    expect(readCursor(writeCursor(place), { type: 'invoice' })).to.deep.equal(place);
  });

  it('refuses to go on under other filters', () => {
    expect(codeOf(() => readCursor(writeCursor(place), { type: 'shipment' }))).to.equal('CURSOR_INVALID');
    expect(codeOf(() => readCursor(writeCursor(place), { orderId: 'x' }))).to.equal('CURSOR_INVALID');
  });

  const bad: readonly string[] = [
    '',
    '!',
    'e30',
    encode([]),
    encode({ c: place.cursor, f: { ...place.filter, other: 'x' } }),
    encode({ c: { ...place.cursor, id: '../' }, f: {} }),
    encode({ c: { ...place.cursor, updatedBlock: "1' or 1" }, f: {} }),
    encode({ c: { ...place.cursor, updatedTx: -1 }, f: {} }),
    encode({ c: { ...place.cursor, extra: 1 }, f: {} }),
    encode({ f: {}, c: place.cursor }),
    encode({ c: place.cursor, f: { type: 7 } }),
    'a'.repeat(2_000),
  ];
  for (const text of bad)
    it(`refuses ${text.slice(0, 40)}`, () => expect(codeOf(() => readCursor(text, {}))).to.equal('CURSOR_INVALID'));

  it('never fails but by its code, whatever it is sent', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.json().map((text) => Buffer.from(text).toString('base64url')),
        ),
        (text) => codeOf(() => readCursor(text, {})) === 'CURSOR_INVALID',
      ),
    );
  });
});
