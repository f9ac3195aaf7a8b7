import { canonicalBytes } from '../../chaincode/domain/canonical-json';
import type { Json } from '../../chaincode/domain/json';
import { inclusionProof, leafHash, verifyInclusion } from '../../chaincode/domain/merkle';
import { isStatementSignature } from '../../chaincode/domain/operations/reconciliation/sign-statement';
import type {
  SaltedEntry,
  Statement,
  StatementSegment,
  StatementSignature,
} from '../../chaincode/domain/operations/reconciliation/types';
import type { TrustFile } from '../../evidence/trust-file';
import { dayOf, indexDigest, indexKey, StatementIndex, type IndexCommitment, type IndexLeaf } from './statement-index';
import type { StreamedStatement } from './statement-source';
import { isTrusted } from './trusted-certificate';

export const PROOF_FORMAT = 'concordat.entry-proof.v1';

interface Common {
  readonly format: typeof PROOF_FORMAT;
  readonly channel: string;
  /** Id of the statement's record. */
  readonly statement: string;
  readonly pair: readonly [string, string];
  readonly currency: string;
  readonly date: string;
  readonly edition: number;
  readonly root: string;
  /** The index of all end-to-end ids: it binds day, pair and edition to what was signed. */
  readonly indexRoot: string;
  readonly size: number;
  readonly endToEndId: string;
  /** Both members' signatures over root and digests. */
  readonly signatures: Readonly<Record<string, StatementSignature>>;
}

/** An entry with its place: in its segment's tree, and the segment in the statement's. */
export interface InclusionProof extends Common {
  readonly kind: 'inclusion';
  readonly entry: SaltedEntry;
  readonly entryIndex: number;
  readonly entryPath: readonly string[];
  readonly segment: StatementSegment;
  readonly segmentIndex: number;
  readonly segments: number;
  readonly segmentPath: readonly string[];
}

/** Two leaves of the sorted index that stand next to one another, with the missing key between them. */
export interface AbsenceProof extends Common {
  readonly kind: 'absence';
  /** Null where the key would stand before the first, or behind the last. */
  readonly before: IndexLeaf | null;
  readonly after: IndexLeaf | null;
}

export type EntryProof = InclusionProof | AbsenceProof;

/** What a proof does not hold by. */
export type ProofCode =
  | 'PROOF_UNREADABLE'
  | 'PROOF_ENTRY_DIFFERS'
  | 'PROOF_SEGMENT_DIFFERS'
  | 'PROOF_INDEX_DIFFERS'
  | 'PROOF_NOT_ADJACENT'
  | 'STATEMENT_SIGNATURE_MISSING'
  | 'STATEMENT_SIGNATURE_INVALID'
  | 'CERTIFICATE_NOT_TRUSTED';

/**
 * Proves from a statement that an entry with this end-to-end id is in it, or that none is; one pass over its entries.
 *
 * Shown are the entry alone, or two hashed neighbours: nobody learns anything else of the day.
 */
export async function proveEntry(
  source: StreamedStatement,
  signatures: Statement['signatures'],
  endToEndId: string,
): Promise<EntryProof> {
  const index = new StatementIndex(source);
  try {
    return await proved(source, index, signatures, endToEndId);
  } finally {
    index.close();
  }
}

async function proved(
  source: StreamedStatement,
  index: StatementIndex,
  signatures: Statement['signatures'],
  endToEndId: string,
): Promise<EntryProof> {
  const { channel, id, statement } = source;
  let found: Omit<InclusionProof, keyof Common> | undefined;
  for await (const { segment, entries } of source.segments()) {
    const entryIndex = entries.findIndex(({ entry }) => entry.endToEndId === endToEndId);
    const entry = entries[entryIndex];
    if (entry !== undefined) found ??= included(statement, segment, entries, entryIndex, entry);
    index.add({ entries });
  }
  const named = { format: PROOF_FORMAT, channel, statement: id, endToEndId } as const;
  const common = ({ root: indexRoot, size }: IndexCommitment): Common => {
    return { ...named, ...dayOf(statement), root: statement.root, indexRoot, size, signatures };
  };
  if (found !== undefined) return { ...common(index.commitment()), ...found };
  const absence = index.absence(indexKey(id, endToEndId));
  return { ...common(absence), kind: 'absence', before: absence.before, after: absence.after };
}

function included(
  { segments }: Statement['statement'],
  segment: StatementSegment,
  entries: readonly SaltedEntry[],
  entryIndex: number,
  entry: SaltedEntry,
): Omit<InclusionProof, keyof Common> {
  const segmentIndex = segments.findIndex(({ id }) => id === segment.id);
  return {
    kind: 'inclusion',
    entry,
    entryIndex,
    entryPath: path(entries.map(leafOf), entryIndex),
    segment,
    segmentIndex,
    segments: segments.length,
    segmentPath: path(segments.map(leafOf), segmentIndex),
  };
}

/** Checks a proof from itself alone, and against the members' roots when these are given. Never throws for bad input. */
export function verifyProof(proof: EntryProof, trust?: TrustFile): readonly { code: ProofCode; place: string }[] {
  try {
    const isKnown = proof.format === PROOF_FORMAT && ['inclusion', 'absence'].includes(proof.kind);
    if (!isKnown) return [{ code: 'PROOF_UNREADABLE', place: 'format' }];
    const problems = proof.kind === 'inclusion' ? inclusionProblems(proof) : absenceProblems(proof);
    return [...problems, ...signatureProblems(proof, trust)];
  } catch {
    return [{ code: 'PROOF_UNREADABLE', place: '' }];
  }
}

type Problems = readonly { readonly code: ProofCode; readonly place: string }[];

function inclusionProblems(proof: InclusionProof): Problems {
  const { entry, entryIndex, entryPath, segment, segmentIndex, segments, segmentPath, root, endToEndId } = proof;
  const isEntry = verifyInclusion(leafOf(entry), entryIndex, segment.count, bytes(entryPath), hex(segment.entriesRoot));
  if (!isEntry || entry.entry.endToEndId !== endToEndId) return [{ code: 'PROOF_ENTRY_DIFFERS', place: endToEndId }];
  const isSegment = verifyInclusion(leafOf(segment), segmentIndex, segments, bytes(segmentPath), hex(root));
  return isSegment ? [] : [{ code: 'PROOF_SEGMENT_DIFFERS', place: segment.id }];
}

function absenceProblems({ statement, endToEndId, indexRoot, size, before, after }: AbsenceProof): Problems {
  const key = indexKey(statement, endToEndId);
  for (const leaf of [before, after]) {
    if (leaf === null) continue;
    const isLeaf = verifyInclusion(leafHash(hex(leaf.key)), leaf.index, size, bytes(leaf.path), hex(indexRoot));
    if (!isLeaf) return [{ code: 'PROOF_INDEX_DIFFERS', place: String(leaf.index) }];
  }
  const [first, last] = [before?.index ?? -1, after?.index ?? size];
  // Only at the ends may a neighbour be missing; in between both stand side by side.
  const isAdjacent = first + 1 === last && (before !== null || last === 0) && (after !== null || first === size - 1);
  const isBetween =
    (before === null || Buffer.compare(hex(before.key), key) < 0) &&
    (after === null || Buffer.compare(key, hex(after.key)) < 0);
  return isAdjacent && isBetween ? [] : [{ code: 'PROOF_NOT_ADJACENT', place: endToEndId }];
}

/** Both members signed this root, and this very index with its day, pair and edition. */
function signatureProblems(proof: EntryProof, trust: TrustFile | undefined): Problems {
  const { channel, statement, root, pair, signatures } = proof;
  return pair.flatMap((member): Problems => {
    const signed = signatures[member];
    if (signed === undefined) return [{ code: 'STATEMENT_SIGNATURE_MISSING', place: member }];
    const { digests, blocks, certificate, signature } = signed;
    if (digests.index !== indexDigest(proof.indexRoot, proof.size, proof)) {
      return [{ code: 'PROOF_INDEX_DIFFERS', place: member }];
    }
    const claim = { channel, statement, root, digests, blocks, member };
    if (!isStatementSignature(certificate, claim, signature)) {
      return [{ code: 'STATEMENT_SIGNATURE_INVALID', place: member }];
    }
    return trust === undefined || isTrusted(certificate, member, trust)
      ? []
      : [{ code: 'CERTIFICATE_NOT_TRUSTED', place: member }];
  });
}

function leafOf(value: object): Buffer {
  return leafHash(canonicalBytes(value as Json));
}

function path(leaves: readonly Buffer[], index: number): string[] {
  return inclusionProof(leaves, index).map((hash) => hash.toString('hex'));
}

function bytes(hashes: readonly string[]): Buffer[] {
  return hashes.map(hex);
}

function hex(text: string): Buffer {
  if (!/^[0-9a-f]{64}$/.test(text)) throw new Error('no hash');
  return Buffer.from(text, 'hex');
}
