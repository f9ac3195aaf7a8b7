import { ENTRY_TYPES } from '../../../chaincode/domain/operations/reconciliation/types';
import {
  CalendarDate,
  Currency,
  Flag,
  MspId,
  NestedList,
  OneOf,
  Pattern,
  RecordId,
  Text,
  WholeNumber,
} from '../../http/validation/fields';

/** One due; `posted` is null for a member that does not hold the pair's lanes. */
export class DueView {
  @OneOf([...ENTRY_TYPES]) kind!: string;
  @WholeNumber(1, 100) number!: number;
  @MspId() debtor!: string;
  @MspId() creditor!: string;
  @Currency() currency!: string;
  @Pattern(/^\d+$/) amountMinor!: string;
  @CalendarDate() valueDate!: string;
  @Text(35) endToEndId!: string;
  @Flag({ nullable: true }) posted!: boolean | null;
}

/** What one record leaves owing. */
export class DuesView {
  @NestedList(() => DueView, { max: 1_000 }) items!: readonly DueView[];
}

class PostedDueView {
  @RecordId() source!: string;
  @OneOf([...ENTRY_TYPES]) kind!: string;
  @WholeNumber(1, 100) number!: number;
  @OneOf(['posted', 'lost', 'failed']) outcome!: string;
  @Text(64, { optional: true }) code?: string;
}

/** What became of the dues that were not posted yet. */
export class PostedDues {
  @NestedList(() => PostedDueView, { max: 100_000 }) items!: readonly PostedDueView[];
}
