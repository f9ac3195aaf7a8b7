import type { FieldProblem } from '../../http/validation/field-codes';
import type { ControlTotals, EntriesAnswer } from '../entries-answer';

/**
 * Where an upload stands.
 *
 * | state | goes on to | when |
 * | --- | --- | --- |
 * | `receiving` | `judging` | its last byte is there |
 * | `judging` | `posting`, `refused` | its lines are judged and compared; nothing is posted before |
 * | `posting` | `done`, `refused` | every batch is settled; a first one that the rules refuse refuses the file |
 *
 * `receiving`, `done` and `refused` end by deletion or in time.
 */
export const UPLOAD_STATES = ['receiving', 'judging', 'posting', 'done', 'refused'] as const;
export type UploadState = (typeof UPLOAD_STATES)[number];

/** Bounds of what a member's gateway keeps of uploads. */
export const UPLOAD_LIMITS = {
  /** Bytes of one file. */
  fileBytes: 536_870_912,
  /** Bytes of one part. */
  partBytes: 8_388_608,
  /** Uploads that are not done or refused. */
  unfinished: 16,
  /** Declared bytes of those together. */
  unfinishedBytes: 2_147_483_648,
  /** Uploads that are done or refused: the oldest ones are forgotten beyond it. */
  finished: 200,
  /** Silence after which one that is receiving is forgotten. */
  abandonedMs: 24 * 3_600_000,
  /** Age at which one that is done or refused is forgotten, with its outcomes. */
  finishedMs: 7 * 24 * 3_600_000,
} as const;

/** What a client says of a file before it sends the first byte. */
export interface Declaration {
  readonly size: number;
  readonly sha256: string;
  readonly mediaType: string;
  readonly partial: boolean;
  readonly control: ControlTotals;
}

/** A refusal, or what is waited for, without words. */
export interface UploadProblem {
  readonly code: string;
  readonly details: Readonly<Record<string, string>>;
  readonly errors: readonly FieldProblem[];
}

/** What an upload came to. */
export type UploadResult =
  | { readonly kind: 'answer'; readonly answer: EntriesAnswer }
  | { readonly kind: 'problem'; readonly problem: UploadProblem }
  | { readonly kind: 'waiting'; readonly code: string };

export interface StoredUpload extends Declaration {
  readonly id: string;
  readonly lane: string;
  /** Subject of the caller's token. */
  readonly createdBy: string;
  readonly state: UploadState;
  /** Bytes received: where the next part begins. */
  readonly offset: number;
  /** Lines of the file; null before they are judged. */
  readonly lines: number | null;
  /** Lines whose outcome is known. */
  readonly settled: number;
  readonly result: UploadResult | null;
  /** ISO 8601 UTC. */
  readonly createdAt: string;
  readonly changedAt: string;
}

/** One line's outcome as clients read it. */
export interface EntryOutcomeLine {
  readonly line: number;
  readonly endToEndId: string | null;
  readonly outcome: 'posted' | 'duplicate' | 'refused' | 'failed' | 'notTried';
  readonly transactionId: string | null;
  /** Id of the segment. */
  readonly segment: string | null;
  readonly code: string | null;
  /** End-to-end id of another entry that says the same. */
  readonly possibleDuplicate: string | null;
}
