import {
  CalendarDate,
  CalendarDateList,
  Currency,
  Flag,
  FreeObject,
  Moment,
  MspId,
  NestedList,
  OneOf,
  Pattern,
  RecordId,
  Text,
  TextList,
  WholeNumber,
} from '../../http/validation/fields';

const MINOR = /^\d+$/;

class CalendarView {
  @MspId() member!: string;
  @WholeNumber(1, 100_000) version!: number;
  @CalendarDate() effectiveFrom!: string;
  @CalendarDateList({ max: 400 }) holidays!: readonly string[];
  @CalendarDateList({ max: 400 }) workdays!: readonly string[];
  @Pattern(/^\d\d:\d\d$/) cutOff!: string;
  @Text(64) timeZone!: string;
}

/** A member's calendars; each version's `weekend` lists days of the week, 0 Sunday to 6 Saturday. */
export class CalendarBookView {
  @MspId() member!: string;
  @NestedList(() => CalendarView, { max: 8 }) versions!: readonly CalendarView[];
}

class ClosingStepView {
  @OneOf(['proposeDate', 'advanceDate', 'closeDay', 'signStatement']) kind!: string;
  @CalendarDate({ optional: true }) date?: string;
  @Currency({ optional: true }) currency?: string;
  @RecordId({ optional: true }) statement?: string;
}

/** When a date ends and what is to do. */
export class ClosingStatusView {
  @RecordId() businessDay!: string;
  @CalendarDate() date!: string;
  @Moment() endsAt!: string;
  @FreeObject({ nullable: true }) proposal!: object | null;
  @NestedList(() => ClosingStepView, { max: 10_000 }) steps!: readonly ClosingStepView[];
}

class TakenStepView {
  @RecordId() businessDay!: string;
  @FreeObject() step!: object;
  @OneOf(['done', 'lost', 'filesDiffer', 'failed']) outcome!: string;
  @Text(64, { optional: true }) code?: string;
}

export class TakenSteps {
  @NestedList(() => TakenStepView, { max: 500 }) items!: readonly TakenStepView[];
  /** Last block written, for `Concordat-After-Block`; absent where nothing was. */
  @Pattern(/^\d+$/, { optional: true }) blockNumber?: string;
}

class ProvisionalLaneView {
  @RecordId() lane!: string;
  @MspId() debtor!: string;
  @WholeNumber(0, Number.MAX_SAFE_INTEGER) segments!: number;
  @WholeNumber(0, Number.MAX_SAFE_INTEGER) count!: number;
  @Pattern(MINOR) amountMinor!: string;
}

/** An open date so far. */
export class ProvisionalView {
  @Flag() isProvisional!: boolean;
  @RecordId() businessDay!: string;
  @TextList(64, { max: 2 }) pair!: readonly string[];
  @Currency() currency!: string;
  @CalendarDate() date!: string;
  @Pattern(MINOR) block!: string;
  @WholeNumber(0, Number.MAX_SAFE_INTEGER) count!: number;
  @Pattern(MINOR) debitMinor!: string;
  @Pattern(MINOR) creditMinor!: string;
  @NestedList(() => ProvisionalLaneView, { max: 10_000 }) lanes!: readonly ProvisionalLaneView[];
}

/** A proof of one entry; the rest of it is as docs/STATEMENTS.md says. */
export class EntryProofView {
  @OneOf(['inclusion', 'absence']) kind!: string;
  @Text(64) format!: string;
  @RecordId() statement!: string;
  @Text(35) endToEndId!: string;
}
