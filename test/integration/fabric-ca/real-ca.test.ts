import { expect } from 'chai';
import { X509Certificate } from 'node:crypto';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { FabricCaError } from '../../../network/fabric-ca/ca-error';
import type { CaIdentity } from '../../../network/fabric-ca/ca-token';
import { revocationTargetOf, type Enrollment, type FabricCa } from '../../../network/fabric-ca/fabric-ca';
import { runCommand } from '../../../network/fabric/commands';
import { writeIdentity } from '../../../network/fabric/identity-folder';
import { findReleaseOrNone } from '../../../network/fabric/release';
import { isRevoked, parseRevocationList } from '../../../network/protocol/revocation-list';
import { caServerOrSkip, RealCa, REGISTRAR } from '../../support/fabric-ca/real-ca';

describe('a real Fabric CA', function () {
  const real = new RealCa();
  let ca: FabricCa;
  let registrar: CaIdentity;
  let secret: string;
  let first: Enrollment;
  const ID = 'User1@alpha.test';

  before(async function () {
    await real.start(caServerOrSkip(this));
    ca = real.connect();
    registrar = await ca.enroll(REGISTRAR.id, REGISTRAR.secret);
  });
  after(() => real.discard());

  const refusal = async (act: () => Promise<unknown>): Promise<string> => {
    try {
      await act();
    } catch (error) {
      return (error as FabricCaError).code;
    }
    return 'none';
  };

  it('registers an identity, once', async () => {
    const attributes = [{ name: 'role', value: 'teller', ecert: true }];
    secret = await ca.register(registrar, { id: ID, type: 'client', attributes });
    expect(secret).to.match(/^\w{12}$/);
    expect(await refusal(() => ca.register(registrar, { id: ID, type: 'client' }))).to.equal('CA_IDENTITY_EXISTS');
    expect((await ca.identities(registrar)).map(({ id }) => id)).to.include(ID);
  });

  it('enrols it: common name, unit of its type, attributes, chain', async () => {
    first = await ca.enroll(ID, secret);
    const certificate = new X509Certificate(first.certificatePem);
    expect(certificate.subject).to.equal(`OU=client\nCN=${ID}`);
    expect(certificate.raw.includes('"role":"teller"')).to.equal(true);
    expect(certificate.verify(new X509Certificate(first.chainPem[0]!).publicKey)).to.equal(true);
    expect(await refusal(() => ca.enroll(ID, 'wrong'))).to.equal('CA_AUTHENTICATION');
  });

  it('enrols a server with its names', async () => {
    const tls = await ca.enroll(ID, secret, { profile: 'tls', hosts: ['peer0.alpha.test', '127.0.0.2'] });
    const { subjectAltName } = new X509Certificate(tls.certificatePem);
    expect(subjectAltName).to.equal('DNS:peer0.alpha.test, IP Address:127.0.0.2');
  });

  it('enrols it again by its certificate, over another key', async () => {
    const second = await ca.reenroll(first);
    expect(second.privateKeyPem).not.to.equal(first.privateKeyPem);
    expect(new X509Certificate(second.certificatePem).subject).to.equal(`OU=client\nCN=${ID}`);
    const client = second;
    expect(await refusal(() => ca.register(client, { id: 'x', type: 'client' }))).to.equal('CA_FORBIDDEN');
    expect(await refusal(() => ca.revocationList(client))).to.equal('CA_FORBIDDEN');
  });

  it('revokes the first certificate: the list names it, and the CA lets it in no more', async () => {
    const target = revocationTargetOf(first.certificatePem);
    const { revoked, crlPem } = await ca.revoke(registrar, target, 'keycompromise');
    expect(revoked).to.deep.equal([target]);
    const issuer = new X509Certificate(first.chainPem[0]!);
    for (const pem of [crlPem!, await ca.revocationList(registrar)]) {
      expect(
        isRevoked(parseRevocationList(Buffer.from(pem)), new X509Certificate(first.certificatePem), issuer),
      ).to.equal(true);
    }
    expect(await refusal(() => ca.reenroll(first))).to.equal('CA_AUTHENTICATION');
    expect(await refusal(() => ca.revoke(registrar, target))).to.equal('CA_CERTIFICATE_REVOKED');
  });

  it('may have its own certificate from another: the MSP folder then has both, and Fabric takes it', async function () {
    const below = new RealCa();
    try {
      await below.start(caServerOrSkip(this), real);
      const enrollment = await below.connect().enroll(REGISTRAR.id, REGISTRAR.secret);
      expect(enrollment.chainPem).to.have.length(2);
      const folder = join(below.folder, 'identity');
      writeIdentity(folder, enrollment, { tlsRootPem: below.endpoint.tlsRootPem, isServer: false });
      const root = readFileSync(join(folder, 'cacerts', 'ca.pem'), 'utf8');
      expect(root.trim()).to.equal(real.endpoint.tlsRootPem.trim());
      expect(existsSync(join(folder, 'intermediatecerts', 'ca-1.pem'))).to.equal(true);
      const release = findReleaseOrNone();
      if (release === undefined) return console.log('      not shown to a real peer: no Fabric release found');
      const environment = {
        FABRIC_CFG_PATH: release.configFolder,
        CORE_PEER_LOCALMSPID: 'AlphaMSP',
        CORE_PEER_MSPCONFIGPATH: folder,
        CORE_PEER_ADDRESS: '127.0.0.1:1',
      };
      const failure = await runCommand(release.binaries.peer, ['channel', 'list'], environment).catch(String);
      expect(failure)
        .to.match(/connection refused/)
        .and.not.to.match(/msp/i); // it came as far as the network
      rmSync(join(folder, 'intermediatecerts'), { recursive: true });
      const without = await runCommand(release.binaries.peer, ['channel', 'list'], environment).catch(String);
      expect(without).to.match(/msp/i);
    } finally {
      await below.discard();
    }
  });

  it('revokes an identity with everything it has', async () => {
    expect((await ca.revoke(registrar, { id: ID })).revoked).to.have.length(2);
    expect(await refusal(() => ca.enroll(ID, secret))).to.equal('CA_AUTHENTICATION');
  });
});
