import { createPublicKey } from 'node:crypto';
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Express } from 'express';
import { AUTHORITY } from '../../chaincode/domain/operations';
import { BreakDeadlines } from '../breaks/break-deadlines';
import { ClosingScheduler } from '../closing/closing-scheduler';
import { ClosingService } from '../closing/closing-service';
import { DropFolder } from '../closing/drop-folder';
import { DuePostings } from '../closing/due-postings';
import { StatementInputs } from '../closing/statement-inputs';
import { TradeDocumentReader } from '../documents/document-reader';
import { EvidenceExporter } from '../evidence/evidence-exporter';
import { postEntriesFile, type EntriesFileDependencies } from '../entries/post-file';
import { UploadRunner } from '../entries/uploads/upload-runner';
import { UploadService } from '../entries/uploads/upload-service';
import { createGateway } from '../http/create-gateway';
import { isLoopback } from '../http/development-tokens';
import { listen, type Listening } from '../http/listen';
import { createLog } from '../http/logger';
import { GatewayMetrics } from '../http/metrics';
import { RateLimiter } from '../http/rate-limit';
import { audienceOf, tokenVerifier } from '../http/tokens';
import type { RouteDeps } from '../routes/dependencies';
import { LanePostings } from '../services/lane-postings';
import { StatementWriter } from '../statements/statement-files';
import { webRouter } from '../web/web-router';
import { GatewayConfigError, type GatewayConfig } from './gateway-config';
import type { IdempotencyStore } from '../ports/local-stores';
import type { StageClock } from '../ports/stage-clock';
import { openMemberCore, type MemberCore } from './member-core';
import { recoveredAnswer } from './recovered-answer';
import { allRoutes } from './routes';

const VERSION = '0.1.0';
/** Longest wait for a block that a caller names. */
const AFTER_BLOCK_TIMEOUT_MS = 10_000;
/** Between two looks of the automatic close. */
const CLOSING_INTERVAL_MS = 30_000;
const DEFAULT_GRACE_MINUTES = 5;
const DEFAULT_LIMIT = { burst: 300, perSecond: 100 };

export interface RunningGateway {
  readonly member: string;
  readonly url: string;
  /** For what a start does beside HTTP, such as describing the network once. */
  readonly core: MemberCore;
  stop(): Promise<void>;
}

/**
 * Starts one member's gateway: stores, index, services, HTTP.
 *
 * @throws GatewayConfigError; StorageError BUSY, CORRUPT, FULL; Error EADDRINUSE.
 */
export async function startGateway(config: GatewayConfig): Promise<RunningGateway> {
  requireLoopback(config);
  mkdirSync(join(config.dataFolder, 'spool'), { recursive: true, mode: 0o700 });
  const log = createLog({
    member: config.member,
    level: config.logLevel,
    file: join(config.dataFolder, 'gateway.log'),
  });
  const core = await openMemberCore(config, (code, block) => {
    log.warn('block stream broke', { event: 'stream', code, blockNumber: block === undefined ? '' : String(block) });
  });
  const state = { isStopping: false };
  let listening: Listening | undefined;
  let scheduler: ClosingScheduler | undefined;
  let runner: UploadRunner | undefined;
  const stop = async (): Promise<void> => {
    state.isStopping = true;
    await listening?.close();
    await scheduler?.stop();
    await runner?.stop();
    await core.stop();
    log.close();
  };
  try {
    const entries = entriesDeps(core);
    runner = uploadRunner(core, entries, log);
    const uploads = new UploadService({ store: core.uploads, runner, locks: core.locks, now: () => Date.now() });
    const routes = { ...entries, ...routeDeps(config, core, await TradeDocumentReader.open()), uploads };
    listening = await listen(application(config, core, routes, { log, state }), config.host, config.port);
    scheduler = startClosing(config, routes, log);
    runner.start();
  } catch (error) {
    await stop();
    throw error;
  }
  log.info('listening', { event: 'start', port: listening.port });
  return { member: config.member, url: listening.url, core, stop };
}

function requireLoopback({ host, isDevelopment }: GatewayConfig): void {
  if (isDevelopment && !isLoopback(host)) {
    throw new GatewayConfigError('host', 'development tokens work on loopback only; use 127.0.0.1 or real tokens');
  }
}

function application(
  config: GatewayConfig,
  core: MemberCore,
  routes: RouteDeps,
  { log, state }: { readonly log: ReturnType<typeof createLog>; readonly state: { readonly isStopping: boolean } },
): Express {
  const { member, tokens, dataFolder, isDevelopment } = config;
  const verifyToken = tokenVerifier({
    issuer: tokens.issuer,
    audience: audienceOf(member),
    key: createPublicKey(tokens.publicKeyPem),
  });
  const metrics = metricsOf(member, core);
  core.clock.observedBy((stage, seconds) => metrics.stage(stage, seconds));
  const limiter = new RateLimiter(config.rateLimit ?? DEFAULT_LIMIT);
  return createGateway({
    member,
    version: VERSION,
    routes: allRoutes(routes),
    verifyToken: (token) => core.clock.time('authenticate', () => verifyToken(token)),
    limiter,
    log,
    metrics,
    spoolFolder: join(dataFolder, 'spool'),
    idempotency: {
      store: timedKeys(core.idempotency, core.clock),
      byReference: (reference) => core.transactions.byReference(reference),
      settled: (reference) => core.outbox.settled(reference),
    },
    waitForBlock: (block) => core.index.waitForHeight(block, AFTER_BLOCK_TIMEOUT_MS),
    recover: (transaction, recordId) => recoveredAnswer(transaction, recordId, core, member),
    health: {
      index: core.index,
      peerHeight: () => core.ledger.height(),
      registryGenesisHash: async () => (await core.registry.network()).genesisHash,
      isStopping: () => state.isStopping,
    },
    web: webRouter({ routes, verifyToken, limiter, isDevelopment }),
  });
}

function entriesDeps({ index, operations, posted, transactions }: MemberCore): EntriesFileDependencies {
  return { index, posted, transactions, postings: new LanePostings({ index, operations, posted }) };
}

function uploadRunner(
  { uploads: store }: MemberCore,
  deps: EntriesFileDependencies,
  log: ReturnType<typeof createLog>,
): UploadRunner {
  return new UploadRunner({
    store,
    deps,
    onError: (error, upload = '') => {
      const { code = 'UNEXPECTED' } = error as { code?: string };
      log.warn('upload does not go on', { event: 'upload', upload, code });
    },
  });
}

function routeDeps(
  config: GatewayConfig,
  core: MemberCore,
  reader: TradeDocumentReader,
): Omit<RouteDeps, 'posted' | 'postings' | 'uploads'> {
  const fingerprintKey = readFileSync(config.fingerprintKeyFile, 'utf8').trim();
  if (!/^[0-9a-f]{64}$/.test(fingerprintKey)) {
    throw new GatewayConfigError('fingerprintKeyFile', 'must hold 64 hexadecimal characters');
  }
  const { index, operations, signingRequests, registry, transactions, documents, receipts, sign } = core;
  const statements = new StatementWriter(index);
  const inputs = new StatementInputs({ member: config.member, index, statements, sign });
  return {
    member: config.member,
    index,
    operations,
    signingRequests,
    registry,
    transactions,
    documents,
    reader,
    statements,
    closing: new ClosingService({
      member: config.member,
      index,
      operations,
      registry,
      inputs,
      now: () => Date.now(),
      graceMinutes: config.closing?.graceMinutes ?? DEFAULT_GRACE_MINUTES,
    }),
    dues: new DuePostings({ member: config.member, index, operations }),
    evidence: new EvidenceExporter({
      channel: config.channel,
      mspId: config.member,
      index,
      receipts,
      documents,
      registry,
    }),
    fingerprintKey,
    sign,
    authority: AUTHORITY,
  };
}

/** Days end by themselves where the operator says so. */
function startClosing(
  { closing, dropFolder }: GatewayConfig,
  deps: RouteDeps,
  log: ReturnType<typeof createLog>,
): ClosingScheduler | undefined {
  if (closing?.automatic !== true && dropFolder === undefined) return undefined;
  const { closing: service, dues, index, operations } = deps;
  const deadlines = new BreakDeadlines({ index, operations });
  const closes = [
    async () => {
      for (const one of await dues.run()) log.info('due posted', { event: 'posting', ...one });
    },
    async () => {
      for (const { businessDay, step, outcome, code = '' } of await service.runAll()) {
        log.info('closing step', { event: 'closing', businessDay, kind: step.kind, outcome, code });
      }
    },
    async () => {
      for (const step of await deadlines.run()) log.info('break deadline', { event: 'break', ...step });
    },
  ];
  const scheduler = new ClosingScheduler(
    [...(closing?.automatic === true ? closes : []), ...dropJobs(dropFolder, deps, log)],
    {
      intervalMs: CLOSING_INTERVAL_MS,
      onError: (error) => {
        log.warn('closing look failed', { event: 'closing', code: (error as { code?: string }).code ?? 'UNEXPECTED' });
      },
    },
  );
  scheduler.start();
  return scheduler;
}

function dropJobs(
  folder: string | undefined,
  deps: RouteDeps,
  log: ReturnType<typeof createLog>,
): (() => Promise<void>)[] {
  if (folder === undefined) return [];
  const drop = new DropFolder({
    folder,
    post: (lane, file) => postEntriesFile(deps, { lane, partial: false, ...file }),
  });
  return [
    async () => {
      for (const one of await drop.run()) log.info('file posted', { event: 'drop', ...one });
    },
  ];
}

function timedKeys(store: IdempotencyStore, clock: StageClock): IdempotencyStore {
  return {
    start: (scope, key, sha256) => clock.time('key', () => store.start(scope, key, sha256)),
    finish: (scope, key, response) => clock.time('key', () => store.finish(scope, key, response)),
    abandon: (scope, key) => store.abandon(scope, key),
    release: (scope, key) => store.release(scope, key),
  };
}

function metricsOf(member: string, { index, outbox }: MemberCore): GatewayMetrics {
  return new GatewayMetrics(member, {
    indexHeight: () => Number(index.height),
    missingBodies: async () => (await index.state().catch(() => undefined))?.missingBodies,
    isConnected: async () => (await index.state().catch(() => undefined))?.connected === true,
    outboxPending: () => outbox.pendingCount().catch(() => undefined),
  });
}
