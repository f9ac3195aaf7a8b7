import { createHash, randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import type { IncomingMessage } from 'node:http';
import { HttpProblem } from './problem';
import type { BodyShape, Upload } from './route';

/** Largest JSON body, in bytes: an order of some thousand lines. */
export const JSON_LIMIT = 2_097_152;

/** Largest body of a route that takes none: room for `{}`. */
const EMPTY_LIMIT = 64;

/** A body as far as it must be known before a handler runs. */
export interface ReadBody {
  readonly mediaType: string;
  readonly bytes: Uint8Array;
  /** SHA-256 of the bytes, hexadecimal. */
  readonly sha256: string;
  readonly upload?: Upload;
  /** Removes what was spooled. */
  release(): Promise<void>;
}

/**
 * Reads a request's body within its limit; large files go to disk, so memory does not grow with them.
 *
 * Compressed bodies are refused: a small one can hold a huge one.
 * @throws HttpProblem MEDIA_TYPE_UNSUPPORTED, BODY_TOO_LARGE, BODY_MISSING.
 */
export async function readBody(
  request: IncomingMessage,
  shape: BodyShape | undefined,
  spoolFolder: string,
): Promise<ReadBody> {
  const limit = shape === undefined ? EMPTY_LIMIT : shape.kind === 'json' ? JSON_LIMIT : shape.limit;
  const mediaType = (request.headers['content-type'] ?? '').split(';')[0]?.trim().toLowerCase() ?? '';
  if (Number(request.headers['content-length'] ?? 0) > limit) throw tooLarge(limit);
  checkMediaType(request, shape, mediaType);
  if (shape?.kind === 'upload') return { mediaType, ...(await spool(request, limit, spoolFolder)) };
  const bytes = await collect(request, limit);
  return {
    mediaType,
    bytes,
    sha256: createHash('sha256').update(bytes).digest('hex'),
    release: () => Promise.resolve(),
  };
}

function checkMediaType(request: IncomingMessage, shape: BodyShape | undefined, mediaType: string): void {
  const encoding = request.headers['content-encoding'];
  if (encoding !== undefined && encoding !== 'identity')
    throw new HttpProblem('MEDIA_TYPE_UNSUPPORTED', { encoding: 'identity' });
  if (shape === undefined) return;
  const allowed = shape.kind === 'json' ? ['application/json'] : shape.mediaTypes;
  if (!allowed.includes(mediaType)) throw new HttpProblem('MEDIA_TYPE_UNSUPPORTED', { mediaTypes: allowed.join(', ') });
}

function tooLarge(limit: number): HttpProblem {
  return new HttpProblem('BODY_TOO_LARGE', { limitBytes: String(limit) });
}

/** The body's parts. A refusal in the middle must not destroy the socket, or the caller would never read the answer. */
function parts(request: Readable): AsyncIterable<Buffer> {
  return { [Symbol.asyncIterator]: () => request.iterator({ destroyOnReturn: false }) as AsyncIterator<Buffer> };
}

async function collect(request: Readable, limit: number): Promise<Buffer> {
  const kept: Buffer[] = [];
  let size = 0;
  for await (const part of parts(request)) {
    size += part.byteLength;
    if (size > limit) throw tooLarge(limit);
    kept.push(part);
  }
  return Buffer.concat(kept);
}

async function spool(request: Readable, limit: number, folder: string): Promise<Omit<ReadBody, 'mediaType'>> {
  const path = join(folder, `${randomUUID()}.upload`);
  const release = (): Promise<void> => rm(path, { force: true });
  try {
    const { size, sha256 } = await writeTo(path, request, limit);
    if (size === 0) throw new HttpProblem('BODY_MISSING');
    return { bytes: Buffer.alloc(0), sha256, upload: { size, open: () => createReadStream(path) }, release };
  } catch (error) {
    await release();
    throw error;
  }
}

async function writeTo(path: string, request: Readable, limit: number): Promise<{ size: number; sha256: string }> {
  const file = await open(path, 'wx', 0o600);
  const hash = createHash('sha256');
  let size = 0;
  try {
    for await (const part of parts(request)) {
      size += part.byteLength;
      if (size > limit) throw tooLarge(limit);
      hash.update(part);
      await file.writeFile(part);
    }
  } finally {
    await file.close();
  }
  return { size, sha256: hash.digest('hex') };
}
