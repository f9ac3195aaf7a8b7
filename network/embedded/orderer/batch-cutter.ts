export interface BatchLimits {
  readonly maxMessageCount: number;
  /** A block is cut before it would grow past this. */
  readonly preferredMaxBytes: number;
  /** No larger transaction is accepted. */
  readonly absoluteMaxBytes: number;
  /** Longest time a transaction waits for others. */
  readonly timeoutMs: number;
  /** Cut as soon as nothing else is going on, instead of waiting for the time-out. */
  readonly cutWhenIdle: boolean;
}

/**
 * Shortest time between two blocks cut for idleness: after a block of one transaction, for each further one in it, and
 * at most. A block costs more than what is in it, most of all its way to the disk, so under load transactions gather
 * for about as long as their execution takes.
 */
const IDLE_INTERVAL_MS = 10,
  INTERVAL_MS_PER_TRANSACTION = 2,
  LONGEST_INTERVAL_MS = 150;

/**
 * Gathers transactions into batches by count, size and time.
 *
 * @see fabric orderer/common/blockcutter/blockcutter.go
 */
export class BatchCutter {
  readonly #limits: BatchLimits;
  readonly #onBatch: (batch: Uint8Array[]) => void;
  #batch: Uint8Array[] = [];
  #bytes = 0;
  #timer: NodeJS.Timeout | undefined;
  #immediate: NodeJS.Immediate | undefined;
  #lastCut = 0;
  #interval = IDLE_INTERVAL_MS;

  constructor(limits: BatchLimits, onBatch: (batch: Uint8Array[]) => void) {
    this.#limits = limits;
    this.#onBatch = onBatch;
  }

  add(envelope: Uint8Array): void {
    const { maxMessageCount, preferredMaxBytes } = this.#limits;
    if (this.#bytes + envelope.length > preferredMaxBytes) this.cut();
    this.#batch.push(envelope);
    this.#bytes += envelope.length;
    if (this.#batch.length >= maxMessageCount || envelope.length > preferredMaxBytes) this.cut();
    else if (this.#batch.length === 1) this.#schedule();
  }

  /** Hands over what has gathered, if anything. */
  cut(): void {
    clearTimeout(this.#timer);
    clearImmediate(this.#immediate);
    if (this.#batch.length === 0) return;
    const batch = this.#batch;
    this.#batch = [];
    this.#bytes = 0;
    const loaded = IDLE_INTERVAL_MS + INTERVAL_MS_PER_TRANSACTION * (batch.length - 1);
    this.#interval = Math.min(loaded, LONGEST_INTERVAL_MS);
    this.#onBatch(batch);
    this.#lastCut = Date.now();
  }

  #schedule(): void {
    const { timeoutMs, cutWhenIdle } = this.#limits;
    if (!cutWhenIdle) {
      this.#timer = setTimeout(() => this.cut(), timeoutMs);
      return;
    }
    const wait = Math.min(timeoutMs, this.#lastCut + this.#interval - Date.now());
    if (wait <= 0) this.#immediate = setImmediate(() => this.cut());
    else this.#timer = setTimeout(() => this.cut(), wait);
  }
}
