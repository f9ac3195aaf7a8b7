import { sha256Hex } from '../../../chaincode/domain/hash';
import { parsePackage } from '../../../evidence/parse-package';
import { trustFromGenesis, type TrustFile } from '../../../evidence/trust-file';
import { parseBlock } from '../../../network/protocol/block';
import { decodeReadWriteSet } from '../../../network/protocol/read-write-set';
import { parseEndorserTransaction, parseEnvelope } from '../../../network/protocol/transaction';
import { startConsortium, type Consortium } from './consortium';
import { ORDER_DOCUMENT, playDispute, reportLoading, type DisputedOrder } from './story';

/** A genuine package of a real (embedded) network, the keys of that network, and what a reader trusts. */
export interface EvidenceFixture extends DisputedOrder {
  readonly consortium: Consortium;
  readonly bytes: Uint8Array;
  readonly trust: TrustFile;
  readonly staleBytes: Uint8Array;
  /** Where a key binding that a signature rests on became active. */
  readonly bindingPlace: { readonly block: number; readonly position: number };
  /** The same story on another network whose channel and members have the same names. */
  readonly otherNetwork: {
    readonly package: Uint8Array;
    /** What the exporter says once a record has a version that was not disclosed. */
    readonly behind: unknown;
    readonly blocks: readonly Uint8Array[];
    readonly envelopes: readonly { readonly transactionId: string; readonly bytes: Uint8Array }[];
  };
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
  const arbitration = consortium.member('ArbitrationMSP');
  return {
    ...story,
    consortium,
    bytes,
    trust: trustFromGenesis(consortium.network.material.genesisBlock),
    staleBytes: await arbitration.ledger.block(BigInt(story.staleBlock)),
    bindingPlace: bindingPlace(bytes, story.orderId),
    otherNetwork: await makeOther(),
  };
}

async function makeOther(): Promise<EvidenceFixture['otherNetwork']> {
  const consortium = await startConsortium();
  const { exporter, caseId, shipmentId } = await playDispute(consortium, sha256Hex(ORDER_DOCUMENT));
  const bytes = await exporter.package(caseId);
  await reportLoading(consortium, shipmentId, 'EV-2');
  const behind = await exporter.package(caseId).catch((error: unknown) => error);
  await consortium.stop();
  const { blocks, records } = parsePackage(bytes);
  const writers = new Set(records.flatMap(({ versions }) => versions.map(({ transactionId }) => transactionId)));
  const envelopes = blocks
    .flatMap((block) => parseBlock(block.bytes).getData()!.getDataList_asU8())
    .map((envelope) => ({ transactionId: parseEnvelope(envelope).transactionId, bytes: envelope }))
    .filter(({ transactionId }) => writers.has(transactionId));
  return { package: bytes, behind, blocks: blocks.map((block) => block.bytes), envelopes };
}

function bindingPlace(bytes: Uint8Array, orderId: string): EvidenceFixture['bindingPlace'] {
  const { blocks, records } = parsePackage(bytes);
  const { transactionId } = records.find(({ id }) => id === orderId)!.versions[1]!;
  const envelopes = blocks.flatMap((block) => parseBlock(block.bytes).getData()!.getDataList_asU8());
  const envelope = envelopes.map(parseEnvelope).find((one) => one.transactionId === transactionId)!;
  const registry = decodeReadWriteSet(parseEndorserTransaction(envelope).results).find(
    ({ namespace }) => namespace === 'registry',
  )!;
  const { version } = registry.reads.find(({ key }) => key.startsWith('k/'))!;
  return { block: Number(version!.blockNumber), position: version!.txNumber };
}
