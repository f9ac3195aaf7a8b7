import { request } from 'node:https';
import { FabricCaError, translateCaCode } from './ca-error';

const TIMEOUT_MS = 30_000;
const MOST_BYTES = 32 << 20;

/** Where a CA is, and what it must show to be it. */
export interface CaEndpoint {
  /** `https://host:port`. */
  readonly url: string;
  /** The only root that its TLS certificate may lead to, PEM. */
  readonly tlsRootPem: string;
}

export interface CaRequest {
  readonly method: 'GET' | 'POST';
  readonly uri: string;
  readonly body: string;
  readonly authorization?: string;
}

interface Answer {
  readonly result?: unknown;
  readonly errors?: readonly { readonly code: number; readonly message: string }[];
  readonly success?: boolean;
}

/** Sends a request and answers the body of the answer, whatever its status. */
export type CaExchange = (endpoint: CaEndpoint, asked: CaRequest) => Promise<string>;

/** Sends one request and answers its result. @throws FabricCaError with any code of its table. */
export async function callCa(endpoint: CaEndpoint, asked: CaRequest, exchange: CaExchange): Promise<unknown> {
  const text = await exchange(endpoint, asked);
  const { result, errors = [], success } = parse(text);
  const [first] = errors;
  if (first !== undefined)
    throw new FabricCaError(translateCaCode(first.code, first.message), first.message, first.code);
  if (success !== true)
    throw new FabricCaError('CA_ANSWER_INVALID', `the answer to ${asked.uri} says neither yes nor no`);
  return result;
}

/** The exchange over TLS that trusts the pinned root alone. */
export const exchangeByHttps: CaExchange = ({ url, tlsRootPem }, { method, uri, body, authorization }) => {
  const target = URL.canParse(uri, url) ? new URL(uri, url) : undefined;
  if (target?.protocol !== 'https:') {
    return Promise.reject(new FabricCaError('CA_UNTRUSTED', `${url} is no https URL, and secrets go over TLS only`));
  }
  const headers = {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(body),
    ...(authorization !== undefined && { authorization }),
  };
  return new Promise((resolve, reject) => {
    const fail = (error: Error): void => reject(toCaError(url, error));
    // Said explicitly, since NODE_TLS_REJECT_UNAUTHORIZED would otherwise decide.
    const trust = { ca: tlsRootPem, rejectUnauthorized: true, agent: false };
    const sent = request(target, { method, headers, ...trust, timeout: TIMEOUT_MS }, (answer) => {
      const chunks: Buffer[] = [];
      let size = 0;
      answer.on('data', (chunk: Buffer) => {
        size += chunk.length;
        chunks.push(chunk);
        if (size > MOST_BYTES) answer.destroy(new Error('the answer is too long'));
      });
      answer.on('error', fail);
      answer.on('end', () => resolve(Buffer.concat(chunks).toString('utf8')));
    });
    sent.on('timeout', () => sent.destroy(new Error(`no answer within ${TIMEOUT_MS / 1_000} s`)));
    sent.on('error', fail);
    sent.end(body);
  });
};

function parse(text: string): Answer {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null) return value;
  } catch {
    // told below
  }
  throw new FabricCaError('CA_ANSWER_INVALID', `the answer is no JSON object: ${text.slice(0, 80)}`);
}

/** Node.js names every fault of a certificate by a code of these forms. */
const UNTRUSTED =
  /^(CERT_|CRL_|ERR_TLS_|ERR_SSL_|SELF_SIGNED|DEPTH_ZERO|UNABLE_TO|INVALID_CA|HOSTNAME_MISMATCH|EPROTO)/;

function toCaError(url: string, error: NodeJS.ErrnoException): FabricCaError {
  const code = UNTRUSTED.test(error.code ?? '') ? 'CA_UNTRUSTED' : 'CA_UNREACHABLE';
  return new FabricCaError(code, `${url}: ${error.message}`);
}
