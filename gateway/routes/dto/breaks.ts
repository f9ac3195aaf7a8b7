import { BREAK_LIMITS } from '../../../chaincode/domain/operations/breaks/open-breaks';
import { UNMATCH_LIMITS } from '../../../chaincode/domain/operations/breaks/unmatch';
import {
  LEDGER_BREAK_CODES,
  RESOLUTION_TYPES,
  UNMATCH_REASONS,
} from '../../../chaincode/domain/operations/breaks/types';
import {
  Amount,
  CalendarDate,
  Currency,
  Digest,
  FreeObject,
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

const COUNT = 1_000_000_000;
const SIGNED = /^-?(0|[1-9][0-9]{0,18})$/;

class RuleReferenceDto {
  @Text(128) id!: string;
  @Text(128) version!: string;
  @Digest() digest!: string;
}

class RunInputDto {
  @Text(128) name!: string;
  @Digest() sha256!: string;
  @WholeNumber(0, COUNT) entries!: number;
}

/** How a date was matched. */
export class MatchRunDto {
  @RecordId() businessDay!: string;
  @CalendarDate() date!: string;
  @Currency() currency!: string;
  @RecordId({ optional: true }) statement?: string;
  @Nested(() => RuleReferenceDto) ruleSet!: RuleReferenceDto;
  @NestedList(() => RunInputDto, { min: 1, max: 16 }) inputs!: RunInputDto[];
  @Digest() resultRoot!: string;
  @WholeNumber(0, COUNT) matches!: number;
  @FreeObject() items!: object;
}

/** A match of the run as `concordat reconcile --undo` tells it, and why it is undone. */
export class UnmatchDto {
  @Text(UNMATCH_LIMITS.text) match!: string;
  @WholeNumber(0, COUNT) index!: number;
  @TextList(64, { max: UNMATCH_LIMITS.path }) path!: string[];
  @TextList(64, { max: UNMATCH_LIMITS.entries }) ours!: string[];
  @TextList(64, { max: UNMATCH_LIMITS.entries }) theirs!: string[];
  @OneOf([...UNMATCH_REASONS]) reason!: string;
  @Text(500, { optional: true }) text?: string;
}

class BreakEntryDto {
  @WholeNumber(1, COUNT) line!: number;
  @Text(140, { optional: true }) reference?: string;
  @Pattern(SIGNED) amountMinor!: string;
  @CalendarDate() date!: string;
}

class MismatchDto {
  @Text(140) field!: string;
  @Text(140, { optional: true }) expected?: string;
  @Text(140, { optional: true }) actual?: string;
  @Text(140, { optional: true }) delta?: string;
}

class BreakDto {
  @OneOf([...LEDGER_BREAK_CODES]) code!: string;
  @Currency() currency!: string;
  @CalendarDate({ optional: true }) clearsBy?: string;
  @MspId() holder!: string;
  @Pattern(SIGNED) oursMinor!: string;
  @Pattern(SIGNED) theirsMinor!: string;
  @Pattern(SIGNED) residualMinor!: string;
  @NestedList(() => BreakEntryDto, { max: BREAK_LIMITS.entries }) ours!: BreakEntryDto[];
  @NestedList(() => BreakEntryDto, { max: BREAK_LIMITS.entries }) theirs!: BreakEntryDto[];
  @NestedList(() => MismatchDto, { max: BREAK_LIMITS.mismatches }) mismatches!: MismatchDto[];
}

/** Breaks of one run. */
export class BreaksDto {
  @RecordId() run!: string;
  @NestedList(() => BreakDto, { min: 1, max: BREAK_LIMITS.breaks }) breaks!: BreakDto[];
}

/** Rules as the reconcile command takes them, and what they change on past days (`concordat reconcile back-test`). */
export class RuleSetDto {
  @FreeObject() rules!: object;
  @FreeObject({ optional: true }) backTest?: object;
}

/** The back-test that the second person has read, by its digest; absent where the proposal has none. */
export class RuleApprovalDto {
  @Digest({ optional: true }) backTest?: string;
}

export class AssignmentDto {
  @Text(2_000) text!: string;
}

export class CommentDto {
  @Text(2_000) text!: string;
}

export class ResolutionDto {
  @OneOf([...RESOLUTION_TYPES]) type!: string;
  @Text(2_000) reason!: string;
  @Amount({ optional: true }) amountMinor?: string;
  /** Who owes it; with the type `adjust` alone. */
  @MspId({ optional: true }) debtor?: string;
  @TextList(64, { max: 16 }) evidence!: string[];
}

export class RunReferenceDto {
  @RecordId() run!: string;
}

export class CaseReferenceDto {
  @RecordId() case!: string;
}

export class ForcedClosingDto {
  @Text(2_000) reason!: string;
}
