import {
  Digest,
  Flag,
  FreeObject,
  Moment,
  MspId,
  Nested,
  NestedList,
  OneOf,
  Pattern,
  RecordId,
  Text,
  TextList,
  WholeNumber,
} from '../../http/validation/fields';
import type { OperationResult } from '../../services/operations';
import type { RouteDeps } from '../dependencies';
import { RecordView, toRecordView } from './record-view';

const TRANSACTION_ID = /^[0-9a-f]{64}$/;
const NUMBER = /^\d+$/;

class WrittenView {
  @RecordId() id!: string;
  @WholeNumber(1, Number.MAX_SAFE_INTEGER) version!: number;
  @Digest() commitment!: string;
}

/** What a write did: its transaction, where it lies, and the records it wrote. */
export class WriteAnswer {
  @Pattern(TRANSACTION_ID) transactionId!: string;
  @Pattern(NUMBER) blockNumber!: string;
  @Nested(() => RecordView, { optional: true }) record?: RecordView;
  @NestedList(() => WrittenView, { max: 10_000 }) written!: readonly WrittenView[];
}

/** A transaction that wrote no record: the registry's, a business date's. */
export class SentAnswer {
  @Pattern(TRANSACTION_ID) transactionId!: string;
  @Pattern(NUMBER) blockNumber!: string;
}

/** What became of a transaction. */
export class TransactionAnswer {
  @Pattern(TRANSACTION_ID) transactionId!: string;
  @OneOf(['committed', 'conflict', 'rejected', 'unknown']) outcome!: string;
  @Text(64, { nullable: true }) code!: string | null;
  @Pattern(NUMBER, { nullable: true }) blockNumber!: string | null;
}

class TimelineItem {
  @RecordId() recordId!: string;
  @Text(32) type!: string;
  @WholeNumber(1, Number.MAX_SAFE_INTEGER) version!: number;
  @Text(32) status!: string;
  @Text(32, { nullable: true }) previousStatus!: string | null;
  @Digest() commitment!: string;
  @Pattern(TRANSACTION_ID) transactionId!: string;
  @Pattern(NUMBER) blockNumber!: string;
  @Moment() declaredAt!: string;
  @MspId() submittedBy!: string;
}

/** An order's story in ledger order, and what its open records wait for. */
export class TimelineAnswer {
  @NestedList(() => TimelineItem, { max: 100_000 }) items!: readonly TimelineItem[];
  @NestedList(() => RecordView, { max: 10_000 }) waiting!: readonly RecordView[];
}

class DocumentProblem {
  @Text(300) pointer!: string;
  @Text(64) code!: string;
}

/** An uploaded document: its digest and its parsed form. */
export class DocumentAnswer {
  @Digest() sha256!: string;
  @Text(128) mediaType!: string;
  @Moment() firstSeenAt!: string;
  @Text(64) documentType!: string;
  @Text(64) parserVersion!: string;
  @FreeObject() content!: object;
  @FreeObject({ optional: true }) orderDraft?: object;
  @NestedList(() => DocumentProblem, { max: 1_000 }, { optional: true }) problems?: readonly DocumentProblem[];
}

/** EIP-712 typed data for a wallet. */
export class TypedDataView {
  @FreeObject() domain!: object;
  @FreeObject() types!: object;
  @Text(64) primaryType!: string;
  @FreeObject() message!: object;
}

class RequiredSignatureView {
  @Text(128) partyId!: string;
  @Text(64) action!: string;
  @RecordId() recordId!: string;
  @Nested(() => TypedDataView) typedData!: TypedDataView;
  @Text(42, { nullable: true }) signedBy!: string | null;
}

class PreviewView {
  @RecordId({ nullable: true }) recordId!: string | null;
  @Text(32) type!: string;
  @Text(32) status!: string;
  @FreeObject() groups!: object;
}

/** An act waiting for parties' signatures. */
export class SigningRequestView {
  @Text(128) id!: string;
  @Text(64) operation!: string;
  @OneOf(['open', 'submitting', 'completed', 'failed']) status!: string;
  @NestedList(() => RequiredSignatureView, { max: 16 }) required!: readonly RequiredSignatureView[];
  @NestedList(() => PreviewView, { max: 16 }) preview!: readonly PreviewView[];
  @WholeNumber(20_000_101, 99_991_231) deadline!: number;
  @Pattern(TRANSACTION_ID, { nullable: true }) transactionId!: string | null;
  @Moment() createdAt!: string;
}

/** A signing request after signatures were added; with the write once every party has signed. */
export class SignaturesAnswer {
  @Nested(() => SigningRequestView) request!: SigningRequestView;
  @Pattern(TRANSACTION_ID, { optional: true }) transactionId?: string;
  @Nested(() => WriteAnswer, { optional: true }) result?: WriteAnswer;
}

/** A party's signing key. */
export class KeyBindingView {
  @Text(42) address!: string;
  @Text(128) partyId!: string;
  @MspId() platform!: string;
  @MspId() bank!: string;
  @OneOf(['proposed', 'active', 'revoked']) status!: string;
  @Text(10) validFrom!: string;
  @Text(10) validTo!: string;
}

export class KeyBindingList {
  @NestedList(() => KeyBindingView, { max: 100_000 }) items!: readonly KeyBindingView[];
}

class MemberView {
  @MspId() mspId!: string;
  @OneOf(['platform', 'bank', 'logistics', 'arbitration']) kind!: string;
  @Text(256) name!: string;
  @Text(256) nameZh!: string;
}

class MembershipProposalView {
  @OneOf(['admit', 'retire']) action!: string;
  @Nested(() => MemberView) member!: MemberView;
  @TextList(64, { max: 100 }) votes!: readonly string[];
  @OneOf(['proposed', 'carried']) status!: string;
}

class SuccessionView {
  @MspId() from!: string;
  @MspId() to!: string;
  @TextList(64, { max: 100 }) votes!: readonly string[];
  @OneOf(['proposed', 'carried']) status!: string;
}

/** The members, and what was or is being voted on. */
export class MemberList {
  @NestedList(() => MemberView, { max: 100 }) items!: readonly MemberView[];
  @NestedList(() => MembershipProposalView, { max: 10_000 }) proposals!: readonly MembershipProposalView[];
  @NestedList(() => SuccessionView, { max: 10_000 }) successions!: readonly SuccessionView[];
}

class PassedItemView {
  @RecordId() id!: string;
  @Text(32) type!: string;
  @OneOf(['passedOn', 'failed']) state!: string;
  @Text(64, { optional: true }) code?: string;
}

/** What became of each record of a leaving member. */
export class PassedList {
  @NestedList(() => PassedItemView, { max: 1_000_000 }) items!: readonly PassedItemView[];
  @Flag() complete!: boolean;
}

/** The open business date of a pair of members. */
export class BusinessDayView {
  @RecordId() id!: string;
  @TextList(64, { max: 2 }) members!: readonly string[];
  @Text(10) date!: string;
  @FreeObject({ nullable: true }) proposal!: object | null;
  @TextList(32, { max: 10_000 }) lanes!: readonly string[];
  @WholeNumber(1, Number.MAX_SAFE_INTEGER) version!: number;
}

export class BusinessDayList {
  @NestedList(() => BusinessDayView, { max: 10_000 }) items!: readonly BusinessDayView[];
}

/** The lines of a bulk file that cannot be posted. */
class RefusedLine {
  @WholeNumber(1, Number.MAX_SAFE_INTEGER) line!: number;
  @Pattern(/^[^]{0,300}$/) pointer!: string;
  @Text(64) code!: string;
}

/** One segment of a bulk file, as far as it got. */
class PostedSegment {
  @WholeNumber(1, Number.MAX_SAFE_INTEGER) firstLine!: number;
  @WholeNumber(1, Number.MAX_SAFE_INTEGER) lastLine!: number;
  @WholeNumber(1, 1_000_000) entries!: number;
  @OneOf(['posted', 'failed', 'notTried']) state!: string;
  @RecordId({ optional: true }) recordId?: string;
  @Pattern(TRANSACTION_ID, { optional: true }) transactionId?: string;
  @Pattern(NUMBER, { optional: true }) blockNumber?: string;
  @Text(64, { optional: true }) code?: string;
}

/** A line whose very entry was posted before. */
class DuplicateLine {
  @WholeNumber(1, Number.MAX_SAFE_INTEGER) line!: number;
  @Pattern(TRANSACTION_ID) transactionId!: string;
  @RecordId({ optional: true }) recordId?: string;
}

/** A line that says the same as another entry, under another end-to-end id: the other is named. */
class PossibleDuplicateLine {
  @WholeNumber(1, Number.MAX_SAFE_INTEGER) line!: number;
  @Text(35) endToEndId!: string;
  @WholeNumber(1, Number.MAX_SAFE_INTEGER, { optional: true }) otherLine?: number;
  @RecordId({ optional: true }) recordId?: string;
}

/** A number of entries and the sum of their amounts. */
class EntryTotals {
  @WholeNumber(0, Number.MAX_SAFE_INTEGER) entries!: number;
  @Pattern(NUMBER) amountMinor!: string;
}

class OutcomeTotals {
  @Nested(() => EntryTotals) accepted!: EntryTotals;
  @Nested(() => EntryTotals) duplicate!: EntryTotals;
  @Nested(() => EntryTotals) refused!: EntryTotals;
  @Nested(() => EntryTotals) notPosted!: EntryTotals;
}

/** What became of a bulk file, segment by segment. */
export class BulkAnswer {
  @Flag() complete!: boolean;
  @WholeNumber(0, Number.MAX_SAFE_INTEGER) lines!: number;
  @WholeNumber(0, Number.MAX_SAFE_INTEGER) accepted!: number;
  @WholeNumber(0, Number.MAX_SAFE_INTEGER) duplicates!: number;
  @WholeNumber(0, Number.MAX_SAFE_INTEGER) refused!: number;
  @WholeNumber(0, Number.MAX_SAFE_INTEGER) possibleDuplicates!: number;
  @Nested(() => OutcomeTotals) totals!: OutcomeTotals;
  @NestedList(() => RefusedLine, { max: 1_000 }) refusedLines!: readonly RefusedLine[];
  @NestedList(() => DuplicateLine, { max: 1_000 }) duplicateLines!: readonly DuplicateLine[];
  @NestedList(() => PossibleDuplicateLine, { max: 1_000 }) possibleDuplicateLines!: readonly PossibleDuplicateLine[];
  @NestedList(() => PostedSegment, { max: 10_000 }) segments!: readonly PostedSegment[];
}

/** A write's answer; the primary record is the one of `type`. */
export async function toWriteAnswer(
  result: OperationResult,
  deps: Pick<RouteDeps, 'index' | 'member'>,
  type?: string,
): Promise<WriteAnswer> {
  const primary = result.records.find((record) => type === undefined || record.type === type);
  return {
    transactionId: result.transactionId,
    blockNumber: result.blockNumber.toString(),
    ...(primary === undefined ? {} : { record: await toRecordView(primary, deps.index, deps.member) }),
    written: result.written.map(({ id, version, commitment }) => ({ id, version, commitment })),
  };
}
