import type { Role } from '../../gateway/http/roles';

/** A refusal as the gateway told it. */
export class Refused extends Error {
  override readonly name = 'Refused';
  constructor(
    readonly status: number,
    readonly code: string,
    readonly problem: Readonly<Record<string, unknown>>,
  ) {
    super(
      `${status} ${code}: ${String(problem['title'] ?? '')} ${JSON.stringify(problem['errors'] ?? problem['details'] ?? {})}`,
    );
  }
}

/** A record as the API shows it. */
export interface RecordView {
  readonly id: string;
  readonly type: string;
  readonly status: string;
  readonly version: number;
  readonly commitment: string;
  readonly participants: readonly string[];
  readonly groups: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

export interface WriteAnswer {
  readonly transactionId: string;
  readonly blockNumber: string;
  readonly record?: RecordView;
  readonly written: readonly { readonly id: string; readonly version: number }[];
}

/** The last block any member told of: every further request waits for it at the gateway it goes to. */
export interface LastBlock {
  number: number;
}

export type TokenOf = (role: Role) => string;

type Body = { readonly json: unknown } | { readonly bytes: Uint8Array; readonly mediaType: string };

/** One member's gateway, spoken to as any institution's system would. */
export class MemberClient {
  constructor(
    readonly member: string,
    readonly url: string,
    private readonly tokenOf: TokenOf,
    private readonly last: LastBlock = { number: 0 },
  ) {}

  /** @throws Refused. */
  async get<T>(path: string, role: Role = 'viewer'): Promise<T> {
    return (await (await this.#send('GET', path, role)).json()) as T;
  }

  /** @throws Refused. */
  async bytes(path: string, role: Role = 'viewer'): Promise<Uint8Array> {
    return new Uint8Array(await (await this.#send('GET', path, role)).arrayBuffer());
  }

  /** A write under its own key: played twice, it is done once. @throws Refused. */
  async post<T = WriteAnswer>(path: string, role: Role, key: string, json: unknown = {}): Promise<T> {
    return this.#noted<T>(await this.#send('POST', path, role, { json }, key));
  }

  /** A write whose body is a file. @throws Refused. */
  async upload<T>(path: string, role: Role, key: string, bytes: Uint8Array, mediaType: string): Promise<T> {
    return this.#noted<T>(await this.#send('POST', path, role, { bytes, mediaType }, key));
  }

  /** Takes note of a block another answer told of. */
  note(block: number): void {
    this.last.number = Math.max(this.last.number, block);
  }

  async #noted<T>(response: Response): Promise<T> {
    const answer = (await response.json()) as { blockNumber?: unknown; result?: { blockNumber?: unknown } };
    const block = Number(answer.blockNumber ?? answer.result?.blockNumber ?? 0);
    this.last.number = Math.max(this.last.number, block);
    return answer as T;
  }

  async #send(method: string, path: string, role: Role, body?: Body, key?: string): Promise<Response> {
    const response = await fetch(`${this.url}${path}`, {
      method,
      headers: {
        authorization: `Bearer ${this.tokenOf(role)}`,
        'concordat-after-block': String(this.last.number),
        ...(key === undefined ? {} : { 'idempotency-key': key }),
        ...(body === undefined ? {} : { 'content-type': 'json' in body ? 'application/json' : body.mediaType }),
      },
      ...(body === undefined ? {} : { body: 'json' in body ? JSON.stringify(body.json) : Buffer.from(body.bytes) }),
    });
    if (response.ok) return response;
    const problem = (await response.json().catch(() => ({}))) as Record<string, unknown>;
    throw new Refused(response.status, String(problem['code'] ?? 'NO_CODE'), problem);
  }
}
