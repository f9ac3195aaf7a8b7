import type { Operation } from '../../../chaincode/domain/operation';
import { postSegments } from '../../../chaincode/domain/operations/reconciliation/post-segments';
import type { SaltedEntry } from '../../../chaincode/domain/operations/reconciliation/types';
import type { Store } from '../../../gateway/database/store';
import type { EntriesFileDependencies } from '../../../gateway/entries/post-file';
import { SqlPostedEntries } from '../../../gateway/index/sql-posted-entries';
import { ledgerError, type LedgerPort } from '../../../gateway/ports/ledger-port';
import { LanePostings } from '../../../gateway/services/lane-postings';
import { OperationService } from '../../../gateway/services/operation-service';
import type { TransactionView } from '../../../gateway/services/transactions';
import { aMember, type FakeMember } from '../gateway/fake-member';
import { FakeNetwork } from '../gateway/fake-network';
import { DAY_ID, TEST_OPERATIONS } from '../gateway/test-operations';

const [SENDER, RECEIVER] = ['OneMSP', 'TwoMSP'];
const DATE = '2026-11-10';

/** Opens a date, an agreement and two lanes between two members; what follows is posted by the contract's own rules. */
const openLanes: Operation<unknown> = {
  authority: {
    operation: 'openLanes',
    record: 'lane',
    from: [],
    to: '',
    creator: 'any',
    signature: 'none',
    lateral: 'bilateral',
  },
  parse: () => ({}),
  reads: () => ({}),
  apply: (context) => {
    const sides = { sender: SENDER, receiver: RECEIVER, debtor: SENDER, currency: 'USD', businessDay: DAY_ID };
    const limits = { types: ['principal', 'fee'], entryLimitMinor: '100000000', dayLimitMinor: '999999999999999' };
    const agreement = context.newId(1);
    const lane = { agreement, ...sides, days: {}, closedThrough: null, principals: [] };
    const participants = [SENDER, RECEIVER];
    const members = participants as [string, string];
    const value = { id: DAY_ID, members, date: DATE, proposal: null, lanes: [], version: 1, previous: null };
    const create = { kind: 'create', participants } as const;
    return [
      { kind: 'businessDay', value },
      { ...create, type: 'standingAgreement', status: 'agreed', groups: { agreement: { ...sides, ...limits } } },
      { ...create, type: 'lane', status: 'open', groups: { lane } },
      { ...create, type: 'lane', status: 'open', groups: { lane } },
    ];
  },
};

const OPERATIONS: ReadonlyMap<string, Operation<unknown>> = new Map([
  ...TEST_OPERATIONS,
  ['openLanes', openLanes],
  ['postSegments', postSegments as Operation<unknown>],
]);

/** A network with lanes, and the sender's gateway core over it; further processes share its index and nothing else. */
export class PostingNetwork {
  readonly network = new FakeNetwork(OPERATIONS);
  readonly lanes: string[] = [];
  member!: FakeMember;
  /** The next commit that happens, but whose answer is lost. */
  losesAnswer = false;
  readonly #sent = new Map<string, string[]>();
  #posted!: SqlPostedEntries;

  static async open(store: Store): Promise<PostingNetwork> {
    const one = new PostingNetwork();
    one.member = await aMember(one.network, SENDER!, OPERATIONS, store);
    one.#posted = new SqlPostedEntries(store);
    const { written } = await one.member.operations.submit({ operation: 'openLanes', input: {}, recordIds: [] });
    one.lanes.push(...written.slice(-2).map(({ id }) => id));
    return one;
  }

  get lane(): string {
    return this.lanes[0] as string;
  }

  /** What one process posts files with: no lock keeps it from others. */
  process(): EntriesFileDependencies {
    const { index, previewer } = this.member;
    const operations = new OperationService({ ledger: this.#ledger(), index, previewer, pause: async () => undefined });
    const posted = this.#posted;
    const byReference = (reference: string) => this.#byReference(reference);
    return {
      index,
      posted,
      transactions: { byReference },
      postings: new LanePostings({ index, posted, operations }),
    };
  }

  /** Every end-to-end id that stands in a lane, in the ledger's order. */
  async standing(lane = this.lane): Promise<string[]> {
    const { index } = this.member;
    const ids: string[] = [];
    for (let page = await index.list({ type: 'segment', limit: 200 }); ;) {
      for (const { id, groups } of page.items) {
        if (groups['header']?.['lane'] !== lane) continue;
        const entries = (await index.attachment(id, 'entries')) as unknown as readonly SaltedEntry[];
        ids.unshift(...entries.map(({ entry }) => entry.endToEndId));
      }
      if (page.next === undefined) return ids;
      page = await index.list({ type: 'segment', limit: 200, cursor: page.next });
    }
  }

  stop(): Promise<void> {
    return this.member.indexer.stop();
  }

  #ledger(): Pick<LedgerPort, 'submit' | 'height'> {
    const { ledger } = this.member;
    return {
      height: () => ledger.height(),
      submit: async (request) => {
        const committed = await ledger.submit(request);
        for (const reference of [request.reference ?? '', ...(request.alsoFor ?? [])]) {
          this.#sent.set(reference, [...(this.#sent.get(reference) ?? []), committed.transactionId]);
        }
        if (!this.losesAnswer) return committed;
        this.losesAnswer = false;
        throw ledgerError('unknown', 'OUTCOME_UNKNOWN', {}, committed.transactionId);
      },
    };
  }

  async #byReference(reference: string): Promise<TransactionView[]> {
    const found: TransactionView[] = [];
    for (const transactionId of this.#sent.get(reference) ?? []) {
      await this.member.index.waitForHeight(BigInt(this.network.blocks.length - 1));
      const seen = await this.member.index.transaction(transactionId);
      const blockNumber = String(seen?.blockNumber ?? 0n);
      found.push({ transactionId, outcome: 'committed', code: 'VALID', blockNumber });
    }
    return found;
  }
}

export interface EntryLine {
  readonly endToEndId: string;
  readonly amountMinor?: string;
  readonly orderRef?: string | null;
}

/** NDJSON of entries that differ in nothing but what is given. */
export function ndjson(entries: readonly EntryLine[]): string {
  const rest = { uetr: null, orderRef: null, invoiceRef: null, type: 'principal', currency: 'USD' };
  const moment = { occurredAt: `${DATE}T09:00:00Z`, valueDate: DATE };
  return entries.map((entry) => `${JSON.stringify({ amountMinor: '100', ...rest, ...moment, ...entry })}\n`).join('');
}
