import { OneOf, Pattern, RecordId, RecordIdList, Text } from '../../http/validation/fields';
import { IsArray, ArrayMaxSize } from 'class-validator';

/** An act against the other side, in need of nobody's consent. */
export class NoticeDto {
  @OneOf(['dispute', 'demand', 'withdrawal']) kind!: string;
  @RecordId() order!: string;
  @Text(2_000) reason!: string;
  @RecordId({ optional: true, nullable: true }) withdraws?: string | null;
}

/** A case before the arbitration member. */
export class CaseDto {
  @RecordId() order!: string;
  @RecordIdList({ min: 1, max: 200 }) records!: string[];
  @Text(10_000) statementOfClaim!: string;
}

export class ClosingDto {
  @Text(10_000) closing!: string;
}

/** Which record to disclose to a case; every group when none is named. */
export class DisclosureDto {
  @RecordId() record!: string;
  @IsArray() @ArrayMaxSize(16) @Pattern(/^[a-zA-Z]{1,32}$/, { optional: true, each: true }) groups?: string[];
}
