import { isJsonObject, type Json, type JsonObject } from '../../../chaincode/domain/json';
import { isDate } from '../../../chaincode/domain/business-date';
import { currencyDecimals } from '../../../chaincode/domain/money';
import type { RulesCode, RulesProblem } from './rules-codes';

const MAX_LIST = 5_000;

/** Reads one object's fields and notes what is wrong instead of stopping, so that a person corrects all at once. */
export class RuleFields {
  readonly #object: JsonObject;
  readonly #pointer: string;
  readonly #problems: RulesProblem[];
  readonly #read = new Set<string>();

  constructor(value: Json | undefined, pointer: string, problems: RulesProblem[]) {
    this.#pointer = pointer;
    this.#problems = problems;
    this.#object = value !== undefined && isJsonObject(value) ? value : {};
    if (value === undefined || !isJsonObject(value)) this.refuse('RULES_FIELD_INVALID', '');
  }

  refuse(code: RulesCode, name: string): void {
    this.#problems.push({ code, pointer: name === '' ? this.#pointer : `${this.#pointer}/${name}` });
  }

  object(name: string): RuleFields {
    return new RuleFields(this.value(name), `${this.#pointer}/${name}`, this.#problems);
  }

  value(name: string): Json | undefined {
    this.#read.add(name);
    return this.#object[name];
  }

  /** A whole number from 0 to `most`; above it the bound is not supported. */
  count(name: string, most: number, least = 0): number {
    const value = this.required(name);
    if (typeof value !== 'number' || !Number.isInteger(value) || value < least)
      return this.#invalid(name, value, least);
    if (value > most) this.refuse('RULES_LIMIT_EXCEEDED', name);
    return value;
  }

  countOrNull(name: string, most: number): number | null {
    return this.value(name) === null ? null : this.count(name, most);
  }

  text(name: string, form: RegExp): string {
    const value = this.required(name);
    if (typeof value === 'string' && form.test(value)) return value;
    return this.#invalid(name, value, '');
  }

  textOrNull(name: string, form: RegExp): string | null {
    return this.value(name) === null ? null : this.text(name, form);
  }

  flag(name: string): boolean {
    const value = this.required(name);
    return typeof value === 'boolean' ? value : this.#invalid(name, value, false);
  }

  choice<T extends string>(name: string, choices: readonly T[]): T {
    const value = this.required(name);
    const found = choices.find((choice) => choice === value);
    return found ?? this.#invalid(name, value, choices[0] as T);
  }

  currency(name: string): string {
    const value = this.text(name, /^[A-Z]{3}$/);
    if (value !== '' && currencyDecimals(value) === undefined) this.refuse('RULES_FIELD_INVALID', name);
    return value;
  }

  date(name: string): string {
    const value = this.text(name, /^\d{4}-\d{2}-\d{2}$/);
    if (value !== '' && !isDate(value)) this.refuse('RULES_FIELD_INVALID', name);
    return value;
  }

  /** Each member read by `read`, which gets the list's own fields and the member's index as its name. */
  list<T>(name: string, read: (fields: RuleFields, index: string) => T): T[] {
    const value = this.required(name);
    if (!Array.isArray(value)) return this.#invalid(name, value, []);
    if (value.length > MAX_LIST) {
      this.refuse('RULES_LIMIT_EXCEEDED', name);
      return [];
    }
    const members = new RuleFields(
      Object.fromEntries(value.map((member, at) => [String(at), member])),
      `${this.#pointer}/${name}`,
      this.#problems,
    );
    return value.map((_, at) => read(members, String(at)));
  }

  names(): readonly string[] {
    return Object.keys(this.#object);
  }

  /** Notes every field that nothing has read. */
  end(): void {
    for (const name of Object.keys(this.#object)) if (!this.#read.has(name)) this.refuse('RULES_FIELD_UNKNOWN', name);
  }

  private required(name: string): Json | undefined {
    const value = this.value(name);
    if (value === undefined) this.refuse('RULES_FIELD_MISSING', name);
    return value;
  }

  #invalid<T>(name: string, value: Json | undefined, otherwise: T): T {
    if (value !== undefined) this.refuse('RULES_FIELD_INVALID', name);
    return otherwise;
  }
}
