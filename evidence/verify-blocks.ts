import { headerOf, parseBlock } from '../network/protocol/block';
import { ChainView } from './chain-view';
import { ConfigCache } from './config-cache';
import { Replay } from './replay/replay';
import { ReportBuilder, type EvidenceReport } from './report';
import { checkChain, checkGenesis, checkOrderers } from './steps/blocks';
import type { TrustFile } from './trust-file';

/**
 * Verifies a whole chain of raw blocks from block 0 on, without receipts: every validation code is judged anew.
 *
 * Never touches a network, never throws for any bytes.
 */
export function verifyBlocks(
  blocks: readonly Uint8Array[],
  trust?: TrustFile,
  cache = new ConfigCache(),
): EvidenceReport {
  const report = new ReportBuilder();
  let chain: ChainView;
  let dataHashes: Uint8Array;
  const steps = [
    [
      'genesis',
      () => {
        chain = new ChainView({ blocks: blocks.map((bytes, number) => ({ number, bytes })) }, cache);
        dataHashes = Buffer.concat(blocks.map((bytes) => headerOf(parseBlock(bytes)).dataHash));
        checkGenesis(chain, chain.genesis.config.channelId, trust, report);
      },
    ],
    ['chain', () => checkChain(chain, dataHashes, report)],
    ['orderer', () => checkOrderers(chain, trust, report)],
    ['codes', () => new Replay(chain).run(report)],
  ] as const;
  for (const [step, work] of steps) {
    if (!report.run(step, work)) break;
  }
  return report.finish();
}
