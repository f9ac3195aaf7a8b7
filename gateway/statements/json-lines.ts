import { canonicalJson } from '../../chaincode/domain/canonical-json';
import type { Json } from '../../chaincode/domain/json';
import type { FormatWriter } from './statement-source';

export const STATEMENT_FORMAT = 'concordat.statement.v1';

/**
 * The authoritative form: canonical JSON lines, header, entries with their salts, trailer.
 *
 * The salts let anyone recompute each segment's root from this file alone.
 */
export const jsonLines: FormatWriter = {
  begin: ({ channel, id, statement }) =>
    line({ kind: 'header', format: STATEMENT_FORMAT, channel, id, statement: statement as unknown as Json }),
  segment(_head, { segment, entries }) {
    let chunk = '';
    for (const { entry, salt } of entries) {
      chunk += line({ kind: 'entry', segment: segment.id, salt, entry: entry as unknown as Json });
    }
    return chunk;
  },
  end({ statement: { count, debitMinor, creditMinor, root } }) {
    return line({ kind: 'trailer', count, debitMinor, creditMinor, root });
  },
};

function line(value: Json): string {
  return `${canonicalJson(value)}\n`;
}
