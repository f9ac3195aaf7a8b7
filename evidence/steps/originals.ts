import { sha256Hex } from '../../chaincode/domain/hash';
import { isJsonObject, type Json } from '../../chaincode/domain/json';
import type { SaltedGroups } from '../../chaincode/domain/record';
import type { EvidenceOriginal } from '../package-format';
import { ensure, type ReportBuilder } from '../report';
import type { OpenRecord } from './content';

/** Digests of documents that the disclosed groups of some versions refer to, wherever a field is called `document`. */
export function referencedDocuments(versions: readonly { readonly groups: SaltedGroups }[]): Set<string> {
  const found = new Set<string>();
  for (const { groups } of versions) {
    for (const fields of Object.values(groups)) {
      for (const { name, value } of fields) collect({ [name]: value }, found);
    }
  }
  return found;
}

function collect(value: Json, found: Set<string>): void {
  if (Array.isArray(value)) for (const item of value as readonly Json[]) collect(item, found);
  else if (isJsonObject(value)) {
    for (const [name, member] of Object.entries(value)) {
      if (name === 'document' && typeof member === 'string' && /^[0-9a-f]{64}$/.test(member)) found.add(member);
      else collect(member, found);
    }
  }
}

/** Step `originals`: a document is the one a record names when its bytes have the digest the record committed to. */
export function checkOriginals(
  originals: readonly EvidenceOriginal[],
  records: readonly OpenRecord[],
  report: ReportBuilder,
): void {
  const referenced = referencedDocuments(records.flatMap(({ versions }) => versions));
  for (const { sha256, bytes } of originals) {
    ensure(sha256Hex(bytes) === sha256, 'ORIGINAL_DIFFERS', sha256);
    ensure(referenced.has(sha256), 'ORIGINAL_NOT_REFERENCED', sha256);
  }
  const shown = new Set(originals.map(({ sha256 }) => sha256));
  for (const digest of [...referenced].sort()) {
    if (!shown.has(digest))
      report.leaveOpen(`Original ${digest} is not in the package. / 证据包中没有原件 ${digest}。`);
  }
  report.note('ORIGINALS_MATCH', `${originals.length} of ${referenced.size} originals`);
}
