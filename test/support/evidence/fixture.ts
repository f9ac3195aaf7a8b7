import { sha256Hex } from '../../../chaincode/domain/hash';
import { trustFromGenesis, type TrustFile } from '../../../evidence/trust-file';
import { startConsortium, type Consortium } from './consortium';
import { ORDER_DOCUMENT, playDispute, type DisputedOrder } from './story';

/** A genuine package of a real (embedded) network, the keys of that network, and what a reader trusts. */
export interface EvidenceFixture extends DisputedOrder {
  readonly consortium: Consortium;
  readonly bytes: Uint8Array;
  readonly trust: TrustFile;
}

let made: Promise<EvidenceFixture> | undefined;

/** Made once for all tests of this process. */
export function evidenceFixture(): Promise<EvidenceFixture> {
  return (made ??= makeFixture());
}

async function makeFixture(): Promise<EvidenceFixture> {
  const consortium = await startConsortium();
  const story = await playDispute(consortium, sha256Hex(ORDER_DOCUMENT));
  const bytes = await story.exporter.package(story.caseId);
  return { ...story, consortium, bytes, trust: trustFromGenesis(consortium.network.material.genesisBlock) };
}
