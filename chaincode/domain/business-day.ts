/**
 * The open business date of a pair of members, a public value that both guard.
 *
 * It counts only while both members' collections hold the same bytes under the same key, so nobody can invent one.
 */
export interface BusinessDay {
  readonly id: string;
  /** The two MSP ids, sorted. */
  readonly members: readonly [string, string];
  /** yyyy-mm-dd. */
  readonly date: string;
  /** Next date proposed by one member, waiting for the other. */
  readonly proposal: { readonly by: string; readonly date: string } | null;
  /** Ids of the lanes between the two, in the order they were opened. */
  readonly lanes: readonly string[];
  readonly version: number;
  /** SHA-256 of the version before; null in version 1. */
  readonly previous: string | null;
}
