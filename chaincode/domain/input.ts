import { Rejection } from './errors';
import { isJsonObject, type Json, type JsonObject } from './json';

/** Reads an operation's input member by member; the first thing wrong is refused with its JSON pointer. */
export class Input {
  readonly #seen = new Set<string>();

  private constructor(
    private readonly value: JsonObject,
    private readonly path: string,
  ) {}

  /** @throws Rejection REQUEST_INVALID when the value is no object. */
  static of(value: Json, path = '/input'): Input {
    if (!isJsonObject(value)) throw new Rejection('REQUEST_INVALID', { field: path });
    return new Input(value, path);
  }

  /** Refuses members nobody asked for. @throws Rejection REQUEST_INVALID. */
  end(): void {
    for (const name of Object.keys(this.value)) if (!this.#seen.has(name)) throw this.#wrong(name);
  }

  has(name: string): boolean {
    return this.value[name] !== undefined && this.value[name] !== null;
  }

  text(name: string, pattern = /^[^\u0000-\u001f]{1,500}$/u): string {
    const value = this.#take(name);
    if (typeof value !== 'string' || !pattern.test(value)) throw this.#wrong(name);
    return value;
  }

  optionalText(name: string, pattern?: RegExp): string | null {
    this.#seen.add(name);
    return this.has(name) ? this.text(name, pattern) : null;
  }

  oneOf<T extends string>(name: string, values: readonly T[]): T {
    const value = this.#take(name);
    if (typeof value !== 'string' || !(values as readonly string[]).includes(value)) throw this.#wrong(name);
    return value as T;
  }

  integer(name: string, minimum: number, maximum: number): number {
    const value = this.#take(name);
    if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < minimum || value > maximum)
      throw this.#wrong(name);
    return value;
  }

  flag(name: string): boolean {
    const value = this.#take(name);
    if (typeof value !== 'boolean') throw this.#wrong(name);
    return value;
  }

  object(name: string): Input {
    return Input.of(this.#take(name), `${this.path}/${name}`);
  }

  list<T>(name: string, limits: { min: number; max: number }, read: (item: Json, path: string) => T): T[] {
    const value = this.#take(name);
    if (!Array.isArray(value) || value.length < limits.min) throw this.#wrong(name);
    if (value.length > limits.max) {
      throw new Rejection('REQUEST_TOO_LARGE', { field: `${this.path}/${name}`, limit: String(limits.max) });
    }
    return (value as Json[]).map((item, index) => read(item, `${this.path}/${name}/${index}`));
  }

  raw(name: string): Json {
    return this.#take(name);
  }

  /** A 128-bit record id. */
  id(name: string): string {
    return this.text(name, /^[0-9a-f]{32}$/);
  }

  mspId(name: string): string {
    return this.text(name, /^[A-Za-z][A-Za-z0-9._-]{0,63}$/);
  }

  digest(name: string): string {
    return this.text(name, /^[0-9a-f]{64}$/);
  }

  /** Reads with a rule of its own: whatever it refuses gets this member's pointer. */
  with<T>(name: string, read: (value: Json, field: string) => T): T {
    return read(this.#take(name), `${this.path}/${name}`);
  }

  #take(name: string): Json {
    this.#seen.add(name);
    const value = this.value[name];
    if (value === undefined) throw this.#wrong(name);
    return value;
  }

  #wrong(name: string): Rejection {
    return new Rejection('REQUEST_INVALID', { field: `${this.path}/${name}` });
  }
}
