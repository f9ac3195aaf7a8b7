import { ledger, peer } from '@hyperledger/fabric-protos';
import { randomUUID } from 'node:crypto';

/** Results of a query as the contract receives them: already serialized rows. */
export interface QueryRows {
  next(): Uint8Array | undefined;
  /** Where a paginated query goes on. */
  bookmark(): string;
}

interface OpenQuery {
  readonly rows: QueryRows;
  pending: Uint8Array[];
  returned: number;
}

/** Rows per message to the contract. @see fabric core/chaincode/chaincode_support.go MaxResultLimit */
const MESSAGE_ROWS = 100;
/** @see fabric sampleconfig/core.yaml ledger.state.totalQueryLimit */
const TOTAL_ROWS = 100_000;

/**
 * The open queries of one invocation.
 *
 * @see fabric core/chaincode/query_response_generator.go
 */
export class OpenQueries {
  readonly #open = new Map<string, OpenQuery>();

  /** Starts a query and gives its first message; a paginated one is answered whole, with a bookmark. */
  start(rows: QueryRows, { limit = 0, paginated = false } = {}): Uint8Array {
    const id = randomUUID();
    this.#open.set(id, { rows, pending: [], returned: 0 });
    return this.#respond(id, limit > 0 && limit < TOTAL_ROWS ? limit : TOTAL_ROWS, paginated);
  }

  next(id: string): Uint8Array {
    if (!this.#open.has(id)) throw new Error('query iterator not found');
    return this.#respond(id, TOTAL_ROWS, false);
  }

  close(id: string): Uint8Array {
    this.#open.delete(id);
    return newResponse(id, [], false).serializeBinary();
  }

  #respond(id: string, limit: number, paginated: boolean): Uint8Array {
    const query = this.#open.get(id) as OpenQuery;
    for (;;) {
      const row = query.returned >= limit ? undefined : query.rows.next();
      if (!row) return this.#finish(id, query, paginated);
      query.returned++;
      if (!paginated && query.pending.length === MESSAGE_ROWS) {
        const batch = query.pending;
        query.pending = [row];
        return newResponse(id, batch, true).serializeBinary();
      }
      query.pending.push(row);
    }
  }

  #finish(id: string, query: OpenQuery, paginated: boolean): Uint8Array {
    this.#open.delete(id);
    const response = newResponse(id, query.pending, false);
    if (paginated) {
      const metadata = new peer.QueryResponseMetadata();
      metadata.setFetchedRecordsCount(query.returned);
      metadata.setBookmark(query.rows.bookmark());
      response.setMetadata(metadata.serializeBinary());
    }
    return response.serializeBinary();
  }
}

function newResponse(id: string, rows: readonly Uint8Array[], hasMore: boolean): peer.QueryResponse {
  const response = new peer.QueryResponse();
  response.setId(id);
  response.setHasMore(hasMore);
  response.setResultsList(
    rows.map((row) => {
      const result = new peer.QueryResultBytes();
      result.setResultbytes(row);
      return result;
    }),
  );
  return response;
}

/** One row of a range query. */
export function newKeyValue(namespace: string, key: string, value: Uint8Array): Uint8Array {
  const row = new ledger.queryresult.KV();
  row.setNamespace(namespace);
  row.setKey(key);
  row.setValue(value);
  return row.serializeBinary();
}
