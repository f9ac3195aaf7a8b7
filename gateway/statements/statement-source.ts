import type { SaltedEntry, Statement, StatementSegment } from '../../chaincode/domain/operations/reconciliation/types';

/** One segment of a statement with its entries, in the ledger's order. */
export interface SegmentEntries {
  readonly segment: StatementSegment;
  readonly entries: readonly SaltedEntry[];
}

/** What a statement's files are made from, before its entries: the same at both members. */
export interface StatementHead {
  readonly channel: string;
  /** Id of the statement's record. */
  readonly id: string;
  readonly statement: Statement['statement'];
}

/** A statement whose entries are in memory. */
export interface StatementSource extends StatementHead {
  /** The segments in the statement's order. */
  segments(): Iterable<SegmentEntries>;
}

/** A statement whose entries are read segment by segment, so that a day of millions is never in memory. */
export interface StreamedStatement extends StatementHead {
  /** The segments in the statement's order. @throws HttpProblem STATEMENT_INCOMPLETE. */
  segments(): AsyncIterable<SegmentEntries>;
}

/** One format of a statement's file, a part at a time. */
export interface FormatWriter {
  begin(head: StatementHead): string;
  segment(head: StatementHead, part: SegmentEntries): string;
  end(head: StatementHead): string;
}
