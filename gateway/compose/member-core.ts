import { mkdirSync, readFileSync } from 'node:fs';
import { OPERATIONS } from '../../chaincode/domain/operations';
import { toPlainSignature } from '../adapters/identity/signing-identity';
import { openClient } from '../adapters/open-client';
import { UploadStore } from '../entries/uploads/upload-store';
import { SqlDocumentStore } from '../index/document-store';
import { SqlIdempotencyStore } from '../index/idempotency-store';
import { Indexer } from '../index/indexer';
import { SqlPostedEntries } from '../index/sql-posted-entries';
import { SqlRecordIndex } from '../index/sql-record-index';
import { Outbox } from '../outbox/outbox';
import type { LedgerPort } from '../ports/ledger-port';
import type { EnvelopeSender } from '../ports/outbox-port';
import { StageClock } from '../ports/stage-clock';
import { OperationService } from '../services/operation-service';
import { Previewer } from '../services/preview';
import { ReceiptService } from '../services/receipt-service';
import { RegistryService } from '../services/registry-service';
import type { RecordLocks } from '../services/record-locks';
import { SigningService } from '../services/signing-service';
import { SigningStore } from '../services/signing-store';
import { TransactionService } from '../services/transaction-service';
import type { GatewayConfig } from './gateway-config';
import { openIdentity } from './open-identity';
import { openStores, type MemberStores } from './open-stores';

/** Everything of one member's gateway below HTTP: stores, ledger client, index, services. */
export interface MemberCore {
  readonly clock: StageClock;
  readonly ledger: LedgerPort;
  readonly outbox: Outbox;
  readonly index: SqlRecordIndex;
  readonly posted: SqlPostedEntries;
  readonly registry: RegistryService;
  readonly operations: OperationService;
  readonly signingRequests: SigningService;
  readonly transactions: TransactionService;
  readonly receipts: ReceiptService;
  readonly documents: SqlDocumentStore;
  readonly idempotency: SqlIdempotencyStore;
  readonly uploads: UploadStore;
  readonly locks: RecordLocks;
  /** By the gateway's own identity: r ‖ s in hexadecimal. */
  readonly sign: (bytes: Uint8Array) => Promise<string>;
  stop(): Promise<void>;
}

/**
 * Opens the member's stores and starts following its peer.
 *
 * @throws StorageError BUSY when another process holds the folder, CORRUPT, FULL, UNREACHABLE.
 */
export async function openMemberCore(
  config: GatewayConfig,
  onBreak: (code: string, block?: bigint) => void,
): Promise<MemberCore> {
  mkdirSync(config.dataFolder, { recursive: true, mode: 0o700 });
  const ended = { told: async (): Promise<void> => undefined };
  const stores = await openStores(config, () => ended.told());
  try {
    const core = await assemble(config, stores, onBreak);
    ended.told = () => core.outbox.takeUp();
    return core;
  } catch (error) {
    await close(stores);
    throw error;
  }
}

async function assemble(
  config: GatewayConfig,
  stores: MemberStores,
  onBreak: (code: string, block?: bigint) => void,
): Promise<MemberCore> {
  const { member: mspId, channel } = config;
  const { processes, locks } = stores;
  const identity = await openIdentity(mspId, config.ledger);
  const client = await openClient(config.ledger.client, {
    channel,
    mspId,
    endpoint: config.ledger.endpoint,
    tlsRootCertificate: readFileSync(config.ledger.tlsRootCertificateFile),
    serverName: config.ledger.serverName,
    identity,
  });
  const idempotency = await SqlIdempotencyStore.open(stores.local, processes);
  const clock = new StageClock();
  const outbox = await Outbox.open(stores.outbox, timedSender(client.sender, clock), {
    processes,
    clock,
    ...(stores.isShared ? { lost: (trx, references) => idempotency.lost(trx, references) } : {}),
  });
  const ledger = client.newLedger(outbox, clock);
  const index = await SqlRecordIndex.open(stores.index, mspId);
  const indexer = new Indexer({ ledger, index, onBreak });
  const registry = new RegistryService(ledger, index);
  const certificate = Buffer.from(identity.certificate).toString('utf8');
  const previewer = new Previewer({ channel, mspId, certificate, index, registry, operations: OPERATIONS });
  const operations = new OperationService({ ledger, index, previewer, locks, clock });
  const store = await SigningStore.open(stores.local);
  const documents = await SqlDocumentStore.open(stores.local);
  indexer.start();
  await outbox.resume();
  return {
    clock,
    ledger,
    outbox,
    index,
    posted: new SqlPostedEntries(stores.index),
    registry,
    operations,
    signingRequests: new SigningService({ store, previewer, operations, index, registry, outbox, processes }),
    transactions: new TransactionService(outbox, index),
    receipts: new ReceiptService(ledger),
    documents,
    idempotency,
    uploads: await UploadStore.open(stores.local, processes),
    locks,
    sign: async (bytes) => toPlainSignature(await identity.sign(bytes)),
    stop: async () => {
      await indexer.stop();
      await ledger.close();
      idempotency.close();
      await close(stores);
      identity.close();
    },
  };
}

async function close(stores: MemberStores): Promise<void> {
  await stores.leave();
  await stores.close();
}

function timedSender(sender: EnvelopeSender, clock: StageClock): EnvelopeSender {
  return {
    broadcast: (id, envelope) => clock.time('order', () => sender.broadcast(id, envelope)),
    status: (id, timeoutMs) => clock.time('commit', () => sender.status(id, timeoutMs)),
  };
}
