/**
 * What a column can hold; blobs come back as `Uint8Array` whatever the driver.
 *
 * Texts hold no NUL, at which one driver would cut them: keys that strangers name are blobs.
 */
export type SqlValue = number | bigint | string | Uint8Array | null;
export type SqlRow = Record<string, SqlValue>;

/** A prepared statement; parameters are positional (`?`). */
export interface Statement {
  run(...values: SqlValue[]): { changes: number };
  get(...values: SqlValue[]): SqlRow | undefined;
  all(...values: SqlValue[]): SqlRow[];
}

/** The narrow slice of SQLite that both drivers offer in the same way. */
export interface Database {
  readonly path: string;
  readonly driver: DriverName;
  exec(sql: string): void;
  prepare(sql: string): Statement;
  /** Runs `work` in one transaction: committed when it returns, rolled back when it throws. Does not nest. */
  transaction<T>(work: () => T): T;
  close(): void;
}

export type DriverName = 'better' | 'wasm';

/** How hard a commit is pressed to the disk: `full` survives power loss, `process` survives a killed process. */
export type Durability = 'full' | 'process';

/** `UNREACHABLE`: a database in another process does not answer; what was asked of it may have been done or not. */
export type StorageErrorCode = 'FULL' | 'BUSY' | 'CORRUPT' | 'UNREACHABLE' | 'OTHER';

/** A failure of the disk or of the database under us, named so that callers can refuse cleanly. */
export class StorageError extends Error {
  readonly code: StorageErrorCode;

  constructor(code: StorageErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'StorageError';
    this.code = code;
  }
}

const SIGNS: readonly (readonly [StorageErrorCode, RegExp])[] = [
  ['FULL', /SQLITE_FULL|SQLITE_IOERR_WRITE|SQLITE_IOERR_FSYNC|ENOSPC|disk is full|database or disk|EDQUOT|EFBIG/i],
  ['BUSY', /SQLITE_BUSY|SQLITE_LOCKED|database is locked/i],
  ['CORRUPT', /SQLITE_CORRUPT|SQLITE_NOTADB|malformed|not a database/i],
];

/**
 * Translates a driver's exception into a `StorageError`.
 *
 * A full disk shows as SQLITE_FULL, or as a failed write of the journal; both mean "refuse and try later".
 */
export function toStorageError(error: unknown): StorageError {
  if (error instanceof StorageError) return error;
  const { code, message } = error as { code?: unknown; message?: unknown };
  const text = `${typeof code === 'string' ? code : ''} ${String(message ?? error)}`.trim();
  const found = SIGNS.find(([, sign]) => sign.test(text));
  return new StorageError(found?.[0] ?? 'OTHER', text, { cause: error });
}
