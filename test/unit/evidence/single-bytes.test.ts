import { expect } from 'chai';
import { STEPS } from '../../../evidence/checks';
import { ConfigCache } from '../../../evidence/config-cache';
import { parsePackage } from '../../../evidence/parse-package';
import { verifyEvidence } from '../../../evidence/verify-evidence';
import { evidenceFixture, type EvidenceFixture } from '../../support/evidence/fixture';
import { seeded, withOneByteChanged } from '../../support/evidence/single-bytes';

const CHANGES = 1_000;
const SEED = 20_260_701;

/** Where a change of each part shows: the first step that rests on it. */
const SHOWS_AT: Readonly<Record<string, readonly string[]>> = {
  envelope: ['genesis', 'chain'],
  header: ['genesis', 'chain'],
  dataHash: ['chain'],
  ordererSignature: ['orderer', 'genesis'],
  receipt: ['receipts'],
  original: ['originals'],
  records: ['package', 'transactions', 'receipts', 'sequence', 'groups'],
};

describe('single bytes', () => {
  let fixture: EvidenceFixture;
  const cache = new ConfigCache();
  before(async function () {
    this.timeout(120_000);
    fixture = await evidenceFixture();
  });

  it(`${CHANGES} changes of signed or hashed parts are all rejected, each at a step that rests on the part`, () => {
    const evidence = parsePackage(fixture.bytes);
    const next = seeded(SEED);
    const parts = new Map<string, number>();
    for (let change = 0; change < CHANGES; change++) {
      const { part, bytes } = withOneByteChanged(fixture.bytes, evidence, next);
      const { verdict, checks } = verifyEvidence(bytes, fixture.trust, cache);
      const { step, code } = checks.at(-1)!;
      expect(verdict, `change ${change} of ${part}`).to.equal('rejected');
      expect(SHOWS_AT[part], `change ${change} of ${part}: ${code}`).to.include(step);
      parts.set(part, (parts.get(part) ?? 0) + 1);
    }
    expect([...parts.keys()].sort()).to.deep.equal(Object.keys(SHOWS_AT).sort());
  });

  it('no bytes make the verifier throw', () => {
    const next = seeded(SEED + 1);
    const steps = new Set<string>(STEPS);
    for (let change = 0; change < 300; change++) {
      const bytes = Buffer.from(fixture.bytes);
      for (let count = next(4); count >= 0; count--) bytes[next(bytes.length)] = next(256);
      const cut = next(4) === 0 ? bytes.subarray(0, next(bytes.length)) : bytes;
      const { checks } = verifyEvidence(cut, fixture.trust, cache);
      expect(steps.has(checks.at(-1)!.step)).to.equal(true);
    }
  });

  for (const [name, bytes] of [
    ['nothing', Buffer.alloc(0)],
    ['no text', Buffer.of(0xff, 0xfe, 0x00)],
    ['deep nesting', Buffer.from('['.repeat(200_000))],
    ['another format', Buffer.from('{"format":"concordat.evidence.v2"}')],
    ['a list', Buffer.from('[]')],
    ['a number', Buffer.from('1')],
  ] as const) {
    it(`rejects ${name} at the first step`, () => {
      const { verdict, checks } = verifyEvidence(bytes, fixture.trust);
      expect(verdict).to.equal('rejected');
      expect(checks.map(({ step, ok }) => ({ step, ok }))).to.deep.equal([{ step: 'package', ok: false }]);
    });
  }
});
