import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { canonicalBytes } from '../../chaincode/domain/canonical-json';
import type { Json } from '../../chaincode/domain/json';
import { openConnection } from '../../gateway/adapters/fabric-gateway/connection';
import type { LedgerConfig } from '../../gateway/compose/gateway-config';
import { openIdentity } from '../../gateway/compose/open-identity';

import { rounded, type LoadResult } from './load';

/** Requests to one gateway; the bodies, a JSON list of texts in a file, are sent in turn. */
export interface RestLoad {
  readonly kind: 'rest';
  readonly url: string;
  readonly path: string;
  readonly token: string;
  readonly mediaType: string;
  readonly bodiesFile: string;
}

/** The same contract operation by the client library alone: no gateway, no outbox, no index. */
export interface RawLoad {
  readonly kind: 'raw';
  readonly channel: string;
  readonly member: string;
  readonly ledger: LedgerConfig;
  readonly operation: string;
  readonly input: Json;
  readonly endorsers: readonly string[];
}

export interface LoadPlan {
  readonly load: RestLoad | RawLoad;
  readonly requests: number;
  readonly inFlight: number;
}

/** Sends a load, so many at once, and measures; a request that is not answered well at its first try counts as failed. */
export async function runLoad({ load, requests, inFlight }: LoadPlan): Promise<LoadResult> {
  const { send, close } = load.kind === 'rest' ? restSender(load, inFlight) : await rawSender(load);
  const latencies: number[] = [];
  let next = 0,
    failed = 0;
  const startedAt = performance.now();
  const work = async (): Promise<void> => {
    for (let number = next++; number < requests; number = next++) {
      const from = performance.now();
      if (!(await send(number).catch(() => false))) failed++;
      latencies.push(performance.now() - from);
    }
  };
  await Promise.all(Array.from({ length: inFlight }, work));
  const seconds = (performance.now() - startedAt) / 1_000;
  close();
  latencies.sort((one, other) => one - other);
  const at = (share: number): number => rounded(latencies[Math.floor(latencies.length * share)] ?? 0);
  const perSecond = rounded(requests / seconds);
  return { transactions: requests, seconds: rounded(seconds), perSecond, p50: at(0.5), p95: at(0.95), failed };
}

interface Sender {
  readonly send: (number: number) => Promise<boolean>;
  readonly close: () => void;
}

function restSender({ url, path, token, mediaType, bodiesFile }: RestLoad, sockets: number): Sender {
  const bodies = JSON.parse(readFileSync(bodiesFile, 'utf8')) as string[];
  const agent = new Agent({ keepAlive: true, maxSockets: sockets });
  const target = new URL(path, url);
  const run = randomBytes(8).toString('hex');
  const send = (number: number): Promise<boolean> => {
    const body = bodies[number % bodies.length] as string;
    return new Promise((resolve, reject) => {
      const headers = {
        authorization: `Bearer ${token}`,
        'idempotency-key': `${run}-${number}`,
        'content-type': mediaType,
        'content-length': Buffer.byteLength(body),
      };
      const sent = request(target, { method: 'POST', agent, headers }, (response) => {
        const { statusCode = 0 } = response;
        response.resume();
        response.once('end', () => resolve(statusCode >= 200 && statusCode < 300));
      });
      sent.once('error', reject);
      sent.end(body);
    });
  };
  return { send, close: () => agent.destroy() };
}

async function rawSender({ channel, member, ledger, operation, input, endorsers }: RawLoad): Promise<Sender> {
  const identity = await openIdentity(member, ledger);
  const connection = openConnection({
    channel,
    mspId: member,
    endpoint: ledger.endpoint,
    tlsRootCertificate: readFileSync(ledger.tlsRootCertificateFile),
    serverName: ledger.serverName,
    identity,
  });
  const contract = connection.gateway.getNetwork(channel).getContract('records');
  const send = async (): Promise<boolean> => {
    const seed = randomBytes(32).toString('hex');
    const request = canonicalBytes({ operation, seed, input, records: [], signatures: [] });
    const commit = await contract.submitAsync('Records:execute', {
      transientData: { request },
      endorsingOrganizations: [...endorsers],
    });
    return (await commit.getStatus()).successful;
  };
  const close = (): void => {
    connection.gateway.close();
    connection.client.close();
  };
  return { send, close };
}
