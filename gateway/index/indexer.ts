import { setTimeout as delay } from 'node:timers/promises';
import { StorageError } from '../../network/storage/database';
import { LedgerError, type LedgerPort } from '../ports/ledger-port';
import { IndexError } from './index-error';
import type { SqlRecordIndex } from './sql-record-index';
import { readBlock } from './block-reader';

export interface IndexerOptions {
  readonly ledger: Pick<LedgerPort, 'blocks' | 'block' | 'height'>;
  readonly index: SqlRecordIndex;
  /** First pause before the stream is started anew; doubles up to `maxPauseMs`. Defaults 100 ms and 5 s. */
  readonly firstPauseMs?: number;
  readonly maxPauseMs?: number;
  /** How often a silent stream is checked against the peer's height; default 10 s. */
  readonly watchMs?: number;
  /** Told when the stream breaks: a code and, for a refused block, its number. */
  readonly onBreak?: (code: string, block?: bigint) => void;
}

/**
 * Keeps the index at the peer's height: reads from where the index stands, starts the stream anew when it breaks.
 *
 * A stream never reconnects by itself, and a half-open one says nothing at all: silence while the peer's height grows
 * counts as broken.
 */
export class Indexer {
  readonly #options: Required<Omit<IndexerOptions, 'onBreak'>> & Pick<IndexerOptions, 'onBreak'>;
  readonly #stop = new AbortController();
  #running: Promise<void> | undefined;

  constructor(options: IndexerOptions) {
    this.#options = { firstPauseMs: 100, maxPauseMs: 5_000, watchMs: 10_000, ...options };
  }

  start(): void {
    this.#running ??= this.#supervise();
  }

  async stop(): Promise<void> {
    this.#stop.abort();
    await this.#running;
  }

  async #supervise(): Promise<void> {
    const { firstPauseMs, maxPauseMs, index, onBreak } = this.#options;
    let pause = firstPauseMs;
    while (!this.#stop.signal.aborted) {
      const before = index.height;
      try {
        await this.#follow();
        index.setConnection(false, 'STREAM_ENDED');
      } catch (error) {
        const code = codeOf(error);
        index.setConnection(false, code);
        if (!this.#stop.signal.aborted) onBreak?.(code, error instanceof IndexError ? error.block : undefined);
      }
      pause = index.height > before ? firstPauseMs : Math.min(pause * 2, maxPauseMs);
      await delay(pause, undefined, { signal: this.#stop.signal }).catch(() => undefined);
    }
  }

  /** Reads one stream until it breaks or falls silent. */
  async #follow(): Promise<void> {
    const { ledger, index } = this.#options;
    await this.#checkGenesis();
    const stream = new AbortController();
    const signal = AbortSignal.any([this.#stop.signal, stream.signal]);
    const watch = this.#watch(stream);
    try {
      index.setConnection(true);
      for await (const block of ledger.blocks(index.height, signal)) {
        if (signal.aborted) return;
        await index.apply(block);
      }
    } finally {
      clearInterval(watch);
      stream.abort();
    }
  }

  /** A peer of another network, or one set up anew, would never send the block the index waits for. */
  async #checkGenesis(): Promise<void> {
    const { ledger, index } = this.#options;
    const own = (await index.block(0n))?.hash;
    if (own !== undefined && readBlock(await ledger.block(0n)).hash !== own)
      throw new IndexError('GENESIS_DIFFERS', 0n);
  }

  #watch(stream: AbortController): NodeJS.Timeout {
    const { ledger, index, watchMs } = this.#options;
    let seen = index.height;
    return setInterval(() => {
      const last = seen;
      seen = index.height;
      if (seen !== last) return;
      ledger.height().then(
        (height) => {
          if (height > seen && index.height === seen) stream.abort();
        },
        () => undefined,
      ); // an unreachable peer shows on the stream itself
    }, watchMs);
  }
}

function codeOf(error: unknown): string {
  if (error instanceof IndexError || error instanceof LedgerError) return error.code;
  return error instanceof StorageError && error.code === 'UNREACHABLE' ? 'DATABASE_UNAVAILABLE' : 'INDEX_FAILED';
}
