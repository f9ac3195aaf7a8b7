import {
  FreeObject,
  MspId,
  NestedList,
  Pattern,
  RecordId,
  Text,
  WholeNumber,
  Digest,
  Moment,
  TextList,
  CalendarDate,
  Flag,
  OneOf,
} from '../../http/validation/fields';
import type { IndexedVersion, RecordIndex } from '../../ports/record-index';
import { nextSteps } from '../next-steps';

/** Who acts next on a record, and until when. */
export class NextStepView {
  @Text(64) operation!: string;
  @MspId() member!: string;
  @Flag() yours!: boolean;
  @OneOf(['none', 'seller', 'buyer', 'both']) signature!: string;
  @CalendarDate({ nullable: true }) until!: string | null;
}

/** One version of a record as a member sees it. */
export class RecordView {
  @RecordId() id!: string;
  @Text(32) type!: string;
  @Text(32) status!: string;
  @WholeNumber(1, Number.MAX_SAFE_INTEGER) version!: number;
  @Digest() commitment!: string;
  @Digest({ nullable: true }) previous!: string | null;
  @TextList(64, { max: 16 }) participants!: readonly string[];
  @RecordId({ nullable: true }) orderId!: string | null;
  @FreeObject() groups!: object;
  @Pattern(/^[0-9a-f]{64}$/) transactionId!: string;
  @Pattern(/^\d+$/) blockNumber!: string;
  @WholeNumber(0, Number.MAX_SAFE_INTEGER) transactionNumber!: number;
  @Moment() declaredAt!: string;
  @MspId() submittedBy!: string;
  @NestedList(() => NextStepView, { max: 16 }) next!: readonly NextStepView[];
}

/** A page of records, newest change first. */
export class RecordPage {
  @NestedList(() => RecordView, { max: 200 }) items!: readonly RecordView[];
  @Text(1_024, { nullable: true }) nextCursor!: string | null;
}

/** Every version of one record, first to current. */
export class RecordVersions {
  @NestedList(() => RecordView, { max: 10_000 }) items!: readonly RecordView[];
}

export async function toRecordView(record: IndexedVersion, index: RecordIndex, member: string): Promise<RecordView> {
  const { id, type, status, version, commitment, document, participants, orderId, groups } = record;
  return {
    id,
    type,
    status,
    version,
    commitment,
    previous: document.previous,
    participants,
    orderId,
    groups,
    transactionId: record.transactionId,
    blockNumber: record.blockNumber.toString(),
    transactionNumber: record.txNumber,
    declaredAt: record.declaredAt,
    submittedBy: record.creatorMspId,
    next: (await nextSteps(record, index)).map((step) => ({ ...step, yours: step.member === member })),
  };
}

/** One after the other: a list of a page asks one database, which gains nothing by a crowd. */
export async function toRecordViews(
  records: readonly IndexedVersion[],
  index: RecordIndex,
  member: string,
): Promise<RecordView[]> {
  const views: RecordView[] = [];
  for (const record of records) views.push(await toRecordView(record, index, member));
  return views;
}
