import { randomBytes } from 'node:crypto';
import type { Role } from '../../../gateway/http/roles';
import { roleTokens, type Stage } from '../../../scripts/demo/stage';
import { foundConsortium } from '../../../scripts/demo/steps-founding';
import { agreeOrder } from '../../../scripts/demo/steps-order';
import type { LedgerKind } from '../../../scripts/start/consortium';
import { loadSecrets } from '../../../scripts/start/secrets';
import { DemonstrationRun } from './demonstration-run';
import { OpenApiCheck } from './openapi-check';

export interface Ask {
  readonly at?: string;
  readonly method?: string;
  readonly path: string;
  readonly role?: Role;
  readonly token?: string | null;
  readonly key?: string | null;
  readonly body?: string | Uint8Array;
  readonly type?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface Described {
  readonly paths: Readonly<
    Record<
      string,
      Readonly<
        Record<string, { readonly 'x-roles': readonly Role[]; readonly requestBody?: { readonly content: object } }>
      >
    >
  >;
}

/** A text that callers send and nobody must find anywhere. */
export const SECRET = 'PRIVATE-4b1d';

/** A consortium with an agreed order, asked over HTTP; every answer is held against the API's own description. */
export class GatewayHarness {
  readonly run: DemonstrationRun;
  readonly tokens: Record<string, Record<Role, string>> = {};
  document!: Described;
  #check!: OpenApiCheck;

  constructor(ledger?: LedgerKind) {
    this.run = new DemonstrationRun(ledger);
  }

  get stage(): Stage {
    return this.run.stage;
  }

  /** `paymentTerms` go into the order beside the demonstration's. */
  async start(paymentTerms: object = {}): Promise<void> {
    await this.run.start();
    await foundConsortium(this.stage);
    await agreeOrder(this.stage, paymentTerms);
    const secrets = loadSecrets(this.run.dataFolder);
    for (const { member } of this.#clients()) this.tokens[member] = await roleTokens(secrets, member);
    this.document = (await (await fetch(`${this.stage.platform.url}/openapi.json`)).json()) as Described;
    this.#check = new OpenApiCheck(this.document);
  }

  #clients() {
    const { platform, sellerBank, buyerBank, logistics, arbitration } = this.stage;
    return [platform, sellerBank, buyerBank, logistics, arbitration];
  }

  /** Sends one request. @throws Error when the answer is not as /openapi.json describes it. */
  async ask(asked: Ask): Promise<Response> {
    const {
      at = 'PlatformMSP',
      method = 'GET',
      path,
      role = 'maker',
      token,
      key,
      body,
      type = 'application/json',
    } = asked;
    const bearer = token === undefined ? this.tokens[at]![role] : token;
    const url = this.#clients().find(({ member }) => member === at)!.url;
    const response = await fetch(`${url}${path}`, {
      method,
      headers: {
        ...(bearer === null ? {} : { authorization: `Bearer ${bearer}` }),
        ...(method === 'POST' && key !== null ? { 'idempotency-key': key ?? randomBytes(8).toString('hex') } : {}),
        ...(body === undefined ? {} : { 'content-type': type }),
        ...asked.headers,
      },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : Buffer.from(body) }),
    });
    const problem = await this.#check.problem(method, path, response);
    if (problem !== undefined) throw new Error(problem);
    return response;
  }

  /** Status, and the problem's code; what the caller sent must not come back. */
  async codeOf(asked: Ask): Promise<string> {
    const response = await this.ask(asked);
    if (response.ok) return String(response.status);
    const text = await response.text();
    if (text.includes(SECRET)) throw new Error(`the problem echoes what was sent: ${text}`);
    return `${response.status} ${(JSON.parse(text) as { code: string }).code}`;
  }

  /** Number of the next block the platform's gateway will index. */
  async height(): Promise<number> {
    const metrics = await (await fetch(`${this.stage.platform.url}/metrics`)).text();
    return Number(/^concordat_index_height\{[^}]*\} (\d+)$/m.exec(metrics)![1]);
  }
}
