import { ArrayMaxSize, IsArray, IsObject, IsOptional } from 'class-validator';
import {
  Bic,
  CalendarDate,
  Currency,
  MspId,
  NestedList,
  Pattern,
  RecordId,
  RecordIdList,
  Text,
  WholeNumber,
} from '../../http/validation/fields';

/** A member as the others pay it. */
export class ClearingMemberDto {
  @MspId() member!: string;
  @Text(140) name!: string;
  @Pattern(/^[A-Z0-9]{1,34}$/) account!: string;
  @Bic() bic!: string;
}

/** Who clears with whom, on which legal basis. */
export class ClearingAgreementDto {
  @Currency() currency!: string;
  @Text(140) legalBasis!: string;
  @MspId({ optional: true }) agent?: string;
  @NestedList(() => ClearingMemberDto, { min: 2, max: 10 }) members!: ClearingMemberDto[];
  @RecordIdList({ min: 1, max: 45 }) businessDays!: string[];
}

/** The date to net, and what other pairs disclosed of their statements. */
export class ClearingDto {
  @RecordId() agreement!: string;
  @CalendarDate() date!: string;
  @IsOptional()
  @IsArray()
  @ArrayMaxSize(100)
  @IsObject({ each: true })
  disclosures?: object[];
}

export class RefusalDto {
  @Text(2_000) reason!: string;
}

export class SettlementDto {
  @WholeNumber(0, 31) instruction!: number;
  @CalendarDate() valueDate!: string;
}
