import { expect } from 'chai';
import { createPrivateKey, randomBytes } from 'node:crypto';
import { Client, credentials as grpcCredentials } from '@grpc/grpc-js';
import { connect, hash, type Gateway } from '@hyperledger/fabric-gateway';
import { gateway as messages, peer } from '@hyperledger/fabric-protos';
import { Timestamp } from 'google-protobuf/google/protobuf/timestamp_pb';
import { CertificateAuthority } from '../../../network/material/certificate-authority';
import { signLowS } from '../../../network/protocol/low-s';
import { ProbeNetwork } from '../../support/ledger/probe-network';
import {
  credentials,
  highS,
  identityOf,
  proposalBytes,
  withHeaders,
  type Credentials,
  type ProposalHeader,
} from '../../support/ledger/tampering';

describe('hostile clients of the embedded ledger', function () {
  this.timeout(60_000);
  const probe = new ProbeNetwork();
  let alpha: Gateway;
  let own: Credentials;

  before(async () => {
    await probe.prepare();
    await probe.start();
    alpha = probe.connect('AlphaMSP').gateway;
    own = credentials(probe, 'AlphaMSP');
    await alpha.getNetwork('probe').getContract('probe').submitTransaction('Probe:put', 'first', 'value');
  });
  after(() => probe.discard());

  const proposal = (fn = 'Probe:put', ...args: string[]): Uint8Array =>
    alpha
      .getNetwork('probe')
      .getContract('probe')
      .newProposal(fn, { arguments: args.length > 0 ? args : [`k${randomBytes(6).toString('hex')}`, 'v'] })
      .getBytes();
  const endorse = (bytes: Uint8Array, signature: Uint8Array): Promise<string> =>
    alpha
      .newSignedProposal(bytes, signature)
      .endorse()
      .then(
        () => 'endorsed',
        (error: { details?: { message: string }[]; message: string }) => error.details?.[0]?.message ?? error.message,
      );
  const tampered = (change: (header: ProposalHeader) => void, keepId = false, key = own.key): Promise<string> => {
    const bytes = withHeaders(proposal(), change, keepId);
    return endorse(bytes, signLowS(key, proposalBytes(bytes)));
  };
  const foreign = async (subject: string): Promise<Credentials> => {
    const authority = await CertificateAuthority.create('alphamsp.test', 'ca.alphamsp.test');
    const { certificatePem, privateKeyPem } = await authority.issueIdentity('alphamsp.test', 'client', subject);
    return { mspId: 'AlphaMSP', certificate: Buffer.from(certificatePem), key: createPrivateKey(privateKeyPem) };
  };
  const as =
    ({ mspId, certificate }: Pick<Credentials, 'mspId' | 'certificate'>) =>
    ({ signature }: ProposalHeader): void => {
      signature.setCreator(identityOf({ mspId, certificate }));
    };

  it('endorses a proposal in good order', async () => {
    expect(await tampered(() => undefined)).to.equal('endorsed');
  });

  /** Proposals that must not be endorsed. */
  const REFUSED: readonly (readonly [what: string, attempt: () => Promise<string>])[] = [
    ['a signature over something else', async () => endorse(proposal(), signLowS(own.key, Buffer.from('else')))],
    ['one byte for a signature', async () => endorse(proposal(), Uint8Array.of(0))],
    ['garbage for a signature', async () => endorse(proposal(), randomBytes(70))],
    [
      'high S',
      async () => {
        const bytes = proposal();
        return endorse(bytes, highS(own.key, proposalBytes(bytes)));
      },
    ],
    [
      "another user's key",
      async () => {
        const bytes = proposal();
        return endorse(bytes, signLowS(credentials(probe, 'AlphaMSP', 'Admin').key, proposalBytes(bytes)));
      },
    ],
    [
      'a transaction id that is not of its nonce',
      () => tampered(({ channel }) => channel.setTxId('0'.repeat(64)), true),
    ],
    ['no nonce', () => tampered(({ signature }) => signature.setNonce(new Uint8Array()))],
    ['another channel', () => tampered(({ channel }) => channel.setChannelId('other'))],
    [
      'an hour ago',
      () =>
        tampered(({ channel }) => {
          const at = new Timestamp();
          at.setSeconds(Math.floor(Date.now() / 1_000) - 3_600);
          channel.setTimestamp(at);
        }),
    ],
    [
      'an hour ahead',
      () =>
        tampered(({ channel }) => {
          const at = new Timestamp();
          at.setSeconds(Math.floor(Date.now() / 1_000) + 3_600);
          channel.setTimestamp(at);
        }),
    ],
    [
      'a certificate of another authority with the same names',
      async () => {
        const other = await foreign('User@alphamsp.test');
        return tampered(as(other), false, other.key);
      },
    ],
    [
      "a member's certificate under another member's name",
      () => tampered(as({ mspId: 'BetaMSP', certificate: own.certificate })),
    ],
    ['a member that is none', () => tampered(as({ mspId: 'DeltaMSP', certificate: own.certificate }))],
    ['no certificate at all', () => tampered(as({ mspId: 'AlphaMSP', certificate: Buffer.from('none') }))],
  ];
  for (const [what, attempt] of REFUSED) {
    it(`refuses ${what}`, async () => {
      expect(await attempt()).to.not.equal('endorsed');
    });
  }

  const codeName = (code: number): string =>
    Object.entries(peer.TxValidationCode).find(([, value]) => (value as number) === code)![0];
  async function endorsed(): Promise<Uint8Array> {
    const bytes = proposal();
    const transaction = await alpha.newSignedProposal(bytes, signLowS(own.key, proposalBytes(bytes))).endorse();
    return transaction.getBytes();
  }
  async function order(prepared: Uint8Array): Promise<string> {
    const envelope = messages.PreparedTransaction.deserializeBinary(prepared).getEnvelope()!;
    const transaction = alpha.newSignedTransaction(prepared, signLowS(own.key, envelope.getPayload_asU8()));
    const { code } = await (await transaction.submit()).getStatus();
    return codeName(code);
  }

  it('takes one envelope once, however often it is sent', async () => {
    const prepared = await endorsed();
    expect(await order(prepared)).to.equal('VALID');
    await order(prepared).catch(() => undefined);
    const network = alpha.getNetwork('probe');
    const { transactionId } = {
      transactionId: messages.PreparedTransaction.deserializeBinary(prepared).getTransactionId(),
    };
    const bytes = await network
      .getContract('qscc')
      .evaluate('GetTransactionByID', { arguments: ['probe', transactionId] });
    expect(codeName(peer.ProcessedTransaction.deserializeBinary(bytes).getValidationcode())).to.equal('VALID');
  });

  it("keeps a collection from another member's client, and its peer from having it", async () => {
    const contract = alpha.getNetwork('probe').getContract('probe');
    await contract.submit('Probe:putPrivate', {
      arguments: ['pair', 'secret'],
      transientData: { value: Buffer.from('hidden') },
      endorsingOrganizations: ['AlphaMSP', 'BetaMSP'],
    });
    expect(Buffer.from(await contract.evaluateTransaction('Probe:getPrivate', 'pair', 'secret')).toString()).to.equal(
      'hidden',
    );
    const gamma = probe.network('GammaMSP').getContract('probe');
    for (const endorsingOrganizations of [['GammaMSP'], ['AlphaMSP'], ['BetaMSP']]) {
      const answer = await gamma
        .evaluate('Probe:getPrivate', { arguments: ['pair', 'secret'], endorsingOrganizations })
        .then(
          (bytes) => Buffer.from(bytes).toString(),
          () => 'refused',
        );
      expect(answer, endorsingOrganizations[0]).to.not.contain('hidden');
    }
    const digest = Buffer.from(await gamma.evaluateTransaction('Probe:getHash', 'pair', 'secret')).toString();
    expect(digest).to.match(/^[0-9a-f]{64}$/);
  });

  it('answers 400 seeded messages of garbage with errors, and lives', async () => {
    const member = probe.definition.members[0]!;
    const connection = probe.connect('AlphaMSP');
    const paths = [
      '/gateway.Gateway/Endorse',
      '/gateway.Gateway/Evaluate',
      '/gateway.Gateway/Submit',
      '/gateway.Gateway/CommitStatus',
      '/protos.Endorser/ProcessProposal',
    ];
    let state = 11;
    const random = (below: number): number => (state = (state * 48_271) % 2_147_483_647) % below;
    const sample = Buffer.from(proposal());
    for (let round = 0; round < 400; round++) {
      const bytes =
        round % 2 === 0 ? Buffer.from(sample) : Buffer.from(Array.from({ length: random(120) }, () => random(256)));
      if (round % 2 === 0) bytes[random(bytes.length)] = random(256);
      const answer = await call(connection.client, paths[round % paths.length]!, bytes);
      expect(answer, `round ${round} on ${member.mspId}`).to.equal('error');
    }
    const value = await alpha.getNetwork('probe').getContract('probe').evaluateTransaction('Probe:get', 'first');
    expect(Buffer.from(value).toString()).to.equal('value');
  });

  it('lets nobody connect without its own TLS authority', async () => {
    const member = probe.definition.members[0]!;
    const client = new Client(`127.0.0.1:${member.port}`, grpcCredentials.createInsecure());
    const stranger = connect({
      client,
      identity: { mspId: 'AlphaMSP', credentials: own.certificate },
      hash: hash.none,
      signer: async (message) => signLowS(own.key, message),
      evaluateOptions: () => ({ deadline: Date.now() + 2_000 }),
    });
    const answer = await stranger
      .getNetwork('probe')
      .getContract('probe')
      .evaluateTransaction('Probe:get', 'first')
      .then(
        () => 'answered',
        () => 'refused',
      );
    stranger.close();
    client.close();
    expect(answer).to.equal('refused');
  });
});

/** One raw unary call; whether it was answered or refused. */
function call(client: Client, path: string, bytes: Buffer): Promise<'answer' | 'error'> {
  const raw = (value: Buffer): Buffer => value;
  return new Promise((resolve) => {
    client.makeUnaryRequest(path, raw, raw, bytes, { deadline: Date.now() + 10_000 }, (error) =>
      resolve(error ? 'error' : 'answer'),
    );
  });
}
