/** A document exactly as received; the parsed form never replaces it. */
export interface StoredDocument {
  /** SHA-256 of the bytes, hexadecimal; also the document's id. */
  readonly sha256: string;
  readonly bytes: Uint8Array;
  readonly mediaType: string;
  /** Who handed it in: subject of the token. */
  readonly source: string;
  /** How it came: `upload`, `import`, ... */
  readonly channel: string;
  readonly parserVersion: string;
  /** ISO 8601 UTC, first time only. */
  readonly firstSeenAt: string;
}

export interface DocumentStore {
  /** Keeps the document unless the same bytes are there already; answers what is kept. */
  put(document: Omit<StoredDocument, 'sha256' | 'firstSeenAt'>): Promise<StoredDocument>;
  get(sha256: string): Promise<StoredDocument | undefined>;
}

export interface StoredResponse {
  readonly status: number;
  /** Header names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export type IdempotencyStart =
  | { readonly kind: 'started' }
  /** Same key, same body, finished: answer this again. */
  | { readonly kind: 'replay'; readonly response: StoredResponse }
  /** Same key, same body, being worked on; `isHere`: the key is this process's own. */
  | { readonly kind: 'inFlight'; readonly isHere?: boolean }
  /** Same key, same body, begun by a process that ended before it answered: look for its transactions by reference. */
  | { readonly kind: 'interrupted' }
  /** Same key, another body or route. */
  | { readonly kind: 'differs' };

/**
 * Keys of writes; scope is the caller (member and subject), so one caller cannot see another's answers.
 *
 * `start` and `finish` may reject with a StorageError; then what they were to do may or may not have been done.
 */
export interface IdempotencyStore {
  start(scope: string, key: string, requestSha256: string): Promise<IdempotencyStart>;
  finish(scope: string, key: string, response: StoredResponse): Promise<void>;
  /** Forgets a key whose request had no effect, so that it can be used again; late rather than never, so it never fails. */
  abandon(scope: string, key: string): Promise<void>;
  /** Gives a key whose request ended without a known outcome out of hand: any process may look for it. Never fails. */
  release(scope: string, key: string): Promise<void>;
}
