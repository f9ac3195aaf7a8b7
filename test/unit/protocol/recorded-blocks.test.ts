import { expect } from 'chai';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { common } from '@hyperledger/fabric-protos';
import {
  headerHash,
  headerOf,
  parseBlock,
  validationCodes,
  verifyBlockSignature,
  verifyDataHash,
} from '../../../network/protocol/block';
import { ChannelConfig } from '../../../network/protocol/channel-config';
import {
  computeTransactionId,
  creatorSignature,
  parseEndorserTransaction,
  parseEnvelope,
  proposalHash,
  type ParsedEnvelope,
} from '../../../network/protocol/transaction';
import { decodeReadWriteSet } from '../../../network/protocol/read-write-set';
import { validIdentities } from '../../../network/protocol/policy';

const folder = join(process.cwd(), 'test/vectors/fabric-3.1.5');
const blocks = readdirSync(folder)
  .filter((name) => name.endsWith('.block'))
  .sort()
  .map((name) => parseBlock(readFileSync(join(folder, name))));
const config = ChannelConfig.fromBlock(blocks[0] as common.Block);

function transactions(): { envelope: ParsedEnvelope; bytes: Uint8Array; code: number }[] {
  return blocks.slice(1).flatMap((block) =>
    (block.getData()?.getDataList_asU8() ?? []).map((bytes, index) => ({
      bytes,
      envelope: parseEnvelope(bytes),
      code: validationCodes(block)[index] as number,
    })),
  );
}

describe('blocks of a real network', () => {
  it('form one chain of header hashes with data that match', () => {
    expect(blocks).to.have.length(86);
    blocks.forEach((block, index) => {
      expect(headerOf(block).number).to.equal(BigInt(index));
      expect(verifyDataHash(block)).to.equal(true);
      if (index > 0)
        expect(Buffer.from(headerOf(block).previousHash)).to.deep.equal(headerHash(headerOf(blocks[index - 1]!)));
    });
  });

  it('are signed by the ordering service of block 0', () => {
    for (const block of blocks.slice(1)) expect(verifyBlockSignature(block, config)).to.equal(true);
  });

  it('do not verify once a header or signature byte is changed', () => {
    const block = parseBlock((blocks[5] as common.Block).serializeBinary());
    block.getHeader()!.setNumber(6);
    expect(verifyBlockSignature(block, config)).to.equal(false);
  });

  it('name members and policies', () => {
    expect(config.organisations).to.deep.equal(['ArbitrationMSP', 'BankMSP', 'PlatformMSP']);
    expect(config.implicitMeta('/Channel/Application/Endorsement')).to.deep.equal({
      threshold: 2,
      organisations: config.organisations,
    });
    expect(config.batch().maxMessageCount).to.equal(200);
  });

  it('hold transactions whose ids, creators and proposals check', () => {
    const rows = transactions();
    expect(rows.length).to.be.greaterThan(80);
    for (const { envelope, bytes } of rows) {
      expect(computeTransactionId(envelope.nonce, envelope.creator)).to.equal(envelope.transactionId);
      expect(validIdentities([creatorSignature(envelope)], config.msps)).to.have.length(1);
      expect(Buffer.from(parseEndorserTransaction(envelope).proposalHash)).to.deep.equal(proposalHash(bytes));
    }
  });

  it('hold endorsements that verify, and that satisfy MAJORITY wherever the recorded code is VALID under it', () => {
    const endorsement = config.policy('/Channel/Application/Endorsement');
    for (const { envelope, code } of transactions()) {
      const { endorsements, chaincode } = parseEndorserTransaction(envelope);
      expect(validIdentities(endorsements, config.msps)).to.have.length(endorsements.length);
      if (chaincode === 'probe' && code === 0 && endorsements.length > 1)
        expect(endorsement(endorsements)).to.equal(true);
      if (endorsements.length < 2) expect(endorsement(endorsements)).to.equal(false);
    }
  });

  it('hold read-write sets that decode', () => {
    const namespaces = transactions().flatMap(({ envelope }) =>
      decodeReadWriteSet(parseEndorserTransaction(envelope).results),
    );
    expect(namespaces.some(({ collections }) => collections.length > 0)).to.equal(true);
    expect(namespaces.some(({ rangeQueries }) => rangeQueries > 0)).to.equal(true);
  });
});
