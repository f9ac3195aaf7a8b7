import { join } from 'node:path';
import { openMemberCore } from '../../gateway/compose/member-core';
import { bulkFile } from '../demo/steps-reconciliation';
import { gatewayConfigs } from '../start/gateway-configs';
import type { RunningConsortium } from '../start/running-consortium';
import { onBenchStage } from './bench-stage';
import { rounded } from './load';

export interface EntriesResult {
  readonly entries: number;
  readonly seconds: number;
  readonly entriesPerSecond: number;
  readonly replay: {
    readonly blocks: number;
    readonly entries: number;
    readonly seconds: number;
    readonly blocksPerSecond: number;
  };
}

/** Settlement entries through REST, contract and both members' indexes; then one index read anew from block 0. */
export function benchEntries(entries: number, basePort: number): Promise<EntriesResult> {
  return onBenchStage(basePort, async (stage, running) => {
    const file = Buffer.from(bulkFile(entries));
    const startedAt = performance.now();
    const path = `/v1/lanes/${stage.known('lane')}/entries`;
    const answer = await stage.buyerBank.upload<{ complete: boolean }>(
      path,
      'maker',
      'bench',
      file,
      'application/x-ndjson',
    );
    const seconds = (performance.now() - startedAt) / 1_000;
    if (!answer.complete) throw new Error('not every entry was posted');
    const replay = await replayIndex(running, entries);
    return { entries, seconds: rounded(seconds), entriesPerSecond: rounded(entries / seconds), replay };
  });
}

/** A fresh index of the seller's bank on the same ledger, in a folder of its own whatever the gateways stand on. */
async function replayIndex(
  { consortium, secrets }: RunningConsortium,
  entries: number,
): Promise<EntriesResult['replay']> {
  const found = gatewayConfigs(consortium, secrets).find(({ member }) => member === 'SellerBankMSP');
  if (found === undefined) throw new Error("no seller's bank");
  const { databaseUrl: _, ...config } = found;
  const dataFolder = join(consortium.dataFolder, 'replayed');
  const startedAt = performance.now();
  const core = await openMemberCore({ ...config, dataFolder }, () => undefined);
  try {
    const height = await core.ledger.height();
    await core.index.waitForHeight(height - 1n, 600_000);
    const seconds = (performance.now() - startedAt) / 1_000;
    const blocks = Number(height);
    return { blocks, entries, seconds: rounded(seconds), blocksPerSecond: rounded(blocks / seconds) };
  } finally {
    await core.stop();
  }
}
