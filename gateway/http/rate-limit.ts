import { HttpProblem } from './problem';

export interface RateLimit {
  /** Requests a caller may make at once. */
  readonly burst: number;
  /** Requests per second it may go on making. */
  readonly perSecond: number;
}

interface Bucket {
  tokens: number;
  at: number;
}

/** Callers remembered at once; the longest unseen is forgotten first, so a flood of names cannot fill the memory. */
const MAX_CALLERS = 10_000;

/** A token bucket per caller. */
export class RateLimiter {
  readonly #limit: RateLimit;
  readonly #now: () => number;
  readonly #buckets = new Map<string, Bucket>();

  /** `now` in milliseconds, from any steady clock. */
  constructor(limit: RateLimit, now: () => number = () => performance.now()) {
    this.#limit = limit;
    this.#now = now;
  }

  /** Takes one request of a caller. @throws HttpProblem RATE_LIMITED. */
  take(caller: string): void {
    const now = this.#now();
    const { burst, perSecond } = this.#limit;
    const before = this.#buckets.get(caller) ?? { tokens: burst, at: now };
    const tokens = Math.min(burst, before.tokens + ((now - before.at) / 1_000) * perSecond);
    const granted = tokens >= 1;
    this.#buckets.delete(caller);
    this.#buckets.set(caller, { tokens: granted ? tokens - 1 : tokens, at: now });
    if (this.#buckets.size > MAX_CALLERS) this.#buckets.delete(this.#buckets.keys().next().value as string);
    if (granted) return;
    throw new HttpProblem('RATE_LIMITED', {}, [], { 'retry-after': String(Math.ceil((1 - tokens) / perSecond)) });
  }
}
