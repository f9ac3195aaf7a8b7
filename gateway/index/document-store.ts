import { createHash } from 'node:crypto';
import { createTable, migrate, type MigrationStep } from '../database/migrations';
import type { Store } from '../database/store';
import type { DocumentStore, StoredDocument } from '../ports/local-stores';

const STEPS: readonly MigrationStep[] = [
  (db, types) =>
    createTable(db, types, {
      name: 'documents',
      columns: {
        sha256: 'text',
        bytes: 'bytes',
        media_type: 'text',
        source: 'text',
        channel: 'text',
        parser_version: 'text',
        first_seen_at: 'text',
      },
      key: ['sha256'],
    }),
];

/** Inbound documents as received, by their hash; the first arrival's circumstances stand. */
export class SqlDocumentStore implements DocumentStore {
  readonly #store: Store;

  private constructor(store: Store) {
    this.#store = store;
  }

  /** @throws StorageError; Error when the tables are of a newer version. */
  static async open(store: Store): Promise<SqlDocumentStore> {
    await migrate(store, 'documents', STEPS);
    return new SqlDocumentStore(store);
  }

  async put({
    bytes,
    mediaType,
    source,
    channel,
    parserVersion,
  }: Omit<StoredDocument, 'sha256' | 'firstSeenAt'>): Promise<StoredDocument> {
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    await this.#store.db
      .insertInto('documents')
      .values({
        sha256,
        bytes,
        media_type: mediaType,
        source,
        channel,
        parser_version: parserVersion,
        first_seen_at: new Date().toISOString(),
      })
      .onConflict((conflict) => conflict.column('sha256').doNothing())
      .execute();
    return (await this.get(sha256)) as StoredDocument;
  }

  async get(sha256: string): Promise<StoredDocument | undefined> {
    const row = await this.#store.db
      .selectFrom('documents')
      .selectAll()
      .where('sha256', '=', sha256)
      .executeTakeFirst();
    return (
      row && {
        sha256,
        bytes: row.bytes,
        mediaType: row.media_type,
        source: row.source,
        channel: row.channel,
        parserVersion: row.parser_version,
        firstSeenAt: row.first_seen_at,
      }
    );
  }
}
