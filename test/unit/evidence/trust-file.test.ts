import { expect } from 'chai';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseTrustFile, trustFileText, trustFromGenesis, TrustFileError } from '../../../evidence/trust-file';

const block0 = readFileSync(join(process.cwd(), 'test/vectors/fabric-3.1.5/0000.block'));
const trust = trustFromGenesis(block0);
const [first] = trust.members;

describe('trust file', () => {
  it('is made from block 0 of a real network and read back', () => {
    expect(trust.channel).to.equal('trade');
    expect(trust.members.map(({ mspId }) => mspId)).to.deep.equal(['ArbitrationMSP', 'BankMSP', 'PlatformMSP']);
    expect(trust.orderers).to.have.length(1);
    expect(parseTrustFile(Buffer.from(trustFileText(trust)))).to.deep.equal(trust);
  });

  for (const [field, value] of [
    ['', 'no JSON'],
    ['', '[]'],
    ['/format', JSON.stringify({ ...trust, format: 'concordat.trust.v2' })],
    ['/channel', JSON.stringify({ ...trust, channel: 'UPPER' })],
    ['/genesisHash', JSON.stringify({ ...trust, genesisHash: 'ab' })],
    ['/members', JSON.stringify({ ...trust, members: [] })],
    ['/members/0', JSON.stringify({ ...trust, members: ['x'] })],
    ['/members/0/mspId', JSON.stringify({ ...trust, members: [{ ...first, mspId: 1 }] })],
    ['/members/0/note', JSON.stringify({ ...trust, members: [{ ...first, note: 1 }] })],
    [
      '/members/0/rootCertificates/0',
      JSON.stringify({ ...trust, members: [{ ...first, rootCertificates: ['-----BEGIN CERTIFICATE-----'] }] }),
    ],
    ['/orderers', JSON.stringify({ ...trust, orderers: undefined })],
    ['/more', JSON.stringify({ ...trust, more: 1 })],
  ] as const) {
    it(`names ${field || 'the whole file'} when it is wrong: ${value.slice(0, 24)}`, () => {
      expect(() => parseTrustFile(Buffer.from(value)))
        .to.throw(TrustFileError)
        .with.property('field', field);
    });
  }
});
