import type { Json } from '../../chaincode/domain/json';
import type { PartySignature } from '../../chaincode/domain/typed-data';
import type { Database, SqlRow, Statement } from '../../network/storage/database';
import { migrate } from '../index/migrations';
import type { RequiredSignature, SigningRequest } from './signing-requests';

const STEPS = [
  `
  CREATE TABLE signing_requests (
    id TEXT PRIMARY KEY,
    content TEXT NOT NULL,
    created_at TEXT NOT NULL
  );
`,
];

/** An act as stored: what must be signed, and the signature once it is there. */
export interface StoredAct extends RequiredSignature {
  readonly signature: PartySignature | null;
}

/** A signing request with what its submission needs; bodies and salts stay in the member's own database. */
export interface StoredSigningRequest extends Omit<SigningRequest, 'required'> {
  readonly required: readonly StoredAct[];
  readonly input: Json;
  readonly records: readonly { readonly id: string; readonly commitment: string }[];
  /** The signed content holds the salts, so the submission must use the same seed. */
  readonly seed: string;
  /** Under which the outbox knows its transactions. */
  readonly reference: string | null;
}

export class SigningStore {
  readonly #insert: Statement;
  readonly #update: Statement;
  readonly #one: Statement;

  constructor(database: Database) {
    migrate(database, 'signing', STEPS);
    this.#insert = database.prepare('INSERT INTO signing_requests (id, content, created_at) VALUES (?, ?, ?)');
    this.#update = database.prepare('UPDATE signing_requests SET content = ? WHERE id = ?');
    this.#one = database.prepare('SELECT content FROM signing_requests WHERE id = ?');
  }

  insert(request: StoredSigningRequest): void {
    this.#insert.run(request.id, JSON.stringify(request), request.createdAt);
  }

  update(request: StoredSigningRequest): void {
    this.#update.run(JSON.stringify(request), request.id);
  }

  get(id: string): StoredSigningRequest | undefined {
    const row: SqlRow | undefined = this.#one.get(id);
    return row && (JSON.parse(row['content'] as string) as StoredSigningRequest);
  }
}
