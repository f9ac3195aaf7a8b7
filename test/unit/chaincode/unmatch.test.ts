import { expect } from 'chai';
import { canonicalJson } from '../../../chaincode/domain/canonical-json';
import type { Json } from '../../../chaincode/domain/json';
import { inclusionProof, leafHash, merkleRoot } from '../../../chaincode/domain/merkle';
import type { MatchRun } from '../../../chaincode/domain/operations/breaks/types';
import { UNMATCH_LIMITS } from '../../../chaincode/domain/operations/breaks/unmatch';
import { as } from '../../../chaincode/domain/trade-types';
import { openDay, Story } from '../../support/chaincode/story';
import type { Act } from '../../support/chaincode/world';

const [BUYER, SELLER] = ['BuyerBankMSP', 'SellerBankMSP'];
type Fields = { readonly [name: string]: Json };

const matchLine = (line: number, theirs: readonly number[] = [line]): string =>
  canonicalJson({ kind: 'match', rule: 'endToEndId', ours: [line], theirs: [...theirs], residualMinor: '0' });
const MATCHES = 3;
const digest = (n: number): string => n.toString(16).padStart(64, '0');

class RunStory extends Story {
  lines: string[] = [];

  async record(lines: readonly string[] = [1, 2, 3].map((line) => matchLine(line)), matches = MATCHES): Promise<void> {
    await openDay(this);
    this.lines = [...lines, canonicalJson({ kind: 'break', code: 'AMOUNT_UNDER' })];
    const input = {
      businessDay: this.ids['businessDay']!,
      date: '2026-11-10',
      currency: 'USD',
      statement: null,
      ruleSet: { id: 'default', version: '1', digest: '1'.repeat(64) },
      inputs: [{ name: 'ours', sha256: '2'.repeat(64), entries: 10 }],
      resultRoot: merkleRoot(this.lines.map((line) => leafHash(Buffer.from(line)))).toString('hex'),
      matches,
      items: { AMOUNT_UNDER: this.lines.length - matches },
    };
    await this.act('run', { as: BUYER, operation: 'recordMatchRun', input }, ['run']);
  }

  undo(index: number, change: Fields = {}, member = BUYER): Act {
    const leaves = this.lines.map((line) => leafHash(Buffer.from(line)));
    const run = this.ids['run']!;
    const input = {
      run,
      match: this.lines[index]!,
      index,
      path: inclusionProof(leaves, index).map((node) => node.toString('hex')),
      ours: [digest(index)],
      theirs: [digest(100 + index)],
      reason: 'wrongEntry',
      text: null,
      user: 'ann',
      ...change,
    };
    return { as: member, operation: 'unmatch', input, records: [run] };
  }

  codeOf(act: Act): Promise<string> {
    return this.world.judge(act).then(
      () => 'allowed',
      (error: { code?: string }) => String(error.code),
    );
  }

  get content(): MatchRun {
    return as<MatchRun>(this.world.groups(this.ids['run']!));
  }
}

describe('undoing a match', () => {
  it('is an event of the run, by whom and why; its result stands', async () => {
    const story = new RunStory();
    await story.record();
    const before = story.content.run;
    await story.world.run(story.undo(1, { text: 'another customer' }));
    expect(story.content.run).to.deep.equal(before);
    expect(story.content.undone.list).to.deep.equal([
      {
        leaf: leafHash(Buffer.from(matchLine(2))).toString('hex'),
        index: 1,
        rule: 'endToEndId',
        lines: { ours: [2], theirs: [2] },
        ours: [digest(1)],
        theirs: [digest(101)],
        reason: 'wrongEntry',
        text: 'another customer',
        user: 'ann',
        by: BUYER,
        on: '2026-11-10',
      },
    ]);
    expect(story.world.status(story.ids['run']!)).to.equal('amended');
  });

  it('happens once to one match', async () => {
    const story = new RunStory();
    await story.record();
    await story.world.run(story.undo(0));
    expect(await story.codeOf(story.undo(0, { reason: 'other' }))).to.equal('MATCH_UNDONE_ALREADY');
    await story.world.run(story.undo(2));
    expect(story.content.undone.list.map(({ index }) => index)).to.deep.equal([0, 2]);
  });

  for (const [title, change, code] of [
    ['a match the run has not', { match: matchLine(9) }, 'MATCH_NOT_IN_RUN'],
    ['a match at another place', { index: 2 }, 'MATCH_NOT_IN_RUN'],
    ['a path cut short', { path: [] }, 'MATCH_NOT_IN_RUN'],
    ['a path of another tree', { path: ['f'.repeat(64), 'f'.repeat(64)] }, 'MATCH_NOT_IN_RUN'],
    ['an unknown reason', { reason: 'because' }, 'REQUEST_INVALID'],
    ['fewer entries than lines', { ours: [] }, 'REQUEST_INVALID'],
    ['more entries than lines', { theirs: [digest(1), digest(2)] }, 'REQUEST_INVALID'],
    ['no person', { user: '' }, 'REQUEST_INVALID'],
    ['a longer path than any tree has', { path: Array.from({ length: 31 }, () => digest(1)) }, 'REQUEST_TOO_LARGE'],
  ] as const) {
    it(`is refused for ${title}: ${code}`, async () => {
      const story = new RunStory();
      await story.record();
      expect(await story.codeOf(story.undo(1, change as unknown as Fields))).to.equal(code);
    });
  }

  it('is refused to the other member: only who matched its books takes a match back', async () => {
    const story = new RunStory();
    await story.record();
    expect(await story.codeOf(story.undo(1, {}, SELLER))).to.equal('CREATOR_NOT_ENTITLED');
  });

  it('is refused for what stands in the result and is no match', async () => {
    const story = new RunStory();
    await story.record();
    expect(await story.codeOf(story.undo(MATCHES)), 'a break').to.equal('MATCH_NOT_IN_RUN');
    for (const line of ['no json', '[1]', '{ "kind": "match" }', matchLine(1).replace('"ours":[1]', '"ours":["x"]')]) {
      const other = new RunStory();
      await other.record([line], 1);
      expect(await other.codeOf(other.undo(0)), line).to.equal('MATCH_NOT_IN_RUN');
    }
  });

  it('is bounded: a run that needs more is matched again', async () => {
    const story = new RunStory();
    const count = UNMATCH_LIMITS.matches + 1;
    await story.record(
      Array.from({ length: count }, (_, at) => matchLine(at + 1)),
      count,
    );
    for (let at = 0; at < UNMATCH_LIMITS.matches; at++) await story.world.run(story.undo(at));
    expect(await story.codeOf(story.undo(UNMATCH_LIMITS.matches))).to.equal('REQUEST_TOO_LARGE');
  });

  it('lets its entries be opened as a break', async () => {
    const story = new RunStory();
    await story.record();
    await story.world.run(story.undo(1));
    const one = {
      code: 'MATCH_UNDONE',
      currency: 'USD',
      clearsBy: null,
      holder: BUYER,
      oursMinor: '100',
      theirsMinor: '100',
      residualMinor: '0',
      ours: [{ line: 2, reference: 'E-1', amountMinor: '100', date: '2026-11-10' }],
      theirs: [{ line: 2, reference: 'E-1', amountMinor: '100', date: '2026-11-10' }],
      mismatches: [],
    };
    const run = story.ids['run']!;
    const act = { as: BUYER, operation: 'openBreaks', input: { run, breaks: [one] }, records: [run] };
    expect(await story.codeOf(act)).to.equal('allowed');
  });
});
