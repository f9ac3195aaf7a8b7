import { ENTRY_TYPES, REFUSAL_CODES } from '../../../chaincode/domain/operations/reconciliation/types';
import { CALENDAR_LIMITS } from '../../../chaincode/domain/calendar';
import { ArrayMaxSize, ArrayMinSize, IsArray, IsIn, IsOptional } from 'class-validator';
import {
  Amount,
  CalendarDate,
  CalendarDateList,
  Currency,
  MspId,
  Pattern,
  OneOf,
  RecordId,
  Text,
  WholeNumber,
  TimeZone,
} from '../../http/validation/fields';

export class BusinessDayDto {
  @MspId() with!: string;
  @CalendarDate() date!: string;
}

export class DateDto {
  @CalendarDate() date!: string;
}

/** What a member may post to another without being asked each time. */
export class StandingAgreementDto {
  @MspId() receiver!: string;
  @MspId() debtor!: string;
  @Currency() currency!: string;
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(ENTRY_TYPES.length)
  @IsIn([...ENTRY_TYPES], { each: true })
  types!: string[];
  @Amount() entryLimitMinor!: string;
  @Amount() dayLimitMinor!: string;
  @RecordId() businessDay!: string;
}

export class CloseDto {
  @RecordId() businessDay!: string;
  @Currency() currency!: string;
  @CalendarDate() date!: string;
}

/** Why a member does not sign a statement. */
export class RefuseStatementDto {
  @OneOf([...REFUSAL_CODES]) code!: (typeof REFUSAL_CODES)[number];
  @Text(2_000) text!: string;
}

/** Why a statement is issued anew. */
export class ReissueDto {
  @Text(2_000) reason!: string;
}

/** A member's calendar. */
export class CalendarDto {
  @WholeNumber(1, 100_000) version!: number;
  @CalendarDate() effectiveFrom!: string;
  @IsOptional()
  @IsArray()
  @ArrayMaxSize(7)
  @IsIn([0, 1, 2, 3, 4, 5, 6], { each: true })
  weekend?: number[];
  @CalendarDateList({ max: CALENDAR_LIMITS.days }) holidays!: string[];
  @CalendarDateList({ max: CALENDAR_LIMITS.days }, { optional: true }) workdays?: string[];
  @Pattern(/^([01][0-9]|2[0-3]):[0-5][0-9]$/) cutOff!: string;
  @TimeZone() timeZone!: string;
}

export class ProofQuery {
  @Text(35) endToEndId!: string;
}

/** A sum of up to a million amounts. */
export const CONTROL_SUM = /^(0|[1-9]\d{0,24})$/;

/** How a bulk file is taken: all or nothing, or its good lines; and what the whole file must add up to. */
export class EntriesQuery {
  @Pattern(/^(true|false)$/, { optional: true }) partial?: string;
  @Pattern(/^[1-9]\d{0,6}$/, { optional: true }) entries?: string;
  @Pattern(CONTROL_SUM, { optional: true }) amountMinor?: string;
}
