import { expect } from 'chai';
import { Wallet } from 'ethers';
import { SigningService } from '../../../../gateway/services/signing-service';
import { soleProcess } from '../../../../gateway/database/processes';
import { SigningStore } from '../../../../gateway/services/signing-store';
import type { SigningRequest } from '../../../../gateway/services/signing-requests';
import type { OutboxEntry } from '../../../../gateway/ports/outbox-port';
import { aMember, type FakeMember } from '../../../support/gateway/fake-member';
import { failureOf } from '../../../support/gateway/failure-of';
import { FakeNetwork } from '../../../support/gateway/fake-network';
import { removeTemporary, temporaryStore } from '../../../support/gateway/temporary-database';
import { TEST_OPERATIONS } from '../../../support/gateway/test-operations';

const BOTH = ['OneMSP', 'TwoMSP'];
const seller = new Wallet(`0x${'11'.repeat(32)}`);
const buyer = new Wallet(`0x${'22'.repeat(32)}`);
const stranger = new Wallet(`0x${'33'.repeat(32)}`);

async function sign(wallet: Wallet, request: SigningRequest, partyId: string) {
  const { typedData } = request.required.find((act) => act.partyId === partyId)!;
  const { EIP712Domain: _, ...types } = typedData.types;
  const signature = await wallet.signTypedData(typedData.domain, types as never, typedData.message);
  return { address: wallet.address, signature };
}

describe('signing service', () => {
  let network: FakeNetwork;
  let one: FakeMember;
  let service: SigningService;
  let id: string;
  const sent: OutboxEntry[] = [];
  const outbox = {
    entry: async () => undefined,
    pendingCount: async () => 0,
    byReference: async (reference: string) => sent.filter((e) => e.reference === reference),
    settled: () => Promise.resolve(),
  };

  beforeEach(async () => {
    sent.splice(0);
    network = new FakeNetwork(TEST_OPERATIONS);
    for (const [wallet, partyId] of [
      [seller, 'seller'],
      [buyer, 'buyer'],
    ] as const) {
      network.bindings.set(wallet.address, {
        address: wallet.address,
        partyId,
        platform: 'OneMSP',
        bank: 'TwoMSP',
        status: 'active',
        validFrom: '2026-01-01',
        validTo: '2027-01-01',
      });
    }
    one = await aMember(network, 'OneMSP', TEST_OPERATIONS);
    service = new SigningService({
      store: await SigningStore.open(temporaryStore()),
      outbox,
      processes: soleProcess(),
      ...one,
    });
    await one.operations.submit({ operation: 'openDay', input: { members: BOTH }, recordIds: [] });
    const drafted = await one.operations.submit({
      operation: 'draft',
      input: { participants: BOTH, price: '100' },
      recordIds: [],
    });
    id = drafted.records[0]!.id;
  });
  afterEach(async () => {
    await one.indexer.stop();
    removeTemporary();
  });

  const request = (parties: string[] = ['seller', 'buyer']) =>
    service.create({ operation: 'sign', input: { id, status: 'confirmed', price: '99', parties }, recordIds: [id] });

  it('shows what will be signed and until when', async () => {
    const created = await request();
    expect(created).to.deep.include({ status: 'open', deadline: 20260309, transactionId: null });
    expect(created.preview).to.deep.equal([
      { recordId: id, type: 'purchaseOrder', status: 'confirmed', groups: { terms: { price: '99' }, signatures: {} } },
    ]);
    expect(created.required.map(({ partyId, signedBy }) => [partyId, signedBy])).to.deep.equal([
      ['seller', null],
      ['buyer', null],
    ]);
    expect(created.required[0]!.typedData.message).to.deep.include({
      channel: 'trade',
      record: id,
      version: 1,
      previous: `0x${(await one.index.record(id))!.commitment}`,
      action: 'confirm',
      deadline: 20260309,
    });
    expect(await service.get(created.id)).to.deep.equal(created);
  });

  it('submits once every party has signed, and the record holds the signatures', async () => {
    const created = await request();
    const first = await service.addSignatures(created.id, [await sign(seller, created, 'seller')]);
    expect(first.result).to.equal(undefined);
    expect(first.request.required.map(({ signedBy }) => signedBy)).to.deep.equal([seller.address, null]);
    const last = await service.addSignatures(created.id, [await sign(buyer, created, 'buyer')]);
    expect(last.request).to.deep.include({ status: 'completed', transactionId: last.result!.transactionId });
    const record = (await one.index.record(id))!;
    expect(record).to.deep.include({ status: 'confirmed', version: 2 });
    expect(Object.keys(record.groups['signatures']!)).to.deep.equal(['confirm:buyer', 'confirm:seller']);
    expect(await failureOf(service.addSignatures(created.id, []))).to.deep.include({ code: 'SIGNING_REQUEST_CLOSED' });
  });

  it('loses no signature when both parties sign at once', async () => {
    const created = await request();
    const signatures = [await sign(seller, created, 'seller'), await sign(buyer, created, 'buyer')];
    const answers = await Promise.all(signatures.map((signature) => service.addSignatures(created.id, [signature])));
    expect(answers.filter(({ result }) => result !== undefined)).to.have.length(1);
    expect((await service.get(created.id))?.status).to.equal('completed');
  });

  it('refuses signatures of another key, over other data, and of keys nobody attested', async () => {
    const created = await request();
    const other = await request();
    const good = await sign(seller, created, 'seller');
    for (const [signature, code] of [
      [{ ...good, address: buyer.address }, 'SIGNATURE_INVALID'],
      [await sign(seller, other, 'seller'), 'SIGNATURE_INVALID'],
      [{ ...good, signature: `${good.signature.slice(0, -2)}00` }, 'SIGNATURE_INVALID'],
      [{ ...good, signature: highS(good.signature) }, 'SIGNATURE_INVALID'],
      [await sign(stranger, created, 'seller'), 'KEY_NOT_BOUND'],
      [await sign(buyer, created, 'seller'), 'KEY_NOT_BOUND'],
    ] as const) {
      expect(await failureOf(service.addSignatures(created.id, [signature]))).to.deep.include({ code });
    }
    expect((await service.get(created.id))!.required.every(({ signedBy }) => signedBy === null)).to.equal(true);
    expect((await one.index.record(id))?.version).to.equal(1);
  });

  it('closes when the record has moved on', async () => {
    const created = await request();
    await one.operations.submit({ operation: 'change', input: { id, status: 'changed' }, recordIds: [id] });
    const signature = await sign(seller, created, 'seller');
    expect(await failureOf(service.addSignatures(created.id, [signature]))).to.deep.include({ code: 'RECORD_STALE' });
    expect((await service.get(created.id))?.status).to.equal('failed');
  });

  it('asks for nothing where no signature is needed, and for what exists only', async () => {
    const create = service.create({ operation: 'change', input: { id, status: 'x' }, recordIds: [id] });
    expect(await failureOf(create)).to.deep.include({ code: 'SIGNATURE_NOT_NEEDED' });
    expect(await failureOf(service.addSignatures('nowhere', []))).to.deep.include({
      code: 'SIGNING_REQUEST_NOT_FOUND',
    });
    expect(await service.get('nowhere')).to.equal(undefined);
  });

  it('stays open when nothing was sent, and goes out with the signatures it has', async () => {
    const created = await request(['seller']);
    network.faults.push('unavailable');
    const signature = await sign(seller, created, 'seller');
    expect(await failureOf(service.addSignatures(created.id, [signature]))).to.deep.include({ outcome: 'unavailable' });
    expect(await service.get(created.id)).to.deep.include({ status: 'open' });
    const { request: done } = await service.addSignatures(created.id, []);
    expect(done.status).to.equal('completed');
  });

  for (const [status, expected] of [
    ['pending', 'submitting'],
    ['committed', 'completed'],
    ['rejected', 'failed'],
    ['conflict', 'open'],
  ] as const) {
    it(`learns from the outbox what an unknown outcome became: ${status}`, async () => {
      const created = await request(['seller']);
      network.faults.push('unknown');
      const signature = await sign(seller, created, 'seller');
      expect(await failureOf(service.addSignatures(created.id, [signature], 'key-1'))).to.deep.include({
        outcome: 'unknown',
      });
      sent.push({
        transactionId: 't',
        status,
        code: null,
        blockNumber: null,
        attempts: 1,
        reference: 'key-1',
        storedAt: '',
        result: Buffer.of(),
      });
      expect((await service.get(created.id))?.status).to.equal(expected);
    });
  }
});

/** The same signature with the other S: valid mathematics, refused form. */
function highS(signature: string): string {
  const n = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n;
  const s = n - BigInt(`0x${signature.slice(66, 130)}`);
  const v = signature.slice(130) === '1b' ? '1c' : '1b';
  return `${signature.slice(0, 66)}${s.toString(16).padStart(64, '0')}${v}`;
}
