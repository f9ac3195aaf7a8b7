import type { Stage } from '../ports/stage-clock';
import { Counter, Gauge, Histogram, Registry } from 'prom-client';

/** What is read at every scrape. */
export interface MetricSources {
  readonly indexHeight: () => number;
  /** Undefined while the database is out of reach: no figure is better than a wrong one. */
  readonly missingBodies: () => Promise<number | undefined>;
  readonly isConnected: () => Promise<boolean>;
  readonly outboxPending: () => Promise<number | undefined>;
}

/** One gateway's figures; each gateway of a process has its own registry. */
export class GatewayMetrics {
  readonly registry = new Registry();
  readonly #requests: Counter;
  readonly #durations: Histogram;
  readonly #problems: Counter;
  readonly replays: Counter;
  readonly #stages: Histogram;

  constructor(member: string, sources: MetricSources) {
    this.registry.setDefaultLabels({ member });
    const registers = [this.registry];
    this.#requests = new Counter({
      name: 'concordat_http_requests_total',
      help: 'Answered requests',
      labelNames: ['method', 'route', 'status'],
      registers,
    });
    this.#durations = new Histogram({
      name: 'concordat_http_request_duration_seconds',
      help: 'Time to answer',
      labelNames: ['method', 'route'],
      registers,
      buckets: [0.005, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10, 60],
    });
    this.#stages = new Histogram({
      name: 'concordat_stage_seconds',
      help: 'Time of one stage of a write',
      labelNames: ['stage'],
      registers,
      buckets: [0.001, 0.005, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10],
    });
    this.#problems = new Counter({
      name: 'concordat_problems_total',
      help: 'Refusals by code',
      labelNames: ['code'],
      registers,
    });
    this.replays = new Counter({
      name: 'concordat_idempotent_replays_total',
      help: 'Writes answered from an earlier answer',
      registers,
    });
    this.#gauge('concordat_index_height', 'Number of the next block to index', sources.indexHeight);
    this.#gauge(
      'concordat_index_missing_bodies',
      'Own versions whose body the peer did not hold',
      sources.missingBodies,
    );
    this.#gauge('concordat_index_connected', '1 while the block stream stands', async () =>
      (await sources.isConnected()) ? 1 : 0,
    );
    this.#gauge('concordat_outbox_pending', 'Transactions sent and not known final', sources.outboxPending);
    this.#gauge('process_resident_memory_bytes', 'Resident memory of the whole process', () =>
      process.memoryUsage.rss(),
    );
  }

  answered(method: string, route: string, status: number, seconds: number): void {
    this.#requests.inc({ method, route, status: String(status) });
    this.#durations.observe({ method, route }, seconds);
  }

  stage(name: Stage, seconds: number): void {
    this.#stages.observe({ stage: name }, seconds);
  }

  problem(code: string): void {
    this.#problems.inc({ code });
  }

  #gauge(name: string, help: string, read: () => number | undefined | Promise<number | undefined>): void {
    new Gauge({
      name,
      help,
      registers: [this.registry],
      async collect(): Promise<void> {
        const value = await read();
        if (value === undefined) this.reset();
        else this.set(value);
      },
    });
  }
}
