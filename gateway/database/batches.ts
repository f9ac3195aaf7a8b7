/** Rows per statement: few sizes, so that few texts are prepared, and at most 13 × 256 parameters, below every limit. */
const SIZES = [256, 64, 16, 4, 1] as const;

/** Cuts a list into pieces of those sizes, largest first. */
export function* batches<T>(items: readonly T[]): Generator<T[]> {
  let from = 0;
  for (const size of SIZES) {
    for (; items.length - from >= size; from += size) yield items.slice(from, from + size);
  }
}
