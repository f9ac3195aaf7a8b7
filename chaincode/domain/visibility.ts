import type { RecordType } from './record';

/** Groups that only some participants see: record type → group → a field of the record naming those who do not. */
const HIDDEN: Partial<
  Record<RecordType, Readonly<Record<string, (participants: readonly string[]) => readonly string[]>>>
> = {};

/**
 * Whether a participant keeps a group of a record of this type.
 *
 * Today every participant sees every group of its records: what a logistics provider may not see is not in the
 * shipment at all. The table is the one place to change that.
 */
export function sees(type: RecordType, group: string, mspId: string, participants: readonly string[]): boolean {
  const hidden = HIDDEN[type]?.[group];
  return hidden === undefined || !hidden(participants).includes(mspId);
}
