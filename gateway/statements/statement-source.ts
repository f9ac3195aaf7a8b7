import type { SaltedEntry, Statement, StatementSegment } from '../../chaincode/domain/operations/reconciliation/types';

/** One segment of a statement with its entries, in the ledger's order. */
export interface SegmentEntries {
  readonly segment: StatementSegment;
  readonly entries: readonly SaltedEntry[];
}

/** Everything a statement's files are made from: the same at both members. */
export interface StatementSource {
  readonly channel: string;
  /** Id of the statement's record. */
  readonly id: string;
  readonly statement: Statement['statement'];
  /** The segments in the statement's order, read one at a time. @throws HttpProblem STATEMENT_INCOMPLETE. */
  segments(): Iterable<SegmentEntries>;
}
