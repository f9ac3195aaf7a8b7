import { expect } from 'chai';
import { spawn } from 'node:child_process';
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { revocationTargetOf } from '../../../network/fabric-ca/fabric-ca';
import { writeIdentity } from '../../../network/fabric/identity-folder';
import { parseRevocationList } from '../../../network/protocol/revocation-list';
import { loadRecording } from '../../support/fabric-ca/exchanges';
import { ReplayingCa } from '../../support/fabric-ca/replaying-ca';

interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

describe('concordat identity', () => {
  const folder = mkdtempSync(join(tmpdir(), 'concordat-identity-'));
  const at = (...path: string[]): string => join(folder, ...path);
  const recording = loadRecording();
  const { ca, registrar, user, exchanges } = recording;
  const replaying = new ReplayingCa(recording);

  before(async () => {
    await replaying.start();
    const { tlsRootPem } = replaying.endpoint;
    writeFileSync(at('root.pem'), tlsRootPem);
    const chainPem = [ca.certificatePem];
    writeIdentity(at('registrar'), { ...registrar, chainPem }, { tlsRootPem, isServer: false });
    writeIdentity(at('user'), { ...user, chainPem }, { tlsRootPem, isServer: false });
  });
  after(async () => {
    await replaying.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  /** Runs the command as an operator does; the server answers from this process. */
  function identity(args: readonly string[], stdin = '', environment: NodeJS.ProcessEnv = {}): Promise<Ended> {
    const where = ['--ca', replaying.endpoint.url, '--ca-name', 'ca-alpha', '--tls-root', at('root.pem')];
    const { CONCORDAT_ENROLLMENT_SECRET: _, ...others } = process.env;
    const child = spawn(process.execPath, ['dist/scripts/cli.js', 'identity', ...args, ...where], {
      env: { ...others, ...environment },
    });
    let [out, err] = ['', ''];
    child.stdout.on('data', (text) => (out += String(text)));
    child.stderr.on('data', (text) => (err += String(text)));
    child.stdin.end(stdin);
    return new Promise((done) => child.once('close', (code) => done({ code, out, err })));
  }

  it('register prints the secret and nothing else, so that it can be piped', async () => {
    const asked = ['register', user.id, '--attribute', 'role=teller:ecert', '--as', at('registrar')];
    expect(await identity(asked)).to.deep.equal({ code: 0, out: `${user.secret}\n`, err: '' });
  });

  it('enroll writes an MSP folder and names the user in the connection file', async () => {
    writeFileSync(
      at('connection.json'),
      JSON.stringify({ channel: 'c', chaincode: '', orgs: { AlphaMSP: { users: {} } } }),
    );
    const place = at('new');
    const connection = ['--connection', at('connection.json'), '--member', 'AlphaMSP', '--user', 'Teller'];
    const { code, out } = await identity(
      ['enroll', user.id, place, '--attributes', 'role', ...connection],
      `${user.secret}\n`,
    );
    const [cert, key] = [join(place, 'signcerts', 'cert.pem'), join(place, 'keystore', 'key.pem')];
    expect({ code, out }).to.deep.equal({ code: 0, out: `certificateFile: ${cert}\nprivateKeyFile: ${key}\n` });
    const certificate = new X509Certificate(readFileSync(cert));
    expect(certificate.checkPrivateKey(createPrivateKey(readFileSync(key)))).to.equal(true);
    expect(statSync(key).mode & 0o777).to.equal(0o600);
    expect(readFileSync(join(place, 'cacerts', 'ca.pem'), 'utf8').trim()).to.equal(ca.certificatePem.trim());
    expect(readFileSync(join(place, 'config.yaml'), 'utf8')).to.contain('OrganizationalUnitIdentifier: client');
    const { orgs } = JSON.parse(readFileSync(at('connection.json'), 'utf8')) as {
      orgs: Record<string, { users: object }>;
    };
    expect(orgs['AlphaMSP']!.users).to.deep.equal({ Teller: { cert, key } });
  });

  it('enroll takes the secret from the environment, and with profile tls writes a TLS folder', async () => {
    const tls = ['--profile', 'tls', '--hosts', 'peer0.alpha.test', '127.0.0.2'];
    const secret = { CONCORDAT_ENROLLMENT_SECRET: user.secret };
    expect((await identity(['enroll', user.id, at('tls'), ...tls], '', secret)).code).to.equal(0);
    expect(['server.crt', 'server.key', 'ca.crt'].every((name) => existsSync(at('tls', name)))).to.equal(true);
  });

  it('reenroll replaces key and certificate of a folder', async () => {
    expect((await identity(['reenroll', at('user')])).code).to.equal(0);
    const certificate = new X509Certificate(readFileSync(at('user', 'signcerts', 'cert.pem')));
    const key = readFileSync(at('user', 'keystore', 'key.pem'), 'utf8');
    expect(key).not.to.equal(user.privateKeyPem);
    expect(certificate.checkPrivateKey(createPrivateKey(key))).to.equal(true);
  });

  it('revoke writes the revocation list, crl too', async () => {
    const answered = JSON.parse(exchanges.find(({ what }) => what === 'reenroll')!.answered) as {
      result: { Cert: string };
    };
    const pem = Buffer.from(answered.result.Cert, 'base64').toString();
    writeFileSync(at('old.pem'), pem);
    const { serial, aki } = revocationTargetOf(pem);
    const asked = [
      '--as',
      at('registrar'),
      '--cert',
      at('old.pem'),
      '--reason',
      'keycompromise',
      '--out',
      at('crl.pem'),
    ];
    const { code, out } = await identity(['revoke', ...asked]);
    expect({ code, out }).to.deep.equal({ code: 0, out: `revoked serial ${serial} of authority ${aki}\n` });
    expect((await identity(['crl', '--as', at('registrar'), '--out', at('crl2.pem')])).code).to.equal(0);
    for (const file of ['crl.pem', 'crl2.pem']) {
      expect([...parseRevocationList(readFileSync(at(file))).serials]).to.deep.equal([serial]);
    }
  });

  it('list tells every identity with its type and attributes', async () => {
    const { code, out } = await identity(['list', '--as', at('registrar')]);
    expect(code).to.equal(0);
    expect(out.split('\n')).to.have.length(3);
    expect(out).to.match(/^User1@alpha\.test +client +\. +role=teller /m);
  });

  for (const [what, args, stdin, said] of [
    ['no secret is given', ['enroll', user.id, at('x')], '', 'CONCORDAT_ENROLLMENT_SECRET'],
    ['the secret is wrong', ['enroll', user.id, at('x')], 'wrong', 'CA_AUTHENTICATION'],
    ['the registrar has not enrolled', ['list', '--as', at('nobody')], '', 'enrol first'],
    ['neither identity nor certificate is named', ['revoke', '--as', at('registrar'), '--out', at('y')], '', '--cert'],
  ] as const) {
    it(`ends with 2 and one line when ${what}`, async () => {
      const { code, out, err } = await identity(args, stdin);
      expect({ code, out, lines: err.trim().split('\n').length }).to.deep.equal({ code: 2, out: '', lines: 1 });
      expect(err).to.contain(said);
      expect(existsSync(at('x'))).to.equal(false);
    });
  }
});
