import { nextBusinessDate } from '../../../chaincode/domain/calendar';
import type { Json } from '../../../chaincode/domain/json';
import type { BreakContent } from '../../../chaincode/domain/operations/breaks/types';
import { as } from '../../../chaincode/domain/trade-types';
import { openDay, Story } from './story';
import type { Act } from './world';

export const [BUYER, SELLER] = ['BuyerBankMSP', 'SellerBankMSP'] as const;
export type Fields = { readonly [name: string]: Json };

/** One step of every kind, as the member may take it that the test names. */
export const STEPS: Readonly<Record<string, Fields>> = {
  assignBreak: { user: 'ann', text: 'yours' },
  proposeResolution: { type: 'fee', reason: 'their fee', amountMinor: '5', evidence: ['e'.repeat(64)] },
  agreeResolution: {},
  declineResolution: { user: 'ann', text: 'no' },
  closeBreak: {},
  clearTiming: { run: 'f'.repeat(32) },
  expireTiming: {},
  escalateBreak: {},
  disputeBreak: { user: 'ann', text: 'never' },
  referBreak: { case: 'c'.repeat(32) },
  requestForcedClosing: { maker: 'ann', reason: 'too small' },
  approveForcedClosing: { approver: 'ben' },
  reopenBreak: { run: 'f'.repeat(32) },
  commentBreak: { user: 'ann', text: 'hello' },
};

/** A story of two banks about one break. */
export class BreakStory extends Story {
  get id(): string {
    return this.ids['break']!;
  }

  async open(change: Fields = {}): Promise<void> {
    await openDay(this);
    await this.act('run', this.run(), ['run']);
    await this.act('opened', this.opening(change), ['break']);
  }

  run(change: Fields = {}, member: string = BUYER): Act {
    return runAct(this, change, member);
  }

  opening(change: Fields = {}, member: string = BUYER): Act {
    return openingAct(this, change, member);
  }

  step(operation: string, member: string, input: Fields = STEPS[operation]!): Act {
    return { as: member, operation, input: { break: this.id, ...input }, records: [this.id] };
  }

  codeOf(act: Act): Promise<string> {
    return this.world.judge(act).then(
      () => 'allowed',
      (error: { code?: string }) => String(error.code),
    );
  }

  async moveOn(days = 1): Promise<void> {
    for (let left = days; left > 0; left--) {
      const { date } = this.world.publicValue(`d/${this.ids['businessDay']!}`) as { date: string };
      const books = [BUYER, SELLER].map((member) => this.world.calendars.get(member));
      const next = {
        businessDay: this.ids['businessDay']!,
        members: [BUYER, SELLER],
        date: nextBusinessDate(date, books),
      };
      await this.world.run({ as: BUYER, operation: 'proposeDate', input: next });
      await this.world.run({ as: SELLER, operation: 'advanceDate', input: next });
    }
  }

  content(): BreakContent {
    return as<BreakContent>(this.world.groups(this.id));
  }

  get status(): string {
    return this.world.status(this.id);
  }
}

/** A matching of a member's books. */
export function runAct({ ids }: Pick<Story, 'ids'>, change: Fields = {}, member: string = BUYER): Act {
  const input = {
    businessDay: ids['businessDay']!,
    date: '2026-11-10',
    currency: 'USD',
    statement: null,
    ruleSet: { id: 'default', version: '1', digest: '1'.repeat(64) },
    inputs: [{ name: 'ours', sha256: '2'.repeat(64), entries: 10 }],
    resultRoot: '3'.repeat(64),
    matches: 9,
    items: { AMOUNT_UNDER: 1 },
    ...change,
  };
  return { as: member, operation: 'recordMatchRun', input };
}

/** What that run found unmatched: one break. */
export function openingAct({ ids }: Pick<Story, 'ids'>, change: Fields = {}, member: string = BUYER): Act {
  const one = {
    code: 'AMOUNT_UNDER',
    currency: 'USD',
    clearsBy: null,
    holder: SELLER,
    oursMinor: '100',
    theirsMinor: '95',
    residualMinor: '5',
    ours: [{ line: 1, reference: 'E-1', amountMinor: '100', date: '2026-11-10' }],
    theirs: [{ line: 2, reference: 'E-1', amountMinor: '95', date: '2026-11-10' }],
    mismatches: [{ field: 'amountMinor', expected: '100', actual: '95', delta: '-5' }],
    ...change,
  };
  const run = ids['run']!;
  return { as: member, operation: 'openBreaks', input: { run, breaks: [one] }, records: [run] };
}
