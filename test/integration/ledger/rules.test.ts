import { expect } from 'chai';
import type { Contract, SubmittedTransaction } from '@hyperledger/fabric-gateway';
import { peer } from '@hyperledger/fabric-protos';
import { ProbeNetwork, type Member } from '../../support/ledger/probe-network';

const codeName = (code: number): string =>
  Object.entries(peer.TxValidationCode).find(([, value]) => (value as number) === code)![0];

interface Call {
  readonly fn: string;
  readonly args: readonly string[];
  readonly endorsers?: readonly Member[];
  readonly value?: string;
}

describe('rules of the embedded ledger', function () {
  this.timeout(60_000);
  const probe = new ProbeNetwork();
  let contract: Contract;

  before(async () => {
    await probe.prepare({ idleCutsAtOnce: false, timeoutMs: 300, maxMessageCount: 50 });
    await probe.start();
    contract = probe.network('AlphaMSP').getContract('probe');
  });
  after(() => probe.discard());

  const send = ({ fn, args, endorsers, value }: Call): Promise<SubmittedTransaction> =>
    contract.submitAsync(`Probe:${fn}`, {
      arguments: [...args],
      ...(endorsers === undefined ? {} : { endorsingOrganizations: [...endorsers] }),
      ...(value === undefined ? {} : { transientData: { value: Buffer.from(value) } }),
    });
  /** Endorses all calls on the same state, orders them in this order into one block, and tells their codes. */
  async function inOneBlock(calls: readonly Call[]): Promise<string[]> {
    const endorsed = [];
    for (const { fn, args, endorsers, value } of calls) {
      const proposal = contract.newProposal(`Probe:${fn}`, {
        arguments: [...args],
        ...(endorsers === undefined ? {} : { endorsingOrganizations: [...endorsers] }),
        ...(value === undefined ? {} : { transientData: { value: Buffer.from(value) } }),
      });
      endorsed.push(await proposal.endorse());
    }
    const commits = [];
    for (const transaction of endorsed) commits.push(await transaction.submit());
    const statuses = await Promise.all(commits.map((commit) => commit.getStatus()));
    expect(new Set(statuses.map(({ blockNumber }) => blockNumber)).size, 'all in one block').to.equal(1);
    return statuses.map(({ code }) => codeName(code));
  }
  const codeOf = async (call: Call): Promise<string> => codeName((await (await send(call)).getStatus()).code);
  const read = async (fn: string, ...args: string[]): Promise<string> =>
    Buffer.from(await contract.evaluateTransaction(`Probe:${fn}`, ...args)).toString();

  /** Transactions endorsed on one state and ordered in one block, and what becomes of each. */
  const BLOCKS: readonly (readonly [
    what: string,
    before: readonly Call[],
    calls: readonly Call[],
    codes: readonly string[],
  ])[] = [
    [
      'two blind writes of one key',
      [],
      [
        { fn: 'put', args: ['b1', 'x'] },
        { fn: 'put', args: ['b1', 'y'] },
      ],
      ['VALID', 'VALID'],
    ],
    [
      'a read after a write',
      [{ fn: 'put', args: ['b2', '1'] }],
      [
        { fn: 'put', args: ['b2', '2'] },
        { fn: 'copy', args: ['b2', 'b2x'] },
      ],
      ['VALID', 'MVCC_READ_CONFLICT'],
    ],
    [
      'a read before a write',
      [{ fn: 'put', args: ['b3', '1'] }],
      [
        { fn: 'copy', args: ['b3', 'b3x'] },
        { fn: 'put', args: ['b3', '2'] },
      ],
      ['VALID', 'VALID'],
    ],
    [
      'two reads and writes of one key',
      [{ fn: 'put', args: ['b4', '1'] }],
      [
        { fn: 'copy', args: ['b4', 'b4'] },
        { fn: 'copy', args: ['b4', 'b4'] },
      ],
      ['VALID', 'MVCC_READ_CONFLICT'],
    ],
    [
      'a read of a key that appears',
      [],
      [
        { fn: 'put', args: ['b5', '1'] },
        { fn: 'copy', args: ['b5', 'b5x'] },
      ],
      ['VALID', 'MVCC_READ_CONFLICT'],
    ],
    [
      'a read of a key that goes',
      [{ fn: 'put', args: ['b6', '1'] }],
      [
        { fn: 'remove', args: ['b6'] },
        { fn: 'copy', args: ['b6', 'b6x'] },
      ],
      ['VALID', 'MVCC_READ_CONFLICT'],
    ],
    [
      'a range that grows',
      [{ fn: 'put', args: ['c1', '1'] }],
      [
        { fn: 'put', args: ['c2', '1'] },
        { fn: 'count', args: ['c0', 'c9', 'n'] },
      ],
      ['VALID', 'PHANTOM_READ_CONFLICT'],
    ],
    [
      'a range that shrinks',
      [{ fn: 'put', args: ['d1', '1'] }],
      [
        { fn: 'remove', args: ['d1'] },
        { fn: 'count', args: ['d0', 'd9', 'n'] },
      ],
      ['VALID', 'PHANTOM_READ_CONFLICT'],
    ],
    [
      'a range beside the write',
      [{ fn: 'put', args: ['e1', '1'] }],
      [
        { fn: 'put', args: ['f1', '1'] },
        { fn: 'count', args: ['e0', 'e9', 'n'] },
      ],
      ['VALID', 'VALID'],
    ],
    [
      'what an invalid transaction wrote does not count',
      [{ fn: 'put', args: ['g1', '1'] }],
      [
        { fn: 'put', args: ['g1', '2'] },
        { fn: 'copy', args: ['g1', 'g2'] },
        { fn: 'copy', args: ['g2', 'g3'] },
      ],
      ['VALID', 'MVCC_READ_CONFLICT', 'VALID'],
    ],
  ];
  for (const [what, before, calls, codes] of BLOCKS) {
    it(`${what}: ${codes.join(', ')}`, async () => {
      for (const call of before) expect(await codeOf(call)).to.equal('VALID');
      expect(await inOneBlock(calls)).to.deep.equal(codes);
    });
  }

  it("asks a guarded key's own members, and only them", async () => {
    expect(await codeOf({ fn: 'put', args: ['guarded', '1'] })).to.equal('VALID');
    expect(await codeOf({ fn: 'guard', args: ['guarded', 'AlphaMSP,BetaMSP,GammaMSP'] })).to.equal('VALID');
    const two = { endorsers: ['AlphaMSP', 'BetaMSP'] as const };
    expect(await codeOf({ fn: 'put', args: ['guarded', '2'], ...two })).to.equal('ENDORSEMENT_POLICY_FAILURE');
    expect(await codeOf({ fn: 'guard', args: ['guarded', 'AlphaMSP'], ...two })).to.equal('ENDORSEMENT_POLICY_FAILURE');
    expect(await codeOf({ fn: 'remove', args: ['guarded'], ...two })).to.equal('ENDORSEMENT_POLICY_FAILURE');
    expect(await codeOf({ fn: 'put', args: ['guarded', '3'] })).to.equal('VALID');
    expect(await read('get', 'guarded')).to.equal('3');
    expect(await codeOf({ fn: 'guard', args: ['guarded', 'AlphaMSP'] })).to.equal('VALID');
    expect(await codeOf({ fn: 'put', args: ['guarded', '4'], endorsers: ['AlphaMSP'] })).to.equal('VALID');
  });

  it('keeps private values at the members of their collection, with their hash everywhere', async () => {
    const pair = ['AlphaMSP', 'BetaMSP'] as const;
    expect(await codeOf({ fn: 'putPrivate', args: ['pair', 'p1'], value: 'hidden', endorsers: pair })).to.equal(
      'VALID',
    );
    expect(await read('getPrivate', 'pair', 'p1')).to.equal('hidden');
    const gamma = probe.network('GammaMSP').getContract('probe');
    expect(Buffer.from(await gamma.evaluateTransaction('Probe:getHash', 'pair', 'p1')).toString()).to.equal(
      await read('getHash', 'pair', 'p1'),
    );
    expect(await codeOf({ fn: 'purge', args: ['pair', 'p1'], endorsers: pair })).to.equal('VALID');
    expect(await read('getPrivate', 'pair', 'p1')).to.equal('');
  });

  it('asks a member for its own implicit collection', async () => {
    const own = { fn: 'putPrivate', args: ['_implicit_org_BetaMSP', 'i1'], value: 'beta' };
    expect(await codeOf({ ...own, endorsers: ['AlphaMSP', 'GammaMSP'] })).to.equal('ENDORSEMENT_POLICY_FAILURE');
    expect(await codeOf({ ...own, endorsers: ['BetaMSP'] })).to.equal('VALID');
    const beta = probe.network('BetaMSP').getContract('probe');
    const held = await beta.evaluate('Probe:getPrivate', {
      arguments: ['_implicit_org_BetaMSP', 'i1'],
      endorsingOrganizations: ['BetaMSP'],
    });
    expect(Buffer.from(held).toString()).to.equal('beta');
  });

  it('forgets private values after their blocks to live', async () => {
    const pair = ['AlphaMSP', 'BetaMSP'] as const;
    expect(await codeOf({ fn: 'putPrivate', args: ['brief', 'q1'], value: 'soon gone', endorsers: pair })).to.equal(
      'VALID',
    );
    for (let block = 0; block < 2; block++) await codeOf({ fn: 'put', args: [`fill${block}`, 'x'] });
    expect(await read('getPrivate', 'brief', 'q1')).to.equal('soon gone');
    await codeOf({ fn: 'put', args: ['fill2', 'x'] });
    expect(await read('getPrivate', 'brief', 'q1')).to.equal('');
    expect(await read('getHash', 'brief', 'q1')).to.equal('');
  });

  it('tells the whole history of a key, newest first', async () => {
    for (const value of ['1', '2']) await codeOf({ fn: 'put', args: ['h', value] });
    await codeOf({ fn: 'remove', args: ['h'] });
    await codeOf({ fn: 'put', args: ['h', '3'] });
    expect(JSON.parse(await read('history', 'h'))).to.deep.equal(['3', 'deleted', '2', '1']);
  });

  it('pages through a range without a gap or a repeat', async () => {
    const calls = Array.from({ length: 7 }, (_, at): Call => ({ fn: 'put', args: [`z${at}`, 'x'] }));
    expect(new Set(await inOneBlock(calls))).to.deep.equal(new Set(['VALID']));
    const found: string[] = [];
    for (let bookmark = '', pages = 0; pages < 10; pages++) {
      const page = JSON.parse(await read('page', 'z0', 'z9', '3', bookmark)) as { keys: string[]; bookmark: string };
      found.push(...page.keys);
      bookmark = page.bookmark;
      if (page.keys.length === 0 || bookmark === '') break;
    }
    expect(found).to.deep.equal(['z0', 'z1', 'z2', 'z3', 'z4', 'z5', 'z6']);
  });

  it('tells the last event of a transaction, from any block on', async () => {
    const commit = await send({ fn: 'emit', args: ['one', 'two'] });
    const { blockNumber } = await commit.getStatus();
    const events = await probe.network('BetaMSP').getChaincodeEvents('probe', { startBlock: blockNumber });
    for await (const event of events) {
      expect([event.eventName, Buffer.from(event.payload).toString(), event.transactionId]).to.deep.equal([
        'second',
        'two',
        commit.getTransactionId(),
      ]);
      break;
    }
    events.close();
  });
});
