import type { BusinessDay } from './business-day';
import type { CalendarBook } from './calendar';
import { Rejection } from './errors';
import type { NoticeHead } from './notice-head';
import type { LoadedRecord, OperationContext } from './operation';
import { recordId, type RecordType, type Skeleton } from './record';
import type { FinancingClaim, KeyBinding, NetworkDescription } from './registry';
import type { Succession } from './succession';

/** What a transaction has read, as plain data: from the stub in a contract, from the index in a gateway's preview. */
export interface ContextData {
  readonly channel: string;
  readonly chaincode: string;
  readonly transactionId: string;
  readonly creatorMspId: string;
  /** PEM of the submitting client's certificate. */
  readonly creatorCertificate: string;
  readonly records: ReadonlyMap<string, LoadedRecord>;
  readonly skeletons: ReadonlyMap<string, Skeleton>;
  readonly businessDays: ReadonlyMap<string, BusinessDay>;
  /** Key `orderId/mspId`. */
  readonly noticeHeads: ReadonlyMap<string, NoticeHead>;
  readonly claims: ReadonlyMap<string, FinancingClaim>;
  readonly calendars: ReadonlyMap<string, CalendarBook>;
  readonly bindings: ReadonlyMap<string, KeyBinding>;
  /** Key `from/to`; absent where none was asked for. */
  readonly successions?: ReadonlyMap<string, Succession>;
  readonly network: NetworkDescription | undefined;
}

/** Wraps what was read in the questions operations ask. */
export function newContext(data: ContextData): OperationContext {
  const required = <T>(value: T | undefined, rejection: () => Rejection): T => {
    if (value === undefined) throw rejection();
    return value;
  };
  return {
    channel: data.channel,
    chaincode: data.chaincode,
    transactionId: data.transactionId,
    creatorMspId: data.creatorMspId,
    creatorCertificate: data.creatorCertificate,
    anyRecord: (id) => required(data.records.get(id), () => new Rejection('RECORD_NOT_SUPPLIED', { record: id })),
    record: (id: string, type: RecordType) => {
      const record = required(data.records.get(id), () => new Rejection('RECORD_NOT_SUPPLIED', { record: id, type }));
      if (record.document.type !== type) throw new Rejection('RECORD_TYPE_WRONG', { record: id, type });
      return record;
    },
    skeleton: (id) => required(data.skeletons.get(id), () => new Rejection('RECORD_NOT_FOUND', { record: id })),
    businessDay: (id) =>
      required(data.businessDays.get(id), () => new Rejection('BUSINESS_DAY_NOT_FOUND', { businessDay: id })),
    noticeHead: (orderId, mspId) =>
      required(
        data.noticeHeads.get(`${orderId}/${mspId}`),
        () => new Rejection('RECORD_NOT_FOUND', { record: `${orderId}/${mspId}` }),
      ),
    claim: (fingerprint) => data.claims.get(fingerprint),
    calendar: (mspId) => data.calendars.get(mspId),
    succession: (from, to) => data.successions?.get(`${from}/${to}`),
    network: () => required(data.network, () => new Rejection('NETWORK_NOT_SET')),
    binding: (address) => data.bindings.get(address),
    newId: (index) => recordId(data.transactionId, index),
  };
}
