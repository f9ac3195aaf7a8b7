import { randomBytes } from 'node:crypto';
import { Wallet } from 'ethers';
import { canonicalBytes } from '../../../chaincode/domain/canonical-json';
import type { Json } from '../../../chaincode/domain/json';
import type { PartySignature } from '../../../chaincode/domain/typed-data';
import { EvidenceExporter } from '../../../gateway/evidence/evidence-exporter';
import type { OperationResult } from '../../../gateway/services/operations';
import { requiredActs } from '../../../gateway/services/signing-acts';
import { MEMBERS, type Consortium, type MspId } from './consortium';

export const ORDER_DOCUMENT = Buffer.from('<Order>as the buyer sent it</Order>');

/** What the story leaves behind. */
export interface DisputedOrder {
  readonly orderId: string;
  readonly shipmentId: string;
  readonly caseId: string;
  /** Block of an endorsed change of the order that came too late and never counted. */
  readonly staleBlock: number;
  readonly exporter: EvidenceExporter;
}

/** Describes the network and binds a key to each party, attested by platform and bank. */
export async function openRegistry(consortium: Consortium, wallets: Readonly<Record<string, Wallet>>): Promise<void> {
  const platform = consortium.member('PlatformMSP');
  await platform.index.waitForHeight(0n);
  const { genesisHash } = await platform.index.state();
  await platform.registry.setNetwork({
    channel: consortium.channel,
    genesisHash: genesisHash!,
    members: MEMBERS.map(({ mspId, kind }) => ({ mspId, kind, name: mspId, nameZh: mspId })),
    fingerprintKeyHash: '0'.repeat(64),
  });
  for (const [partyId, wallet] of Object.entries(wallets)) {
    const bank = partyId === 'buyer' ? 'BuyerBankMSP' : 'SellerBankMSP';
    const binding = {
      address: wallet.address,
      partyId,
      platform: 'PlatformMSP',
      bank,
      validFrom: '2026-01-01',
      validTo: '2027-12-31',
      nonce: '1',
    };
    const typed = await platform.registry.keyBindingTypedData(binding);
    const signature = await sign(wallet, typed);
    const { blockNumber } = await platform.registry.proposeKeyBinding({ ...binding, signature });
    await consortium.member(bank).index.waitForHeight(blockNumber);
    const attested = await consortium.member(bank).registry.attestKeyBinding(wallet.address);
    await platform.index.waitForHeight(attested.blockNumber);
  }
}

async function sign(wallet: Wallet, typed: { domain: object; types: object; message: object }): Promise<string> {
  const { EIP712Domain: _, ...types } = typed.types as Record<string, { name: string; type: string }[]>;
  return wallet.signTypedData(typed.domain, types, typed.message as Record<string, unknown>);
}

/** Runs an operation as a member, signed by whoever must sign. */
export async function act(
  consortium: Consortium,
  mspId: MspId,
  operation: string,
  input: Json,
  options: { readonly recordIds?: readonly string[]; readonly wallets?: Readonly<Record<string, Wallet>> } = {},
): Promise<OperationResult> {
  const { operations, previewer } = consortium.member(mspId);
  const call = { operation, input, recordIds: options.recordIds ?? [], seed: randomBytes(32).toString('hex') };
  const signatures: PartySignature[] = [];
  if (options.wallets !== undefined) {
    const preview = await previewer.preview(call);
    for (const { partyId, typedData } of requiredActs(preview, 20260731)) {
      const wallet = options.wallets[partyId]!;
      const { nonce, deadline } = typedData.message as unknown as { nonce: string; deadline: number };
      signatures.push({ address: wallet.address, signature: await sign(wallet, typedData), nonce, deadline });
    }
  }
  const result = await operations.submit({ ...call, signatures });
  for (const { mspId: other } of MEMBERS) await consortium.member(other).index.waitForHeight(result.blockNumber);
  return result;
}

/**
 * An order agreed by both parties, despatched, disputed by the buyer's bank and brought before the arbitration body.
 */
export async function playDispute(consortium: Consortium, documentDigest: string): Promise<DisputedOrder> {
  const wallets = { buyer: newWallet(), seller: newWallet() };
  await openRegistry(consortium, wallets);
  const day = await act(consortium, 'BuyerBankMSP', 'openBusinessDay', { with: 'SellerBankMSP', date: '2026-07-01' });
  const { blockNumber } = day;
  await consortium.member('PlatformMSP').index.waitForHeight(blockNumber);
  const businessDay = (await consortium.member('BuyerBankMSP').index.businessDays())[0]!.id;
  const drafted = await act(consortium, 'PlatformMSP', 'draftPurchaseOrder', orderInput(businessDay, documentDigest));
  const orderId = drafted.written[0]!.id;
  const on = { recordIds: [orderId] };
  await act(consortium, 'PlatformMSP', 'proposePurchaseOrder', { order: orderId, by: 'seller' }, { ...on, wallets });
  const stale = await endorseStale(consortium, orderId);
  await act(consortium, 'BuyerBankMSP', 'qualifyBuyer', { order: orderId }, on);
  const staleBlock = await stale();
  await act(consortium, 'PlatformMSP', 'confirmPurchaseOrder', { order: orderId }, { ...on, wallets });
  const despatch = {
    order: orderId,
    number: 'DES-1',
    despatchedOn: '2026-07-02',
    carrier: 'LogisticsMSP',
    document: null,
    lines: [{ id: '1', quantity: '60', unit: 'C62' }],
  };
  await act(consortium, 'PlatformMSP', 'despatchGoods', despatch, { ...on, wallets });
  const sent = await act(consortium, 'PlatformMSP', 'createShipment', despatch);
  const shipmentId = sent.written[0]!.id;
  await reportLoading(consortium, shipmentId, 'EV-1');
  for (const [kind, reason] of [
    ['dispute', 'goods are not as described'],
    ['demand', 'return the advance'],
  ] as const) {
    const notice = { kind, order: orderId, giver: 'BuyerBankMSP', reason, withdraws: null };
    await act(consortium, 'BuyerBankMSP', 'giveNotice', notice);
  }
  const claim = {
    order: orderId,
    claimant: 'BuyerBankMSP',
    records: [orderId, shipmentId],
    statementOfClaim: 'The goods are not as described.',
  };
  const filed = await act(consortium, 'BuyerBankMSP', 'fileCase', claim);
  const caseId = filed.written[0]!.id;
  await act(consortium, 'ArbitrationMSP', 'acceptCase', { case: caseId }, { recordIds: [caseId] });
  await disclose(consortium, 'BuyerBankMSP', caseId, orderId);
  await disclose(consortium, 'LogisticsMSP', caseId, shipmentId);
  const { mspId, index, receipts, documents, registry } = consortium.member('ArbitrationMSP');
  await documents.put({
    bytes: ORDER_DOCUMENT,
    mediaType: 'application/xml',
    source: 'clerk',
    channel: 'upload',
    parserVersion: '1',
  });
  const exporter = new EvidenceExporter({ channel: consortium.channel, mspId, index, receipts, documents, registry });
  return { orderId, shipmentId, caseId, staleBlock, exporter };
}

/** The carrier reports that a container was loaded. */
export function reportLoading(consortium: Consortium, shipmentId: string, eventId: string): Promise<OperationResult> {
  const event = {
    eventId,
    classifier: 'ACT',
    type: 'EQUIPMENT',
    code: 'LOAD',
    occurredAt: '2026-07-03T10:00:00Z',
    location: null,
    retracts: null,
    document: null,
  };
  const input = { shipment: shipmentId, event };
  return act(consortium, 'LogisticsMSP', 'recordEvent', input, { recordIds: [shipmentId] });
}

/** Has a change endorsed that will conflict with the next one; answers how to send it. */
async function endorseStale(consortium: Consortium, orderId: string): Promise<() => Promise<number>> {
  const { ledger, previewer, sender } = consortium.member('BuyerBankMSP');
  const { request } = await previewer.request({
    operation: 'qualifyBuyer',
    input: { order: orderId },
    recordIds: [orderId],
  });
  const { envelope, transactionId } = await ledger.endorseOnly({
    chaincode: 'records',
    fn: 'Records:execute',
    args: [],
    transient: { request: canonicalBytes(request as unknown as Json) },
    endorsers: ['PlatformMSP', 'BuyerBankMSP', 'SellerBankMSP'],
  });
  return async () => {
    await sender.broadcast(transactionId, envelope);
    const status = await sender.status(transactionId, 10_000);
    if (status?.code !== 'MVCC_READ_CONFLICT') throw new Error(`the stale change ended as ${status?.code}`);
    return Number(status.blockNumber);
  };
}

function newWallet(): Wallet {
  return new Wallet(`0x${randomBytes(32).toString('hex')}`);
}

/** Hands a record's complete sequence to the arbitration member. */
export async function disclose(
  consortium: Consortium,
  mspId: MspId,
  caseId: string,
  recordId: string,
): Promise<OperationResult> {
  const held = await consortium.member(mspId).index.versions(recordId);
  const versions = held.map(({ document, salted }) => ({ document, groups: salted }));
  const input = { case: caseId, neutral: 'ArbitrationMSP', record: recordId, versions };
  return act(consortium, mspId, 'disclose', input as unknown as Json);
}

function orderInput(businessDay: string, document: string): Json {
  const party = (partyId: string, country: string): Json => ({ partyId, name: partyId, country, addressLines: [] });
  return {
    parties: { buyer: party('buyer', 'GB'), seller: party('seller', 'CN') },
    terms: {
      number: 'PO-1',
      issueDate: '2026-06-30',
      currency: 'USD',
      lines: [{ id: '1', item: 'kettle', hsCode: '851679', quantity: '100', unit: 'C62' }],
      incoterms: { rule: 'FOB', place: 'Ningbo', edition: '2020' },
      deliveryWindow: { from: '2026-07-01', to: '2026-09-30' },
      ports: { loading: 'CNNGB', discharge: 'GBFXT' },
      ruleSet: 'none',
      governingLaw: 'English law',
      arbitration: { seat: 'Singapore', neutral: 'ArbitrationMSP' },
      document,
    },
    price: { lines: [{ id: '1', price: '12.5', baseQuantity: '1', amountMinor: '125000' }], totalMinor: '125000' },
    payment: {
      instalments: [{ shareBasisPoints: 10_000, trigger: 'invoiceAccepted', delayDays: 30, date: null }],
      payee: { name: 'seller', account: 'CN1234567890', bic: 'BKCHCNBJ' },
      platform: 'PlatformMSP',
      buyerBank: 'BuyerBankMSP',
      sellerBank: 'SellerBankMSP',
      businessDay,
    },
  };
}
