import { HttpProblem } from '../problem';
import { duplicateName } from './duplicate-names';
import type { FieldProblem } from './field-codes';

const MAX_DEPTH = 24;
const MAX_VALUES = 50_000;
// Tab and line ends are text; other C0 controls and DEL break logs, terminals and file formats.
const CONTROL = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]/u;

/**
 * Reads a body as one JSON object whose every value can become canonical JSON.
 *
 * An attacker controls every byte: depth, number of values, numbers, surrogates, reserved and repeated names
 * are all refused.
 * @throws HttpProblem BODY_MISSING, JSON_INVALID, FIELDS_INVALID.
 */
export function parseJsonBody(bytes: Uint8Array): Record<string, unknown> {
  if (bytes.byteLength === 0) throw new HttpProblem('BODY_MISSING');
  const { text, value } = parseText(bytes);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new HttpProblem('JSON_INVALID');
  const problems: FieldProblem[] = [];
  const budget = { left: MAX_VALUES };
  check(value, '', 0, { problems, budget });
  if (problems.length > 0) throw new HttpProblem('FIELDS_INVALID', {}, problems.slice(0, 100));
  const twice = duplicateName(text);
  if (twice !== undefined)
    throw new HttpProblem('FIELDS_INVALID', {}, [{ pointer: pointerOf(twice), code: 'FIELD_DUPLICATE' }]);
  return value as Record<string, unknown>;
}

function parseText(bytes: Uint8Array): { text: string; value: unknown } {
  try {
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
    return { text, value: JSON.parse(text) };
  } catch {
    throw new HttpProblem('JSON_INVALID');
  }
}

interface Walk {
  readonly problems: FieldProblem[];
  readonly budget: { left: number };
}

function check(value: unknown, pointer: string, depth: number, walk: Walk): void {
  if (depth > MAX_DEPTH || walk.budget.left-- <= 0) {
    if (!walk.problems.some(({ code }) => code === 'FIELD_TOO_DEEP'))
      walk.problems.push({ pointer: '', code: 'FIELD_TOO_DEEP' });
    return;
  }
  if (typeof value === 'number' && !Number.isSafeInteger(value))
    walk.problems.push({ pointer, code: 'FIELD_NUMBER_UNSAFE' });
  if (typeof value === 'string' && !isPlainText(value)) walk.problems.push({ pointer, code: 'FIELD_TEXT_MALFORMED' });
  if (typeof value !== 'object' || value === null) return;
  for (const [name, member] of Object.entries(value)) {
    const at = `${pointer}/${pointerToken(name)}`;
    if (isReservedName(name)) walk.problems.push({ pointer: at, code: 'FIELD_UNKNOWN' });
    else check(member, at, depth + 1, walk);
  }
}

/** Names every object has without being given them: the field checks drop them, as if they had not been sent. */
export function isReservedName(name: string): boolean {
  return name in Object.prototype || name === 'prototype';
}

function pointerOf(path: readonly (string | number)[]): string {
  return path
    .map((part) => `/${pointerToken(String(part))}`)
    .join('')
    .slice(0, 300);
}

/** Whether a text can be stored, logged and hashed the same everywhere. */
export function isPlainText(text: string): boolean {
  return text.isWellFormed() && !CONTROL.test(text);
}

/** One name as a JSON pointer token; long names are cut, since the caller chose them. @see RFC 6901 section 3 */
export function pointerToken(name: string): string {
  return (isPlainText(name) ? name : '?').slice(0, 64).replaceAll('~', '~0').replaceAll('/', '~1');
}
