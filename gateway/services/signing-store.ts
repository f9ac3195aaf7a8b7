import type { Json } from '../../chaincode/domain/json';
import type { PartySignature } from '../../chaincode/domain/typed-data';
import { createTable, migrate, type MigrationStep } from '../database/migrations';
import type { Store } from '../database/store';
import type { RequiredSignature, SigningRequest } from './signing-requests';

const STEPS: readonly MigrationStep[] = [
  (db, types) =>
    createTable(db, types, {
      name: 'signing_requests',
      columns: { id: 'text', content: 'text', created_at: 'text' },
      key: ['id'],
    }),
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
  /** The try to submit it that is under way, and the process that makes it. */
  readonly submission?: { readonly process: string; readonly id: string } | null;
}

/** The member's signing requests; a change names what it changes, so that of two at once one is refused. */
export class SigningStore {
  readonly #store: Store;

  private constructor(store: Store) {
    this.#store = store;
  }

  /** @throws StorageError; Error when the table is of a newer version. */
  static async open(store: Store): Promise<SigningStore> {
    await migrate(store, 'signing', STEPS);
    return new SigningStore(store);
  }

  async insert(request: StoredSigningRequest): Promise<void> {
    const row = { id: request.id, content: JSON.stringify(request), created_at: request.createdAt };
    await this.#store.db.insertInto('signing_requests').values(row).execute();
  }

  /** Answers false, and changes nothing, when the request is not any more as it was read. */
  async replace(before: StoredSigningRequest, after: StoredSigningRequest): Promise<boolean> {
    const { numUpdatedRows } = await this.#store.db
      .updateTable('signing_requests')
      .set({ content: JSON.stringify(after) })
      .where('id', '=', before.id)
      .where('content', '=', JSON.stringify(before))
      .executeTakeFirst();
    return numUpdatedRows === 1n;
  }

  async get(id: string): Promise<StoredSigningRequest | undefined> {
    const row = await this.#store.db
      .selectFrom('signing_requests')
      .select('content')
      .where('id', '=', id)
      .executeTakeFirst();
    return row && (JSON.parse(row.content) as StoredSigningRequest);
  }
}
