import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Json } from '../../chaincode/domain/json';
import type { GatewayConfig } from '../../gateway/compose/gateway-config';
import { bulkFile } from '../demo/steps-reconciliation';
import { foundConsortium } from '../demo/steps-founding';
import { roleTokens, Stage } from '../demo/stage';
import { Children } from '../start/children';
import type { LedgerKind } from '../start/consortium';
import { gatewayConfigs } from '../start/gateway-configs';
import { waitUntilReady } from '../start/ready';
import { startConsortium, type RunningConsortium } from '../start/running-consortium';
import type { LoadPlan, RawLoad, RestLoad } from './gateway-load';
import { rounded, type LoadResult } from './load';
import { draftOrder } from './order-draft';

const ROUNDS = 2;
/** Clients on one lane: those of the promise, and as many as it takes to see the rate and not the latency. */
const HOT_CLIENTS = 200;
const MANY_CLIENTS = 600;
const NO_LIMIT = { burst: 10_000_000, perSecond: 10_000_000 };
/** fabric-samples asset-transfer-basic/rest-api-typescript on such a machine; recorded, not of this run. */
const REST_SAMPLE = { bestTuning: 229, defaults: 9, note: 'recorded on a machine of this kind, not of this run' };

export interface GatewayBenchOptions {
  readonly ledger: LedgerKind;
  readonly bin?: string | undefined;
  readonly requests: number;
  readonly inFlight: number;
  readonly entries: number;
  readonly hotRequests: number;
  readonly basePort: number;
  readonly say: (text: string) => void;
}

/**
 * What our gateway costs: the same operation, private data and endorsers through REST and by the client library alone,
 * in turns; then entries in batches, and 200 clients on one lane.
 */
export async function benchGateway(options: GatewayBenchOptions): Promise<object> {
  const dataFolder = mkdtempSync(join(tmpdir(), 'concordat-bench-gateway-'));
  const start = (gatewaysOf?: readonly string[]): Promise<RunningConsortium> =>
    startConsortium({
      ledger: options.ledger,
      bin: options.bin,
      dataFolder,
      basePort: options.basePort,
      onUnexpectedExit: () => undefined,
      ...(gatewaysOf && { gatewaysOf }),
    });
  let running: RunningConsortium | undefined;
  try {
    running = await start();
    const lane = await found(running, dataFolder);
    await running.stop();
    running = await start([]);
    const bench = new Bench(running, options);
    const { rest, raw, stages } = await bench.single(lane.businessDay);
    const batch = await bench.batch(lane.lane);
    const hot = await bench.hot(lane.lane, HOT_CLIENTS);
    const many = await bench.hot(lane.lane, MANY_CLIENTS);
    return {
      ledger: options.ledger,
      inFlight: options.inFlight,
      single: { operation: 'draftPurchaseOrder', rest, raw, stages },
      batch,
      hot,
      many,
      ratios: {
        restToRaw: { rest: rest.perSecond, raw: raw.perSecond, ratio: ratio(rest, raw), atLeast: 0.8 },
        batchToRawSingle: {
          entriesPerSecond: batch.entriesPerSecond,
          rawPerSecond: raw.perSecond,
          ratio: rounded(batch.entriesPerSecond / raw.perSecond),
          atLeast: 40,
        },
        orderToSample: {
          rest: rest.perSecond,
          sample: REST_SAMPLE,
          ratio: rounded(rest.perSecond / REST_SAMPLE.bestTuning),
        },
        entryToSample: {
          rest: many.perSecond,
          sample: REST_SAMPLE,
          ratio: rounded(many.perSecond / REST_SAMPLE.bestTuning),
          atLeast: 1.5,
        },
      },
    };
  } finally {
    await running?.stop();
    rmSync(dataFolder, { recursive: true, force: true });
  }
}

interface HotResult extends LoadResult {
  readonly clients: number;
  readonly firstTrySuccessPercent: number;
  readonly atLeast: number;
}

/** What the loads act upon. */
interface Founded {
  readonly lane: string;
  readonly businessDay: string;
}

async function found({ urls, secrets }: RunningConsortium, dataFolder: string): Promise<Founded> {
  await waitUntilReady(urls);
  const stage = await Stage.open({ dataFolder, urls, secrets, say: () => undefined });
  await foundConsortium(stage);
  return { lane: stage.known('lane'), businessDay: stage.known('businessDay') };
}

class Bench {
  constructor(
    private readonly running: RunningConsortium,
    private readonly options: GatewayBenchOptions,
  ) {}

  /** REST and raw in turns, so that whatever else the machine does falls on both. */
  async single(businessDay: string): Promise<{ rest: LoadResult; raw: LoadResult; stages: object }> {
    const { requests, inFlight, say } = this.options;
    const content = draftOrder(businessDay);
    const results: Record<'rest' | 'raw', LoadResult[]> = { rest: [], raw: [] };
    let stages: object = {};
    for (let round = 0; round < ROUNDS; round++) {
      say(`the client library alone, round ${round + 1}`);
      const raw = this.raw('PlatformMSP', 'draftPurchaseOrder', content);
      results.raw.push(await this.load({ load: raw, requests, inFlight }));
      say(`through REST, round ${round + 1}`);
      await this.withGateways(['PlatformMSP'], async (urls) => {
        const load = await this.rest(urls, 'PlatformMSP', '/v1/purchase-orders', [JSON.stringify(content)]);
        results.rest.push(await this.load({ load, requests, inFlight }));
        stages = await stagesOf(urls['PlatformMSP'] ?? '');
      });
    }
    return { rest: together(results.rest), raw: together(results.raw), stages };
  }

  async batch(lane: string): Promise<{ entries: number; seconds: number; entriesPerSecond: number }> {
    const { entries, say } = this.options;
    say(`${entries} entries in one file`);
    return this.withGateways(['BuyerBankMSP', 'SellerBankMSP'], async (urls) => {
      const file = bulkFile(entries);
      const load = await this.rest(urls, 'BuyerBankMSP', `/v1/lanes/${lane}/entries`, [file], 'application/x-ndjson');
      const { seconds, failed } = await this.load({ load, requests: 1, inFlight: 1 });
      if (failed > 0) throw new Error('the bulk file was refused');
      return { entries, seconds, entriesPerSecond: rounded(entries / seconds) };
    });
  }

  /** Every client posts entries of its own into the same lane, whose head each of them changes. */
  async hot(lane: string, clients: number): Promise<HotResult> {
    const { hotRequests, say } = this.options;
    say(`${clients} clients on one lane, ${hotRequests} requests`);
    return this.withGateways(['BuyerBankMSP', 'SellerBankMSP'], async (urls) => {
      const bodies = Array.from({ length: hotRequests }, (_, number) => bulkFile(1, `HOT-${clients}-${number}-`));
      const load = await this.rest(urls, 'BuyerBankMSP', `/v1/lanes/${lane}/entries`, bodies, 'application/x-ndjson');
      const result = await this.load({ load, requests: hotRequests, inFlight: clients });
      const firstTry = rounded((100 * (hotRequests - result.failed)) / hotRequests);
      return { clients, ...result, firstTrySuccessPercent: firstTry, atLeast: 99.9 };
    });
  }

  private raw(member: string, operation: string, input: Json): RawLoad {
    const { consortium, secrets } = this.running;
    const config = gatewayConfigs(consortium, secrets).find((one) => one.member === member) as GatewayConfig;
    const { channel, ledger } = config;
    const endorsers = ['PlatformMSP', 'BuyerBankMSP', 'SellerBankMSP'];
    return { kind: 'raw', channel, member, ledger, operation, input, endorsers };
  }

  private async rest(
    urls: Readonly<Record<string, string>>,
    member: string,
    path: string,
    bodies: readonly string[],
    mediaType = 'application/json',
  ): Promise<RestLoad> {
    const { maker } = await roleTokens(this.running.secrets, member);
    const bodiesFile = join(this.running.consortium.dataFolder, 'bodies.json');
    writeFileSync(bodiesFile, JSON.stringify(bodies));
    return { kind: 'rest', url: urls[member] ?? '', path, token: maker, mediaType, bodiesFile };
  }

  /** Gateways run only while they are measured: an idle one still reads every block. */
  private async withGateways<T>(
    members: readonly string[],
    work: (urls: Readonly<Record<string, string>>) => Promise<T>,
  ): Promise<T> {
    const { consortium, secrets } = this.running;
    const children = new Children(() => undefined);
    const configs = gatewayConfigs(consortium, secrets)
      .filter(({ member }) => members.includes(member))
      .map((config) => ({ ...config, rateLimit: NO_LIMIT, logLevel: 'warn' as const }));
    try {
      const urls: Record<string, string> = {};
      for (const config of configs) {
        const argument = { configs: [config], fingerprintKey: secrets.fingerprintKey };
        Object.assign(urls, await children.start(config.member, '../start/gateways-process.js', argument));
      }
      await waitUntilReady(urls);
      return await work(urls);
    } finally {
      await children.stop();
    }
  }

  private async load(plan: LoadPlan): Promise<LoadResult> {
    const children = new Children(() => undefined);
    try {
      return await children.start<LoadResult>('load', '../bench/gateway-load-process.js', plan);
    } finally {
      await children.stop();
    }
  }
}

/** Mean milliseconds and share of each stage of the writes a gateway has answered, under load. */
async function stagesOf(url: string): Promise<object> {
  const text = await (await fetch(`${url}/metrics`)).text();
  const found = [...text.matchAll(/^concordat_stage_seconds_(sum|count)\{[^}]*stage="(\w+)"[^}]*\} (\S+)$/gm)];
  const value = (kind: string, stage: string): number =>
    Number(found.find(([, one, name]) => one === kind && name === stage)?.[3] ?? 0);
  const names = [...new Set(found.map(([, , stage]) => stage as string))];
  const total = names.reduce((sum, name) => sum + value('sum', name), 0);
  const rows = names.map((name) => {
    const milliseconds = rounded((1_000 * value('sum', name)) / value('count', name));
    return [name, { milliseconds, share: rounded(value('sum', name) / total) }] as const;
  });
  return Object.fromEntries(rows);
}

function together(results: readonly LoadResult[]): LoadResult {
  const sum = (name: 'transactions' | 'seconds' | 'failed'): number =>
    results.reduce((total, result) => total + result[name], 0);
  const mean = (name: 'p50' | 'p95'): number =>
    rounded(results.reduce((all, one) => all + one[name], 0) / results.length);
  const [transactions, seconds, failed] = [sum('transactions'), rounded(sum('seconds')), sum('failed')];
  return {
    transactions,
    seconds,
    perSecond: rounded(transactions / seconds),
    p50: mean('p50'),
    p95: mean('p95'),
    failed,
  };
}

function ratio(one: LoadResult, other: LoadResult): number {
  return rounded(one.perSecond / other.perSecond);
}
