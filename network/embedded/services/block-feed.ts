import { status } from '@grpc/grpc-js';
import { RpcError } from './rpc-error';

/** Committed blocks by number, and word of new ones. */
export interface BlockSource {
  readonly height: number;
  get(number: number): Uint8Array | undefined;
}

/** Lets streams wait for blocks that are not there yet. */
export class BlockFeed {
  readonly #source: BlockSource;
  readonly #waiting = new Set<() => void>();

  constructor(source: BlockSource) {
    this.#source = source;
  }

  get height(): number {
    return this.#source.height;
  }

  /** To be called after each commit. */
  wake(): void {
    const waiting = [...this.#waiting];
    this.#waiting.clear();
    for (const resume of waiting) resume();
  }

  /** The block with this number, as soon as it is committed. @throws RpcError CANCELLED when the caller goes away. */
  async next(number: number, cancelled: AbortSignal): Promise<Uint8Array> {
    for (;;) {
      if (cancelled.aborted) throw new RpcError(status.CANCELLED, 'context canceled');
      const bytes = this.#source.get(number);
      if (bytes) return bytes;
      await this.#nextCommit(cancelled);
    }
  }

  #nextCommit(cancelled: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const resume = (): void => {
        cancelled.removeEventListener('abort', resume);
        this.#waiting.delete(resume);
        resolve();
      };
      this.#waiting.add(resume);
      cancelled.addEventListener('abort', resume, { once: true });
    });
  }
}
