import { Rejection } from '../../chaincode/domain/errors';
import type { Json } from '../../chaincode/domain/json';
import { statementClaimBytes } from '../../chaincode/domain/operations/reconciliation/sign-statement';
import type { Lane, Statement } from '../../chaincode/domain/operations/reconciliation/types';
import { as } from '../../chaincode/domain/trade-types';
import type { RecordIndex } from '../ports/record-index';
import type { RouteDeps } from '../routes/dependencies';
import type { OperationInput } from '../routes/operation-route';

type Deps = Pick<RouteDeps, 'member' | 'index' | 'statements' | 'sign'>;

/** Makes what the close and the signature of a statement take, from the own index. */
export class StatementInputs {
  readonly #deps: Deps;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  /**
   * The day's segments as the own index has them, lane by lane; the contract checks that none is missing.
   *
   * @throws Rejection BUSINESS_DAY_NOT_FOUND, RECORD_NOT_FOUND.
   */
  async closing(businessDay: string, currency: string, date: string): Promise<OperationInput> {
    const { index, member } = this.#deps;
    const day = await index.businessDay(businessDay);
    if (day === undefined || !day.members.includes(member)) throw new Rejection('BUSINESS_DAY_NOT_FOUND');
    const segments: string[] = [];
    for (const lane of day.lanes) {
      const record = await index.record(lane);
      if (record === undefined) throw new Rejection('RECORD_NOT_FOUND', { record: lane });
      const content = as<Lane>(record.groups).lane;
      const posted = content.days[date]?.segments ?? 0;
      if (content.currency === currency) segments.push(...(await daySegments(index, lane, date, posted)));
    }
    const input = { businessDay, members: [...day.members], currency, date, segments };
    return { input, recordIds: [...day.lanes, ...segments] };
  }

  /**
   * A statement's files, written and hashed here, and the own signature over their digests; `differs` when the other
   * member has signed other files.
   *
   * @throws Rejection RECORD_NOT_FOUND; HttpProblem STATEMENT_INCOMPLETE.
   */
  async signing(id: string): Promise<OperationInput & { readonly differs: boolean }> {
    const { index, statements, sign, member } = this.#deps;
    const record = await index.record(id);
    if (record?.type !== 'statement') throw new Rejection('RECORD_NOT_FOUND', { record: id });
    const files = await statements.signatureInput(record);
    const { statement, signatures } = as<Statement>(record.groups);
    const claim = { channel: record.document.channel, statement: id, root: statement.root, ...files };
    const signature = await sign(statementClaimBytes({ ...claim, member }));
    const input = { statement: id, ...files, signature } as unknown as Json;
    const differs = Object.values(signatures).some(({ digests }) => !isSame(digests, files.digests));
    return { input, recordIds: [id], differs };
  }
}

function isSame(one: object, other: object): boolean {
  const entries = Object.entries(other);
  return entries.every(([name, digest]) => (one as Record<string, unknown>)[name] === digest);
}

/** Ids of a lane's segments of one date, in sequence; `count` of them, so that older days are not looked through. */
export async function daySegments(index: RecordIndex, lane: string, date: string, count: number): Promise<string[]> {
  const found: { readonly id: string; readonly sequence: number }[] = [];
  let page = await index.list({ type: 'segment', limit: 200 });
  for (;;) {
    for (const { id, groups } of page.items) {
      const header = groups['header'] ?? {};
      if (header['lane'] === lane && header['date'] === date) found.push({ id, sequence: Number(header['sequence']) });
    }
    if (page.next === undefined || found.length >= count) break;
    page = await index.list({ type: 'segment', limit: 200, cursor: page.next });
  }
  return found.sort((one, other) => one.sequence - other.sequence).map(({ id }) => id);
}
