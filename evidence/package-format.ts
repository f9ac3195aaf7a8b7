import { canonicalBytes } from '../chaincode/domain/canonical-json';
import type { Json } from '../chaincode/domain/json';
import type { RecordDocument, SaltedGroups } from '../chaincode/domain/record';

export const PACKAGE_FORMAT = 'concordat.evidence.v1';

/** Largest package that is read; a case of thousands of versions stays far below. */
export const MAX_PACKAGE_BYTES = 134_217_728;

/** One version of a record as it was disclosed. */
export interface EvidenceVersion {
  readonly document: RecordDocument;
  /** The groups disclosed, with their salts. */
  readonly groups: SaltedGroups;
  /** Id of the transaction that wrote it. */
  readonly transactionId: string;
}

/** One record's complete sequence, first version to last. */
export interface EvidenceRecord {
  readonly id: string;
  readonly versions: readonly EvidenceVersion[];
}

/** A block exactly as a peer stored it: serialised `common.Block`. */
export interface EvidenceBlock {
  readonly number: number;
  readonly bytes: Uint8Array;
}

/** `Records:readHistory` of one record as members' peers endorsed it: a `common.Envelope` that nobody ordered. */
export interface EvidenceReceipt {
  readonly record: string;
  readonly envelope: Uint8Array;
}

/** A document exactly as received. Only its digest is proven; how it came is the arbitration gateway's word. */
export interface EvidenceOriginal {
  readonly sha256: string;
  readonly bytes: Uint8Array;
  readonly mediaType: string;
  readonly channel: string;
  readonly source: string;
  readonly firstSeenAt: string;
}

/** What a package is about: a case with all it names, or one statement. */
export interface EvidenceSubject {
  readonly kind: 'case' | 'statement';
  /** Record id. */
  readonly id: string;
}

/** Everything about one case or statement, in one file. @see docs/EVIDENCE.md */
export interface EvidencePackage {
  readonly channel: string;
  readonly subject: EvidenceSubject;
  /** Data hash of every block from 0 to the last one shown, 32 bytes each: with them the headers can be made again. */
  readonly dataHashes: Uint8Array;
  /** Blocks in full, ascending: 0, configurations, and those that hold the transactions below. */
  readonly blocks: readonly EvidenceBlock[];
  readonly receipts: readonly EvidenceReceipt[];
  readonly records: readonly EvidenceRecord[];
  readonly originals: readonly EvidenceOriginal[];
}

const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64');

/** The package's one spelling in bytes: RFC 8785 JSON, binary parts in base64, lists in a fixed order. */
export function packageBytes(evidence: EvidencePackage): Buffer {
  const by = <T>(list: readonly T[], key: (item: T) => string): T[] =>
    [...list].sort((a, b) => (key(a) < key(b) ? -1 : 1));
  return canonicalBytes({
    format: PACKAGE_FORMAT,
    channel: evidence.channel,
    [evidence.subject.kind]: evidence.subject.id,
    dataHashes: base64(evidence.dataHashes),
    blocks: [...evidence.blocks]
      .sort((a, b) => a.number - b.number)
      .map(({ number, bytes }) => ({ number, bytes: base64(bytes) })),
    receipts: by(evidence.receipts, ({ record }) => record).map(({ record, envelope }) => ({
      record,
      envelope: base64(envelope),
    })),
    records: by(evidence.records, ({ id }) => id) as unknown as Json,
    originals: by(evidence.originals, ({ sha256 }) => sha256).map((original) => ({
      ...original,
      bytes: base64(original.bytes),
    })),
  });
}
