import { expect } from 'chai';
import * as fc from 'fast-check';
import { leafHash, merkleRoot } from '../../../chaincode/domain/merkle';
import { balancedSets, bits } from '../../../gateway/reconciliation/matching/balanced-sets';
import { feeMinor, toleranceMinor } from '../../../gateway/reconciliation/matching/allowance';
import {
  Columns,
  currencyLetters,
  currencyNumber,
  dayNumber,
  dayText,
} from '../../../gateway/reconciliation/matching/columns';
import { KeyedHash } from '../../../gateway/reconciliation/matching/keyed-hash';
import { MerkleStack } from '../../../gateway/reconciliation/matching/merkle-stack';
import { Normaliser } from '../../../gateway/reconciliation/matching/normalise';
import { exactSubsets } from '../../../gateway/reconciliation/matching/subset-sum';
import { decodeEntry, encodeEntry } from '../../../gateway/reconciliation/matching/work-tables';
import { DEFAULT_RULE_SET } from '../../../gateway/reconciliation/rules/default-rule-set';
import type { TolerancePass } from '../../../gateway/reconciliation/rules/rule-set';
import { entry } from '../../support/reconciliation/books';

const amounts = (max: number, least = 0) =>
  fc.array(fc.bigInt({ min: 1n, max: 40n }), { minLength: least, maxLength: max });
const subsetsOf = (list: readonly bigint[]): bigint[] =>
  Array.from({ length: 1 << list.length }, (_, mask) =>
    list.reduce((sum, amount, at) => (mask & (1 << at) ? sum + amount : sum), 0n),
  );

describe('the search for sets of one sum', () => {
  it('finds none, one or an ambiguity exactly as trying every subset does', () => {
    fc.assert(
      fc.property(
        amounts(10),
        fc.bigInt({ min: 1n, max: 120n }),
        fc.constantFrom(1n, 10n ** 17n),
        (list, target, scale) => {
          const sorted = list.map((amount) => amount * scale).sort((a, b) => (a > b ? -1 : 1));
          const expected = subsetsOf(sorted).filter((sum, mask) => sum === target * scale && bits(mask) > 1).length;
          const { solutions, isCut } = exactSubsets(sorted, target * scale, { maxParts: 10, maxSteps: 100_000 });
          expect(isCut).to.equal(false);
          expect(solutions.length).to.equal(Math.min(2, expected));
          for (const solution of solutions) {
            expect(solution.reduce((sum, at) => sum + sorted[at]!, 0n)).to.equal(target * scale);
          }
        },
      ),
      { numRuns: 500 },
    );
  });

  it('takes no more parts than allowed, and says when its steps end', () => {
    const list = Array.from({ length: 30 }, () => 1n);
    expect(exactSubsets(list, 5n, { maxParts: 4, maxSteps: 1_000_000 }).solutions).to.deep.equal([]);
    expect(exactSubsets(list, 15n, { maxParts: 4, maxSteps: 50 }).isCut).to.equal(true);
  });

  it('finds the smallest balanced sets exactly as trying every pair of subsets does', () => {
    fc.assert(
      fc.property(amounts(4, 1), amounts(4, 1), fc.constantFrom(1n, 10n ** 17n), (ours, theirs, scale) => {
        const [left, right] = [ours.map((amount) => amount * scale), theirs.map((amount) => amount * scale)];
        const [a, b] = [subsetsOf(left), subsetsOf(right)];
        const all = a.flatMap((sum, mask) =>
          b.flatMap((other, mate) => (mask > 0 && mate > 0 && sum === other ? [{ ours: mask, theirs: mate }] : [])),
        );
        const holds = (set: { ours: number; theirs: number }, part: { ours: number; theirs: number }): boolean =>
          part !== set && (part.ours & set.ours) === part.ours && (part.theirs & set.theirs) === part.theirs;
        const smallest = all.filter((set) => !all.some((part) => holds(set, part)));
        expect(balancedSets(left, right)).to.have.deep.members(smallest);
      }),
      { numRuns: 500 },
    );
  });

  it('gives up where everything balances with everything', () => {
    const same = Array.from({ length: 12 }, () => 5n);
    expect(balancedSets(same, same)).to.equal(undefined);
  });
});

describe('tolerance and fees', () => {
  const pass = DEFAULT_RULE_SET.passes.find(({ kind }) => kind === 'tolerance') as TolerancePass;

  for (const [absolute, basisPoints, amount, expected] of [
    ['5', 1, 1_000_000n, 5n],
    ['5', 1, 10_000n, 1n],
    ['5', 1, 9_999n, 0n],
    ['0', 100, 1_000_000n, 0n],
    ['500', 0, 1_000_000n, 0n],
  ] as const) {
    it(`${absolute} and ${basisPoints} basis points of ${amount} allow ${expected}`, () => {
      const own = { ...pass, absoluteMinor: { USD: absolute }, relativeBasisPoints: basisPoints };
      expect(toleranceMinor(own, 'USD', amount, amount + 1n)).to.equal(expected);
      expect(toleranceMinor(own, 'CHF', amount, amount)).to.equal(0n);
    });
  }

  it('a fee of a very large amount is exact', () => {
    const fee = {
      name: 'f',
      currency: 'USD',
      direction: 'both',
      fixedMinor: '0',
      basisPoints: 1,
      minimumMinor: '0',
      maximumMinor: null,
      action: 'match',
    } as const;
    expect(feeMinor(fee, 10n ** 18n - 1n)).to.equal(10n ** 14n);
  });
});

describe('what the index is made of', () => {
  /** @see https://github.com/veorq/SipHash vectors.h, vectors_hsip64: key 00..07, input 00, 01, 02 … */
  const VECTORS = [
    '218d1f59b9b83cc8',
    'be552412f8387315',
    '064f39ef7c50eb57',
    'ce0f1a45f7060679',
    'd5e78a175be52ea1',
    'cb9d7c3f2f3db580',
    'ce3e91358aa2bc25',
    'ff202728b07bc684',
    'edfee820bce4858c',
    '5b51cccc13888307',
  ];
  const hashOf = (text: string, key = Uint8Array.of(0, 1, 2, 3, 4, 5, 6, 7)): string => {
    const hash = new KeyedHash(key);
    hash.of(text);
    const bytes = Buffer.alloc(8);
    bytes.writeUInt32LE(hash.low, 0);
    bytes.writeUInt32LE(hash.high, 4);
    return bytes.toString('hex');
  };

  for (const [length, vector] of VECTORS.entries()) {
    it(`HalfSipHash of ${length} bytes is the reference's`, () => {
      expect(hashOf(String.fromCharCode(...Array.from({ length }, (_, at) => at)))).to.equal(vector);
    });
  }

  it('other alphabets hash apart from Latin-1, and by the key', () => {
    const texts = ['发票', 'Ā', '\u0100A', 'a', 'A\u0001', '发', '票发'];
    expect(new Set(texts.map((text) => hashOf(text))).size).to.equal(texts.length);
    expect(hashOf('发票', Uint8Array.of(9, 1, 2, 3, 4, 5, 6, 7))).to.not.equal(hashOf('发票'));
  });

  it('a growing tree has the root of the whole one', () => {
    const stack = new MerkleStack();
    const leaves: Buffer[] = [];
    expect(stack.root()).to.deep.equal(merkleRoot([]));
    for (let size = 1; size <= 70; size++) {
      const leaf = `{"n":${size},"text":"对账"}`;
      stack.append(leaf);
      leaves.push(leafHash(Buffer.from(leaf)));
      expect(stack.root().toString('hex'), String(size)).to.equal(merkleRoot(leaves).toString('hex'));
    }
  });

  it('currencies and days are told back as they were', () => {
    for (const currency of ['USD', 'AAA', 'ZZZ', 'CNY'])
      expect(currencyLetters(currencyNumber(currency))).to.equal(currency);
    for (const date of ['1900-01-01', '2024-02-29', '2026-11-27']) expect(dayText(dayNumber(date))).to.equal(date);
  });

  it('columns grow without losing what they hold', () => {
    const columns = new Columns();
    for (let at = 0; at < 5_000; at++) {
      columns.reserve(3, 1);
      columns.line[at] = at;
      columns.referencesEnd[at] = columns.referencesStart(at) + 3;
      columns.remittanceEnd[at] = columns.remittanceStart(at) + 1;
      columns.references[columns.referencesStart(at) * 2] = at;
      columns.count++;
    }
    expect(columns.line[4_999]).to.equal(4_999);
    expect(columns.references[columns.referencesStart(2_500) * 2]).to.equal(2_500);
  });

  it('an entry in a work table is told back as it was, whatever its texts hold', () => {
    const text = fc.string({ unit: 'grapheme', maxLength: 20 });
    fc.assert(
      fc.property(
        text,
        text,
        fc.array(text, { maxLength: 3 }),
        fc.bigInt({ min: 0n, max: 10n ** 18n }),
        (party, words, references, amount) => {
          const one = entry(
            {
              party,
              text: words,
              references,
              amount,
              remittance: references.map((reference) => ({ reference, amountMinor: amount })),
            },
            7,
          );
          const line = encodeEntry(one);
          expect(line).to.not.include('\n');
          expect(decodeEntry(line, 7)).to.deep.equal(one);
        },
      ),
    );
  });

  it('references of two systems come to one spelling', () => {
    const normaliser = new Normaliser(DEFAULT_RULE_SET.normalise);
    for (const text of ['INV-1', ' inv-1 ', 'ＩＮＶ－１', 'EREF+INV-1', '/ROC/ inv-1', 'eref+inv-1']) {
      expect(normaliser.reference(text), text).to.equal('INV-1');
    }
    for (const text of ['', '  ', 'NotProvided', 'NONREF', '-', 'EREF+', null]) {
      expect(normaliser.reference(text), String(text)).to.equal(null);
    }
    expect(normaliser.party('ｱｸﾒ　 (株)')).to.equal('アクメ (株)');
  });
});
