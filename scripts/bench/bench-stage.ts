import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Stage } from '../demo/stage';
import { foundConsortium } from '../demo/steps-founding';
import { waitUntilReady } from '../start/ready';
import { startConsortium, type RunningConsortium } from '../start/running-consortium';

/** A founded consortium in a folder of its own, for as long as the work takes. */
export async function onBenchStage<T>(
  basePort: number,
  work: (stage: Stage, running: RunningConsortium) => Promise<T>,
): Promise<T> {
  const dataFolder = mkdtempSync(join(tmpdir(), 'concordat-bench-'));
  const running = await startConsortium({ dataFolder, basePort, onUnexpectedExit: () => undefined });
  try {
    const { urls, secrets } = running;
    await waitUntilReady(urls);
    const stage = await Stage.open({ dataFolder, urls, secrets, say: () => undefined });
    await foundConsortium(stage);
    return await work(stage, running);
  } finally {
    await running.stop();
    rmSync(dataFolder, { recursive: true, force: true });
  }
}
