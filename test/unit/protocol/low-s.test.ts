import { expect } from 'chai';
import fc from 'fast-check';
import { generateKeyPairSync, sign, verify } from 'node:crypto';
import { isLowS, signLowS, signLowSAside, toLowS, verifyLowS, verifyLowSAside } from '../../../network/protocol/low-s';

const ORDER = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;

/** DER as X.690 describes it, written apart from the code under test. */
function derInteger(value: bigint): number[] {
  const bytes: number[] = [];
  for (let rest = value; rest > 0n; rest >>= 8n) bytes.unshift(Number(rest & 0xffn));
  if (bytes.length === 0 || (bytes[0] as number) > 0x7f) bytes.unshift(0);
  return [2, bytes.length, ...bytes];
}

function der(r: bigint, s: bigint): Uint8Array {
  const body = [...derInteger(r), ...derInteger(s)];
  return Uint8Array.from([0x30, body.length, ...body]);
}

const inGroup = fc.bigInt({ min: 1n, max: ORDER - 1n });

describe('low S', () => {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const message = Buffer.from('what was signed');

  it('is S up to half of the order, at its very border too', () => {
    const half = ORDER >> 1n;
    expect([half - 1n, half, half + 1n, ORDER - 1n].map((s) => isLowS(der(1n, s)))).to.deep.equal([
      true,
      true,
      false,
      false,
    ]);
    fc.assert(fc.property(inGroup, inGroup, (r, s) => isLowS(der(r, s)) === s <= half));
  });

  it('refuses a zero in either place and every second spelling', () => {
    expect(isLowS(der(0n, 1n))).to.equal(false);
    expect(isLowS(der(1n, 0n))).to.equal(false);
    const good = der(0x80n, 0x7fn);
    const spellings = [
      [...good, 0],
      [0x30, good.length - 2, ...good.slice(2, 6), 2, 2, 0, 0x7f],
      [0x30, 5, 2, 1, 0x80, 2, 1, 1],
      [0x31, ...good.slice(1)],
    ];
    expect(isLowS(good)).to.equal(true);
    for (const spelling of spellings) expect(isLowS(Uint8Array.from(spelling)), String(spelling)).to.equal(false);
  });

  it('turns S over and keeps R', () => {
    fc.assert(
      fc.property(inGroup, inGroup, (r, s) => {
        const low = s <= ORDER >> 1n ? s : ORDER - s;
        return Buffer.compare(toLowS(der(r, s)), der(r, low)) === 0;
      }),
    );
  });

  it('signs and verifies alike on and beside the event loop', async () => {
    for (let round = 0; round < 20; round++) {
      for (const signature of [signLowS(privateKey, message), await signLowSAside(privateKey, message)]) {
        expect(isLowS(signature)).to.equal(true);
        expect(verify('sha256', message, publicKey, signature)).to.equal(true);
        expect(verifyLowS(publicKey, message, signature)).to.equal(true);
        expect(await verifyLowSAside(publicKey, message, signature)).to.equal(true);
        expect(await verifyLowSAside(publicKey, Buffer.from('something else'), signature)).to.equal(false);
      }
    }
  });

  it('takes no high S, on or beside the event loop', async () => {
    let high = sign('sha256', message, privateKey);
    while (isLowS(high)) high = sign('sha256', message, privateKey);
    expect(verify('sha256', message, publicKey, high)).to.equal(true);
    expect(verifyLowS(publicKey, message, high)).to.equal(false);
    expect(await verifyLowSAside(publicKey, message, high)).to.equal(false);
    expect(await verifyLowSAside(publicKey, message, Uint8Array.of(1, 2, 3))).to.equal(false);
  });
});
