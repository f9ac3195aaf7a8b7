import { expect } from 'chai';
import * as fc from 'fast-check';
import { DEFAULT_RULE_SET } from '../../../gateway/reconciliation/rules/default-rule-set';
import type { RuleSet } from '../../../gateway/reconciliation/rules/rule-set';
import { canonicalJson } from '../../../chaincode/domain/canonical-json';
import { merkleRoot, leafHash } from '../../../chaincode/domain/merkle';
import type { Json } from '../../../chaincode/domain/json';
import { match, type EntryDraft, type Outcome } from '../../support/reconciliation/books';

const RULES: RuleSet = {
  ...DEFAULT_RULE_SET,
  fees: [
    {
      name: 'flat',
      currency: 'USD',
      direction: 'both',
      fixedMinor: '3',
      basisPoints: 0,
      minimumMinor: '0',
      maximumMinor: null,
      action: 'match',
    },
  ],
};

/** Few values, so that everything meets everything: keys, amounts, days, parties. */
const draft: fc.Arbitrary<EntryDraft> = fc.record({
  amount: fc.oneof(fc.integer({ min: 0, max: 12 }), fc.constantFrom(100, 40, 60, 37, 63, 97)),
  currency: fc.constantFrom('USD', 'USD', 'EUR'),
  direction: fc.constantFrom('credit' as const, 'credit' as const, 'debit' as const),
  status: fc.constantFrom(
    'booked' as const,
    'booked' as const,
    'booked' as const,
    'pending' as const,
    'rejected' as const,
  ),
  isReversal: fc.constantFrom(false, false, false, true),
  endToEndId: fc.constantFrom(null, null, 'A', 'B', 'C'),
  uetr: fc.constantFrom(null, null, null, 'u1', 'u2'),
  references: fc.subarray(['X', 'Y', 'Z', 'A'], { maxLength: 2 }),
  remittance: fc.oneof(
    { weight: 4, arbitrary: fc.constant([]) },
    {
      weight: 1,
      arbitrary: fc
        .subarray(['X', 'Y', 'Z'])
        .map((list) => list.map((reference) => ({ reference, amountMinor: null }))),
    },
  ),
  party: fc.constantFrom(null, 'P', 'P', 'Q'),
  bookingDate: fc.constantFrom('2026-11-02', '2026-11-03', '2026-11-05', '2026-11-12'),
});
const book = fc.array(draft, { maxLength: 14 });

const RUNS = 250;

describe('matching, whatever the books', () => {
  it('uses every entry once: in one match or in one break', async () => {
    await fc.assert(
      fc.asyncProperty(book, book, async (ours, theirs) => {
        const outcome = await match(ours, theirs, RULES);
        for (const [side, count] of [
          ['ours', ours.length],
          ['theirs', theirs.length],
        ] as const) {
          const used = [...outcome.matches, ...outcome.breaks].flatMap((item) => item[side]);
          expect(used.sort((a, b) => a - b)).to.deep.equal(Array.from({ length: count }, (_, at) => at + 1));
        }
      }),
      { numRuns: RUNS },
    );
  });

  it('conserves money: left = right + residual for every match and every currency', async () => {
    await fc.assert(
      fc.asyncProperty(book, book, async (ours, theirs) => {
        const { matches, summary } = await match(ours, theirs, RULES);
        for (const item of matches) {
          const members = [...item.ours.map((line) => ours[line - 1]), ...item.theirs.map((line) => theirs[line - 1])];
          const left = sum(item.ours.map((line) => ours[line - 1]!));
          const right = sum(item.theirs.map((line) => theirs[line - 1]!));
          expect([item.oursMinor, item.theirsMinor]).to.deep.equal([String(left), String(right)]);
          expect(left).to.equal(right + BigInt(item.residualMinor));
          for (const field of ['currency', 'direction', 'isReversal'] as const) {
            expect(new Set(members.map((member) => member![field])).size, field).to.equal(1);
          }
        }
        for (const { currency, oursMinor, theirsMinor, residualMinor } of summary.conservation) {
          expect(BigInt(oursMinor)).to.equal(BigInt(theirsMinor) + BigInt(residualMinor));
          const ofCurrency = matches.filter((item) => item.currency === currency);
          const signed = (item: (typeof matches)[number], minor: string) =>
            (item.direction === 'credit' ? 1n : -1n) * BigInt(minor);
          expect(String(ofCurrency.reduce((total, item) => total + signed(item, item.residualMinor), 0n))).to.equal(
            residualMinor,
          );
        }
      }),
      { numRuns: RUNS },
    );
  });

  it('tells of every match its rule, rule set and version, and rivals that are none of its own entries', async () => {
    const names = new Set(RULES.passes.map(({ kind }) => kind as string));
    await fc.assert(
      fc.asyncProperty(book, book, async (ours, theirs) => {
        const { matches, breaks, lines } = await match(ours, theirs, RULES);
        for (const item of matches) {
          expect(names.has(item.rule) || /^(remittance:)?(fee:flat|tolerance)$/.test(item.rule), item.rule).to.equal(
            true,
          );
          expect([item.ruleSet, item.ruleSetVersion]).to.deep.equal([RULES.id, RULES.version]);
        }
        for (const { rivals, ...item } of [...matches, ...breaks]) {
          if (rivals === null) continue;
          expect(rivals.ours.filter((line) => item.ours.includes(line))).to.deep.equal([]);
          expect(rivals.theirs.filter((line) => item.theirs.includes(line))).to.deep.equal([]);
          expect(rivals.total).to.be.at.least(Math.max(1, rivals.ours.length + rivals.theirs.length));
          const known = [
            ...rivals.ours.map((line) => ours[line - 1]),
            ...rivals.theirs.map((line) => theirs[line - 1]),
          ];
          expect(known).to.not.include(undefined);
        }
        const written = lines.map((line) => JSON.parse(line) as { kind: string; rivals?: unknown });
        expect(written.filter(({ kind }) => kind === 'match')).to.deep.equal(matches);
      }),
      { numRuns: RUNS },
    );
  });

  it('makes the same matches and breaks whatever the order of rows', async () => {
    const shuffled = fc
      .tuple(book, book)
      .chain(([ours, theirs]) =>
        fc.tuple(
          fc.constant(ours),
          fc.constant(theirs),
          fc.shuffledSubarray(ours, { minLength: ours.length }),
          fc.shuffledSubarray(theirs, { minLength: theirs.length }),
        ),
      );
    await fc.assert(
      fc.asyncProperty(shuffled, async ([ours, theirs, oursAgain, theirsAgain]) => {
        const one = byContent(await match(ours, theirs, RULES), ours, theirs);
        const other = byContent(await match(oursAgain, theirsAgain, RULES), oursAgain, theirsAgain);
        expect(other).to.deep.equal(one);
      }),
      { numRuns: RUNS },
    );
  });

  it('gives the same bytes for the same books, whatever key its index draws', async () => {
    await fc.assert(
      fc.asyncProperty(book, book, fc.uint8Array({ minLength: 8, maxLength: 8 }), async (ours, theirs, key) => {
        const one = await match(ours, theirs, RULES);
        const other = await match(ours, theirs, RULES, undefined, key);
        const again = await match(ours, theirs, RULES, undefined);
        expect(other.lines).to.deep.equal(again.lines);
        expect(other.summary).to.deep.equal(again.summary);
        expect(one.summary.rules).to.deep.equal(other.summary.rules);
      }),
      { numRuns: RUNS },
    );
  });

  it('writes canonical JSON, and its root is that of RFC 6962 over the lines', async () => {
    await fc.assert(
      fc.asyncProperty(book, book, async (ours, theirs) => {
        const { lines, summary } = await match(ours, theirs, RULES);
        for (const line of lines) expect(canonicalJson(JSON.parse(line) as Json)).to.equal(line);
        expect(summary.root).to.equal(merkleRoot(lines.map((line) => leafHash(Buffer.from(line)))).toString('hex'));
      }),
      { numRuns: RUNS },
    );
  });
});

function sum(entries: readonly EntryDraft[]): bigint {
  return entries.reduce((total, { amount = 100 }) => total + BigInt(amount), 0n);
}

/** Items by what their entries say instead of where they stand. */
function byContent({ matches, breaks }: Outcome, ours: readonly EntryDraft[], theirs: readonly EntryDraft[]): string[] {
  const texts = (book: readonly EntryDraft[], lines: readonly number[]): string[] =>
    lines.map((line) => JSON.stringify(book[line - 1])).sort();
  return [
    ...matches.map((item) => JSON.stringify([item.rule, texts(ours, item.ours), texts(theirs, item.theirs)])),
    ...breaks.map((item) => JSON.stringify([item.code, texts(ours, item.ours), texts(theirs, item.theirs)])),
  ].sort();
}
