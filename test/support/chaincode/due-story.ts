import { Rejection } from '../../../chaincode/domain/errors';
import { duesOf, type Due } from '../../../chaincode/domain/operations/reconciliation/dues';
import { carries, remembers } from '../../../chaincode/domain/operations/reconciliation/lane-memory';
import {
  ENTRY_TYPES,
  type Lane,
  type SettlementEntry,
} from '../../../chaincode/domain/operations/reconciliation/types';
import type { Json } from '../../../chaincode/domain/json';
import { as } from '../../../chaincode/domain/trade-types';
import { openingAct, runAct } from './break-story';
import {
  agreeOrder,
  bill,
  deliver,
  instruct,
  openDay,
  refundAct,
  reportAct,
  returnAct,
  Story,
  type Chapter,
} from './story';
import type { Act } from './world';

export const BUYER = 'BuyerBankMSP';
export const SELLER = 'SellerBankMSP';

/** Lanes of the pair: who sends in each, and who owes what stands there. */
const LANES: readonly (readonly [name: string, sender: string, debtor: string])[] = [
  ['lane', BUYER, BUYER],
  ['back', SELLER, SELLER],
  ['asked', SELLER, BUYER],
];

/** Terms of the story's order; its invoice is due on 10 December. */
export const LATE_INTEREST = { rateBasisPoints: 800, dayCount: 'ACT/360' };
const ADJUSTMENT = { type: 'adjust', reason: 'five too many', amountMinor: '5', debtor: SELLER, evidence: [] };

/** A story of two banks with lanes both ways, and everything that may happen to one payment between them. */
export class DueStory extends Story {
  static from({ world, ids }: Chapter): DueStory {
    return Object.assign(new DueStory(), { world: world.clone(), ids });
  }

  get payment(): string {
    return this.ids['payment']!;
  }

  chapter(): Chapter {
    return { title: 'now', world: this.world, ids: this.ids };
  }

  /** What every source leaves owing. */
  dues(): readonly Due[] {
    return this.sources().flatMap((id) => {
      const { document } = this.world.supplied(id);
      return duesOf({ document, groups: this.world.groups(id) });
    });
  }

  sources(): readonly string[] {
    return [this.payment, this.ids['break']!];
  }

  post(
    { kind, number, source = this.payment }: { kind: string; number: number; source?: string },
    lane: string,
    member: string,
  ): Act {
    const agreement = this.ids[`${lane}Agreement`]!;
    const lanes = ['first', ...LANES.map(([name]) => name)].map((name) => this.ids[name]!);
    const input = { lane: this.ids[lane]!, source, kind, number };
    return { as: member, operation: 'postDue', input, records: [...lanes, agreement, source] };
  }

  /** The first lane that carries a due, and its sender. */
  #wayOf(due: Due): readonly [lane: string, sender: string] {
    const [lane, sender] = LANES.find(([name]) => carries(as<Lane>(this.world.groups(this.ids[name]!)), due))!;
    return [lane, sender];
  }

  posting(due: Due): Act {
    return this.post({ kind: due.entry.type, number: due.number, source: due.source }, ...this.#wayOf(due));
  }

  /** Posts a due unless a lane has it. */
  async postAnyhow(due: Due): Promise<void> {
    const isPosted = LANES.some(([name]) => remembers(as<Lane>(this.world.groups(this.ids[name]!)), due));
    if (!isPosted) await this.world.run(this.posting(due));
  }

  async postSome(choice: number): Promise<void> {
    const dues = this.dues();
    const due = dues[choice % Math.max(1, dues.length)];
    if (due !== undefined) await this.postAnyhow(due);
  }

  codeOfPosting(due: Due): Promise<string> {
    return this.#codeOf(this.posting(due));
  }

  async #codeOf(act: Act): Promise<string> {
    try {
      await this.world.judge(act);
      return 'allowed';
    } catch (error) {
      if (error instanceof Rejection) return error.code;
      throw error;
    }
  }

  /** Entries of every segment, with who owes them. */
  entries(): readonly { readonly entry: SettlementEntry; readonly salt: string; readonly debtor: string }[] {
    return this.world
      .privateKeys(BUYER)
      .filter((key) => /^a\/.*\/entries$/.test(key))
      .flatMap((key) => {
        const id = key.split('/')[1]!;
        const lane = String(this.world.groups(id)['header']!['lane']);
        const { debtor } = as<Lane>(this.world.groups(lane)).lane;
        const entries = this.world.attachment(id, 'entries') as unknown as { entry: SettlementEntry; salt: string }[];
        return entries.map((one) => ({ ...one, debtor }));
      });
  }

  /** Who owes in each lane, and how much has been posted there. */
  lanes(): readonly { readonly debtor: string; readonly amountMinor: string }[] {
    return LANES.flatMap(([name]) => {
      const { debtor, days } = as<Lane>(this.world.groups(this.ids[name]!)).lane;
      return Object.values(days).map(({ amountMinor }) => ({ debtor, amountMinor }));
    });
  }

  #breakAct(operation: string, as: string, change: object = {}): Act {
    const id = this.ids['break']!;
    return { as, operation, input: { break: id, ...change }, records: [id] };
  }

  /** Number of things `happen` knows. */
  static readonly HAPPENINGS = 10;

  /** One thing that may happen, if the contract lets it. */
  async happen(happening: number): Promise<void> {
    const charges = [
      { amountMinor: '150', currency: 'USD', bearer: 'DEBT', member: SELLER, agent: null },
      { amountMinor: '70', currency: 'USD', bearer: 'CRED', member: BUYER, agent: null },
    ];
    const acts = [
      reportAct(this, 'paid'),
      reportAct(this, 'paid', { charges }),
      returnAct(this),
      reportAct(this, 'rejected'),
      this.#breakAct('proposeResolution', SELLER, ADJUSTMENT),
      this.#breakAct('agreeResolution', BUYER),
      this.#breakAct('escalateBreak', BUYER),
      reportAct(this, 'paid', { valueDate: '2027-01-09' }),
      refundAct(this, { valueDate: '2027-01-10' }),
      refundAct(this, { valueDate: '2027-01-10', amountMinor: '100000' }),
    ];
    const act = acts[happening]!;
    if ((await this.#codeOf(act)) === 'allowed') await this.world.run(act);
  }
}

type Fields = { readonly [name: string]: Json };

/** Copies of one story, each with a payment instructed or made; asked for where tests are described. */
export function dueTales(): { story(): DueStory; paid(report?: Fields): Promise<DueStory> } {
  let instructed: Chapter;
  before(async () => {
    instructed = (await dueStory()).chapters.at(-1)!;
  });
  const story = (): DueStory => DueStory.from(instructed);
  return {
    story,
    async paid(report = {}) {
      const made = story();
      await made.world.run(reportAct(made, 'paid', report));
      return made;
    },
  };
}

/** Up to a payment instructed, with lanes both ways that take these kinds. */
export async function dueStory(
  types: readonly string[] = ENTRY_TYPES,
  terms: { readonly [name: string]: Json } = { lateInterest: LATE_INTEREST },
): Promise<DueStory> {
  const story = new DueStory();
  await openDay(story);
  story.ids = { ...story.ids, first: story.ids['lane']! };
  await openLanes(story, types);
  await story.act('matched', runAct(story), ['run']);
  await story.act('break opened', openingAct(story), ['break']);
  await agreeOrder(story, terms);
  await deliver(story);
  await bill(story);
  await instruct(story);
  return story;
}

/** Lanes both ways, beside the one every story has. */
async function openLanes(story: DueStory, types: readonly string[]): Promise<void> {
  for (const [name, sender, debtor] of LANES) {
    const receiver = sender === BUYER ? SELLER : BUYER;
    const input = {
      receiver,
      debtor,
      currency: 'USD',
      types: [...types],
      entryLimitMinor: '10000000',
      dayLimitMinor: '100000000',
      businessDay: story.ids['businessDay']!,
    };
    const agreement = `${name}Agreement`;
    await story.act(`${name} offered`, { as: sender, operation: 'proposeAgreement', input }, [agreement]);
    const id = story.ids[agreement]!;
    const agree = { as: receiver, operation: 'agreeAgreement', input: { agreement: id }, records: [id] };
    await story.act(`${name} agreed`, agree, [null, name]);
  }
}
