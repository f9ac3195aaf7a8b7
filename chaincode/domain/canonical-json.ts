import { Rejection } from './errors';
import type { Json } from './json';

const MAX_DEPTH = 32;

/**
 * The RFC 8785 text of a value: the same value gives the same bytes on every peer and in every verifier.
 *
 * Numbers must be safe integers, because other numbers have no single spelling that all languages share.
 * @throws TypeError for values JSON cannot hold, for other numbers, for lone surrogates and below 32 levels.
 * @see RFC 8785 (JSON Canonicalization Scheme) section 3.2
 */
export function canonicalJson(value: Json): string {
  return write(value, 0);
}

/** The UTF-8 bytes of `canonicalJson`. */
export function canonicalBytes(value: Json): Buffer {
  return Buffer.from(canonicalJson(value), 'utf8');
}

function write(value: Json, depth: number): string {
  if (depth > MAX_DEPTH) throw new TypeError('nested too deeply');
  if (value === null || typeof value === 'boolean') return String(value);
  if (typeof value === 'string') return writeString(value);
  if (typeof value === 'number') return writeInteger(value);
  if (Array.isArray(value)) return `[${value.map((item: Json) => write(item, depth + 1)).join(',')}]`;
  if (typeof value !== 'object') throw new TypeError(`no JSON value: ${typeof value}`);
  // Array.sort on strings compares UTF-16 code units, which is the order RFC 8785 asks for.
  const members = Object.keys(value)
    .sort()
    .map((name) => {
      const member = (value as Record<string, Json | undefined>)[name];
      if (member === undefined) throw new TypeError(`undefined member ${name}`);
      return `${writeString(name)}:${write(member, depth + 1)}`;
    });
  return `{${members.join(',')}}`;
}

function writeInteger(value: number): string {
  if (!Number.isSafeInteger(value) || Object.is(value, -0))
    throw new TypeError('only safe integers have a canonical form here');
  return String(value);
}

function writeString(text: string): string {
  if (!text.isWellFormed()) throw new TypeError('lone surrogate in a string');
  return JSON.stringify(text);
}

/**
 * Reads bytes that claim to be canonical JSON and refuses any other spelling.
 *
 * Duplicate names, white space or other escapes would let two readers see two documents under one hash.
 * @throws Rejection JSON_NOT_CANONICAL.
 */
export function parseCanonicalJson(bytes: Uint8Array): Json {
  try {
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
    const value = JSON.parse(text) as Json;
    if (canonicalJson(value) === text) return value;
  } catch {
    // The one answer below says all there is to say; the text itself may be private.
  }
  throw new Rejection('JSON_NOT_CANONICAL');
}
