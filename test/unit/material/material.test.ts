import { expect } from 'chai';
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ChannelConfig } from '../../../network/protocol/channel-config';
import { newSigner } from '../../../network/protocol/signer';
import {
  headerHash,
  headerOf,
  newBlock,
  signBlock,
  verifyBlockSignature,
  parseBlock,
} from '../../../network/protocol/block';
import { parsePolicyDsl } from '../../../network/protocol/policy-dsl';
import { minimalEndorserSets, signaturePolicy } from '../../../network/protocol/policy';
import { ensureMaterial, type Material } from '../../../network/material/material';
import { NetworkDefinitionError, toNetworkDefinition } from '../../../network/material/network-definition';

const definition = (folder: string) =>
  toNetworkDefinition(
    {
      channel: 'trade',
      folder,
      members: [
        { mspId: 'AMSP', domain: 'a.test', port: 17051, users: [{ name: 'User1' }, { name: 'Admin', role: 'admin' }] },
        { mspId: 'BMSP', domain: 'b.test', port: 17052, users: [{ name: 'User1' }] },
        { mspId: 'CMSP', domain: 'c.test', port: 17053, users: [{ name: 'User1' }] },
      ],
    },
    '/',
  );

describe('key material', () => {
  let folder: string, material: Material, config: ChannelConfig;
  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'material-'));
    material = await ensureMaterial(definition(folder));
    config = ChannelConfig.fromBlock(material.genesisBlock);
  });
  after(() => rmSync(folder, { recursive: true }));

  const signed = (mspId: string, kind: 'node' | 'User1') => {
    const organisation = material.organisations[mspId]!;
    const keyed = kind === 'node' ? organisation.node : organisation.users[kind]!;
    const signer = newSigner(mspId, keyed.certificatePem, keyed.privateKeyPem);
    const message = Buffer.from('message');
    return { identity: signer.serializedIdentity, message, signature: signer.sign(message) };
  };

  it('is made once and loaded afterwards, with the same block 0', async () => {
    const again = await ensureMaterial(definition(folder));
    expect(Buffer.from(again.genesisBlock)).to.deep.equal(Buffer.from(material.genesisBlock));
    expect(again.organisations['AMSP']!.node).to.deep.equal(material.organisations['AMSP']!.node);
  });

  it('keeps private keys from other users of the machine', () => {
    expect(statSync(join(folder, 'material/AMSP/users/User1/key.pem')).mode & 0o777).to.equal(0o600);
    expect(statSync(join(folder, 'material/AMSP/ca/ca.key')).mode & 0o777).to.equal(0o600);
  });

  it('gives identities that block 0 accepts, in their own role only', () => {
    const endorsement = config.policy('/Channel/Application/Endorsement');
    const writers = config.policy('/Channel/Application/Writers');
    expect(endorsement([signed('AMSP', 'node'), signed('BMSP', 'node')])).to.equal(true);
    expect(endorsement([signed('AMSP', 'node')])).to.equal(false);
    expect(endorsement([signed('AMSP', 'node'), signed('AMSP', 'node')])).to.equal(false);
    expect(endorsement([signed('AMSP', 'User1'), signed('BMSP', 'User1')])).to.equal(false);
    expect(writers([signed('AMSP', 'User1')])).to.equal(true);
    expect(writers([signed('AMSP', 'node')])).to.equal(false);
  });

  it('lets the ordering node sign blocks and nobody else', () => {
    const genesis = parseBlock(material.genesisBlock);
    const block = newBlock(1n, headerHash(headerOf(genesis)), [Buffer.from('envelope')]);
    const orderer = material.orderer.node;
    signBlock(block, newSigner('OrdererMSP', orderer.certificatePem, orderer.privateKeyPem), 0n, Buffer.alloc(24));
    expect(verifyBlockSignature(block, config)).to.equal(true);
    const peer = material.organisations['AMSP']!.node;
    signBlock(block, newSigner('AMSP', peer.certificatePem, peer.privateKeyPem), 0n, Buffer.alloc(24));
    expect(verifyBlockSignature(block, config)).to.equal(false);
  });

  it('writes a connection file with an endpoint and users for every member', () => {
    const file = JSON.parse(readFileSync(material.connectionFile, 'utf8')) as {
      orgs: Record<string, { endpoint: string }>;
    };
    expect(Object.keys(file.orgs)).to.deep.equal(['AMSP', 'BMSP', 'CMSP']);
    expect(file.orgs['BMSP']!.endpoint).to.equal('127.0.0.1:17052');
  });

  it('evaluates policy texts', () => {
    const evaluate = (text: string, ...who: ReturnType<typeof signed>[]) =>
      signaturePolicy(parsePolicyDsl(text), config.msps)(who);
    const a = signed('AMSP', 'node'),
      b = signed('BMSP', 'node');
    expect(evaluate("OR('AMSP.peer','BMSP.peer')", a)).to.equal(true);
    expect(evaluate("AND('AMSP.peer','BMSP.peer')", a)).to.equal(false);
    expect(evaluate("AND('AMSP.peer', 'BMSP.peer')", b, a)).to.equal(true);
    expect(evaluate("OutOf(2,'AMSP.peer','BMSP.peer','CMSP.peer')", a, b)).to.equal(true);
    expect(evaluate("AND('AMSP.peer','AMSP.peer')", a)).to.equal(false);
    expect(evaluate("OR('AMSP.admin')", a)).to.equal(false);
    expect(minimalEndorserSets(parsePolicyDsl("OutOf(2,'AMSP.peer','BMSP.peer','CMSP.peer')"))).to.deep.equal([
      ['AMSP', 'BMSP'],
      ['AMSP', 'CMSP'],
      ['BMSP', 'CMSP'],
    ]);
  });

  for (const text of [
    '',
    'OR()',
    "OR('A.peer'",
    "XOR('A.peer')",
    "OutOf(3,'A.peer','B.peer')",
    "OR('A.king')",
    "OR('A.peer'))",
  ]) {
    it(`refuses the policy text ${JSON.stringify(text)}`, () => {
      expect(() => parsePolicyDsl(text))
        .to.throw()
        .with.property('name', 'ProtocolError');
    });
  }

  for (const [what, change] of [
    ['an unknown member of the file', { surprise: 1 }],
    ['no members', { members: [] }],
    ['a channel in capitals', { channel: 'Trade' }],
    [
      'a port twice',
      {
        members: [
          { mspId: 'A', domain: 'a.test', port: 1, users: [{ name: 'U' }] },
          { mspId: 'B', domain: 'b.test', port: 1, users: [{ name: 'U' }] },
        ],
      },
    ],
  ] as const) {
    it(`refuses a definition with ${what}`, () => {
      const base = { channel: 'trade', members: [{ mspId: 'A', domain: 'a.test', port: 1, users: [{ name: 'U' }] }] };
      expect(() => toNetworkDefinition({ ...base, ...change }, '/')).to.throw(NetworkDefinitionError);
    });
  }
});
