import { common, msp } from '@hyperledger/fabric-protos';
import { headerHash, headerOf, parseBlock, validationCodes, verifyDataHash } from '../../network/protocol/block';
import { decodeReadWriteSet, type NamespaceSet } from '../../network/protocol/read-write-set';
import { parseEndorserTransaction, parseEnvelope } from '../../network/protocol/transaction';
import { VALIDATION_CODES, validationCodeName } from '../../network/protocol/validation-code';
import { IndexError } from './index-error';

/** Public part of what one transaction wrote in one namespace. */
export interface NamespaceWrites {
  readonly writes: ReadonlyMap<string, Uint8Array | null>;
  /** Collection → hexadecimal key hash → hexadecimal value hash; null for a deletion or purge. */
  readonly collections: ReadonlyMap<string, ReadonlyMap<string, string | null>>;
}

export interface ReadTransaction {
  /** Place in the block, from 0. */
  readonly position: number;
  readonly transactionId: string;
  /** Name of the validation code. */
  readonly code: string;
  readonly creatorMspId: string;
  /** ISO 8601 UTC, the client's claim. */
  readonly declaredAt: string;
  /** Namespace → writes; empty unless the transaction is VALID and carries writes. */
  readonly namespaces: ReadonlyMap<string, NamespaceWrites>;
}

export interface ReadBlock {
  readonly number: bigint;
  /** Header hash, hexadecimal. */
  readonly hash: string;
  readonly previousHash: string;
  readonly transactions: readonly ReadTransaction[];
}

/** A refused transaction may bear any text as its id; an index takes keys up to a third of a page. */
const MAX_ID_LENGTH = 128;

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

/**
 * Reads what the index needs of a block.
 *
 * Transactions stand in a block whether valid or not; without one validation code for each, the whole block is refused.
 * @throws IndexError BLOCK_MALFORMED (also when the envelopes are not those the header commits to), FILTER_MISSING.
 */
export function readBlock(bytes: Uint8Array): ReadBlock {
  const block = wellFormed(-1n, () => parseBlock(bytes));
  const header = headerOf(block);
  if (!block.hasHeader() || !verifyDataHash(block)) throw new IndexError('BLOCK_MALFORMED', header.number);
  const envelopes = block.getData()?.getDataList_asU8() ?? [];
  const codes = validationCodes(block);
  if (codes.length !== envelopes.length) throw new IndexError('FILTER_MISSING', header.number);
  const transactions = envelopes.map((envelope, position) => {
    const code = codes[position] as number;
    // What the peers found invalid may well be unreadable; it only keeps its place.
    if (code !== VALIDATION_CODES.VALID) return invalidTransaction(envelope, position, code);
    return wellFormed(header.number, () => readTransaction(envelope, position, code));
  });
  return { number: header.number, hash: hex(headerHash(header)), previousHash: hex(header.previousHash), transactions };
}

function wellFormed<T>(block: bigint, read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw new IndexError('BLOCK_MALFORMED', block, { cause: error });
  }
}

function invalidTransaction(envelope: Uint8Array, position: number, code: number): ReadTransaction {
  try {
    return readTransaction(envelope, position, code);
  } catch {
    return {
      position,
      transactionId: '',
      code: validationCodeName(code),
      creatorMspId: '',
      declaredAt: '',
      namespaces: new Map(),
    };
  }
}

function readTransaction(bytes: Uint8Array, position: number, code: number): ReadTransaction {
  const envelope = parseEnvelope(bytes);
  const writes = code === VALIDATION_CODES.VALID && envelope.type === common.HeaderType.ENDORSER_TRANSACTION;
  return {
    position,
    transactionId: envelope.transactionId.length > MAX_ID_LENGTH ? '' : envelope.transactionId,
    code: validationCodeName(code),
    creatorMspId: msp.SerializedIdentity.deserializeBinary(envelope.creator).getMspid(),
    declaredAt: toIsoTime(envelope.declaredAt),
    namespaces: new Map(writes ? decodeReadWriteSet(parseEndorserTransaction(envelope).results).map(toWrites) : []),
  };
}

/** Dates end at ±8.64e15 ms; a client may claim any number. */
function toIsoTime(ms: number): string {
  return Math.abs(ms) <= 8.64e15 ? new Date(ms).toISOString() : '';
}

function toWrites({ namespace, writes, collections }: NamespaceSet): [string, NamespaceWrites] {
  return [
    namespace,
    {
      writes: new Map(writes.map(({ key, isDelete, value }) => [key, isDelete ? null : value])),
      collections: new Map(
        collections.map((collection) => [
          collection.collection,
          new Map(
            collection.writes.map((write) => [
              hex(write.keyHash),
              write.isDelete || write.isPurge ? null : hex(write.valueHash),
            ]),
          ),
        ]),
      ),
    },
  ];
}
