import { common } from '@hyperledger/fabric-protos';
import { headerHash, headerOf, METADATA, nextCommitHash, setMetadata } from '../../protocol/block';
import { updateBytes } from '../../protocol/update-bytes';
import type { BlockCommit, LedgerStore } from '../block-store/ledger-store';
import type { ExpiringKey } from '../private-data/expiry-index';
import { hashedNamespace } from '../world-state/state-key';
import type { DefinitionCache } from '../world-state/chaincode-definitions';
import type { BlockValidator, ValidatedBlock } from './block-validator';
import { Code, type ParsedTransaction } from './parsed-transaction';
import type { TransactionCache } from './transaction-cache';

/** A block as everybody may know it once it is committed. */
export interface CommittedBlock {
  readonly number: number;
  readonly bytes: Uint8Array;
  readonly transactions: readonly ParsedTransaction[];
  readonly codes: Uint8Array;
}

/** The members' private data around a commit. */
export interface PrivateDataCommit {
  /** Stores what the block needs before it counts. */
  stage(block: CommittedBlock): void;
  /** Applies it after it counts. A failure here is made good later, never lost. */
  apply(block: CommittedBlock): void;
}

/**
 * Validates an ordered block and commits it: once for all members, since they share this process.
 *
 * @see fabric core/ledger/kvledger/kv_ledger.go commit
 */
export class Committer {
  readonly #store: LedgerStore;
  readonly #validator: BlockValidator;
  readonly #privateData: PrivateDataCommit;
  readonly #cache: TransactionCache;
  readonly #listeners = new Set<(block: CommittedBlock) => void>();

  constructor(options: {
    store: LedgerStore;
    validator: BlockValidator;
    privateData: PrivateDataCommit;
    cache: TransactionCache;
  }) {
    this.#store = options.store;
    this.#validator = options.validator;
    this.#privateData = options.privateData;
    this.#cache = options.cache;
  }

  onCommit(listener: (block: CommittedBlock) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Commits one block; sets its validation codes and commit hash. @throws StorageError, with nothing committed. */
  commit(block: common.Block): CommittedBlock {
    const header = headerOf(block);
    const number = Number(header.number);
    const envelopes = block.getData()?.getDataList_asU8() ?? [];
    const transactions = envelopes.map((bytes) => this.#cache.parse(bytes));
    const validated = this.#validator.validate(number, transactions);
    setMetadata(block, METADATA.validation, validated.codes);
    const commitHash = this.#addCommitHash(block, number, validated);
    const committed = { number, bytes: block.serializeBinary(), transactions, codes: validated.codes };
    const due = this.#removeExpired(number, validated);
    this.#privateData.stage(committed);
    this.#store.commit({
      block: toStored(committed, headerHash(header)),
      commitHash,
      updates: validated.overlay.updates,
      history: historyOf(committed),
      expiring: due,
    });
    this.#privateData.apply(committed);
    for (const listener of this.#listeners) listener(committed);
    return committed;
  }

  /** The first block has none, as in Fabric. */
  #addCommitHash(block: common.Block, number: number, { codes, overlay }: ValidatedBlock): Uint8Array {
    if (number === 0) return new Uint8Array(0);
    const hash = nextCommitHash(this.#store.commitHash, codes, updateBytes(overlay.updates));
    const metadata = new common.Metadata();
    metadata.setValue(hash);
    setMetadata(block, METADATA.commitHash, metadata.serializeBinary());
    return hash;
  }

  /** Deletes hashed keys whose time has come, unless this block writes them; schedules those written now. */
  #removeExpired(number: number, { overlay }: ValidatedBlock): ExpiringKey[] {
    const written = expiringKeys(number, overlay.updates, this.#store.definitions);
    for (const { namespace, key, committed } of this.#store.expiry.due(number)) {
      if (overlay.isUpdated(namespace, key)) continue;
      const held = overlay.get(namespace, key);
      if (held?.version.blockNumber !== committed) continue;
      overlay.put(namespace, key, { value: null, metadata: null, version: { blockNumber: number, txNumber: 0 } });
    }
    return written;
  }
}

function expiringKeys(number: number, updates: BlockCommit['updates'], definitions: DefinitionCache): ExpiringKey[] {
  const keys: ExpiringKey[] = [];
  for (const [namespace, changes] of updates) {
    const expiresAt = expiryOf(namespace, number, definitions);
    if (expiresAt === undefined) continue;
    for (const [key, { value }] of changes) if (value !== null) keys.push({ namespace, key, expiresAt });
  }
  return keys;
}

function expiryOf(namespace: string, number: number, definitions: DefinitionCache): number | undefined {
  const at = namespace.indexOf('$$h');
  if (at < 0) return undefined;
  return expiryBlock(definitions, namespace.slice(0, at), namespace.slice(at + 3), number);
}

/** The block whose commit removes data committed at `number`. @see fabric core/ledger/pvtdatapolicy/btlpolicy.go */
export function expiryBlock(
  definitions: DefinitionCache,
  chaincode: string,
  collection: string,
  number: number,
): number | undefined {
  const definition = definitions.get(chaincode)?.collections.find(({ name }) => name === collection);
  const blockToLive = definition?.blockToLive ?? 0;
  return blockToLive > 0 ? number + blockToLive + 1 : undefined;
}

function toStored({ number, bytes, transactions, codes }: CommittedBlock, hash: Uint8Array): BlockCommit['block'] {
  const index = transactions.map(({ txId }, position) => ({ txId, code: codes[position] as number }));
  return { number, hash, bytes, transactions: index };
}

function historyOf({ transactions, codes }: CommittedBlock): BlockCommit['history'] {
  return transactions.flatMap(({ action }, txNumber) => {
    if (codes[txNumber] !== Code.VALID || !action) return [];
    return action.readWriteSet.flatMap(({ namespace, writes }) =>
      writes.map(({ key }) => ({ namespace, key, txNumber })),
    );
  });
}

/** The hashed namespaces of a valid transaction's collections that carry private writes. */
export function privateCollections(
  transaction: ParsedTransaction,
): { namespace: string; collection: string; hash: Uint8Array; hashed: string }[] {
  return (transaction.action?.readWriteSet ?? []).flatMap(({ namespace, collections }) =>
    collections
      .filter(({ privateHash }) => privateHash.length > 0)
      .map(({ collection, privateHash }) => ({
        namespace,
        collection,
        hash: privateHash,
        hashed: hashedNamespace(namespace, collection),
      })),
  );
}
