import type { Readable } from 'node:stream';
import type { Language } from './language';
import type { Caller, Permission } from './roles';
import type { DtoClass } from './validation/validate';

/** What a handler gets: parsed and checked, with nothing of Express. */
export interface Call {
  readonly params: Readonly<Record<string, string>>;
  /** As the route's query class describes it. */
  readonly query: object;
  /** Those that the route names. */
  readonly headers: Readonly<Record<string, string>>;
  /** As the route's body class describes it; an empty object where the route takes none. */
  readonly body: object;
  /** Body as received, for documents. */
  readonly bytes: Uint8Array;
  /** Without parameters, lower case; empty when there is no body. */
  readonly mediaType: string;
  /** File of a bulk upload, spooled and hashed before the handler runs. */
  readonly upload?: Upload;
  readonly caller: Caller;
  /** Names this write in the outbox: the caller and its Idempotency-Key. Empty for reads. */
  readonly reference: string;
  readonly language: Language;
}

/** A large body on disk. */
export interface Upload {
  readonly size: number;
  open(): Readable;
}

/** What a handler answers: JSON, or bytes with their media type. */
export interface Answer {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly json?: unknown;
  readonly bytes?: Uint8Array;
  /** A file that is made while it is sent; what fails before its first chunk is an ordinary refusal. */
  readonly stream?: AsyncIterable<Uint8Array>;
  readonly mediaType?: string;
}

/** What a route takes as its body. */
export type BodyShape =
  | { readonly kind: 'json'; readonly type: DtoClass }
  | { readonly kind: 'bytes'; readonly mediaTypes: readonly string[]; readonly limit: number }
  | { readonly kind: 'upload'; readonly mediaTypes: readonly string[]; readonly limit: number };

/**
 * One row of the route table: the router, the roles and the OpenAPI document are all made from it.
 *
 * A `post` takes an Idempotency-Key and is done once under it. `patch` and `delete` take none: what they do twice is told
 * from what they did once by the state they find.
 */
export interface Route {
  readonly method: 'get' | 'post' | 'patch' | 'delete';
  /** OpenAPI form, for example `/v1/purchase-orders/{id}`. */
  readonly path: string;
  readonly operationId: string;
  readonly tag: string;
  readonly summary: string;
  readonly permission: Permission;
  readonly body?: BodyShape;
  readonly query?: DtoClass;
  /** Headers it takes beside those of every route: name in lower case → form and meaning. */
  readonly headers?: Readonly<Record<string, { readonly pattern: RegExp; readonly description: string }>>;
  readonly answer: {
    readonly status: number;
    readonly description: string;
    readonly type?: DtoClass;
    /** For answers that are files. */
    readonly mediaTypes?: readonly string[];
  };
  readonly handle: (call: Call) => Promise<Answer> | Answer;
}
