import { Info, Returns, Transaction, Context } from 'fabric-contract-api';
import { canonicalJson } from '../domain/canonical-json';
import { Rejection } from '../domain/errors';
import { execute } from '../domain/execute';
import { sha256Hex } from '../domain/hash';
import type { Json } from '../domain/json';
import type { SuppliedRecord } from '../domain/operation';
import { operationNamed } from '../domain/operations';
import { parseRequest } from '../domain/request';
import { applyWrites } from '../state/apply-writes';
import { loadContext } from '../state/load-context';
import { readBusinessDay, readNoticeHead, readSkeleton } from '../state/public-state';
import { implicitCollection } from '../state/stub';
import { RuleContract, type Access } from './rule-contract';

const ID = /^[0-9a-f]{32}$/;

/** The records members hold together. @see docs/RECORDS.md */
@Info({ title: 'Records', description: 'Orders, fulfilment, financing, reconciliation and cases' })
export class RecordsContract extends RuleContract {
  protected readonly access: ReadonlyMap<string, Access> = new Map<string, Access>([
    ['execute', 'write'],
    ['readRecord', 'readPrivate'],
    ['readAttachment', 'readPrivate'],
    ['readDisclosure', 'readPrivate'],
    ['readSkeleton', 'readPublic'],
    ['readHistory', 'readPublic'],
    ['readBusinessDay', 'readPublic'],
    ['readNoticeHead', 'readPublic'],
  ]);

  constructor() {
    super('Records');
  }

  /** Runs the operation in the transient map's `request`; answers what it wrote, which the write set shows anyway. */
  @Transaction()
  @Returns('string')
  async execute(ctx: Context): Promise<string> {
    const bytes = ctx.stub.getTransient().get('request');
    if (bytes === undefined) throw new Rejection('REQUEST_INVALID', { field: '' });
    const request = parseRequest(bytes);
    const operation = operationNamed(request.operation);
    const supplied = new Map<string, SuppliedRecord>(request.records.map((record) => [record.document.id, record]));
    const reads = operation.reads(operation.parse(request.input), supplied);
    const creator = {
      mspId: ctx.clientIdentity.getMSPID(),
      certificate: Buffer.from(ctx.clientIdentity.getIDBytes()).toString('utf8'),
    };
    const context = await loadContext(ctx.stub, request, reads, creator);
    const written = execute(operation, request, context);
    // A peer outside the record would complete the succession's policy for an operation that is none.
    if (!written.endorsers.includes(ctx.stub.getMspID())) throw new Rejection('PEER_NOT_ENTITLED');
    await applyWrites(ctx.stub, written);
    return canonicalJson(written.response as unknown as Json);
  }

  /** Document and groups as the caller's own member holds them. */
  @Transaction(false)
  @Returns('string')
  async readRecord(ctx: Context, id: string): Promise<string> {
    const skeleton = await readSkeleton(ctx.stub, known(id));
    const document = await ownPrivate(ctx, `r/${id}`);
    if (skeleton === undefined || document === undefined) throw new Rejection('RECORD_NOT_FOUND', { record: id });
    const groups = await ownPrivate(ctx, `g/${id}`);
    return canonicalJson({ document, groups: (groups as { groups?: Json } | undefined)?.groups ?? {} });
  }

  /** Bulk content of a record, such as a segment's entries. */
  @Transaction(false)
  @Returns('string')
  async readAttachment(ctx: Context, id: string, name: string): Promise<string> {
    if (!/^[a-z]{1,32}$/.test(name)) throw new Rejection('RECORD_NOT_FOUND', {});
    const content = await ownPrivate(ctx, `a/${known(id)}/${name}`);
    if (content === undefined) throw new Rejection('RECORD_NOT_FOUND', { record: id });
    return canonicalJson(content);
  }

  /** Bodies that were disclosed to the caller's own member. */
  @Transaction(false)
  @Returns('string')
  async readDisclosure(ctx: Context, id: string): Promise<string> {
    const content = await ownPrivate(ctx, `x/${known(id)}`);
    if (content === undefined) throw new Rejection('RECORD_NOT_FOUND', { record: id });
    return canonicalJson(content);
  }

  /** What the channel sees of a record that counts. */
  @Transaction(false)
  @Returns('string')
  async readSkeleton(ctx: Context, id: string): Promise<string> {
    const skeleton = await readSkeleton(ctx.stub, known(id));
    if (skeleton === undefined) throw new Rejection('RECORD_NOT_FOUND', { record: id });
    return canonicalJson(skeleton as unknown as Json);
  }

  /**
   * Every version of a record's skeleton, oldest first, as this peer's valid transactions wrote them.
   *
   * Endorsed by several members' peers this is the receipt an evidence package carries: nobody signs validation codes.
   */
  @Transaction(false)
  @Returns('string')
  async readHistory(ctx: Context, id: string): Promise<string> {
    const key = `r/${known(id)}`;
    const versions: Json[] = [];
    for await (const { txId, value, isDelete } of ctx.stub.getHistoryForKey(key)) {
      versions.push({
        isDelete,
        transactionId: txId,
        value: Buffer.from(value).toString('utf8'),
        valueHash: sha256Hex(value),
      });
    }
    // Read as well as remembered: the version of the current value enters the endorsed read set.
    await ctx.stub.getState(key);
    return canonicalJson({ id, key, versions: versions.reverse() });
  }

  @Transaction(false)
  @Returns('string')
  async readBusinessDay(ctx: Context, id: string): Promise<string> {
    const day = await readBusinessDay(ctx.stub, known(id));
    if (day === undefined) throw new Rejection('BUSINESS_DAY_NOT_FOUND', { businessDay: id });
    return canonicalJson(day as unknown as Json);
  }

  @Transaction(false)
  @Returns('string')
  async readNoticeHead(ctx: Context, orderId: string, mspId: string): Promise<string> {
    const head = await readNoticeHead(ctx.stub, known(orderId), mspId);
    if (head === undefined) throw new Rejection('RECORD_NOT_FOUND', { record: orderId });
    return canonicalJson(head as unknown as Json);
  }
}

function known(id: string): string {
  if (!ID.test(id)) throw new Rejection('RECORD_NOT_FOUND', {});
  return id;
}

async function ownPrivate(ctx: Context, key: string): Promise<Json | undefined> {
  const bytes = await ctx.stub.getPrivateData(implicitCollection(ctx.stub.getMspID()), key);
  return bytes === undefined || bytes.length === 0
    ? undefined
    : (JSON.parse(Buffer.from(bytes).toString('utf8')) as Json);
}
