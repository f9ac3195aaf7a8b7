import { expect } from 'chai';
import { createPublicKey, verify, X509Certificate } from 'node:crypto';
import { Pkcs10CertificateRequest } from '@peculiar/x509';
import { CA_REMEDIES, FabricCaError, translateCaCode } from '../../../network/fabric-ca/ca-error';
import { authenticationToken, tokenPayload } from '../../../network/fabric-ca/ca-token';
import type { CaRequest } from '../../../network/fabric-ca/ca-transport';
import { FabricCa, revocationTargetOf } from '../../../network/fabric-ca/fabric-ca';
import { newSigningRequest } from '../../../network/fabric-ca/signing-request';
import { CertificateAuthority } from '../../../network/material/certificate-authority';
import { isLowS } from '../../../network/protocol/low-s';
import { parseRevocationList } from '../../../network/protocol/revocation-list';
import { loadRecording } from '../../support/fabric-ca/exchanges';
import { ReplayingCa, withoutRequest } from '../../support/fabric-ca/replaying-ca';

const NAME = 'ca-alpha';
/** Codes of what goes wrong before or after the CA's own answer. */
const OURS_ALONE = ['UNREACHABLE', 'UNTRUSTED', 'ANSWER_INVALID', 'REGISTRAR_MISSING', 'CHAIN_UNSUPPORTED'];
const SUBJECT_ALTERNATIVE_NAME = '2.5.29.17';
const recording = loadRecording();
const { registrar, user, exchanges } = recording;
const recorded = (what: string) => exchanges.find((exchange) => exchange.what === what)!;
const REENROLLED = revocationTargetOf(certificateIn(recorded('reenroll').answered));

function certificateIn(answered: string): string {
  return Buffer.from((JSON.parse(answered) as { result: { Cert: string } }).result.Cert, 'base64').toString();
}

function requestIn({ body }: CaRequest): string {
  return (JSON.parse(body) as { certificate_request: string }).certificate_request;
}

async function codeOf(act: () => Promise<unknown>): Promise<string> {
  try {
    await act();
  } catch (error) {
    if (error instanceof FabricCaError) return error.code;
    throw error;
  }
  return 'none';
}

/** The calls that were recorded, by their names. */
const CALLS: Readonly<Record<string, (ca: FabricCa) => Promise<unknown>>> = {
  info: (ca) => ca.info(),
  'enroll the registrar': (ca) => ca.enroll('admin', 'adminpw'),
  register: (ca) =>
    ca.register(registrar, {
      id: user.id,
      type: 'client',
      attributes: [{ name: 'role', value: 'teller', ecert: true }],
    }),
  enroll: (ca) => ca.enroll(user.id, user.secret, { attributes: ['role'] }),
  'enroll for TLS': (ca) =>
    ca.enroll(user.id, user.secret, { profile: 'tls', hosts: ['peer0.alpha.test', '127.0.0.2'] }),
  reenroll: (ca) => ca.reenroll(user),
  list: (ca) => ca.identities(registrar),
  'register twice': (ca) => ca.register(registrar, { id: user.id, type: 'client' }),
  'enroll with a wrong secret': (ca) => ca.enroll(user.id, 'wrong'),
  'register without being a registrar': (ca) => ca.register(user, { id: 'x', type: 'client' }),
  'an unknown profile': (ca) => ca.enroll(user.id, user.secret, { profile: 'none' }),
  'revoke a certificate': (ca) => ca.revoke(registrar, REENROLLED, 'keycompromise'),
  'revoke it twice': (ca) => ca.revoke(registrar, REENROLLED),
  'revoke nobody': (ca) => ca.revoke(registrar, { id: 'nobody' }),
  crl: (ca) => ca.revocationList(registrar),
};

const REFUSED: Readonly<Record<string, string>> = {
  'register twice': 'CA_IDENTITY_EXISTS',
  'enroll with a wrong secret': 'CA_AUTHENTICATION',
  'register without being a registrar': 'CA_FORBIDDEN',
  'an unknown profile': 'CA_REQUEST_INVALID',
  'revoke it twice': 'CA_CERTIFICATE_REVOKED',
  'revoke nobody': 'CA_IDENTITY_UNKNOWN',
};

describe('Fabric CA, by what a real one answered', () => {
  const replaying = new ReplayingCa(recording);
  let ca: FabricCa;
  before(async () => {
    await replaying.start();
    ca = new FabricCa(replaying.endpoint, NAME);
  });
  afterEach(() => (replaying.instead = undefined));
  after(() => replaying.stop());

  it('has a call for everything that was recorded', () => {
    expect(Object.keys(CALLS)).to.have.members(exchanges.map(({ what }) => what));
  });

  for (const { what, asked } of exchanges) {
    it(`asks the same bytes: ${what}`, async () => {
      let sent: CaRequest | undefined;
      const capture = new FabricCa({ url: '', tlsRootPem: '' }, NAME, (_endpoint, request) => {
        sent = request;
        return Promise.reject(new Error('not sent'));
      });
      await CALLS[what]!(capture).catch(() => undefined);
      const { method, uri, body, authorization = '' } = sent!;
      expect({ method, uri, body: withoutRequest(body) }).to.deep.equal({
        method: asked.method,
        uri: asked.uri,
        body: withoutRequest(asked.body),
      });
      const isToken = !(asked.authorization ?? 'Basic ').startsWith('Basic ');
      if (!isToken) return expect(authorization).to.equal(asked.authorization ?? '');
      expect(authorization.split('.')[0]).to.equal(asked.authorization!.split('.')[0]);
    });

    it(`is answered by whoever checks as the real server does: ${what}`, async () => {
      expect(await codeOf(() => CALLS[what]!(ca))).to.equal(REFUSED[what] ?? 'none');
    });
  }

  it('signs what the real server verified: method, URI, body, certificate', () => {
    const tokens = exchanges.filter(({ asked }) => asked.authorization?.includes('.'));
    expect(tokens).to.have.length.greaterThan(8);
    for (const { what, asked } of tokens) {
      const [certificate64, signature64] = asked.authorization!.split('.') as [string, string];
      const pem = Buffer.from(certificate64, 'base64').toString();
      const payload = tokenPayload(pem, asked);
      const signature = Buffer.from(signature64, 'base64');
      const key = new X509Certificate(pem).publicKey;
      expect(verify('sha256', Buffer.from(payload), key, signature), what).to.equal(true);
      expect(isLowS(signature), what).to.equal(true);
      const other = tokenPayload(pem, { ...asked, body: `${asked.body} ` });
      expect(verify('sha256', Buffer.from(other), key, signature), what).to.equal(false);
    }
  });

  it('is not let in by a certificate of another authority, nor by a token for another request', async () => {
    const other = await CertificateAuthority.create('x.test', 'ca.x.test');
    const stranger = await other.issueIdentity('x.test', 'client', 'admin');
    expect(await codeOf(() => ca.identities(stranger))).to.equal('CA_AUTHENTICATION');
    const token = authenticationToken(registrar, { method: 'GET', uri: '/api/v1/identities?ca=ca-beta', body: '' });
    const { exchangeByHttps } = await import('../../../network/fabric-ca/ca-transport.js');
    const asked = { ...recorded('list').asked, authorization: token };
    expect(await exchangeByHttps(replaying.endpoint, asked)).to.contain('"code":20');
  });

  it('asks for a certificate with the subject and names that the real server took', async () => {
    const hosts = ['peer0.alpha.test', '127.0.0.2'];
    const theirs = new Pkcs10CertificateRequest(requestIn(recorded('enroll for TLS').asked));
    const { requestPem, privateKeyPem } = await newSigningRequest(user.id, hosts);
    const ours = new Pkcs10CertificateRequest(requestPem);
    const names = (request: Pkcs10CertificateRequest) =>
      Buffer.from(request.getExtension(SUBJECT_ALTERNATIVE_NAME)!.rawData).toString('hex');
    expect(Buffer.from(ours.subjectName.toArrayBuffer())).to.deep.equal(
      Buffer.from(theirs.subjectName.toArrayBuffer()),
    );
    expect(names(ours)).to.equal(names(theirs));
    expect(await ours.verify()).to.equal(true);
    const spki = createPublicKey(privateKeyPem).export({ format: 'der', type: 'spki' });
    expect(Buffer.from(ours.publicKey.rawData)).to.deep.equal(spki);
  });

  it('reads what the real server answered', async () => {
    const issued = new X509Certificate(certificateIn(recorded('enroll').answered));
    expect(issued.subject).to.equal('OU=client\nCN=User1@alpha.test');
    expect(issued.raw.includes('"role":"teller"')).to.equal(true);
    expect(await ca.info()).to.deep.include({ name: NAME, version: recording.version });
    expect((await ca.identities(registrar)).map(({ id }) => id)).to.deep.equal(['admin', user.id]);
    const { revoked, crlPem } = await ca.revoke(registrar, REENROLLED, 'keycompromise');
    expect(revoked).to.deep.equal([REENROLLED]);
    expect([...parseRevocationList(Buffer.from(crlPem!)).serials]).to.deep.equal([REENROLLED.serial]);
  });

  it('takes no certificate over a key that it has not made', async () => {
    replaying.instead = recorded('enroll').answered;
    expect(await codeOf(() => ca.enroll(user.id, user.secret))).to.equal('CA_ANSWER_INVALID');
  });

  for (const answer of ['<html>', '', 'null', '{}', '{"result":null,"success":true}', '{"success":true,"result":{}}']) {
    it(`says so when the answer is ${answer || 'empty'}`, async () => {
      replaying.instead = answer;
      expect(await codeOf(() => ca.identities(registrar))).to.equal('CA_ANSWER_INVALID');
    });
  }

  it('trusts the pinned root alone, for the host it names, over TLS only', async () => {
    const { url, tlsRootPem } = replaying.endpoint;
    const other = await CertificateAuthority.create('x.test', 'tlsca.x.test');
    const elsewhere = new ReplayingCa(recording);
    await elsewhere.start(['ca.elsewhere.test']);
    const port = new URL(url).port;
    for (const [endpoint, code] of [
      [{ url, tlsRootPem: other.certificatePem }, 'CA_UNTRUSTED'],
      [elsewhere.endpoint, 'CA_UNTRUSTED'],
      [{ url: `http://127.0.0.1:${port}`, tlsRootPem }, 'CA_UNTRUSTED'],
      [{ url: 'https://127.0.0.1:1', tlsRootPem }, 'CA_UNREACHABLE'],
    ] as const) {
      expect(await codeOf(() => new FabricCa(endpoint).enroll('a', 'b')), endpoint.url).to.equal(code);
    }
    await elsewhere.stop();
  });

  it("has a code with a remedy for each of the CA's own", () => {
    const codes = Array.from({ length: 83 }, (_, code) => translateCaCode(code));
    expect(new Set(codes)).to.have.property('size', Object.keys(CA_REMEDIES).length - OURS_ALONE.length);
    expect([translateCaCode(74), translateCaCode(73), translateCaCode(41)]).to.deep.equal([
      'CA_IDENTITY_EXISTS',
      'CA_SECRET_SPENT',
      'CA_FAILED',
    ]);
    expect(new FabricCaError('CA_FAILED', 'x', 41).message).to.contain(CA_REMEDIES.CA_FAILED);
  });
});
