import { closeSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { MerkleStack } from '../matching/merkle-stack';

/** Characters of items handed over at once, and parts under way before the maker waits. */
const PART = 65_536,
  MAX_UNDER_WAY = 16;

/** Takes the lines of `report.jsonl` one after the other: writes them where a file is wanted, and gives the items' root. */
export interface ItemLog {
  /** A line that is no item: header, trailer. */
  line(text: string): void;
  /** An item: a leaf of the tree. */
  append(item: string): void;
  /** Resolves when more can be taken without piling up. */
  drained(): Promise<void>;
  root(): Promise<string>;
  /** Ends the file, whether or not the root was asked for. */
  close(): Promise<void>;
}

/** Writes and hashes parts of whole lines; what both kinds of log do in the end. */
export class ItemFile {
  readonly #stack = new MerkleStack();
  readonly #file: number | undefined;
  /** Used again and again: a buffer a part would pile up until the next collection. */
  #room = Buffer.allocUnsafeSlow(PART * 4);

  /** @throws when the file cannot be made. */
  constructor(path: string | undefined) {
    this.#file = path === undefined ? undefined : openSync(path, 'w', 0o600);
  }

  /** Takes lines, each with its end. */
  take(text: string, areItems: boolean): void {
    if (this.#room.length < text.length * 3) this.#room = Buffer.allocUnsafeSlow(text.length * 3);
    const bytes = this.#room.subarray(0, this.#room.write(text, 'utf8'));
    if (this.#file !== undefined) {
      for (let at = 0; at < bytes.length;) at += writeSync(this.#file, bytes, at, bytes.length - at);
    }
    if (areItems) this.#stack.appendLines(bytes);
  }

  root(): string {
    return this.#stack.root().toString('hex');
  }

  close(): void {
    if (this.#file !== undefined) closeSync(this.#file);
  }
}

/** In this thread: what few items need. */
export class DirectLog implements ItemLog {
  readonly #file: ItemFile;
  #text = '';

  constructor(path: string | undefined) {
    this.#file = new ItemFile(path);
  }

  line(text: string): void {
    this.#pass();
    this.#file.take(`${text}\n`, false);
  }

  append(item: string): void {
    this.#text += `${item}\n`;
    if (this.#text.length >= PART) this.#pass();
  }

  async drained(): Promise<void> {}

  async root(): Promise<string> {
    this.#pass();
    return this.#file.root();
  }

  async close(): Promise<void> {
    this.#pass();
    this.#file.close();
  }

  #pass(): void {
    if (this.#text !== '') this.#file.take(this.#text, true);
    this.#text = '';
  }
}

/** What the other thread is told. */
export type LogMessage =
  { readonly kind: 'lines'; readonly text: string; readonly areItems: boolean } | { readonly kind: 'root' | 'close' };
export type LogAnswer = { readonly kind: 'taken' | 'closed' } | { readonly kind: 'root'; readonly root: string };

/** In a thread of its own, while this one makes the items: the same bytes and root, on the second core. */
export class ThreadedLog implements ItemLog {
  readonly #worker: Worker;
  #text = '';
  #underWay = 0;
  #error: Error | undefined;
  #root: string | undefined;
  #isClosed = false;
  #wake: (() => void) | undefined;

  constructor(path: string | undefined) {
    this.#worker = new Worker(join(__dirname, 'item-log-worker.js'), {
      workerData: path,
      resourceLimits: { maxOldGenerationSizeMb: 64, maxYoungGenerationSizeMb: 4 },
    });
    this.#worker.on('message', (answer: LogAnswer) => {
      if (answer.kind === 'taken') this.#underWay--;
      else if (answer.kind === 'closed') this.#isClosed = true;
      else if (answer.kind === 'root') this.#root = answer.root;
      this.#wake?.();
    });
    this.#worker.on('error', (error) => {
      this.#error = error;
      this.#wake?.();
    });
  }

  line(text: string): void {
    this.#pass();
    this.#text = `${text}\n`;
    this.#pass(false);
  }

  append(item: string): void {
    this.#text += `${item}\n`;
    if (this.#text.length >= PART) this.#pass();
  }

  async drained(): Promise<void> {
    await this.#until(() => this.#underWay < MAX_UNDER_WAY);
  }

  async root(): Promise<string> {
    this.#pass();
    this.#tell({ kind: 'root' });
    await this.#until(() => this.#root !== undefined);
    return this.#root as string;
  }

  async close(): Promise<void> {
    try {
      this.#pass();
      this.#tell({ kind: 'close' });
      if (this.#error === undefined) await this.#until(() => this.#isClosed);
    } finally {
      await this.#worker.terminate();
    }
  }

  #pass(areItems = true): void {
    if (this.#text === '') return;
    this.#underWay++;
    this.#tell({ kind: 'lines', text: this.#text, areItems });
    this.#text = '';
  }

  #tell(message: LogMessage): void {
    this.#worker.postMessage(message);
  }

  async #until(holds: () => boolean): Promise<void> {
    while (!holds()) {
      if (this.#error !== undefined) throw this.#error;
      await new Promise<void>((resolve) => (this.#wake = resolve));
    }
  }
}
