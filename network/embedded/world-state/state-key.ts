/**
 * Keys inside the state are "binary strings": one UTF-16 unit per byte of the key's UTF-8 form.
 *
 * Fabric orders keys by their bytes, JavaScript orders strings by UTF-16 units; only in this form do both agree, and
 * a key hash fits the same type.
 */
export type StateKey = string;

const ASCII = /^[\x00-\x7f]*$/;

/** The state key of a chaincode's key. */
export function toStateKey(key: string): StateKey {
  return ASCII.test(key) ? key : Buffer.from(key, 'utf8').toString('latin1');
}

/** The chaincode's key of a state key that is not a hash. */
export function fromStateKey(key: StateKey): string {
  return ASCII.test(key) ? key : Buffer.from(key, 'latin1').toString('utf8');
}

export function stateKeyOfBytes(bytes: Uint8Array): StateKey {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');
}

export function bytesOfStateKey(key: StateKey): Buffer {
  return Buffer.from(key, 'latin1');
}

/** Namespace of a collection's hashed keys. @see fabric core/ledger/kvledger/txmgmt/privacyenabledstate/db.go */
export function hashedNamespace(chaincode: string, collection: string): string {
  return `${chaincode}$$h${collection}`;
}

/** Namespace of a collection's private keys. @see fabric core/ledger/kvledger/txmgmt/privacyenabledstate/db.go */
export function privateNamespace(chaincode: string, collection: string): string {
  return `${chaincode}$$p${collection}`;
}
