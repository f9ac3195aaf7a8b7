import { randomBytes } from 'node:crypto';
import { newContext, type ContextData } from '../../chaincode/domain/context';
import { Rejection } from '../../chaincode/domain/errors';
import type { NoticeHead } from '../../chaincode/domain/notice-head';
import type {
  Change,
  LoadedRecord,
  Operation,
  OperationContext,
  OperationRequest,
  PublicReads,
} from '../../chaincode/domain/operation';
import type { CalendarBook } from '../../chaincode/domain/calendar';
import type { FinancingClaim, KeyBinding, NetworkDescription } from '../../chaincode/domain/registry';
import type { Succession } from '../../chaincode/domain/succession';
import type { IndexedRecord, RecordIndex } from '../ports/record-index';
import type { PlainCall } from './operations';

export type OperationTable = ReadonlyMap<string, Operation<unknown>>;

/** What the registry answers about keys and financings; `network` is undefined before it is described. */
export interface RegistryAnswer {
  readonly network: NetworkDescription | undefined;
  readonly bindings: ReadonlyMap<string, KeyBinding>;
  readonly claims: ReadonlyMap<string, FinancingClaim>;
  readonly calendars: ReadonlyMap<string, CalendarBook>;
  readonly successions?: ReadonlyMap<string, Succession>;
}

/** What the rules read of the registry. */
export interface RegistryReader {
  /** @throws LedgerError unavailable. */
  lookUp(question: {
    readonly addresses: readonly string[];
    readonly claims: readonly string[];
    readonly calendars?: readonly string[];
    /** As `from/to`. */
    readonly successions?: readonly string[];
  }): Promise<RegistryAnswer>;
}

export interface PreviewDependencies {
  readonly channel: string;
  readonly mspId: string;
  /** PEM of this gateway's client certificate. */
  readonly certificate: string;
  readonly index: RecordIndex;
  readonly registry: RegistryReader;
  readonly operations: OperationTable;
}

/** An operation as it would run now. */
export interface Preview {
  readonly request: OperationRequest;
  readonly records: readonly IndexedRecord[];
  readonly context: OperationContext;
  readonly changes: readonly Change[];
}

/** Stands for the transaction that does not exist yet; ids derived from it are not the ones that will be written. */
const NO_TRANSACTION = '0'.repeat(64);

/** Runs the same pure rules the contract runs, on what the own index holds. */
export class Previewer {
  readonly #dependencies: PreviewDependencies;

  constructor(dependencies: PreviewDependencies) {
    this.#dependencies = dependencies;
  }

  /** @throws Rejection OPERATION_UNKNOWN, RECORD_NOT_FOUND, and what the operation refuses; LedgerError unavailable. */
  async preview(call: PlainCall, transactionId = NO_TRANSACTION): Promise<Preview> {
    const operation = this.#operation(call.operation);
    const records = await this.#records(call.recordIds);
    const request = toRequest(call, records);
    const input = operation.parse(call.input);
    const supplied = new Map(request.records.map((record) => [record.document.id, record]));
    const context = newContext({
      ...(await this.#read(operation.reads(input, supplied), request)),
      transactionId,
      records: loaded(records, call),
    });
    return { request, records, context, changes: operation.apply(context, input) };
  }

  /** The request without running the rules, for callers that name the endorsers. @throws Rejection RECORD_NOT_FOUND. */
  async request(call: PlainCall): Promise<Pick<Preview, 'request' | 'records'>> {
    const records = await this.#records(call.recordIds);
    return { request: toRequest(call, records), records };
  }

  #operation(name: string): Operation<unknown> {
    const operation = this.#dependencies.operations.get(name);
    if (operation === undefined) throw new Rejection('OPERATION_UNKNOWN', { operation: name.slice(0, 64) });
    return operation;
  }

  async #records(ids: readonly string[]): Promise<readonly IndexedRecord[]> {
    const records = await this.#dependencies.index.records(ids);
    const missing = ids.find((id) => !records.some((record) => record.id === id));
    if (missing !== undefined) throw new Rejection('RECORD_NOT_FOUND', { record: missing });
    return records;
  }

  async #read(reads: PublicReads, request: OperationRequest): Promise<Omit<ContextData, 'transactionId' | 'records'>> {
    const { channel, mspId, certificate, index, registry } = this.#dependencies;
    const addresses = request.signatures.map(({ address }) => address);
    const claims = reads.claims ?? [];
    const noticeHeads: [string, NoticeHead][] = [];
    for (const { orderId } of reads.noticeHeads ?? []) {
      for (const head of await index.noticeHeads(orderId)) noticeHeads.push([`${orderId}/${head.mspId}`, head]);
    }
    return {
      channel,
      chaincode: 'records',
      creatorMspId: mspId,
      creatorCertificate: certificate,
      skeletons: await found(reads.skeletons, (id) => index.skeleton(id)),
      businessDays: await found(reads.businessDays, (id) => index.businessDay(id)),
      noticeHeads: new Map(noticeHeads),
      ...(await registry.lookUp({
        addresses,
        claims,
        calendars: reads.calendars ?? [],
        successions: reads.successions ?? [],
      })),
    };
  }
}

async function found<T>(
  keys: readonly string[] | undefined,
  read: (key: string) => Promise<T | undefined>,
): Promise<Map<string, T>> {
  const values = new Map<string, T>();
  for (const key of keys ?? []) {
    const value = await read(key);
    if (value !== undefined) values.set(key, value);
  }
  return values;
}

function toRequest(call: PlainCall, records: readonly IndexedRecord[]): OperationRequest {
  const supplied = records.map(({ id, document, salted }) => {
    const wanted = call.groupsOf?.[id];
    const groups =
      wanted === undefined
        ? salted
        : Object.fromEntries(Object.entries(salted).filter(([name]) => wanted.includes(name)));
    return { document, groups };
  });
  return {
    operation: call.operation,
    seed: call.seed ?? randomBytes(32).toString('hex'),
    input: call.input,
    records: supplied,
    signatures: call.signatures ?? [],
  };
}

function loaded(records: readonly IndexedRecord[], call: PlainCall): Map<string, LoadedRecord> {
  return new Map(
    records.map(({ id, document, commitment, groups }) => {
      const wanted = call.groupsOf?.[id];
      const shown =
        wanted === undefined
          ? groups
          : Object.fromEntries(Object.entries(groups).filter(([name]) => wanted.includes(name)));
      return [id, { document, commitment, groups: shown }];
    }),
  );
}
