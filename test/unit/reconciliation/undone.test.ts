import { expect } from 'chai';
import * as fc from 'fast-check';
import { leafHash, verifyInclusion } from '../../../chaincode/domain/merkle';
import { parseUndone, type Undoing } from '../../../gateway/reconciliation/undoing';
import { DEFAULT_RULE_SET } from '../../../gateway/reconciliation/rules/default-rule-set';
import { codes, LATE, match, told, type EntryDraft, type Outcome } from '../../support/reconciliation/books';

const KEY = Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8);
const fileOf = (undoings: readonly Undoing[]): string => undoings.map((one) => JSON.stringify(one)).join('\n');
const again = (
  ours: readonly EntryDraft[],
  theirs: readonly EntryDraft[],
  undoings: readonly Undoing[],
  rules = DEFAULT_RULE_SET,
): Promise<Outcome> => match(ours, theirs, rules, LATE, KEY, { undone: parseUndone(fileOf(undoings)) });
const undo = (ours: readonly EntryDraft[], theirs: readonly EntryDraft[], lines: readonly number[]): Promise<Outcome> =>
  match(ours, theirs, DEFAULT_RULE_SET, LATE, KEY, { undo: lines });

const A = { endToEndId: 'A', party: 'P', amount: 100_007 };

describe('undone matches', () => {
  it('are told with the path that proves them under the root', async () => {
    const ours = ['A', 'B', 'C'].map((endToEndId) => ({ endToEndId }));
    const { undoings, summary, lines } = await undo(ours, [...ours, { endToEndId: 'D' }], [2, 3]);
    expect(undoings.map(({ index }) => index)).to.deep.equal([1, 2]);
    for (const { match: line, index, path } of undoings) {
      const nodes = path.map((node) => Buffer.from(node, 'hex'));
      const leaf = leafHash(Buffer.from(line));
      expect(lines[index]).to.equal(line);
      expect(verifyInclusion(leaf, index, lines.length, nodes, Buffer.from(summary.root, 'hex'))).to.equal(true);
    }
  });

  it('are not made again, and their entries are a break of their own', async () => {
    const { undoings } = await undo([A], [A], [1]);
    const outcome = await again([A], [A], undoings);
    expect(outcome.matches).to.deep.equal([]);
    expect(codes(outcome)).to.deep.equal(['MATCH_UNDONE 1|1']);
    const leaf = leafHash(Buffer.from(undoings[0]!.match)).toString('hex');
    expect(outcome.summary.undone).to.deep.equal([leaf]);
  });

  it('are known again in other files, whatever line they stand in', async () => {
    const { undoings } = await undo([A], [A], [1]);
    const B = { ...A, endToEndId: 'B' };
    const outcome = await again([B, A], [{ ...A, endToEndId: 'C' }, B, A], undoings);
    expect(told(outcome)).to.deep.equal(['1|2 endToEndId']);
    expect(codes(outcome)).to.deep.equal(['MATCH_UNDONE 2|3', 'MISSING_INTERNAL |1']);
  });

  it('leave each entry free for what it belongs to', async () => {
    const wrong = { party: 'P', amount: 100_007 };
    const { undoings } = await undo([wrong], [wrong], [1]);
    const right = { ...wrong, bookingDate: '2026-11-03' };
    expect(told(await again([wrong], [wrong, right], undoings))).to.deep.equal(['1|2 amountDate']);
  });

  it('of a group keep every entry of one side from every one of the other', async () => {
    const parts = [600_001, 400_002].map((amount) => ({ amount, party: 'P' }));
    const whole = [{ amount: 1_000_003, party: 'P' }];
    const { undoings, matches } = await undo(whole, parts, [1]);
    expect(matches[0]?.rule).to.equal('coveringSet');
    const outcome = await again(whole, parts, undoings);
    expect(codes(outcome)).to.deep.equal(['MATCH_UNDONE 1|1,2']);
  });

  it('of twins hold for all that say the same', async () => {
    const { undoings } = await undo([A], [A], [1]);
    const outcome = await again([A, A], [A, A], undoings);
    expect(outcome.matches).to.deep.equal([]);
    expect(codes(outcome)).to.include('MATCH_UNDONE 1|1');
  });

  it('bind the version of the rules that made them, and no other', async () => {
    const { undoings } = await undo([A], [A], [1]);
    const next = { ...DEFAULT_RULE_SET, version: '2' };
    expect(told(await again([A], [A], undoings, next))).to.deep.equal(['1|1 endToEndId']);
  });

  it('change nothing where their entries are not', async () => {
    const { undoings } = await undo([A], [A], [1]);
    const B = { ...A, endToEndId: 'B' };
    const [one, other] = [await match([B], [B]), await again([B], [B], undoings)];
    expect(other.lines).to.deep.equal(one.lines);
    expect(other.summary).to.deep.equal(one.summary);
  });

  it('whatever was undone, no two of its entries are matched, and every entry is used once', async () => {
    const draft: fc.Arbitrary<EntryDraft> = fc.record({
      amount: fc.constantFrom(100_007, 200_003, 300_010, 40, 60),
      endToEndId: fc.constantFrom(null, null, 'A', 'B'),
      references: fc.subarray(['X', 'Y'], { maxLength: 1 }),
      party: fc.constantFrom('P', 'P', 'Q'),
      bookingDate: fc.constantFrom('2026-11-02', '2026-11-03'),
    });
    const book = fc.array(draft, { minLength: 1, maxLength: 10 });
    await fc.assert(
      fc.asyncProperty(book, book, fc.infiniteStream(fc.boolean()), async (ours, theirs, choose) => {
        const lines = ours.map((_, at) => at + 1).filter(() => choose.next().value);
        const before = await undo(ours, theirs, lines);
        const after = await again(ours, theirs, before.undoings);
        const pairsOf = ({ matches }: Outcome): string[] =>
          matches.flatMap((item) => item.ours.flatMap((line) => item.theirs.map((mate) => `${line}|${mate}`)));
        const undone = before.matches.filter((item) => item.ours.some((line) => lines.includes(line)));
        for (const pair of pairsOf({ ...before, matches: undone })) expect(pairsOf(after)).to.not.include(pair);
        for (const [side, count] of [
          ['ours', ours.length],
          ['theirs', theirs.length],
        ] as const) {
          const used = [...after.matches, ...after.breaks].flatMap((item) => item[side]);
          expect(used.sort((a, b) => a - b)).to.deep.equal(Array.from({ length: count }, (_, at) => at + 1));
        }
      }),
      { numRuns: 200 },
    );
  });

  for (const line of [
    'no json',
    '{}',
    '{"match":"x","ours":[],"theirs":[]}',
    '{"match":"{}","ours":["a"],"theirs":[]}',
  ]) {
    it(`a file with ${line} is refused with its line`, () => {
      expect(() => parseUndone(`\n${line}`)).to.throw('line 1');
    });
  }
});
