import { MEMBERS, type Member } from './probe-network';

/** One transaction of a random sequence: a function of the probe contract, and who endorses it. */
export interface ProbeOperation {
  readonly fn: string;
  readonly args: readonly string[];
  readonly endorsers: readonly Member[];
  readonly transient?: string;
}

/** A random number below another. */
export type Random = (below: number) => number;

/** Lehmer's generator: the same seed gives the same sequence everywhere. */
export function newRandom(seed: number): Random {
  let state = (seed % 2_147_483_646) + 1;
  return (below) => (state = (state * 48_271) % 2_147_483_647) % below;
}

const [ALPHA, BETA, GAMMA] = MEMBERS;
const ALL: readonly Member[] = [ALPHA, BETA, GAMMA];
/** A majority each; which of them endorses decides whether a guarded key may change. */
const MAJORITIES: readonly (readonly Member[])[] = [[ALPHA, BETA], [ALPHA, GAMMA], [BETA, GAMMA], ALL];
/** Members of the collection `pair`. */
const PAIR: readonly Member[] = [ALPHA, BETA];

/**
 * Transactions of one block over few keys, so that they meet: plain reads and writes, ranges, key-level policies,
 * private data with its hashes, purges.
 *
 * A block holds removals or guards, never both: when one transaction deletes a key and a later one of the same block
 * sets nothing but its policy, every peer of Fabric 3.1.5 ends with `panic: Nil value not allowed. Instead call 'Delete'
 * function` (core/ledger/kvledger/txmgmt/validation/types.go, applyWriteSet), and again at each start. The embedded
 * ledger goes on.
 */
export function randomBlock(random: Random, prefix: string, size: number): ProbeOperation[] {
  const key = (): string => `${prefix}${'abcde'[random(5)]}`;
  const endorsers = (): readonly Member[] => MAJORITIES[random(MAJORITIES.length)]!;
  const value = (): string => `v${random(1_000)}`;
  const removesOrGuards: () => ProbeOperation =
    random(2) === 0
      ? () => ({ fn: 'remove', args: [key()], endorsers: endorsers() })
      : () => ({
          fn: 'guard',
          args: [key(), MAJORITIES[random(MAJORITIES.length)]!.join(',')],
          endorsers: endorsers(),
        });
  const kinds: readonly (() => ProbeOperation)[] = [
    () => ({ fn: 'put', args: [key(), value()], endorsers: endorsers() }),
    () => ({ fn: 'put', args: [key(), value()], endorsers: ALL }),
    removesOrGuards,
    removesOrGuards,
    () => ({ fn: 'copy', args: [key(), key()], endorsers: endorsers() }),
    () => ({ fn: 'copy', args: [key(), key()], endorsers: ALL }),
    () => ({ fn: 'get', args: [key()], endorsers: endorsers() }),
    () => ({ fn: 'count', args: [`${prefix}a`, key(), `${prefix}n${random(2)}`], endorsers: endorsers() }),
    () => ({ fn: 'putPrivate', args: ['pair', key()], endorsers: PAIR, transient: value() }),
    () => ({ fn: 'getHash', args: ['pair', key()], endorsers: endorsers() }),
    () => ({ fn: 'purge', args: ['pair', key()], endorsers: PAIR }),
    () => ({ fn: 'emit', args: [value(), value()], endorsers: endorsers() }),
  ];
  return Array.from({ length: size }, () => kinds[random(kinds.length)]!());
}
