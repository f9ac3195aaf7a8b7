import { expect } from 'chai';
import fc from 'fast-check';
import { peer } from '@hyperledger/fabric-protos';
import { canonicalBytes } from '../../../../chaincode/domain/canonical-json';
import type { Json } from '../../../../chaincode/domain/json';
import { implicitCollection } from '../../../../gateway/index/counting';
import { SqlRecordIndex } from '../../../../gateway/index/sql-record-index';
import { METADATA, newBlock, setMetadata } from '../../../../network/protocol/block';
import { aBlock, delivered, hashOf, type BuiltTransaction } from '../../../support/gateway/block-builder';
import { failureOf } from '../../../support/gateway/failure-of';
import { eachDatabase } from '../../../support/postgres/each-database';
import { aMember, type FakeMember } from '../../../support/gateway/fake-member';
import { FakeNetwork } from '../../../support/gateway/fake-network';
import { removeTemporary } from '../../../support/gateway/temporary-database';
import { DAY_ID, TEST_OPERATIONS } from '../../../support/gateway/test-operations';

const BOTH = ['OneMSP', 'TwoMSP'];

eachDatabase('record index', (open) => {
  /** An index that is handed the network's blocks one by one. */
  const indexOf = async (network: FakeNetwork, mspId: string): Promise<SqlRecordIndex> => {
    const index = await SqlRecordIndex.open(await open(), mspId);
    for (const { block, transactions } of network.blocks) await index.apply(delivered(block, transactions, mspId));
    return index;
  };

  let network: FakeNetwork;
  let one: FakeMember;
  beforeEach(async () => {
    network = new FakeNetwork(TEST_OPERATIONS);
    one = await aMember(network, 'OneMSP', TEST_OPERATIONS, await open());
  });
  afterEach(async () => {
    await one.indexer.stop();
    removeTemporary();
  });

  const draft = async (input: Record<string, Json> = {}) => {
    const { records } = await one.operations.submit({
      operation: 'draft',
      input: { participants: BOTH, price: '100', ...input },
      recordIds: [],
    });
    return records[0]!;
  };
  const change = (id: string, status: string) =>
    one.operations.submit({ operation: 'change', input: { id, status, price: '101' }, recordIds: [id] });

  it('holds every version of the own records with body, groups and place', async () => {
    const { id } = await draft();
    await change(id, 'proposed');
    const two = await indexOf(network, 'TwoMSP');
    expect(
      (await two.versions(id)).map(({ version, status, groups }) => [version, status, groups['terms']]),
    ).to.deep.equal([
      [1, 'drafted', { price: '100' }],
      [2, 'proposed', { price: '101' }],
    ]);
    expect(await two.record(id)).to.deep.include({
      version: 2,
      creatorMspId: 'OneMSP',
      blockNumber: 2n,
      txNumber: 0,
      orderId: id,
    });
  });

  it("holds nothing of another member's record but its skeleton", async () => {
    const { id } = await draft();
    const three = await indexOf(network, 'ThreeMSP');
    expect(await three.record(id)).to.equal(undefined);
    expect((await three.list({ limit: 10 })).items).to.deep.equal([]);
    expect(await three.timeline(id)).to.deep.equal([]);
    expect(await three.skeleton(id)).to.deep.include({ version: 1, participants: BOTH });
  });

  it("tells an order's story with the records that belong to it, and their attachments", async () => {
    const { id } = await draft();
    const {
      records: [invoice],
    } = await one.operations.submit({
      operation: 'invoice',
      input: { participants: BOTH, order: id },
      recordIds: [],
    });
    await change(id, 'proposed');
    expect(
      (await one.index.timeline(id)).map(({ type, version, status, previousStatus }) => [
        type,
        version,
        status,
        previousStatus,
      ]),
    ).to.deep.equal([
      ['purchaseOrder', 1, 'drafted', null],
      ['invoice', 1, 'drafted', null],
      ['purchaseOrder', 2, 'proposed', 'drafted'],
    ]);
    expect(await one.index.attachment(invoice!.id, 'lines')).to.deep.equal(['first', 'second']);
  });

  it('pages newest first by filters, each record once', async () => {
    const ids: string[] = [];
    for (let i = 0; i < 7; i++) ids.unshift((await draft()).id);
    const seen: string[] = [];
    for (
      let page = await one.index.list({ type: 'purchaseOrder', limit: 3 });
      ;
      page = await one.index.list({ type: 'purchaseOrder', limit: 3, cursor: page.next! })
    ) {
      seen.push(...page.items.map(({ id }) => id));
      if (page.next === undefined) break;
    }
    expect(seen).to.deep.equal(ids);
    expect((await one.index.list({ type: 'invoice', limit: 3 })).items).to.deep.equal([]);
    expect((await one.index.list({ status: 'drafted', orderId: ids[0]!, limit: 3 })).items).to.have.length(1);
    for (const limit of [0, 201, 1.5, Number.NaN])
      expect(await failureOf(one.index.list({ limit }))).to.be.instanceOf(RangeError);
  });

  it('keeps business days, notice heads and disclosures', async () => {
    await one.operations.submit({ operation: 'openDay', input: { members: BOTH }, recordIds: [] });
    const { id } = await draft({ heads: BOTH });
    await one.operations.submit({ operation: 'notice', input: { order: id, giver: 'OneMSP' }, recordIds: [] });
    await one.operations.submit({
      operation: 'disclose',
      recordIds: [],
      input: { caseId: 'c'.repeat(32), record: id, to: 'NeutralMSP', body: { price: '100' } },
    });
    expect((await one.index.businessDay(DAY_ID))?.date).to.equal('2026-03-02');
    expect(await (await indexOf(network, 'ThreeMSP')).businessDays()).to.have.length(1);
    const neutral = await indexOf(network, 'NeutralMSP');
    expect(await neutral.disclosures('c'.repeat(32))).to.have.length(1);
    expect((await neutral.disclosures('c'.repeat(32)))[0]).to.deep.include({
      recordId: id,
      body: { price: '100' },
      creatorMspId: 'OneMSP',
    });
    expect(await one.index.disclosures('c'.repeat(32))).to.deep.equal([]);
    expect((await one.index.noticeHeads(id)).map(({ mspId, count }) => [mspId, count])).to.deep.equal([
      ['OneMSP', 1],
      ['TwoMSP', 0],
    ]);
  });

  describe('what does not count is not there', () => {
    const tamper = async (alter: (transaction: BuiltTransaction) => BuiltTransaction): Promise<SqlRecordIndex> => {
      const { id } = await draft();
      const last = network.blocks.at(-1)!;
      const transactions = last.transactions.map(alter);
      const block = aBlock(1, hashOf(network.blocks[0]!.block), transactions);
      network.blocks[1] = { block, transactions };
      const index = await indexOf(network, 'OneMSP');
      expect(index.height).to.equal(2n);
      expect(await index.record(id)).to.equal(undefined);
      return index;
    };
    const inCollection = (
      transaction: BuiltTransaction,
      name: string,
      value: Uint8Array | null | undefined,
    ): BuiltTransaction => ({
      ...transaction,
      writes: transaction.writes.map((write) => {
        if (!write.key.startsWith('r/')) return write;
        const { [implicitCollection(name)]: _, ...others } = write.collections ?? {};
        return {
          ...write,
          collections: value === undefined ? others : { ...others, [implicitCollection(name)]: value },
        };
      }),
    });

    for (const [name, code] of Object.entries(peer.TxValidationCode).filter(([, code]) => code !== 0)) {
      it(`a transaction found ${name}`, () => tamper((transaction) => ({ ...transaction, code })));
    }
    it("a version that one participant's collection lacks", () => tamper((t) => inCollection(t, 'TwoMSP', undefined)));
    it('a version of which one participant holds another value', () =>
      tamper((t) => inCollection(t, 'TwoMSP', Buffer.from('{}'))));
    it('a version that is deleted from a collection', () => tamper((t) => inCollection(t, 'TwoMSP', null)));
    it('a skeleton that begins at version 2', () =>
      tamper((t) => ({
        ...t,
        writes: t.writes.map((w) =>
          w.key.startsWith('r/')
            ? { ...w, value: canonicalBytes({ ...JSON.parse(Buffer.from(w.value!).toString()), version: 2 }) }
            : w,
        ),
      })));
    it("a skeleton under another record's key", () =>
      tamper((t) => ({
        ...t,
        writes: t.writes.map((w) => (w.key.startsWith('r/') ? { ...w, key: `r/${'f'.repeat(32)}` } : w)),
      })));
    it('a skeleton that is no canonical JSON', () =>
      tamper((t) => ({
        ...t,
        writes: t.writes.map((w) =>
          w.key.startsWith('r/') ? { ...w, value: Buffer.concat([w.value!, Buffer.from(' ')]) } : w,
        ),
      })));
    it('a record in another namespace', () => tamper((t) => ({ ...t, namespace: 'elsewhere' })));
  });

  it('takes no version that does not continue the one before', async () => {
    const { id } = await draft();
    await change(id, 'proposed');
    const second = network.blocks[2]!.transactions;
    network.append(second.map((transaction) => ({ ...transaction, transactionId: 'again' })));
    const index = await indexOf(network, 'OneMSP');
    expect(await index.record(id)).to.deep.include({ version: 2, blockNumber: 2n });
    expect(await index.versions(id)).to.have.length(2);
  });

  it('counts a body the peer does not hold, and shows no half record', async () => {
    const { id } = await draft();
    const index = await SqlRecordIndex.open(await open(), 'OneMSP');
    for (const { block, transactions } of network.blocks)
      await index.apply({ ...delivered(block, transactions, 'OneMSP'), privateWrites: new Map() });
    expect(await index.record(id)).to.equal(undefined);
    expect((await index.state()).missingBodies).to.equal(1);
  });

  it('does not believe the peer when a private value is not the committed one', async () => {
    const { id } = await draft();
    const index = await SqlRecordIndex.open(await open(), 'OneMSP');
    for (const { block, transactions } of network.blocks) {
      const given = delivered(block, transactions, 'OneMSP');
      const altered = [...given.privateWrites].map(
        ([at, writes]) =>
          [
            at,
            writes.map((write) => ({
              ...write,
              value: Buffer.from(Buffer.from(write.value!).toString().replace('100', '999')),
            })),
          ] as const,
      );
      await index.apply({ ...given, privateWrites: new Map(altered) });
    }
    expect(await index.record(id)).to.equal(undefined);
    expect((await index.state()).missingBodies).to.equal(1);
  });

  it("ignores notice heads of nobody's order", async () => {
    const head = { orderId: 'e'.repeat(32), mspId: 'OneMSP', neutral: 'NeutralMSP', count: 0, last: null };
    network.append([
      { transactionId: 't', writes: [{ key: `n/${head.orderId}/OneMSP`, value: canonicalBytes(head) }] },
    ]);
    expect(await (await indexOf(network, 'OneMSP')).noticeHeads(head.orderId)).to.deep.equal([]);
  });

  describe('a block it must not take', () => {
    const refusal = async (alter: (index: SqlRecordIndex) => Promise<void>): Promise<string> => {
      const index = await indexOf(network, 'OneMSP');
      const before = await index.state();
      try {
        await alter(index);
      } catch (error) {
        expect(await index.state()).to.deep.equal(before);
        return (error as { code: string }).code;
      }
      return 'TAKEN';
    };
    const next = () => aBlock(1, hashOf(network.blocks[0]!.block), [{ transactionId: 't', writes: [] }]);
    const given = (block: ReturnType<typeof next>) => delivered(block, [], 'OneMSP');

    it('is one without validation codes', async () => {
      const block = next();
      setMetadata(block, METADATA.validation, new Uint8Array());
      expect(await refusal((index) => index.apply(given(block)))).to.equal('FILTER_MISSING');
    });
    it('is one with too many validation codes', async () => {
      const block = next();
      setMetadata(block, METADATA.validation, new Uint8Array(2));
      expect(await refusal((index) => index.apply(given(block)))).to.equal('FILTER_MISSING');
    });
    it('is one that leaves a gap', async () => {
      expect(await refusal((index) => index.apply(given(aBlock(2, new Uint8Array(), []))))).to.equal('BLOCK_GAP');
    });
    it('is not one it has already: that is passed over, nothing written', async () => {
      expect(await refusal((index) => index.apply(given(network.blocks[0]!.block)))).to.equal('TAKEN');
    });
    it('is another block under the number of one it has', async () => {
      const other = aBlock(0, new Uint8Array(), [{ transactionId: 'other', writes: [] }]);
      expect(await refusal((index) => index.apply(given(other)))).to.equal('CHAIN_BROKEN');
    });
    it('is one of another chain', async () => {
      expect(await refusal((index) => index.apply(given(aBlock(1, Buffer.alloc(32), []))))).to.equal('CHAIN_BROKEN');
    });
    it('is one whose envelopes are not those of its header', async () => {
      const block = next();
      block.getData()!.setDataList([Buffer.from('other')]);
      expect(await refusal((index) => index.apply(given(block)))).to.equal('BLOCK_MALFORMED');
    });
    it('is one with a valid transaction that cannot be read', async () => {
      const unreadable = newBlock(1n, hashOf(network.blocks[0]!.block), [Buffer.from([0xff, 0xff])]);
      setMetadata(unreadable, METADATA.validation, Uint8Array.of(0));
      expect(await refusal((index) => index.apply(given(unreadable)))).to.equal('BLOCK_MALFORMED');
      setMetadata(unreadable, METADATA.validation, Uint8Array.of(peer.TxValidationCode.BAD_PAYLOAD));
      expect(await refusal((index) => index.apply(given(unreadable)))).to.equal('TAKEN');
    });
    it('is any bytes that are no block', async () => {
      const index = await indexOf(network, 'OneMSP');
      await fc.assert(
        fc.asyncProperty(fc.uint8Array({ maxLength: 200 }), async (bytes) => {
          try {
            await index.apply({ number: 1n, bytes, privateWrites: new Map() });
          } catch (error) {
            return (error as Error).name === 'IndexError' && index.height === 1n;
          }
          return false;
        }),
      );
    });
  });
});
