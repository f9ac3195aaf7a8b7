import { dataHash, headerHash, type BlockHeader } from '../../network/protocol/block';
import type { ChannelConfig } from '../../network/protocol/channel-config';
import { certificateFingerprint } from '../../network/protocol/channel-config';
import { X509Certificate } from 'node:crypto';
import type { ChainView } from '../chain-view';
import type { LoadedBlock } from '../loaded-block';
import type { CheckCode } from '../checks';
import { ensure, EvidenceError, type ReportBuilder } from '../report';
import type { TrustedRoots, TrustFile } from '../trust-file';

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

/** Step `genesis`: block 0 is the trusted one and its members' roots are the trusted ones. Answers its hash. */
export function checkGenesis(
  chain: ChainView,
  channel: string,
  trust: TrustFile | undefined,
  report: ReportBuilder,
): string {
  const { block, config } = chain.genesis;
  const genesisHash = hex(headerHash(block.header));
  const holds = block.header.number === 0n && dataHash(block.envelopes).equals(block.header.dataHash);
  ensure(holds, 'GENESIS_DIFFERS', 'block 0');
  ensure(config.channelId === channel, 'CHANNEL_DIFFERS', channel);
  if (trust === undefined) {
    report.note('GENESIS_READ', `${channel} ${genesisHash}`);
    report.note('TRUST_NOT_GIVEN', genesisHash);
    return genesisHash;
  }
  ensure(trust.genesisHash === genesisHash, 'GENESIS_DIFFERS', genesisHash);
  ensure(trust.channel === channel, 'CHANNEL_DIFFERS', channel);
  checkRoots(config, trust, 'ROOTS_DIFFER');
  report.note('GENESIS_PINNED', `${channel} ${genesisHash}`);
  return genesisHash;
}

/** Every organisation of a configuration has exactly the roots the trust file names for it. */
function checkRoots(config: ChannelConfig, trust: TrustFile, code: CheckCode): void {
  const roots = config.rootCertificates();
  const check = (mspIds: readonly string[], trusted: readonly TrustedRoots[]): void => {
    for (const mspId of mspIds) {
      const expected = trusted.find((candidate) => candidate.mspId === mspId)?.rootCertificates ?? [];
      const wanted = expected.map((pem) => certificateFingerprint(new X509Certificate(pem))).sort();
      const found = (roots.get(mspId) ?? []).map(certificateFingerprint).sort();
      ensure(found.length > 0 && wanted.join() === found.join(), code, mspId);
    }
  };
  check(config.organisations, trust.members);
  check(config.ordererOrganisations, trust.orderers);
}

/**
 * Step `chain`: the headers made from the data hashes link from block 0 on, and every block shown is the one they name.
 *
 * A header is number, hash of the header before and data hash, so one hash a block is all that is needed of the rest.
 */
export function checkChain(chain: ChainView, dataHashes: Uint8Array, report: ReportBuilder): void {
  const count = dataHashes.length / 32;
  const last = chain.blocks.at(-1) as LoadedBlock;
  // The last block must be shown in full: its signature is what holds everything before it in place.
  ensure(last.number === count - 1, 'CHAIN_INCOMPLETE', `block ${count - 1}`);
  let previousHash: Uint8Array = chain.genesis.block.header.previousHash;
  for (let number = 0; number < count; number++) {
    const header: BlockHeader = {
      number: BigInt(number),
      previousHash,
      dataHash: dataHashes.subarray(number * 32, number * 32 + 32),
    };
    const shown = chain.block(number);
    if (shown !== undefined) checkShown(shown, header);
    previousHash = headerHash(header);
  }
  report.note('CHAIN_LINKED', `blocks 0 to ${count - 1}, ${chain.blocks.length} shown`);
}

function checkShown({ number, header, envelopes }: LoadedBlock, expected: BlockHeader): void {
  const linked =
    header.number === expected.number &&
    Buffer.from(header.previousHash).equals(expected.previousHash) &&
    Buffer.from(header.dataHash).equals(expected.dataHash);
  ensure(linked, 'HEADER_BROKEN', `block ${number}`);
  ensure(dataHash(envelopes).equals(header.dataHash), 'DATA_HASH_DIFFERS', `block ${number}`);
}

/**
 * Step `orderer`: each block shown is signed as the configuration in force asks, and no configuration was left out.
 *
 * The number of the last configuration block is part of what ordering nodes sign.
 */
export function checkOrderers(chain: ChainView, trust: TrustFile | undefined, report: ReportBuilder): void {
  for (const block of chain.blocks) {
    if (block.number === 0) continue;
    const inForce = chain.configBefore(block.number);
    const signed = inForce.config.policy('/Channel/Orderer/BlockValidation')(signaturesOf(block));
    ensure(signed, 'BLOCK_NOT_SIGNED', `block ${block.number}`);
    const isConfiguration = chain.configurations.some(({ number }) => number === block.number);
    const expected = isConfiguration ? block.number : inForce.number;
    ensure(block.lastConfig() === expected, 'CONFIGURATION_MISSING', `block ${block.lastConfig()}`);
  }
  if (trust !== undefined) {
    for (const { config } of chain.configurations.slice(1)) checkRoots(config, trust, 'CONFIGURATION_NOT_TRUSTED');
  }
  report.note('BLOCKS_SIGNED', `${chain.blocks.length - 1} blocks`);
}

function signaturesOf(block: LoadedBlock): ReturnType<LoadedBlock['signatures']> {
  try {
    return block.signatures();
  } catch {
    throw new EvidenceError('BLOCK_NOT_SIGNED', `block ${block.number}`);
  }
}
