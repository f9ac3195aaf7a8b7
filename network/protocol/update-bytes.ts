/** One key's change as it enters the commit hash: a new value, or null for a deletion, and who wrote it. */
export interface KeyChange {
  readonly value: Uint8Array | null;
  readonly version: { readonly blockNumber: number; readonly txNumber: number };
}

/** Namespace (`chaincode`, or `chaincode$$hCollection` for hashed keys) → key, one UTF-16 unit a byte → change. */
export type KeyChanges = ReadonlyMap<string, ReadonlyMap<string, KeyChange>>;

/**
 * The bytes of a block's public and hashed changes that enter its commit hash, the same on every peer.
 *
 * Namespaces, collections and keys in byte order; a name stands only at its first entry. Each entry is a protobuf
 * message: 1 namespace, 2 collection, 3 key, 4 isDelete, 5 value, 6 version.
 *
 * @see fabric core/ledger/kvledger/txmgmt/txmgr/update_batch_bytes.go
 */
export function updateBytes(updates: KeyChanges): Buffer {
  const entries: Buffer[] = [];
  let lastChaincode: string | undefined;
  for (const { chaincode, collection, changes } of inOrder(updates)) {
    [...changes.keys()].sort(byUnits).forEach((key, index) => {
      const entry = Buffer.concat([
        field(1, index === 0 && chaincode !== lastChaincode ? Buffer.from(chaincode) : undefined),
        field(2, index === 0 ? Buffer.from(collection) : undefined),
        encodeChange(key, changes.get(key) as KeyChange),
      ]);
      entries.push(field(1, entry, true));
    });
    lastChaincode = chaincode;
  }
  return Buffer.concat(entries);
}

interface Group {
  readonly chaincode: string;
  readonly collection: string;
  readonly changes: ReadonlyMap<string, KeyChange>;
}

function inOrder(updates: KeyChanges): Group[] {
  const groups = [...updates]
    .filter(([, changes]) => changes.size > 0)
    .map(([namespace, changes]) => {
      const at = namespace.indexOf('$$h');
      return at < 0
        ? { chaincode: namespace, collection: '', changes }
        : { chaincode: namespace.slice(0, at), collection: namespace.slice(at + 3), changes };
    });
  return groups.sort((a, b) => byBytes(a.chaincode, b.chaincode) || byBytes(a.collection, b.collection));
}

function encodeChange(key: string, { value, version }: KeyChange): Buffer {
  return Buffer.concat([
    field(3, Buffer.from(key, 'latin1')),
    value === null ? Buffer.of(0x20, 1) : Buffer.alloc(0),
    field(5, value ?? undefined),
    field(6, versionBytes(version)),
  ]);
}

/** Each number as its length in bytes and then its bytes, big-endian. @see fabric common/ledger/util (order-preserving) */
function versionBytes({ blockNumber, txNumber }: KeyChange['version']): Buffer {
  return Buffer.concat([orderedNumber(blockNumber), orderedNumber(txNumber)]);
}

function orderedNumber(value: number): Buffer {
  const bytes: number[] = [];
  for (let rest = value; rest > 0; rest = Math.floor(rest / 256)) bytes.unshift(rest % 256);
  return Buffer.from([bytes.length, ...bytes]);
}

/** A length-delimited protobuf field; left out when empty, unless it is an element of a list. */
function field(number: number, bytes: Uint8Array | undefined, always = false): Buffer {
  if (!bytes || (bytes.length === 0 && !always)) return Buffer.alloc(0);
  return Buffer.concat([Buffer.of((number << 3) | 2), varint(bytes.length), bytes]);
}

function varint(value: number): Buffer {
  const bytes: number[] = [];
  let rest = value;
  for (; rest > 127; rest >>>= 7) bytes.push((rest & 127) | 128);
  return Buffer.from([...bytes, rest]);
}

function byUnits(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function byBytes(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}
