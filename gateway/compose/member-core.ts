import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { OPERATIONS } from '../../chaincode/domain/operations';
import type { Database } from '../../network/storage/database';
import { lockFolder, type FolderLock } from '../../network/storage/folder-lock';
import { openDatabase } from '../../network/storage/open-database';
import { toPlainSignature } from '../adapters/identity/signing-identity';
import { openClient } from '../adapters/open-client';
import { SqliteDocumentStore } from '../index/document-store';
import { SqliteIdempotencyStore } from '../index/idempotency-store';
import { Indexer } from '../index/indexer';
import { SqliteRecordIndex } from '../index/sqlite-record-index';
import { Outbox } from '../outbox/outbox';
import type { LedgerPort } from '../ports/ledger-port';
import { OperationService } from '../services/operation-service';
import { Previewer } from '../services/preview';
import { ReceiptService } from '../services/receipt-service';
import { RegistryService } from '../services/registry-service';
import { SigningService } from '../services/signing-service';
import { SigningStore } from '../services/signing-store';
import { TransactionService } from '../services/transaction-service';
import type { GatewayConfig } from './gateway-config';
import { openIdentity } from './open-identity';

/** Everything of one member's gateway below HTTP: stores, ledger client, index, services. */
export interface MemberCore {
  readonly ledger: LedgerPort;
  readonly outbox: Outbox;
  readonly index: SqliteRecordIndex;
  readonly registry: RegistryService;
  readonly operations: OperationService;
  readonly signingRequests: SigningService;
  readonly transactions: TransactionService;
  readonly receipts: ReceiptService;
  readonly documents: SqliteDocumentStore;
  readonly idempotency: SqliteIdempotencyStore;
  /** By the gateway's own identity: r ‖ s in hexadecimal. */
  readonly sign: (bytes: Uint8Array) => Promise<string>;
  stop(): Promise<void>;
}

/**
 * Opens the member's stores and starts following its peer.
 *
 * @throws StorageError BUSY when another process holds the folder, CORRUPT, FULL.
 */
export async function openMemberCore(
  config: GatewayConfig,
  onBreak: (code: string, block?: bigint) => void,
): Promise<MemberCore> {
  mkdirSync(config.dataFolder, { recursive: true, mode: 0o700 });
  const lock = lockFolder(config.dataFolder);
  try {
    return await assemble(config, lock, onBreak);
  } catch (error) {
    lock.release();
    throw error;
  }
}

async function assemble(
  config: GatewayConfig,
  lock: FolderLock,
  onBreak: (code: string, block?: bigint) => void,
): Promise<MemberCore> {
  const { member: mspId, channel, dataFolder } = config;
  // The index can be read anew from the blocks; what was promised to callers cannot.
  const files = {
    index: openDatabase(join(dataFolder, 'index.db'), { durability: 'process' }),
    outbox: openDatabase(join(dataFolder, 'outbox.db')),
    store: openDatabase(join(dataFolder, 'store.db')),
  };
  const identity = await openIdentity(mspId, config.ledger);
  const client = await openClient(config.ledger.client, {
    channel,
    mspId,
    endpoint: config.ledger.endpoint,
    tlsRootCertificate: readFileSync(config.ledger.tlsRootCertificateFile),
    serverName: config.ledger.serverName,
    identity,
  });
  const outbox = new Outbox(files.outbox, client.sender);
  const ledger = client.newLedger(outbox);
  const index = new SqliteRecordIndex(files.index, mspId);
  const indexer = new Indexer({ ledger, index, onBreak });
  const registry = new RegistryService(ledger, index);
  const previewer = new Previewer({
    channel,
    mspId,
    certificate: Buffer.from(identity.certificate).toString('utf8'),
    index,
    registry,
    operations: OPERATIONS,
  });
  const operations = new OperationService({ ledger, index, previewer });
  const store = new SigningStore(files.store);
  indexer.start();
  outbox.resume();
  return {
    ledger,
    outbox,
    index,
    registry,
    operations,
    signingRequests: new SigningService({ store, previewer, operations, index, registry, outbox }),
    transactions: new TransactionService(outbox, index),
    receipts: new ReceiptService(ledger),
    documents: new SqliteDocumentStore(files.store),
    idempotency: new SqliteIdempotencyStore(files.store),
    sign: async (bytes) => toPlainSignature(await identity.sign(bytes)),
    stop: async () => {
      await stopAll(indexer, ledger, Object.values(files), lock);
      identity.close();
    },
  };
}

async function stopAll(
  indexer: Indexer,
  ledger: LedgerPort,
  databases: readonly Database[],
  lock: FolderLock,
): Promise<void> {
  await indexer.stop();
  await ledger.close();
  for (const database of databases) database.close();
  lock.release();
}
