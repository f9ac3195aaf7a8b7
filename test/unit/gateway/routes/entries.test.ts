import { expect } from 'chai';
import { Readable } from 'node:stream';
import type { Json } from '../../../../chaincode/domain/json';
import { Rejection } from '../../../../chaincode/domain/errors';
import { parseEntry } from '../../../../chaincode/domain/operations/reconciliation/entries';
import type { Call } from '../../../../gateway/http/route';
import { ledgerError } from '../../../../gateway/ports/ledger-port';
import { entryContent } from '../../../../gateway/index/entry-rows';
import type { PostedEntry } from '../../../../gateway/ports/posted-entries';
import { LanePostings } from '../../../../gateway/services/lane-postings';
import type { OperationCall } from '../../../../gateway/services/operations';
import type { RouteDeps } from '../../../../gateway/routes/dependencies';
import { entriesRoute } from '../../../../gateway/routes/entries';
import type { BulkAnswer } from '../../../../gateway/routes/views/answers';
import type { TransactionView } from '../../../../gateway/services/transactions';
import { bulkFile } from '../../../../scripts/demo/steps-reconciliation';
import { failureOf } from '../../../support/gateway/failure-of';

const LANE = 'a'.repeat(32),
  AGREEMENT = 'b'.repeat(32);
/** Twelve segments of a thousand are one transaction, so this file is two. */
const TWO_BATCHES = bulkFile(12_001);

interface Scene {
  /** What the next submissions do, in order: commit or throw. */
  readonly submissions: ('commit' | Error)[];
  /** What the outbox knows, by reference. */
  readonly sent?: Readonly<Record<string, readonly TransactionView[]>>;
  /** How many of the file's first lines stand in the lane, by the transaction `e…`. */
  readonly posted?: number;
}

function rowOf(line: string): [string, PostedEntry] {
  const entry = parseEntry(JSON.parse(line) as Json, '');
  const content = entryContent(LANE, entry);
  const { endToEndId } = entry;
  return [
    endToEndId,
    { endToEndId, content, segment: 'd'.repeat(32), transactionId: 'e'.repeat(64), blockNumber: '3' },
  ];
}

function post({ submissions, sent = {}, posted: count = 0 }: Scene): {
  answer: Promise<BulkAnswer>;
  references: string[];
} {
  const references: string[] = [];
  const posted = new Map(TWO_BATCHES.split('\n').slice(0, count).map(rowOf));
  const records: Record<string, object> = {
    [LANE]: { id: LANE, type: 'lane', groups: { lane: { agreement: AGREEMENT, businessDay: 'd' } } },
    [AGREEMENT]: {
      id: AGREEMENT,
      type: 'standingAgreement',
      groups: { agreement: { currency: 'USD', types: ['principal', 'fee'], entryLimitMinor: '100000000' } },
    },
  };
  const deps = {
    index: {
      record: (id: string) => records[id],
      businessDay: () => ({ date: '2026-11-10' }),
      waitForHeight: async () => undefined,
    },
    posted: {
      byId: async (_lane: string, ids: readonly string[]) =>
        new Map(ids.flatMap((id) => (posted.has(id) ? [[id, posted.get(id)]] : []))),
      byContent: async () => new Map(),
    },
    transactions: { byReference: (reference: string) => sent[reference] ?? [] },
    operations: {
      submit: async ({ reference = '', input }: OperationCall) => {
        if (typeof input === 'function') await input();
        references.push(reference);
        const next = submissions.shift();
        if (next instanceof Error) throw next;
        return { transactionId: 'f'.repeat(64), blockNumber: 7n, written: [], records: [] };
      },
    },
  } as unknown as RouteDeps;
  const routes = { ...deps, postings: new LanePostings(deps) };
  const upload = { size: TWO_BATCHES.length, open: () => Readable.from([Buffer.from(TWO_BATCHES)]) };
  const call = { params: { id: LANE }, query: {}, mediaType: 'application/x-ndjson', upload, reference: 'k' };
  const answer = Promise.resolve(entriesRoute(routes).handle(call as unknown as Call)).then(
    ({ json }) => json as BulkAnswer,
  );
  return { answer, references };
}

const states = ({ segments }: BulkAnswer): string[] => [
  ...new Set(segments.map(({ state, code = '' }) => `${state} ${code}`)),
];
const unknown = ledgerError('unknown', 'OUTCOME_UNKNOWN', {}, 'e'.repeat(64));
const view = (outcome: TransactionView['outcome']): TransactionView => ({
  transactionId: 'e'.repeat(64),
  outcome,
  code: null,
  blockNumber: outcome === 'committed' ? '3' : null,
});

describe('the batches of a bulk file', () => {
  it('all commit: complete, each under a reference of its own', async () => {
    const { answer, references } = post({ submissions: ['commit', 'commit'] });
    expect(await answer).to.deep.include({ complete: true, accepted: 12_001 });
    expect(references).to.deep.equal(['k:0', 'k:12000']);
  });

  for (const [at, submissions] of [
    ['first', [unknown]],
    ['second', ['commit', unknown]],
  ] as const) {
    it(`the ${at} has an outcome nobody knows: told as such, never as failed`, async () => {
      const { answer } = post({ submissions: [...submissions] });
      expect(await failureOf(answer)).to.deep.include({ outcome: 'unknown', code: 'OUTCOME_UNKNOWN' });
    });
  }

  it('one sent before that is not final yet is not sent again', async () => {
    const { answer, references } = post({ submissions: [], sent: { 'k:0': [view('unknown')] } });
    expect(await failureOf(answer)).to.deep.include({ outcome: 'unknown', transactionId: 'e'.repeat(64) });
    expect(references).to.deep.equal([]);
  });

  it('one committed before is told, not sent again; the next one goes out', async () => {
    const { answer, references } = post({
      submissions: ['commit'],
      sent: { 'k:0': [view('conflict'), view('committed')] },
      posted: 12_000,
    });
    expect(await answer).to.deep.include({ complete: true, accepted: 12_001, duplicates: 0 });
    expect(references).to.deep.equal(['k:12000']);
  });

  it('what another file has posted is told as posted there, and not sent', async () => {
    const { answer, references } = post({ submissions: ['commit'], posted: 12_000 });
    expect(await answer).to.deep.include({ complete: true, accepted: 1, duplicates: 12_000 });
    expect((await answer).duplicateLines).to.have.length(1_000);
    expect(references).to.deep.equal(['k:12000']);
  });

  it("a refusal of the first one sent is the file's own, whatever others have posted", async () => {
    const { answer } = post({ submissions: [new Rejection('DATE_NOT_OPEN')], posted: 12_000 });
    expect(await failureOf(answer)).to.deep.include({ code: 'DATE_NOT_OPEN' });
  });

  it("a refusal of the first is the file's own: nothing was posted", async () => {
    const { answer } = post({ submissions: [new Rejection('DATE_NOT_OPEN')] });
    expect(await failureOf(answer)).to.deep.include({ code: 'DATE_NOT_OPEN' });
  });

  it('a refusal of a later one tells what stands and what does not', async () => {
    const { answer } = post({ submissions: ['commit', ledgerError('unavailable', 'PEER_UNAVAILABLE')] });
    expect(states(await answer)).to.deep.equal(['posted ', 'failed PEER_UNAVAILABLE']);
  });

  it('a fault is a fault, not a refused batch', async () => {
    const { answer } = post({ submissions: ['commit', Object.assign(new Error('disk'), { code: 'ENOSPC' })] });
    expect(await failureOf(answer)).to.deep.include({ code: 'ENOSPC' });
  });
});
