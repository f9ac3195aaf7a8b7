/** How many notices one member has given about one order; guarded by that member and the order's neutral member. */
export interface NoticeHead {
  readonly orderId: string;
  readonly mspId: string;
  readonly neutral: string;
  readonly count: number;
  /** Commitment of the last notice; null when there is none. */
  readonly last: string | null;
}
