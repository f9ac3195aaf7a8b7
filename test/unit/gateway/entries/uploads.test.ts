import { expect } from 'chai';
import { createHash, randomUUID } from 'node:crypto';
import type { Processes } from '../../../../gateway/database/processes';
import type { Store } from '../../../../gateway/database/store';
import {
  UPLOAD_LIMITS,
  type Declaration,
  type EntryOutcomeLine,
  type StoredUpload,
} from '../../../../gateway/entries/uploads/upload';
import { UploadRunner } from '../../../../gateway/entries/uploads/upload-runner';
import { UploadService } from '../../../../gateway/entries/uploads/upload-service';
import { UploadStore } from '../../../../gateway/entries/uploads/upload-store';
import type { HttpProblem } from '../../../../gateway/http/problem';
import { POSTING_BATCH } from '../../../../gateway/services/lane-postings';
import { keyedMutex } from '../../../../gateway/services/record-locks';
import { ndjson, PostingNetwork, type EntryLine } from '../../../support/entries/posting-network';
import { failureOf } from '../../../support/gateway/failure-of';
import { removeTemporary } from '../../../support/gateway/temporary-database';
import { eachDatabase } from '../../../support/postgres/each-database';

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');
const lines = (count: number, from = 0): EntryLine[] =>
  Array.from({ length: count }, (_, at) => ({ endToEndId: `E${from + at}`, amountMinor: String(from + at + 1) }));

/** A process of the member: its service and its runner. */
interface Process {
  readonly id: string;
  readonly service: UploadService;
  readonly runner: UploadRunner;
}

eachDatabase('uploads', (open) => {
  let net: PostingNetwork;
  let store: Store;
  let alive: string[];
  let now: number;
  let running: Process[];
  let errors: unknown[];
  let keys = 0;
  beforeEach(async () => {
    net = await PostingNetwork.open(await open());
    store = await open();
    [alive, now, running, errors] = [[], Date.now(), [], []];
  });
  afterEach(async () => {
    for (const { runner } of running) await runner.stop();
    await net.stop();
    removeTemporary();
  });

  const aProcess = async ({ isStarted = true } = {}): Promise<Process> => {
    const id = randomUUID();
    alive.push(id);
    const processes: Processes = { id, isAlive: async (other) => alive.includes(other), alive: async () => alive };
    const uploads = await UploadStore.open(store, processes);
    const runner = new UploadRunner({
      store: uploads,
      deps: net.process(),
      lookMs: 20,
      firstPauseMs: 1,
      maxPauseMs: 2,
      onError: (error) => errors.push(error),
    });
    const service = new UploadService({ store: uploads, runner, locks: keyedMutex(), now: () => now });
    if (isStarted) runner.start();
    const process = { id, service, runner };
    running.push(process);
    return process;
  };
  const declare = (
    { service }: Process,
    bytes: Uint8Array,
    { key = `k${keys++}`, ...change }: Partial<Declaration> & { readonly key?: string } = {},
  ): Promise<StoredUpload> => {
    const declaration = { size: bytes.byteLength, sha256: sha256(bytes), mediaType: 'application/x-ndjson' };
    const whole = { partial: false, control: {}, ...declaration, ...change };
    return service.declare(net.lane, whole, { userId: 'user', reference: key });
  };
  const finished = async ({ service }: Process, id: string): Promise<StoredUpload> => {
    for (;;) {
      const upload = await service.upload(net.lane, id);
      if (upload.state === 'done' || upload.state === 'refused') return upload;
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  };
  const sendAll = async (process: Process, bytes: Uint8Array, change = {}, parts = 3): Promise<StoredUpload> => {
    const { id } = await declare(process, bytes, change);
    const step = Math.ceil(bytes.byteLength / parts);
    for (let at = 0; at < bytes.byteLength; at += step) {
      await process.service.append(net.lane, id, at, bytes.subarray(at, at + step));
    }
    return finished(process, id);
  };
  const outcomes = async ({ service }: Process, id: string, only?: string): Promise<EntryOutcomeLine[]> => {
    const chunks: Uint8Array[] = [];
    for await (const chunk of await service.outcomes(net.lane, id, { format: 'ndjson', only })) chunks.push(chunk);
    const text = Buffer.concat(chunks).toString('utf8').trimEnd();
    return text === '' ? [] : text.split('\n').map((line) => JSON.parse(line) as EntryOutcomeLine);
  };
  const codeOf = async (work: Promise<unknown>): Promise<string> => {
    const { code, details } = (await failureOf(work)) as HttpProblem;
    return `${code} ${details['offset'] ?? ''}`.trim();
  };

  it('are posted once their last part is there, with an outcome for every line', async () => {
    const process = await aProcess();
    const upload = await sendAll(process, Buffer.from(ndjson([...lines(5), { endToEndId: 'twin', amountMinor: '1' }])));
    expect(upload).to.deep.include({ state: 'done', lines: 6, settled: 6 });
    const answer = upload.result?.kind === 'answer' ? upload.result.answer : undefined;
    expect(answer).to.deep.include({ complete: true, accepted: 6, possibleDuplicates: 1 });
    const told = await outcomes(process, upload.id);
    expect(told.map(({ line, endToEndId }) => [line, endToEndId])).to.deep.equal(
      [...lines(5).map(({ endToEndId }) => endToEndId), 'twin'].map((id, at) => [at + 1, id]),
    );
    expect(new Set(told.map(({ transactionId, segment }) => `${transactionId} ${segment}`)).size).to.equal(1);
    expect(told[5]).to.deep.include({ outcome: 'posted', code: null, possibleDuplicate: 'E0' });
    expect(await net.standing()).to.have.length(6);
  });

  it('tell lines of each kind, and the wanted kind alone', async () => {
    const process = await aProcess();
    await sendAll(process, Buffer.from(ndjson(lines(3))));
    const bad = [
      { endToEndId: 'E1', amountMinor: '77' },
      { endToEndId: 'new' },
      { endToEndId: 'E0', amountMinor: '1' },
    ];
    const mixed = Buffer.from(`${ndjson(bad)}no json\n`);
    const { id, state } = await sendAll(process, mixed, { partial: true });
    const told = (await outcomes(process, id)).map(({ outcome, code }) => `${outcome} ${code ?? ''}`);
    expect(told).to.deep.equal(['refused SEGMENT_ENTRY_CONFLICT', 'posted ', 'duplicate ', 'refused JSON_INVALID']);
    expect(state).to.equal('done');
    expect((await outcomes(process, id, 'refused')).map(({ line }) => line)).to.deep.equal([1, 4]);
    const refused = await sendAll(process, mixed);
    const all = (await outcomes(process, refused.id)).map(({ outcome }) => outcome);
    expect([refused.state, ...all]).to.deep.equal(['refused', 'refused', 'notTried', 'notTried', 'refused']);
    const problem = refused.result?.kind === 'problem' ? refused.result.problem : undefined;
    expect([problem?.code, problem?.errors.length]).to.deep.equal(['BULK_LINES_INVALID', 2]);
  });

  it('take a part where they stand and nowhere else', async () => {
    const process = await aProcess();
    const bytes = Buffer.from(ndjson(lines(2)));
    const { id } = await declare(process, bytes);
    const append = (at: number, part: Uint8Array) => process.service.append(net.lane, id, at, part);
    expect(await codeOf(append(1, bytes))).to.equal('UPLOAD_OFFSET_DIFFERS 0');
    expect((await append(0, bytes.subarray(0, 10))).offset).to.equal(10);
    expect(await codeOf(append(0, bytes.subarray(0, 10)))).to.equal('UPLOAD_OFFSET_DIFFERS 10');
    expect(await codeOf(append(bytes.length + 5, bytes))).to.equal('UPLOAD_OFFSET_DIFFERS 10');
    expect(await codeOf(append(10, bytes))).to.equal('UPLOAD_BEYOND_SIZE');
    expect(await codeOf(append(10, new Uint8Array()))).to.equal('BODY_MISSING');
    expect((await process.service.upload(net.lane, id)).offset).to.equal(10);
    const both = await Promise.allSettled([append(10, bytes.subarray(10, 20)), append(10, bytes.subarray(10, 20))]);
    expect(both.map(({ status }) => status).sort()).to.deep.equal(['fulfilled', 'rejected']);
    await append(20, bytes.subarray(20));
    expect((await finished(process, id)).state).to.equal('done');
    expect(await codeOf(append(bytes.length, bytes))).to.equal(`UPLOAD_OFFSET_DIFFERS ${bytes.length}`);
  });

  it('of another lane, or of nobody, are not there', async () => {
    const process = await aProcess();
    const { id } = await declare(process, Buffer.from(ndjson(lines(1))));
    const elsewhere = net.lanes[1] as string;
    const { service } = process;
    for (const work of [
      () => service.upload(elsewhere, id),
      () => service.append(elsewhere, id, 0, Buffer.from('x')),
      () => service.outcomes(elsewhere, id, { format: 'csv' }),
      () => service.remove(elsewhere, id),
      () => service.upload(net.lane, '0'.repeat(32)),
    ])
      expect(await codeOf(work())).to.equal('UPLOAD_NOT_FOUND');
    expect(await service.list(elsewhere)).to.deep.equal([]);
    expect((await service.list(net.lane)).map((one) => one.id)).to.deep.equal([id]);
  });

  it('declared twice under one key are one', async () => {
    const process = await aProcess();
    const bytes = Buffer.from(ndjson(lines(1)));
    const both = await Promise.all([declare(process, bytes, { key: 'one' }), declare(process, bytes, { key: 'one' })]);
    expect(both[0].id).to.equal(both[1].id);
    expect((await declare(process, bytes)).id).to.not.equal(both[0].id);
  });

  it('of other bytes than declared are refused, and nothing is posted', async () => {
    const process = await aProcess();
    const upload = await sendAll(process, Buffer.from(ndjson(lines(1))), { sha256: '0'.repeat(64) });
    expect(upload.result).to.deep.include({ kind: 'problem' });
    expect(JSON.stringify(upload.result)).to.contain('UPLOAD_DIGEST_DIFFERS');
    expect(await net.standing()).to.deep.equal([]);
  });

  it('that do not add up to the totals stated are refused, and nothing is posted', async () => {
    const process = await aProcess();
    const bytes = Buffer.from(ndjson(lines(3)));
    for (const control of [{ entries: 2 }, { amountMinor: '7' }, { entries: 3, amountMinor: '5' }]) {
      const { result } = await sendAll(process, bytes, { control });
      const problem = result?.kind === 'problem' ? result.problem : undefined;
      const details = { field: control.entries === 2 ? 'entries' : 'amountMinor', entries: '3', amountMinor: '6' };
      expect(problem).to.deep.include({ code: 'CONTROL_TOTALS_DIFFER', details });
    }
    expect(await net.standing()).to.deep.equal([]);
    const { state } = await sendAll(process, bytes, { control: { entries: 3, amountMinor: '6' } });
    expect(state).to.equal('done');
  });

  it('are bounded in number and in bytes, and forgotten once abandoned or old', async () => {
    const process = await aProcess();
    const bytes = Buffer.from(ndjson(lines(1)));
    const half = UPLOAD_LIMITS.fileBytes;
    const [first] = await Promise.all(Array.from({ length: 4 }, () => declare(process, bytes, { size: half })));
    expect(await codeOf(declare(process, bytes))).to.equal('UPLOAD_LIMIT');
    await process.service.remove(net.lane, first!.id);
    const left = UPLOAD_LIMITS.unfinished - 3;
    await Promise.all(Array.from({ length: left }, () => declare(process, bytes)));
    expect(await codeOf(declare(process, bytes))).to.equal('UPLOAD_LIMIT');
    expect(await codeOf(declare(process, bytes, { size: half + 1 }))).to.equal('BODY_TOO_LARGE');
    now += UPLOAD_LIMITS.abandonedMs + 1;
    await sendAll(process, bytes);
    expect((await process.service.list(net.lane)).map(({ state }) => state)).to.deep.equal(['done']);
    now += UPLOAD_LIMITS.finishedMs + 60_000;
    await declare(process, bytes);
    expect((await process.service.list(net.lane)).map(({ state }) => state)).to.deep.equal(['receiving']);
    for (const table of ['upload_parts', 'upload_outcomes'] as const) {
      expect(await store.db.selectFrom(table).selectAll().execute(), table).to.deep.equal([]);
    }
  });

  it('go on where a process that stopped or died has left them, each line posted once', async function () {
    this.timeout(60_000);
    const bytes = Buffer.from(ndjson(lines(POSTING_BATCH + 10)));
    const first = await aProcess();
    const { id } = await declare(first, bytes);
    const half = 1_000_000;
    await first.service.append(net.lane, id, 0, bytes.subarray(0, half));
    let [commits, isDead] = [0, false];
    const { submit } = net.network;
    net.network.submit = async (...args) => {
      // It stops once its first batch is on the ledger, and dies before anybody hears of it.
      if (++commits === 2 && !isDead) {
        isDead = true;
        alive = alive.filter((other) => other !== first.id);
        void first.runner.stop();
      }
      return submit.apply(net.network, args);
    };
    await first.service.append(net.lane, id, half, bytes.subarray(half));
    while (!isDead) await new Promise((resolve) => setTimeout(resolve, 5));
    const second = await aProcess();
    const upload = await finished(second, id);
    expect(upload).to.deep.include({ state: 'done', settled: POSTING_BATCH + 10 });
    const answer = upload.result?.kind === 'answer' ? upload.result.answer : undefined;
    expect(answer).to.deep.include({ complete: true, accepted: POSTING_BATCH + 10, duplicates: 0 });
    const standing = await net.standing();
    expect(standing).to.have.length(POSTING_BATCH + 10);
    expect(new Set(standing).size).to.equal(standing.length);
    expect(await outcomes(second, id)).to.have.length(standing.length);
  });

  it('wait while the ledger is away, say so, and go on', async () => {
    net.network.faults.push('unavailable', 'unavailable', 'unavailable');
    const process = await aProcess();
    expect((await sendAll(process, Buffer.from(ndjson(lines(3))))).state).to.equal('done');
    expect(errors.map((error) => (error as { code: string }).code)).to.deep.equal(Array(3).fill('PEER_UNAVAILABLE'));
    expect(await net.standing()).to.have.length(3);
  });

  it('that fail for no known reason are given up, so that the next one has its turn', async () => {
    const process = await aProcess({ isStarted: false });
    const submit = net.network.submit.bind(net.network);
    net.network.submit = async (mspId, request) => {
      if (request.reference?.startsWith('upload/') === true && request.reference.includes(doomed))
        throw new Error('bug');
      return submit(mspId, request);
    };
    const bytes = [Buffer.from(ndjson(lines(1))), Buffer.from(ndjson(lines(1, 10)))] as const;
    const [{ id: doomed }, { id: next }] = [await declare(process, bytes[0]), await declare(process, bytes[1])];
    await process.service.append(net.lane, doomed, 0, bytes[0]);
    await process.service.append(net.lane, next, 0, bytes[1]);
    process.runner.start();
    expect(JSON.stringify((await finished(process, doomed)).result)).to.contain('WRITE_FAULT');
    expect((await finished(process, next)).state).to.equal('done');
  });
});
