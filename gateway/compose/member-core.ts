import { createPrivateKey, sign, type KeyObject } from 'node:crypto';
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { OPERATIONS } from '../../chaincode/domain/operations';
import type { Database } from '../../network/storage/database';
import { lockFolder, type FolderLock } from '../../network/storage/folder-lock';
import { openDatabase } from '../../network/storage/open-database';
import { openConnection } from '../adapters/fabric-gateway/connection';
import { FabricLedger } from '../adapters/fabric-gateway/fabric-ledger';
import { FabricSender } from '../adapters/fabric-gateway/fabric-sender';
import { Semaphore } from '../adapters/semaphore';
import { SqliteDocumentStore } from '../index/document-store';
import { SqliteIdempotencyStore } from '../index/idempotency-store';
import { Indexer } from '../index/indexer';
import { SqliteRecordIndex } from '../index/sqlite-record-index';
import { Outbox } from '../outbox/outbox';
import { OperationService } from '../services/operation-service';
import { Previewer } from '../services/preview';
import { ReceiptService } from '../services/receipt-service';
import { RegistryService } from '../services/registry-service';
import { SigningService } from '../services/signing-service';
import { SigningStore } from '../services/signing-store';
import { TransactionService } from '../services/transaction-service';
import type { GatewayConfig } from './gateway-config';

/** Calls to the peer at once, and waits for a status, below Fabric's limit of 500 together. */
const CALLS = 250,
  WAITS = 200;

/** Order of P-256. @see FIPS 186-4 appendix D.1.2.3 */
const P256_ORDER = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;

/** Everything of one member's gateway below HTTP: stores, ledger client, index, services. */
export interface MemberCore {
  readonly ledger: FabricLedger;
  readonly outbox: Outbox;
  readonly index: SqliteRecordIndex;
  readonly registry: RegistryService;
  readonly operations: OperationService;
  readonly signingRequests: SigningService;
  readonly transactions: TransactionService;
  readonly receipts: ReceiptService;
  readonly documents: SqliteDocumentStore;
  readonly idempotency: SqliteIdempotencyStore;
  readonly sign: (bytes: Uint8Array) => string;
  stop(): Promise<void>;
}

/**
 * Opens the member's stores and starts following its peer.
 *
 * @throws StorageError BUSY when another process holds the folder, CORRUPT, FULL.
 */
export function openMemberCore(config: GatewayConfig, onBreak: (code: string, block?: bigint) => void): MemberCore {
  mkdirSync(config.dataFolder, { recursive: true, mode: 0o700 });
  const lock = lockFolder(config.dataFolder);
  try {
    return assemble(config, lock, onBreak);
  } catch (error) {
    lock.release();
    throw error;
  }
}

function assemble(
  config: GatewayConfig,
  lock: FolderLock,
  onBreak: (code: string, block?: bigint) => void,
): MemberCore {
  const { member: mspId, channel, dataFolder } = config;
  // The index can be read anew from the blocks; what was promised to callers cannot.
  const files = {
    index: openDatabase(join(dataFolder, 'index.db'), { durability: 'process' }),
    outbox: openDatabase(join(dataFolder, 'outbox.db')),
    store: openDatabase(join(dataFolder, 'store.db')),
  };
  const certificate = readFileSync(config.ledger.certificateFile);
  const privateKey = readFileSync(config.ledger.privateKeyFile);
  const connection = openConnection({
    channel,
    mspId,
    endpoint: config.ledger.endpoint,
    tlsRootCertificate: readFileSync(config.ledger.tlsRootCertificateFile),
    serverName: config.ledger.serverName,
    certificate,
    privateKey,
  });
  const calls = new Semaphore(CALLS);
  const outbox = new Outbox(
    files.outbox,
    new FabricSender(connection, channel, { calls, waits: new Semaphore(WAITS) }),
  );
  const ledger = new FabricLedger({ channel, mspId, connection, outbox, calls });
  const index = new SqliteRecordIndex(files.index, mspId);
  const indexer = new Indexer({ ledger, index, onBreak });
  const registry = new RegistryService(ledger, index);
  const previewer = new Previewer({
    channel,
    mspId,
    certificate: certificate.toString('utf8'),
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
    sign: signer(createPrivateKey(privateKey)),
    stop: () => stopAll(indexer, ledger, Object.values(files), lock),
  };
}

async function stopAll(
  indexer: Indexer,
  ledger: FabricLedger,
  databases: readonly Database[],
  lock: FolderLock,
): Promise<void> {
  await indexer.stop();
  await ledger.close();
  for (const database of databases) database.close();
  lock.release();
}

/** P-256 over SHA-256, r ‖ s in hexadecimal with S in the lower half: one spelling per signature. */
function signer(key: KeyObject): (bytes: Uint8Array) => string {
  return (bytes) => {
    const signature = sign('sha256', bytes, { key, dsaEncoding: 'ieee-p1363' }).toString('hex');
    const s = BigInt(`0x${signature.slice(64)}`);
    if (s <= P256_ORDER / 2n) return signature;
    return signature.slice(0, 64) + (P256_ORDER - s).toString(16).padStart(64, '0');
  };
}
