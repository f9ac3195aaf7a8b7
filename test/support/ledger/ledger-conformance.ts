import { expect } from 'chai';
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { openClient, type LedgerClientName } from '../../../gateway/adapters/open-client';
import { sqliteStore } from '../../../gateway/database/sqlite-store';
import { Outbox, type OutboxOptions } from '../../../gateway/outbox/outbox';
import type { LedgerError } from '../../../gateway/ports/ledger-port';
import {
  type BlockWithPrivateData,
  type ChaincodeName,
  type LedgerPort,
  type SubmitRequest,
} from '../../../gateway/ports/ledger-port';
import { until } from '../../../network/fabric/commands';
import type { Database } from '../../../network/storage/database';
import { openDatabase } from '../../../network/storage/open-database';
import { CuttableProxy } from '../e2e/cuttable-proxy';
import { failureOf } from '../gateway/failure-of';
import type { Member, ProbeNetwork } from './probe-network';

/** The port names our own contracts; the suite runs on the probe. */
const PROBE = 'probe' as ChaincodeName;
const MEGABYTE = 1 << 20;

/** A network of the probe contract, whichever ledger it is. */
export interface ConformanceNetwork {
  readonly probe: ProbeNetwork;
  /** SIGKILLs a member's peer. */
  kill(mspId: Member): Promise<void>;
  /** Starts it again. */
  revive(mspId: Member): Promise<void>;
}

/** A client of one member with its own outbox. */
class Client {
  #database!: Database;
  ledger!: LedgerPort;
  outbox!: Outbox;

  constructor(private readonly probe: ProbeNetwork) {}

  async open(name: LedgerClientName, mspId: Member, options: OutboxOptions = {}, port?: number): Promise<this> {
    const { sender, newLedger } = await openClient(name, this.probe.connectionOptions(mspId, 'User', port));
    this.#database = openDatabase(join(this.probe.folder, `${randomBytes(6).toString('hex')}.db`));
    this.outbox = await Outbox.open(sqliteStore(this.#database), sender, { statusTimeoutMs: 3_000, ...options });
    this.ledger = newLedger(this.outbox);
    return this;
  }

  async close(): Promise<void> {
    await this.ledger.close();
    this.#database.close();
  }
}

/** What every client library must do on every ledger; `newKey` keeps runs on one network apart. */
export function itConformsToTheLedgerPort(name: LedgerClientName, network: () => ConformanceNetwork): void {
  const open: Client[] = [];
  let alpha: LedgerPort;
  const newClient = async (mspId: Member = 'AlphaMSP', options?: OutboxOptions, port?: number): Promise<Client> => {
    const client = await new Client(network().probe).open(name, mspId, options, port);
    open.push(client);
    return client;
  };
  const newKey = (): string => randomBytes(6).toString('hex');
  const request = (fn: string, ...args: string[]): SubmitRequest => ({ chaincode: PROBE, fn: `Probe:${fn}`, args });
  const evaluated = async (ledger: LedgerPort, fn: string, ...args: string[]): Promise<string> =>
    Buffer.from(await ledger.evaluate(request(fn, ...args))).toString();

  before(async () => {
    alpha = (await newClient()).ledger;
  });
  after(async () => {
    for (const client of open) await client.close();
  });

  it('submits, tells the block, and evaluates what was written', async () => {
    const key = newKey();
    const committed = await alpha.submit(request('put', key, 'one'));
    expect(committed.transactionId).to.match(/^[0-9a-f]{64}$/);
    expect(Buffer.from(committed.result).toString()).to.equal('one');
    expect(committed.blockNumber < (await alpha.height())).to.equal(true);
    expect(await evaluated(alpha, 'get', key)).to.equal('one');
  });

  it('reads blocks by number, and names one that is not there', async () => {
    expect((await alpha.block(0n)).length).to.be.greaterThan(1_000);
    expect(await failureOf<LedgerError>(alpha.block(1_000_000n))).to.include({
      outcome: 'rejected',
      code: 'BLOCK_NOT_FOUND',
    });
  });

  it('endorses without ordering', async () => {
    const before = await alpha.height();
    const key = newKey();
    const { envelope, transactionId } = await alpha.endorseOnly(request('put', key, 'never'));
    expect([envelope.length > 500, transactionId.length]).to.deep.equal([true, 64]);
    expect(await evaluated(alpha, 'get', key)).to.equal('');
    expect(await alpha.height()).to.equal(before);
  });

  it('hands private data to the named members alone, and delivers them with the block to those that hold them', async () => {
    const key = newKey();
    const { blockNumber } = await alpha.submit({
      ...request('putPrivate', 'pair', key),
      transient: { value: Buffer.from('secret') },
      endorsers: ['AlphaMSP', 'BetaMSP'],
    });
    expect(await evaluated(alpha, 'getPrivate', 'pair', key)).to.equal('secret');
    const [block] = await take(alpha, blockNumber, 1);
    const writes = [...block!.privateWrites.values()].flat();
    expect(writes.map(({ value }) => Buffer.from(value ?? '').toString())).to.deep.equal(['secret']);
    const gamma = (await newClient('GammaMSP')).ledger;
    const [seen] = await take(gamma, blockNumber, 1);
    expect([...seen!.privateWrites.values()].flat()).to.deep.equal([]);
  });

  it("tells a contract's refusal by its own code, and a fault of a contract without its words", async () => {
    const words = JSON.stringify({ code: 'RECORD_STALE', details: { field: 'version' } });
    expect(await failureOf<LedgerError>(alpha.submit(request('refuse', words)))).to.deep.include({
      outcome: 'rejected',
      code: 'RECORD_STALE',
      details: { field: 'version' },
    });
    expect(await failureOf<LedgerError>(alpha.evaluate(request('refuse', words)))).to.include({ code: 'RECORD_STALE' });
    const fault = await failureOf<LedgerError>(alpha.submit(request('refuse', 'PRIVATE-7f')));
    expect(fault).to.include({ outcome: 'rejected', code: 'ENDORSEMENT_FAILED' });
    expect(`${fault.message}${JSON.stringify(fault.details)}`).to.not.include('PRIVATE-7f');
  });

  it('tells a conflict as such; endorsed again, it commits', async () => {
    const key = newKey();
    await alpha.submit(request('put', key, 'x'));
    const outcomes = await Promise.allSettled(
      Array.from({ length: 8 }, async () => alpha.submit(request('copy', key, key))),
    );
    const refused = outcomes.flatMap((one) => (one.status === 'rejected' ? [one.reason as LedgerError] : []));
    for (const error of refused) expect(error).to.include({ outcome: 'conflict', code: 'MVCC_READ_CONFLICT' });
    const committed = outcomes.length - refused.length;
    expect(committed).to.be.at.least(1);
    expect(await evaluated(alpha, 'get', key)).to.equal(`x${'+'.repeat(committed)}`);
    await alpha.submit(request('copy', key, key));
    expect(await evaluated(alpha, 'get', key)).to.equal(`x${'+'.repeat(committed + 1)}`);
  });

  it('tells endorsers that disagree', async () => {
    expect(await failureOf<LedgerError>(alpha.submit(request('disagree', newKey())))).to.include({
      outcome: 'conflict',
      code: 'ENDORSEMENTS_DIFFER',
    });
  });

  it('goes on from any block after the stream broke', async () => {
    const { probe } = network();
    const proxy = new CuttableProxy(probe.definition.members[0]!.port);
    const { ledger } = await newClient('AlphaMSP', {}, await proxy.start());
    const seen: bigint[] = [];
    for (const value of ['a', 'b', 'c']) await alpha.submit(request('put', newKey(), value));
    const first = ledger.blocks(0n, new AbortController().signal)[Symbol.asyncIterator]();
    for (let count = 0; count < 3; count++) seen.push(((await first.next()).value as BlockWithPrivateData).number);
    proxy.cut();
    const broken = await failureOf<LedgerError>(drain(first, seen));
    expect(broken).to.include({ outcome: 'unavailable', code: 'PEER_UNAVAILABLE' });
    await alpha.submit(request('put', newKey(), 'meanwhile'));
    const height = await alpha.height();
    proxy.mend();
    const rest = await until('the peer answers again', () =>
      take(ledger, BigInt(seen.length), Number(height) - seen.length).catch(() => undefined),
    );
    seen.push(...rest.map(({ number }) => number));
    expect(seen).to.deep.equal(Array.from({ length: Number(height) }, (_, number) => BigInt(number)));
    proxy.stop();
  });

  it('tells an outcome it has not seen as unknown, and learns it later', async () => {
    const { ledger, outbox } = await newClient('AlphaMSP', { answerTimeoutMs: 1 });
    const key = newKey();
    const error = await failureOf<LedgerError>(ledger.submit({ ...request('put', key, 'late'), reference: key }));
    expect(error).to.include({ outcome: 'unknown', code: 'OUTCOME_UNKNOWN' });
    await until('the outbox learns it', () =>
      outbox.byReference(key).then(([entry]) => (entry?.status === 'committed' ? true : undefined)),
    );
    expect((await outbox.byReference(key))[0]?.transactionId).to.equal(error.transactionId);
    expect(await evaluated(alpha, 'get', key)).to.equal('late');
  });

  it('carries messages above 4 MiB', async () => {
    const key = newKey();
    expect((await evaluated(alpha, 'put', key, 'v'.repeat(5 * MEGABYTE))).length).to.equal(5 * MEGABYTE);
    // Stands in the envelope three times, as argument, write and answer; an orderer takes 10 MiB.
    const value = 'v'.repeat(3 * MEGABYTE);
    const { blockNumber } = await alpha.submit(request('put', key, value));
    expect((await evaluated(alpha, 'get', key)).length).to.equal(value.length);
    expect((await alpha.block(blockNumber)).length).to.be.greaterThan(9 * MEGABYTE);
    expect((await take(alpha, blockNumber, 1))[0]?.bytes.length).to.be.greaterThan(9 * MEGABYTE);
  });

  it('tells a peer that is busy as such: nothing was sent', async () => {
    const attempts = await Promise.allSettled(
      Array.from({ length: 120 }, async () => alpha.evaluate(request('get', 'any'))),
    );
    const refused = attempts.flatMap((one) => (one.status === 'rejected' ? [one.reason as LedgerError] : []));
    expect(refused.length, 'more was asked than the peer takes at once').to.be.greaterThan(0);
    for (const error of refused) expect(error).to.include({ outcome: 'unavailable', code: 'PEER_BUSY' });
  });

  it('says that its peer is down while it is, and works again when it is back', async () => {
    const { kill, revive } = network();
    await kill('AlphaMSP');
    // The own peer's endorsement is asked for: a client that plans by Discovery would do without it.
    const endorsers = ['AlphaMSP', 'BetaMSP'];
    const lost = { ...request('put', newKey(), 'lost'), endorsers };
    expect(await failureOf<LedgerError>(alpha.submit(lost))).to.include({
      outcome: 'unavailable',
      code: 'PEER_UNAVAILABLE',
    });
    await revive('AlphaMSP');
    const key = newKey();
    await until('the peer endorses again', () => alpha.submit(request('put', key, 'back')).catch(() => undefined));
    expect(await evaluated(alpha, 'get', key)).to.equal('back');
  });
}

async function take(ledger: LedgerPort, from: bigint, count: number): Promise<BlockWithPrivateData[]> {
  const stop = new AbortController();
  const blocks: BlockWithPrivateData[] = [];
  for await (const block of ledger.blocks(from, stop.signal)) {
    blocks.push(block);
    if (blocks.length === count) stop.abort();
  }
  return blocks;
}

async function drain(blocks: AsyncIterator<BlockWithPrivateData>, seen: bigint[]): Promise<void> {
  for (let step = await blocks.next(); step.done !== true; step = await blocks.next()) seen.push(step.value.number);
}
