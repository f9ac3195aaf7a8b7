import { createHash } from 'node:crypto';
import { sql } from 'kysely';
import type { Store } from '../../../gateway/database/store';
import { canonicalJson } from '../../../chaincode/domain/canonical-json';

const KEYS = {
  blocks: 'number',
  transactions: 'block, position',
  skeletons: 'id',
  versions: 'id, version',
  records: 'id',
  attachments: 'id, name',
  notice_heads: 'order_id, msp_id',
  business_days: 'id',
  disclosures: 'id',
  registry_state: 'key',
  posted_entries: 'lane, end_to_end_id',
} as const;

/** Digest over every row that lies in an index's tables, read back from the database; and how many they are. */
export async function tablesDigest({ db }: Store): Promise<{ readonly rows: number; readonly sha256: string }> {
  const digest = createHash('sha256');
  let rows = 0;
  for (const [table, key] of Object.entries(KEYS)) {
    const read = await sql<Record<string, unknown>>`select * from ${sql.raw(table)} order by ${sql.raw(key)}`.execute(
      db,
    );
    for (const row of read.rows) {
      const plain = Object.entries(row).map(([column, value]) => [
        column,
        value instanceof Uint8Array ? Buffer.from(value).toString('hex') : value,
      ]);
      digest.update(`${table} ${canonicalJson(Object.fromEntries(plain))}\n`);
      rows++;
    }
  }
  return { rows, sha256: digest.digest('hex') };
}
