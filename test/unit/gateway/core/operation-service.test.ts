import { expect } from 'chai';
import type { Json } from '../../../../chaincode/domain/json';
import type { LedgerError } from '../../../../gateway/ports/ledger-port';
import { aMember, type FakeMember } from '../../../support/gateway/fake-member';
import { failureOf } from '../../../support/gateway/failure-of';
import { FakeNetwork } from '../../../support/gateway/fake-network';
import { removeTemporary } from '../../../support/gateway/temporary-database';
import { TEST_OPERATIONS } from '../../../support/gateway/test-operations';

const BOTH = ['OneMSP', 'TwoMSP'];

describe('operation service', () => {
  let network: FakeNetwork;
  let one: FakeMember;
  let two: FakeMember;
  beforeEach(async () => {
    network = new FakeNetwork(TEST_OPERATIONS);
    one = await aMember(network, 'OneMSP', TEST_OPERATIONS);
    two = await aMember(network, 'TwoMSP', TEST_OPERATIONS);
  });
  afterEach(async () => {
    await Promise.all([one, two].map(({ indexer }) => indexer.stop()));
    removeTemporary();
  });

  const draft = async (input: Record<string, Json> = {}) =>
    (
      await one.operations.submit({
        operation: 'draft',
        input: { participants: BOTH, price: '100', ...input },
        recordIds: [],
      })
    ).records[0]!;
  const change = (member: FakeMember, id: string, status: string) =>
    member.operations.submit({ operation: 'change', input: { id, status, price: '101' }, recordIds: [id] });

  it('answers when the own index shows what was written', async () => {
    const record = await draft();
    const { blockNumber, written, records } = await change(one, record.id, 'proposed');
    expect(blockNumber).to.equal(2n);
    expect(written).to.deep.equal([{ id: record.id, version: 2, commitment: records[0]!.commitment }]);
    expect(records[0]).to.deep.include({ status: 'proposed', version: 2 });
  });

  it("shows the private request to the participants' peers and to no other", async () => {
    const { id } = await draft({ participants: BOTH, heads: BOTH });
    await change(one, id, 'proposed');
    expect([...network.shown.keys()].sort()).to.deep.equal(BOTH);
    await one.operations.submit({ operation: 'notice', input: { order: id, giver: 'OneMSP' }, recordIds: [] });
    expect(network.shown.get('NeutralMSP')).to.have.length(1);
    expect(network.shown.get('NeutralMSP')![0]).to.not.contain('price');
  });

  it('draws a new seed for every request', async () => {
    await draft();
    await draft();
    const seeds = network.shown.get('OneMSP')!.map((request) => (JSON.parse(request) as { seed: string }).seed);
    expect(new Set(seeds)).to.have.length(2);
    expect(seeds.every((seed) => /^[0-9a-f]{64}$/.test(seed))).to.equal(true);
  });

  it('supplies only the groups it is told to', async () => {
    const { id } = await draft();
    await one.operations.submit({
      operation: 'invoice',
      input: { participants: BOTH, order: id },
      recordIds: [id],
      groupsOf: { [id]: ['signatures'] },
    });
    const [supplied] = (JSON.parse(network.shown.get('TwoMSP')!.at(-1)!) as { records: { groups: object }[] }).records;
    expect(Object.keys(supplied!.groups)).to.deep.equal(['signatures']);
  });

  it('tries again on fresh bodies when another member was faster', async () => {
    const { id } = await draft();
    await two.index.waitForRecord(id, 1);
    network.beforeSubmit = async () => {
      await change(two, id, 'theirs');
    };
    const { written } = await change(one, id, 'ours');
    expect(written[0]).to.deep.include({ id, version: 3 });
    expect((await one.index.versions(id)).map(({ status }) => status)).to.deep.equal(['drafted', 'theirs', 'ours']);
  });

  describe('with an input that is made', () => {
    const made = (id: string, between: () => Promise<unknown>) => {
      const versions: number[] = [];
      const input = async () => {
        const version = (await one.index.record(id))!.version;
        versions.push(version);
        await between();
        return { input: { id, status: 'made', price: String(version) }, madeFrom: { [id]: version } };
      };
      return { versions, submit: () => one.operations.submit({ operation: 'change', input, recordIds: [id] }) };
    };

    it('makes it again when the record moved on meanwhile, and sends what was made of the version it stands on', async () => {
      const { id } = await draft();
      const two = await aMember(network, 'TwoMSP', TEST_OPERATIONS);
      let changes = 2;
      const { versions, submit } = made(id, async () => {
        if (changes-- <= 0) return;
        const { blockNumber } = await change(two, id, `s${changes}`);
        await one.index.waitForHeight(blockNumber);
      });
      const { records } = await submit();
      await two.indexer.stop();
      expect(versions).to.deep.equal([1, 2, 3]);
      expect(records[0]!.groups['terms']).to.deep.equal({ price: '3' });
    });

    it('makes it again for every attempt', async () => {
      const { id } = await draft();
      network.faults.push('MVCC_READ_CONFLICT');
      const { versions, submit } = made(id, async () => undefined);
      await submit();
      expect(versions).to.deep.equal([1, 1]);
    });

    it('gives up when the record never stands still', async () => {
      const { id } = await draft();
      const two = await aMember(network, 'TwoMSP', TEST_OPERATIONS);
      const { versions, submit } = made(id, async () => {
        const { blockNumber } = await change(two, id, 'other');
        await one.index.waitForHeight(blockNumber);
      });
      expect(await failureOf(submit())).to.deep.include({ code: 'RECORD_STALE' });
      await two.indexer.stop();
      expect(versions.length).to.be.greaterThan(4);
    });

    it('ends with what making it throws', async () => {
      const { id } = await draft();
      const { submit } = made(id, () => Promise.reject(new Error('no more')));
      expect(await failureOf(submit())).to.deep.include({ message: 'no more' });
    });
  });

  it('lets changes of one record follow each other, each sent once', async () => {
    const { id } = await draft();
    const tries = network.shown.get('TwoMSP')!.length;
    const changes = await Promise.all(Array.from({ length: 20 }, (_, at) => change(one, id, `s${at}`)));
    expect(changes.map(({ written }) => written[0]!.version)).to.deep.equal(
      Array.from({ length: 20 }, (_, at) => at + 2),
    );
    expect(network.shown.get('TwoMSP')!.length - tries).to.equal(20);
  });

  it('tries again after conflicts, with a new transaction each time', async () => {
    const { id } = await draft();
    network.faults.push('MVCC_READ_CONFLICT', 'RECORD_STALE', 'MVCC_READ_CONFLICT');
    const { written } = await change(one, id, 'proposed');
    expect(written[0]).to.deep.include({ id, version: 2 });
  });

  it('gives up after five conflicts', async () => {
    const { id } = await draft();
    network.faults.push(...Array<'MVCC_READ_CONFLICT'>(9).fill('MVCC_READ_CONFLICT'));
    expect(await failureOf<LedgerError>(change(one, id, 'proposed'))).to.deep.include({ outcome: 'conflict' });
    expect(network.faults).to.have.length(4);
  });

  for (const fault of ['unknown', 'unavailable'] as const) {
    it(`does not try again when the outcome is ${fault}`, async () => {
      const { id } = await draft();
      network.faults.push(fault);
      expect(await failureOf<LedgerError>(change(one, id, 'proposed'))).to.deep.include({ outcome: fault });
      expect((await one.index.record(id))?.version).to.equal(1);
    });
  }

  it('gives the refusal of the state it finds after the conflict', async () => {
    const { id } = await draft();
    await two.index.waitForRecord(id, 1);
    network.beforeSubmit = async () => {
      await change(two, id, 'closed');
    };
    expect(await failureOf(change(one, id, 'ours'))).to.deep.include({ code: 'STATUS_FORBIDS' });
  });

  it('does not send signatures over one version for another', async () => {
    const { id } = await draft();
    await two.index.waitForRecord(id, 1);
    network.beforeSubmit = async () => {
      await change(two, id, 'theirs');
    };
    const signatures = [{ address: `0x${'a'.repeat(40)}`, signature: '0xaa', nonce: '1', deadline: 20260101 }];
    const sent = one.operations.submit({
      operation: 'change',
      input: { id, status: 'ours' },
      recordIds: [id],
      signatures,
    });
    expect(await failureOf(sent)).to.deep.include({ code: 'RECORD_STALE' });
    expect((await one.index.record(id))?.status).to.equal('theirs');
  });

  it('refuses before anything is sent what the rules refuse', async () => {
    const { id } = await draft();
    await change(one, id, 'closed');
    const blocks = network.blocks.length;
    expect(await failureOf(change(one, id, 'open'))).to.deep.include({ name: 'Rejection', code: 'STATUS_FORBIDS' });
    expect(await failureOf(change(one, 'a'.repeat(32), 'open'))).to.deep.include({ code: 'RECORD_NOT_FOUND' });
    expect(await failureOf(one.operations.submit({ operation: 'nothing', input: {}, recordIds: [] }))).to.deep.include({
      code: 'OPERATION_UNKNOWN',
    });
    expect(network.blocks).to.have.length(blocks);
  });

  it("sees another member's change before it acts on it", async () => {
    const { id } = await draft();
    await change(one, id, 'proposed');
    const { written } = await change(two, id, 'confirmed');
    expect(written[0]).to.deep.include({ version: 3 });
    const { blockNumber } = await change(one, id, 'fulfilling');
    await two.operations.submit({
      operation: 'change',
      input: { id, status: 'completed' },
      recordIds: [id],
      afterBlock: blockNumber,
    });
    expect(await two.index.record(id)).to.deep.include({ status: 'completed', version: 5 });
  });
});
