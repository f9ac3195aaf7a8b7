import { expect } from 'chai';
import { DuePostings } from '../../../../gateway/closing/due-postings';
import { ledgerError, LedgerError } from '../../../../gateway/ports/ledger-port';
import type { IndexedRecord, ListRequest, Page, RecordIndex } from '../../../../gateway/ports/record-index';
import type { OperationCall, Operations } from '../../../../gateway/services/operations';
import { BUYER, DueStory, dueStory, SELLER } from '../../../support/chaincode/due-story';
import { reportAct, returnAct, type Chapter } from '../../../support/chaincode/story';

const CHARGE = { amountMinor: '150', currency: 'USD', bearer: 'DEBT', member: SELLER, agent: null };

/** A member's index and operations, on a story's ledger under the contract's own rules. */
class Member {
  /** Before the next submission, once. */
  meanwhile: (() => Promise<void>) | undefined;
  readonly calls: OperationCall[] = [];
  readonly postings: DuePostings;

  constructor(
    private readonly story: DueStory,
    private readonly member: string,
  ) {
    const operations = { submit: (call: OperationCall) => this.#submit(call) } as unknown as Operations;
    this.postings = new DuePostings({ member, index: this.#index(), operations });
  }

  async run(): Promise<string[]> {
    const posted = await this.postings.run();
    return posted.map(({ kind, number, outcome, code }) => [kind, number, outcome, code ?? ''].join(' ').trim());
  }

  async #submit(call: OperationCall): Promise<void> {
    this.calls.push(call);
    const work = this.meanwhile;
    this.meanwhile = undefined;
    await work?.();
    const { operation, recordIds } = call;
    const input = typeof call.input === 'function' ? (await call.input()).input : call.input;
    await this.story.world.run({ as: this.member, operation, input, records: recordIds });
  }

  #index(): RecordIndex {
    const { world } = this.story;
    const record = (id: string): Promise<IndexedRecord> => {
      const { document } = world.supplied(id);
      const { type, status, participants } = document;
      return Promise.resolve({ id, type, status, participants, document, groups: world.groups(id) } as IndexedRecord);
    };
    const index = {
      record,
      records: (ids: readonly string[]) => Promise.all(ids.map(record)),
      businessDay: (id: string) => Promise.resolve(world.publicValue(`d/${id}`)),
      // One record a page, so that every page is asked for.
      list: async ({ type, status, cursor }: ListRequest): Promise<Page<IndexedRecord>> => {
        const ids = world.privateKeys(this.member).filter((key) => key.startsWith('r/'));
        const all = await Promise.all(ids.map((key) => record(key.slice(2))));
        const found = all.filter((one) => one.type === type && one.status === status);
        const at = cursor?.updatedTx ?? 0;
        const next = at + 1 < found.length ? { next: { updatedBlock: '0', updatedTx: at + 1, id: '' } } : {};
        return { items: found.slice(at, at + 1), ...next };
      },
    };
    return index as unknown as RecordIndex;
  }
}

describe('posting what arises', () => {
  let instructed: Chapter;
  before(async () => {
    instructed = (await dueStory()).chapters.at(-1)!;
  });

  const paid = async (): Promise<DueStory> => {
    const story = DueStory.from(instructed);
    await story.world.run(reportAct(story, 'paid', { charges: [CHARGE] }));
    return story;
  };

  it('walks every source and kind, posts each once, and leaves to the other member what is in its lanes', async () => {
    const story = await paid();
    await story.world.run(returnAct(story));
    for (const happening of [4, 5]) await story.happen(happening);
    const [buyer, seller] = [new Member(story, BUYER), new Member(story, SELLER)];
    expect(story.dues().map(({ entry }) => entry.type)).to.include('adjustment');
    expect(await buyer.run()).to.deep.equal(['principal 1 posted', 'fee 1 posted']);
    expect(await buyer.run()).to.deep.equal([]);
    expect((await seller.run()).sort()).to.deep.equal(['adjustment 1 posted', 'reversal 1 posted']);
    expect(await seller.run()).to.deep.equal([]);
    expect(story.entries()).to.have.length(4);
  });

  it('both members may have a lane for it: whoever comes second has lost', async () => {
    const story = await paid();
    const [buyer, seller] = [new Member(story, BUYER), new Member(story, SELLER)];
    buyer.meanwhile = async () => {
      expect(await seller.run()).to.deep.equal(['principal 1 posted', 'fee 1 posted']);
    };
    expect(await buyer.run()).to.deep.equal(['principal 1 lost DUE_POSTED_ALREADY', 'fee 1 lost DUE_POSTED_ALREADY']);
    expect(story.entries()).to.have.length(2);
  });

  it('a refusal is told once a date, and keeps nothing else from being posted', async () => {
    const story = await paid();
    const buyer = new Member(story, BUYER);
    buyer.meanwhile = () => Promise.reject(new LedgerError('rejected', 'DAY_LIMIT_EXCEEDED', ''));
    expect(await buyer.run()).to.deep.equal(['principal 1 failed DAY_LIMIT_EXCEEDED', 'fee 1 posted']);
    expect(await buyer.run()).to.deep.equal([]);
    const next = { businessDay: story.ids['businessDay']!, members: [BUYER, SELLER], date: '2026-11-11' };
    await story.world.run({ as: BUYER, operation: 'proposeDate', input: next });
    await story.world.run({ as: SELLER, operation: 'advanceDate', input: next });
    expect(await buyer.run()).to.deep.equal(['principal 1 posted']);
  });

  it('an agreement that ends meanwhile leaves its dues to another lane', async () => {
    const story = await paid();
    const end = { agreement: story.ids['agreement']! };
    const buyer = new Member(story, BUYER);
    buyer.meanwhile = async () => {
      await story.world.run({ as: SELLER, operation: 'endAgreement', input: end, records: [end.agreement] });
    };
    const refused = ['principal 1 failed AGREEMENT_NOT_IN_FORCE', 'fee 1 failed AGREEMENT_NOT_IN_FORCE'];
    expect(await buyer.run()).to.deep.equal(refused);
    expect(await buyer.run()).to.deep.equal(['principal 1 posted', 'fee 1 posted']);
  });

  it('a conflict is tried again with the next look', async () => {
    const story = await paid();
    const buyer = new Member(story, BUYER);
    buyer.meanwhile = () => Promise.reject(new LedgerError('conflict', 'MVCC_READ_CONFLICT', ''));
    expect(await buyer.run()).to.deep.equal(['principal 1 lost MVCC_READ_CONFLICT', 'fee 1 posted']);
    expect(await buyer.run()).to.deep.equal(['principal 1 posted']);
  });

  it('a ledger out of reach ends the look', async () => {
    const story = await paid();
    const buyer = new Member(story, BUYER);
    buyer.meanwhile = () => Promise.reject(ledgerError('unavailable', 'PEER_UNAVAILABLE'));
    expect(await buyer.run().catch((error: { code?: string }) => error.code)).to.equal('PEER_UNAVAILABLE');
    expect(buyer.calls).to.have.length(1);
    expect(await buyer.run()).to.deep.equal(['principal 1 posted', 'fee 1 posted']);
  });

  it('asks for nothing where the member has no lane', async () => {
    const story = await paid();
    expect(await new Member(story, 'PlatformMSP').run()).to.deep.equal([]);
  });
});
