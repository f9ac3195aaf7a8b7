import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { MerkleStack } from '../matching/merkle-stack';

/** Characters of leaves handed over at once, and parts under way before the maker waits. */
const PART = 262_144,
  MAX_UNDER_WAY = 8;

/** Takes leaves one after the other and gives their root in the end. */
export interface LeafHasher {
  append(leaf: string): void;
  /** Resolves when more can be taken without piling up. */
  drained(): Promise<void>;
  root(): Promise<string>;
  /** Ends the use, whether or not the root was asked for. */
  close(): Promise<void>;
}

/** In this thread: what few leaves need. */
export class DirectHasher implements LeafHasher {
  readonly #stack = new MerkleStack();

  append(leaf: string): void {
    this.#stack.append(leaf);
  }

  async drained(): Promise<void> {}

  async root(): Promise<string> {
    return this.#stack.root().toString('hex');
  }

  async close(): Promise<void> {}
}

/** In a thread of its own, while this one makes the leaves: the same root, on the second core. */
export class ThreadedHasher implements LeafHasher {
  readonly #worker = new Worker(join(__dirname, 'leaf-worker.js'), {
    resourceLimits: { maxOldGenerationSizeMb: 64, maxYoungGenerationSizeMb: 8 },
  });
  #text = '';
  #underWay = 0;
  #error: Error | undefined;
  #root: string | undefined;
  #wake: (() => void) | undefined;

  constructor() {
    this.#worker.on('message', (root: string | null) => {
      if (root === null) this.#underWay--;
      else this.#root = root;
      this.#wake?.();
    });
    this.#worker.on('error', (error) => {
      this.#error = error;
      this.#wake?.();
    });
  }

  append(leaf: string): void {
    this.#text += `${leaf}\n`;
    if (this.#text.length >= PART) this.#pass();
  }

  async drained(): Promise<void> {
    await this.#until(() => this.#underWay < MAX_UNDER_WAY);
  }

  async root(): Promise<string> {
    this.#pass();
    this.#worker.postMessage(null);
    await this.#until(() => this.#root !== undefined);
    return this.#root as string;
  }

  async close(): Promise<void> {
    await this.#worker.terminate();
  }

  #pass(): void {
    if (this.#text === '') return;
    this.#underWay++;
    this.#worker.postMessage(this.#text);
    this.#text = '';
  }

  async #until(holds: () => boolean): Promise<void> {
    while (!holds()) {
      if (this.#error !== undefined) throw this.#error;
      await new Promise<void>((resolve) => (this.#wake = resolve));
    }
  }
}
