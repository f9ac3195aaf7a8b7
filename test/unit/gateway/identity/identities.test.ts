import { expect } from 'chai';
import { execFileSync } from 'node:child_process';
import { createPublicKey, verify } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { hsmIdentity, subjectKeyIdentifier } from '../../../../gateway/adapters/identity/hsm';
import { softwareIdentity, toPlainSignature } from '../../../../gateway/adapters/identity/signing-identity';
import { listWallet, readWallet, writeWallet, type WalletError } from '../../../../gateway/adapters/identity/wallet';
import { openIdentity } from '../../../../gateway/compose/open-identity';
import type { GatewayConfigError, LedgerConfig } from '../../../../gateway/compose/gateway-config';
import { CertificateAuthority } from '../../../../network/material/certificate-authority';
import { failureOf } from '../../../support/gateway/failure-of';

const MODULE = '/usr/lib/softhsm/libsofthsm2.so';
const ORDER = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;

describe('identities of a gateway', () => {
  const folder = mkdtempSync(join(tmpdir(), 'concordat-identity-'));
  const wallet = join(folder, 'wallet');
  const peer = { client: 'fabric-gateway', endpoint: 'h:1', tlsRootCertificateFile: '', serverName: '' } as const;
  let certificate: string, privateKey: string;

  before(async () => {
    const authority = await CertificateAuthority.create('alpha.test', 'ca.alpha.test');
    ({ certificatePem: certificate, privateKeyPem: privateKey } = await authority.issueIdentity(
      'alpha.test',
      'client',
      'User@alpha.test',
    ));
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  const config = (label: string, more: Partial<LedgerConfig> = {}): LedgerConfig =>
    ({ ...peer, wallet: { folder: wallet, label }, ...more }) as LedgerConfig;

  it('come back from a wallet as they went in, in the form other clients read', async () => {
    await writeWallet(wallet, 'user', { type: 'X.509', mspId: 'AlphaMSP', credentials: { certificate, privateKey } });
    expect(JSON.parse(readFileSync(join(wallet, 'user.id'), 'utf8'))).to.deep.equal({
      credentials: { certificate, privateKey },
      mspId: 'AlphaMSP',
      type: 'X.509',
      version: 1,
    });
    expect(await readWallet(wallet, 'user')).to.deep.include({ type: 'X.509', mspId: 'AlphaMSP' });
    await writeWallet(wallet, 'module', { type: 'HSM-X.509', mspId: 'AlphaMSP', credentials: { certificate } });
    expect(await listWallet(wallet)).to.deep.equal([
      { label: 'module', type: 'HSM-X.509', mspId: 'AlphaMSP' },
      { label: 'user', type: 'X.509', mspId: 'AlphaMSP' },
    ]);
  });

  it('are refused when they are not there, or of a kind nobody reads', async () => {
    expect((await failureOf<WalletError>(readWallet(join(folder, 'none'), 'user'))).code).to.equal('WALLET_MISSING');
    expect((await failureOf<WalletError>(readWallet(wallet, 'nobody'))).code).to.equal('IDENTITY_MISSING');
    expect((await failureOf<GatewayConfigError>(openIdentity('AlphaMSP', config('nobody')))).field).to.equal(
      'ledger.wallet',
    );
    expect((await failureOf<GatewayConfigError>(openIdentity('BetaMSP', config('user')))).field).to.equal(
      'ledger.wallet',
    );
  });

  it('need a module and its PIN when a module holds the key', async () => {
    expect((await failureOf<GatewayConfigError>(openIdentity('AlphaMSP', config('module')))).field).to.equal(
      'ledger.hsm',
    );
    const hsm = { library: MODULE, label: 'concordat' };
    const other = config('module', { hsm, client: 'fabric-network' });
    expect((await failureOf<GatewayConfigError>(openIdentity('AlphaMSP', other))).field).to.equal('ledger.client');
    const saved = process.env['HSM_PIN'];
    delete process.env['HSM_PIN'];
    expect((await failureOf<GatewayConfigError>(openIdentity('AlphaMSP', config('module', { hsm })))).field).to.equal(
      'HSM_PIN',
    );
    if (saved !== undefined) process.env['HSM_PIN'] = saved;
  });

  it('sign with S in the lower half, and the plain spelling is the same signature', async () => {
    const identity = softwareIdentity('AlphaMSP', Buffer.from(certificate), Buffer.from(privateKey));
    for (let number = 0; number < 50; number++) {
      const message = Buffer.from(`message ${number}`);
      const plain = toPlainSignature(await identity.sign(message));
      expect(plain).to.match(/^[0-9a-f]{128}$/);
      expect(BigInt(`0x${plain.slice(64)}`) <= ORDER / 2n).to.equal(true);
      const key = { key: createPublicKey(certificate), dsaEncoding: 'ieee-p1363' } as const;
      expect(verify('sha256', message, key, Buffer.from(plain, 'hex'))).to.equal(true);
    }
  });

  it('sign inside a security module, many at once', async function () {
    if (!existsSync(MODULE) || !isInstalled('pkcs11js')) {
      console.log('    security module: skipped, it needs SoftHSM (Debian package softhsm2) and the package pkcs11js');
      this.skip();
    }
    process.env['SOFTHSM2_CONF'] = join(folder, 'softhsm2.conf');
    mkdirSync(join(folder, 'tokens'));
    writeFileSync(process.env['SOFTHSM2_CONF'], `directories.tokendir = ${join(folder, 'tokens')}\n`);
    const keyFile = join(folder, 'key.pem');
    writeFileSync(keyFile, privateKey, { mode: 0o600 });
    const util = (...args: string[]): unknown => execFileSync('softhsm2-util', args, { stdio: 'ignore' });
    util('--init-token', '--free', '--label', 'concordat', '--pin', '4711', '--so-pin', '4711');
    const id = subjectKeyIdentifier(Buffer.from(certificate));
    util('--import', keyFile, '--token', 'concordat', '--label', 'gateway', '--id', id, '--pin', '4711');
    const options = { library: MODULE, label: 'concordat', pin: '4711' };
    const identity = hsmIdentity('AlphaMSP', Buffer.from(certificate), options);
    const messages = Array.from({ length: 40 }, (_, number) => Buffer.from(`message ${number}`));
    const signatures = await Promise.all(messages.map((message) => identity.sign(message)));
    signatures.forEach((signature, at) =>
      expect(verify('sha256', messages[at]!, createPublicKey(certificate), signature)).to.equal(true),
    );
    for (const signature of signatures) {
      expect(BigInt(`0x${toPlainSignature(signature).slice(64)}`) <= ORDER / 2n).to.equal(true);
    }
    identity.close();
    expect(() => hsmIdentity('AlphaMSP', Buffer.from(certificate), { ...options, label: 'none' })).to.throw('none');
  });
});

/** An optional package is not there where its build failed. */
function isInstalled(name: string): boolean {
  try {
    require.resolve(name);
    return true;
  } catch {
    return false;
  }
}
