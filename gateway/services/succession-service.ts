import { OPEN_STATUSES } from '../../chaincode/domain/membership';
import { Rejection } from '../../chaincode/domain/errors';
import type { Json } from '../../chaincode/domain/json';
import type { Lane, Segment } from '../../chaincode/domain/operations/reconciliation/types';
import type { RecordType } from '../../chaincode/domain/record';
import { passedIn, type Passed } from '../../chaincode/domain/succession';
import { as } from '../../chaincode/domain/trade-types';
import { LedgerError } from '../ports/ledger-port';
import type { IndexedRecord, RecordIndex } from '../ports/record-index';
import type { Operations } from './operations';
import type { Registry } from './registry';
import { allRecords } from './all-records';

/** What became of one record or business day. */
export interface PassedItem {
  readonly id: string;
  readonly type: string;
  readonly state: 'passedOn' | 'failed';
  /** Why it failed. */
  readonly code?: string;
}

export interface SuccessionDependencies {
  readonly member: string;
  readonly index: RecordIndex;
  readonly operations: Operations;
  readonly registry: Pick<Registry, 'network'>;
}

/** What is passed on: everything that waits for somebody, and what that stands on. A statement stays as it is. */
const PASSED: Readonly<Partial<Record<RecordType, readonly string[]>>> = {
  ...Object.fromEntries(Object.entries(OPEN_STATUSES).filter(([type]) => type !== 'statement')),
  lane: ['open'],
  notice: ['given'],
};

interface Passing extends Passed {
  readonly reference: string;
  readonly witnesses: readonly string[];
}

/**
 * Passes every open record this member holds with a leaving one on to its successor: participants first, endorsed by
 * the witnesses, then the content, endorsed by the participants.
 *
 * Begun again, it goes on where it stopped: a record is looked at as it stands.
 */
export class SuccessionService {
  readonly #deps: SuccessionDependencies;

  constructor(deps: SuccessionDependencies) {
    this.#deps = deps;
  }

  /**
   * `witnesses` are the members whose peers endorse beside the participants; all others when absent.
   *
   * @throws Rejection NETWORK_NOT_SET; LedgerError unavailable, unknown. Refusals are told record by record.
   */
  async passOn(succession: Passed, reference: string, witnesses?: readonly string[]): Promise<readonly PassedItem[]> {
    const { members } = await this.#deps.registry.network();
    const others = members.map(({ mspId }) => mspId).filter((mspId) => mspId !== succession.from);
    const passing = { ...succession, reference, witnesses: witnesses ?? others };
    const days = await this.#businessDays(passing);
    const items: PassedItem[] = [];
    for (const id of days) items.push(await this.#told(id, 'businessDay', () => this.#passDay(id, passing)));
    for (const record of await this.#open(passing)) {
      items.push(await this.#told(record.id, record.type, () => this.#passRecord(record, passing)));
    }
    return items;
  }

  async #told(id: string, type: string, pass: () => Promise<void>): Promise<PassedItem> {
    try {
      await pass();
      return { id, type, state: 'passedOn' };
    } catch (error) {
      const isRefusal = error instanceof Rejection || (error instanceof LedgerError && error.outcome !== 'unknown');
      if (!isRefusal || (error instanceof LedgerError && error.outcome === 'unavailable')) throw error;
      return { id, type, state: 'failed', code: error.code };
    }
  }

  async #businessDays({ from }: Passing): Promise<string[]> {
    const { member, index } = this.#deps;
    const days = await index.businessDays();
    return days.filter(({ members }) => members.includes(from) && members.includes(member)).map(({ id }) => id);
  }

  async #passDay(id: string, { from, to, witnesses, reference }: Passing): Promise<void> {
    const input = { from, to, records: [], businessDays: [id], witnesses: [...witnesses] };
    const call = { operation: 'passOn', input, recordIds: [], actsOn: [id] };
    await this.#deps.operations.submit({ ...call, reference: `${reference}:day:${id}` });
  }

  /** Records still with the leaving member, and those whose content the successor has not received. */
  async #open(passing: Passing): Promise<IndexedRecord[]> {
    const found: IndexedRecord[] = [];
    for (const [type, statuses] of Object.entries(PASSED)) {
      for (const status of statuses ?? []) found.push(...(await this.#listed(type as RecordType, status, passing)));
    }
    found.push(...(await this.#ofOrders(found, passing)));
    for (const lane of found.filter(({ type }) => type === 'lane')) {
      found.push(...(await this.#openSegments(lane, passing)));
    }
    return found;
  }

  async #listed(type: RecordType, status: string, passing: Passing): Promise<IndexedRecord[]> {
    const found: IndexedRecord[] = [];
    for await (const record of allRecords(this.#deps.index, { type, status })) {
      if (isWith(record, passing)) found.push(record);
    }
    return found;
  }

  /** What else belongs to an open record's order: a payment needs its invoice and shipments, ended or not. */
  async #ofOrders(open: readonly IndexedRecord[], passing: Passing): Promise<IndexedRecord[]> {
    const known = new Set(open.map(({ id }) => id));
    const orders = new Set(open.flatMap(({ orderId }) => orderId ?? []));
    const found: IndexedRecord[] = [];
    for (const orderId of orders) {
      const { items } = await this.#deps.index.list({ orderId, limit: 200 });
      found.push(...items.filter((record) => !known.has(record.id) && isWith(record, passing)));
    }
    return found;
  }

  /** The segments of a lane's open dates: the close needs their headers, the statement's files their entries. */
  async #openSegments(lane: IndexedRecord, passing: Passing): Promise<IndexedRecord[]> {
    const { days } = as<Lane>(lane.groups).lane;
    const segments = await this.#listed('segment', 'posted', passing);
    return segments.filter(({ groups }) => {
      const { header } = as<Segment>(groups);
      return header.lane === lane.id && Object.hasOwn(days, header.date);
    });
  }

  async #passRecord(record: IndexedRecord, passing: Passing): Promise<void> {
    if (record.participants.includes(passing.from)) await this.#changeParticipants(record, passing);
    const { from, to, reference } = passing;
    const { id, type } = record;
    const entries = type === 'segment' ? ((await this.#deps.index.attachment(id, 'entries')) ?? []) : [];
    await this.#deps.operations.submit({
      operation: 'receiveRecord',
      input: { record: id, from, to, entries },
      recordIds: [id],
      reference: `${reference}:receive:${id}`,
    });
  }

  async #changeParticipants({ id, type }: IndexedRecord, passing: Passing): Promise<void> {
    const { from, to, witnesses, reference } = passing;
    const head = type === 'purchaseOrder' ? await this.#headName(id, from) : null;
    const input: Json = { from, to, records: [{ id, head }], businessDays: [], witnesses: [...witnesses] };
    const call = { operation: 'passOn', input, recordIds: [id], groupsOf: { [id]: [] }, actsOn: [id] };
    await this.#deps.operations.submit({ ...call, reference: `${reference}:pass:${id}` });
  }

  async #headName(orderId: string, from: string): Promise<string> {
    const heads = await this.#deps.index.noticeHeads(orderId);
    return heads.find(({ mspId, holder }) => (holder ?? mspId) === from)?.mspId ?? from;
  }
}

function isWith({ participants, groups }: IndexedRecord, { from, to }: Passed): boolean {
  const isReceived = passedIn(groups).some((passed) => passed.from === from && passed.to === to);
  const names = JSON.stringify(groups).includes(JSON.stringify(from));
  return participants.includes(from) || (participants.includes(to) && names && !isReceived);
}
