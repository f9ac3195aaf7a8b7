import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Express } from 'express';

export interface Listening {
  readonly url: string;
  readonly port: number;
  close(): Promise<void>;
}

/** Ends what a stop leaves open after this many milliseconds. */
const GRACE_MS = 10_000;

/**
 * Listens, with limits on what a slow or silent client can hold.
 *
 * @throws Error EADDRINUSE as Node.js gives it.
 */
export async function listen(app: Express, host: string, port: number): Promise<Listening> {
  const server = createServer(
    { requestTimeout: 300_000, headersTimeout: 15_000, keepAliveTimeout: 30_000, maxHeaderSize: 16_384 },
    app,
  );
  server.maxRequestsPerSocket = 10_000;
  // A kept-alive connection falls idle only after its answer: once no more are taken, somebody must close it then.
  server.on('request', (_request, response) => {
    response.once('close', () => setImmediate(() => server.listening || server.closeIdleConnections()));
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      resolve();
    });
  });
  const bound = (server.address() as AddressInfo).port;
  const name = host.includes(':') ? `[${host}]` : host;
  return { url: `http://${name}:${bound}`, port: bound, close: () => close(server) };
}

/** Takes no new requests, lets those under way end, then cuts what is left. */
function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => server.closeAllConnections(), GRACE_MS);
    server.close(() => {
      clearTimeout(timer);
      resolve();
    });
    server.closeIdleConnections();
  });
}
