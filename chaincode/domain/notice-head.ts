/** How many notices one member has given about one order; guarded by that member and the order's neutral member. */
export interface NoticeHead {
  readonly orderId: string;
  /** The participant it was opened for; part of its key for good. */
  readonly mspId: string;
  /** The member that follows it, once the order was passed on. */
  readonly holder?: string;
  readonly neutral: string;
  readonly count: number;
  /** Commitment of the last notice; null when there is none. */
  readonly last: string | null;
}
