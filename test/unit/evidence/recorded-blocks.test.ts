import { expect } from 'chai';
import { randomBytes } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ConfigCache } from '../../../evidence/config-cache';
import { trustFromGenesis } from '../../../evidence/trust-file';
import { verifyBlocks } from '../../../evidence/verify-blocks';
import {
  dataHash,
  headerHash,
  headerOf,
  METADATA,
  metadataOf,
  parseBlock,
  setMetadata,
} from '../../../network/protocol/block';
import { evidenceFixture } from '../../support/evidence/fixture';

const folder = join(process.cwd(), 'test/vectors/fabric-3.1.5');
const blocks = readdirSync(folder)
  .filter((name) => name.endsWith('.block'))
  .sort()
  .map((name): Uint8Array => readFileSync(join(folder, name)));
const trust = trustFromGenesis(blocks[0]!);
const cache = new ConfigCache();

/** The chain with one block changed. */
function changed(number: number, change: (block: ReturnType<typeof parseBlock>) => void): Uint8Array[] {
  return blocks.map((bytes, at) => {
    if (at !== number) return bytes;
    const block = parseBlock(bytes);
    change(block);
    return block.serializeBinary();
  });
}

function last(chain: readonly Uint8Array[]): string {
  const { verdict, checks } = verifyBlocks(chain, trust, cache);
  const { step, code, subject } = checks.at(-1)!;
  return verdict === 'rejected' ? `${step} ${code} ${subject}` : verdict;
}

describe('blocks of a real network, judged anew', () => {
  it('verify: chain, ordering signatures, every validation code, every commit hash', () => {
    const report = verifyBlocks(blocks, trust, cache);
    expect(report.checks.filter(({ ok }) => !ok)).to.deep.equal([]);
    expect(report.verdict).to.equal('verified');
    expect(report.checks.map(({ code }) => code)).to.deep.equal([
      'GENESIS_PINNED',
      'CHAIN_LINKED',
      'BLOCKS_SIGNED',
      'CODES_REJUDGED',
    ]);
  });

  it('are unverified without a trust file', () => {
    expect(verifyBlocks(blocks, undefined, cache).verdict).to.equal('unverified');
  });

  it('have each code rejected that is flipped', () => {
    let flipped = 0;
    blocks.forEach((bytes, number) => {
      if (number === 0) return;
      const codes = metadataOf(parseBlock(bytes), METADATA.validation);
      codes.forEach((code, position) => {
        if (code === 12) return; // what a range query saw is taken from the record
        const other = Uint8Array.from(codes);
        other[position] = code === 0 ? 10 : 0;
        const upTo = changed(number, (block) => setMetadata(block, METADATA.validation, other)).slice(0, number + 1);
        const outcome = last(upTo);
        expect(outcome).to.match(new RegExp(`^codes CODE_CONTRADICTS_RULES block ${number} `));
        flipped++;
      });
    });
    expect(flipped).to.be.greaterThan(80);
  });

  it('are rejected where a block, a header or a signature is another', () => {
    expect(last(blocks.filter((_, at) => at !== 40))).to.equal('chain HEADER_BROKEN block 40');
    const dataChanged = changed(40, (block) => {
      const list = block.getData()!.getDataList_asU8();
      block.getData()!.setDataList([...list, randomBytes(8)]);
    });
    expect(last(dataChanged)).to.equal('chain DATA_HASH_DIFFERS block 40');
    const recomputed = changed(85, (block) => {
      block.getData()!.setDataList([randomBytes(8)]);
      block.getHeader()!.setDataHash(dataHash(block.getData()!.getDataList_asU8()));
    });
    expect(last(recomputed)).to.equal('orderer BLOCK_NOT_SIGNED block 85');
    const unsigned = changed(60, (block) => setMetadata(block, METADATA.signatures, new Uint8Array()));
    expect(last(unsigned)).to.equal('orderer BLOCK_NOT_SIGNED block 60');
    const hash = changed(60, (block) => setMetadata(block, METADATA.commitHash, new Uint8Array()));
    expect(last(hash)).to.equal('codes COMMIT_HASH_DIFFERS block 60');
  });

  it('are not those of another network', async function () {
    this.timeout(120_000);
    const fixture = await evidenceFixture();
    expect(verifyBlocks(blocks, fixture.trust, cache).checks.at(-1)!.code).to.equal('GENESIS_DIFFERS');
    const genesis = parseBlock(blocks[0]!);
    expect(headerHash(headerOf(genesis)).toString('hex')).to.equal(trust.genesisHash);
  });

  it('and so do all blocks of the embedded ledger', async function () {
    this.timeout(120_000);
    const { consortium, trust: own } = await evidenceFixture();
    const { ledger } = consortium.member('ArbitrationMSP');
    const chain: Uint8Array[] = [];
    for (let number = 0n; number < (await ledger.height()); number++) chain.push(await ledger.block(number));
    const report = verifyBlocks(chain, own);
    expect(report.checks.filter(({ ok }) => !ok)).to.deep.equal([]);
    expect(report.verdict).to.equal('verified');
  });
});
