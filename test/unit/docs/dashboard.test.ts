import { expect } from 'chai';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { GatewayMetrics } from '../../../gateway/http/metrics';
import { STAGES, StageClock } from '../../../gateway/ports/stage-clock';
import { projectRoot } from '../../../scripts/project-root';

const none = (): Promise<number> => Promise.resolve(0);
const NONE = {
  indexHeight: () => 0,
  missingBodies: none,
  isConnected: () => Promise.resolve(true),
  outboxPending: none,
};

interface Dashboard {
  readonly panels: readonly { readonly targets: readonly { readonly expr: string }[] }[];
}

describe('the dashboard for Grafana', () => {
  it('asks only for figures that a gateway publishes', async () => {
    const metrics = new GatewayMetrics('AlphaMSP', NONE);
    metrics.answered('POST', '/v1/notices', 200, 0.1);
    metrics.problem('ROLE_MISSING');
    metrics.replays.inc();
    const clock = new StageClock();
    clock.observedBy((stage, seconds) => metrics.stage(stage, seconds));
    for (const stage of STAGES) await clock.time(stage, () => Promise.resolve());
    const published = new Set(
      [...(await metrics.registry.metrics()).matchAll(/^(\w+)[{ ]/gm)].map(([, name]) => name as string),
    );
    const file = join(projectRoot(), 'docs', 'operations', 'grafana-dashboard.json');
    const { panels } = JSON.parse(readFileSync(file, 'utf8')) as Dashboard;
    const asked = panels.flatMap(({ targets }) =>
      targets.flatMap(({ expr }) => [...expr.matchAll(/\b(?:concordat|process)_\w+/g)].map(([name]) => name)),
    );
    expect(asked.length).to.be.at.least(10);
    for (const name of asked) expect([...published], name).to.include(name);
  });

  it('tells the time of a stage that failed, too', async () => {
    const seen: string[] = [];
    const clock = new StageClock();
    clock.observedBy((stage) => seen.push(stage));
    await clock.time('endorse', () => Promise.reject(new Error('no'))).catch(() => undefined);
    expect(seen).to.deep.equal(['endorse']);
  });
});
