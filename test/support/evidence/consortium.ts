import '../quiet';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { RecordsContract } from '../../../chaincode/contracts/records-contract';
import { RegistryContract } from '../../../chaincode/contracts/registry-contract';
import { OPERATIONS } from '../../../chaincode/domain/operations';
import { openConnection } from '../../../gateway/adapters/fabric-gateway/connection';
import { softwareIdentity } from '../../../gateway/adapters/identity/signing-identity';
import { FabricLedger } from '../../../gateway/adapters/fabric-gateway/fabric-ledger';
import { FabricSender } from '../../../gateway/adapters/fabric-gateway/fabric-sender';
import { Semaphore } from '../../../gateway/adapters/semaphore';
import { sqliteStore } from '../../../gateway/database/sqlite-store';
import type { Store } from '../../../gateway/database/store';
import { SqlDocumentStore } from '../../../gateway/index/document-store';
import { Indexer } from '../../../gateway/index/indexer';
import { SqlRecordIndex } from '../../../gateway/index/sql-record-index';
import { Outbox } from '../../../gateway/outbox/outbox';
import { OperationService } from '../../../gateway/services/operation-service';
import { Previewer } from '../../../gateway/services/preview';
import { ReceiptService } from '../../../gateway/services/receipt-service';
import { RegistryService } from '../../../gateway/services/registry-service';
import { startEmbeddedLedger, type RunningLedger } from '../../../network/embedded/embedded-ledger';
import { freePorts } from '../../../network/material/free-ports';
import { toNetworkDefinition, type NetworkDefinition } from '../../../network/material/network-definition';
import { openDatabase } from '../../../network/storage/open-database';
import { hostChaincode } from '../../../scripts/start/chaincode-host';

/** The demonstration consortium's members with the kind the registry knows them by. */
export const MEMBERS = [
  { mspId: 'PlatformMSP', domain: 'platform.test', kind: 'platform' },
  { mspId: 'BuyerBankMSP', domain: 'buyerbank.test', kind: 'bank' },
  { mspId: 'SellerBankMSP', domain: 'sellerbank.test', kind: 'bank' },
  { mspId: 'LogisticsMSP', domain: 'logistics.test', kind: 'logistics' },
  { mspId: 'ArbitrationMSP', domain: 'arbitration.test', kind: 'arbitration' },
] as const;
export type MspId = (typeof MEMBERS)[number]['mspId'];

/** One member's services over its own peer, without HTTP. */
export interface MemberServices {
  readonly mspId: string;
  readonly ledger: FabricLedger;
  readonly sender: FabricSender;
  readonly index: SqlRecordIndex;
  readonly operations: OperationService;
  readonly previewer: Previewer;
  readonly registry: RegistryService;
  readonly receipts: ReceiptService;
  readonly documents: SqlDocumentStore;
}

export interface Consortium {
  readonly channel: string;
  readonly network: RunningLedger;
  member(mspId: MspId): MemberServices;
  stop(): Promise<void>;
}

/** Starts an embedded ledger with real contracts and every member's services, all in this process. */
export async function startConsortium(channel = 'trade'): Promise<Consortium> {
  const folder = mkdtempSync(join(tmpdir(), 'concordat-consortium-'));
  const definition = await newDefinition(channel, folder);
  await hostContracts(definition);
  const network = await startEmbeddedLedger({ network: definition });
  const missing = await network.warmUp();
  if (missing.length > 0) throw new Error(`contracts did not start: ${missing.join(', ')}`);
  const stores: Store[] = [];
  const started: Started[] = [];
  for (const { mspId } of MEMBERS) {
    const store = sqliteStore(openDatabase(join(folder, `${mspId}.db`), { durability: 'process' }));
    stores.push(store);
    started.push(await startMember(mspId, network, store));
  }
  return {
    channel,
    network,
    member: (mspId) => (started.find(({ services }) => services.mspId === mspId) as Started).services,
    stop: async () => {
      for (const { indexer, services } of started) {
        await indexer.stop();
        await services.ledger.close();
      }
      await network.stop();
      for (const store of stores) await store.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

interface Started {
  readonly services: MemberServices;
  readonly indexer: Indexer;
}

async function startMember(mspId: string, network: RunningLedger, store: Store): Promise<Started> {
  const { channel } = network.definition;
  const material = network.material.organisations[mspId]!;
  const user = material.users['Gateway']!;
  const connection = openConnection({
    channel,
    mspId,
    endpoint: network.endpoints[mspId]!,
    tlsRootCertificate: Buffer.from(material.tlsRootCertificatePem),
    identity: softwareIdentity(mspId, Buffer.from(user.certificatePem), Buffer.from(user.privateKeyPem)),
  });
  const calls = new Semaphore(100);
  const sender = new FabricSender(connection, channel, { calls, waits: new Semaphore(100) });
  const outbox = await Outbox.open(store, sender);
  const ledger = new FabricLedger({ channel, mspId, connection, outbox, calls });
  const index = await SqlRecordIndex.open(store, mspId);
  const indexer = new Indexer({ ledger, index });
  indexer.start();
  const registry = new RegistryService(ledger, index);
  const previewer = new Previewer({
    channel,
    mspId,
    certificate: user.certificatePem,
    index,
    registry,
    operations: OPERATIONS,
  });
  const operations = new OperationService({ ledger, index, previewer });
  const documents = await SqlDocumentStore.open(store);
  const receipts = new ReceiptService(ledger);
  return { indexer, services: { mspId, ledger, sender, index, operations, previewer, registry, receipts, documents } };
}

async function newDefinition(channel: string, folder: string): Promise<NetworkDefinition> {
  const ports = await freePorts(MEMBERS.length * 3);
  const anyMember = `OR(${MEMBERS.map(({ mspId }) => `'${mspId}.peer'`).join(',')})`;
  const services = (): Record<string, string> =>
    Object.fromEntries(MEMBERS.map(({ mspId }) => [mspId, `127.0.0.1:${ports.pop()}`]));
  return toNetworkDefinition(
    {
      channel,
      members: MEMBERS.map(({ mspId, domain }) => ({ mspId, domain, port: ports.pop(), users: [{ name: 'Gateway' }] })),
      chaincodes: [
        { name: 'registry', version: '1', services: services() },
        { name: 'records', version: '1', policy: anyMember, services: services() },
      ],
      folder: join(folder, 'network'),
    },
    folder,
  );
}

async function hostContracts({ chaincodes }: NetworkDefinition): Promise<void> {
  const contracts = { registry: [RegistryContract], records: [RecordsContract] } as const;
  for (const { name, version, services } of chaincodes) {
    await hostChaincode(
      Object.entries(services).map(([mspId, address]) => ({
        ccid: `${name}:${version}`,
        address,
        mspId,
        contracts: contracts[name as 'registry' | 'records'],
      })),
    );
  }
}
