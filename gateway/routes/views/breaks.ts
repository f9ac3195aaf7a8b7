import {
  Digest,
  FreeObject,
  NestedList,
  OneOf,
  Pattern,
  RecordId,
  Text,
  TextList,
  WholeNumber,
} from '../../http/validation/fields';

class RowOutcome {
  @WholeNumber(1, 1_048_576) row!: number;
  @Text(64) id!: string;
  @OneOf(['done', 'refused']) outcome!: string;
  @Text(64, { optional: true }) code?: string;
}

/** What became of each row of a sheet. */
export class RowOutcomes {
  @NestedList(() => RowOutcome, { max: 10_000 }) items!: readonly RowOutcome[];
  /** Last block written, for `Concordat-After-Block`; absent where nothing was. */
  @Pattern(/^\d+$/, { optional: true }) blockNumber?: string;
}

/** A finished matching: what it comes to, and what of it stands on the ledger. */
export class ReconciliationView {
  @FreeObject() summary!: object;
  @Digest() root!: string;
  @RecordId({ optional: true }) run?: string;
  /** Ids of the breaks that were opened. */
  @TextList(32, { max: 100_000 }) breaks!: readonly string[];
  /** Last block written, for `Concordat-After-Block`; absent where nothing was. */
  @Pattern(/^\d+$/, { optional: true }) blockNumber?: string;
}
