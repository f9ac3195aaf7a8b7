import { createHash } from 'node:crypto';
import type { Database, Statement } from '../../network/storage/database';
import type { DocumentStore, StoredDocument } from '../ports/local-stores';
import { migrate } from './migrations';

const STEPS = [
  `
  CREATE TABLE documents (
    sha256 TEXT PRIMARY KEY,
    bytes BLOB NOT NULL,
    media_type TEXT NOT NULL,
    source TEXT NOT NULL,
    channel TEXT NOT NULL,
    parser_version TEXT NOT NULL,
    first_seen_at TEXT NOT NULL
  );
`,
];

/** Inbound documents as received, by their hash; the first arrival's circumstances stand. */
export class SqliteDocumentStore implements DocumentStore {
  readonly #insert: Statement;
  readonly #one: Statement;

  constructor(database: Database) {
    migrate(database, 'documents', STEPS);
    this.#insert = database.prepare('INSERT OR IGNORE INTO documents VALUES (?, ?, ?, ?, ?, ?, ?)');
    this.#one = database.prepare('SELECT * FROM documents WHERE sha256 = ?');
  }

  put({
    bytes,
    mediaType,
    source,
    channel,
    parserVersion,
  }: Omit<StoredDocument, 'sha256' | 'firstSeenAt'>): StoredDocument {
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    this.#insert.run(sha256, bytes, mediaType, source, channel, parserVersion, new Date().toISOString());
    return this.get(sha256) as StoredDocument;
  }

  get(sha256: string): StoredDocument | undefined {
    const row = this.#one.get(sha256);
    return (
      row && {
        sha256,
        bytes: row['bytes'] as Uint8Array,
        mediaType: row['media_type'] as string,
        source: row['source'] as string,
        channel: row['channel'] as string,
        parserVersion: row['parser_version'] as string,
        firstSeenAt: row['first_seen_at'] as string,
      }
    );
  }
}
