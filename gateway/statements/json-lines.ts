import { canonicalJson } from '../../chaincode/domain/canonical-json';
import type { Json } from '../../chaincode/domain/json';
import type { StatementSource } from './statement-source';

export const STATEMENT_FORMAT = 'concordat.statement.v1';

/**
 * The authoritative form: canonical JSON lines, header, entries with their salts, trailer.
 *
 * The salts let anyone recompute each segment's root from this file alone.
 */
export function* jsonLines({ channel, id, statement, segments }: StatementSource): Generator<string> {
  yield line({ kind: 'header', format: STATEMENT_FORMAT, channel, id, statement: statement as unknown as Json });
  for (const { segment, entries } of segments()) {
    let chunk = '';
    for (const { entry, salt } of entries) {
      chunk += line({ kind: 'entry', segment: segment.id, salt, entry: entry as unknown as Json });
    }
    yield chunk;
  }
  const { count, debitMinor, creditMinor, root } = statement;
  yield line({ kind: 'trailer', count, debitMinor, creditMinor, root });
}

function line(value: Json): string {
  return `${canonicalJson(value)}\n`;
}
