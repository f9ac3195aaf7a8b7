/** What a bounded search for sets of one sum found. */
export interface SubsetSearch {
  /** At most two solutions: one is a set, two are an ambiguity. Indices into the amounts, ascending. */
  readonly solutions: readonly (readonly number[])[];
  /** Whether `maxSteps` ended the search: then nothing is known about further solutions. */
  readonly isCut: boolean;
}

/**
 * Sets of 2 to `maxParts` amounts that add up to `target` exactly, minor units; amounts in descending order, above zero.
 *
 * Depth first, larger amounts first, cut where the rest is too large or too small. Exact in integers of any size.
 */
export function exactSubsets(
  amounts: readonly bigint[],
  target: bigint,
  { maxParts, maxSteps }: { readonly maxParts: number; readonly maxSteps: number },
): SubsetSearch {
  // Numbers hold sums below 2^53 exactly and are far faster; beyond, the same steps run on bigints.
  const total = amounts.reduce((sum, amount) => sum + amount, 0n);
  if (total < target) return { solutions: [], isCut: false };
  const isSmall = total <= BigInt(Number.MAX_SAFE_INTEGER);
  const values = (isSmall ? amounts.map(Number) : amounts) as readonly number[];
  const goal = (isSmall ? Number(target) : target) as number;
  const zero = (isSmall ? 0 : 0n) as number;
  const rest: number[] = new Array<number>(values.length + 1).fill(zero);
  for (let at = values.length - 1; at >= 0; at--) rest[at] = (rest[at + 1] as number) + (values[at] as number);

  const solutions: number[][] = [];
  const chosen: number[] = [];
  let steps = 0;
  const search = (from: number, open: number): void => {
    for (let at = from; at < values.length; at++) {
      if (solutions.length > 1 || steps > maxSteps || (rest[at] as number) < open) return;
      const value = values[at] as number;
      if (value > open) continue;
      steps++;
      chosen.push(at);
      if (value === open) {
        if (chosen.length > 1) solutions.push([...chosen]);
      } else if (chosen.length < maxParts) search(at + 1, (open - value) as number);
      chosen.pop();
    }
  };
  search(0, goal);
  return { solutions, isCut: steps > maxSteps };
}
