import 'reflect-metadata';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { exchangeByHttps, type CaExchange } from '../../../network/fabric-ca/ca-transport';
import { revocationTargetOf } from '../../../network/fabric-ca/fabric-ca';
import { RECORDING_FILE, type Exchange, type Recording } from './exchanges';
import { findCaServer, RealCa, REGISTRAR } from './real-ca';

/** Records what a real Fabric CA answers: `FABRIC_CA_BIN=DIR node dist/test/support/fabric-ca/record.js`. */
async function record(binary: string): Promise<Recording> {
  const real = new RealCa();
  await real.start(binary);
  const exchanges: Exchange[] = [];
  let what = '';
  const recorder: CaExchange = async (endpoint, asked) => {
    const answered = await exchangeByHttps(endpoint, asked);
    exchanges.push({ what, asked, answered });
    return answered;
  };
  const ca = real.connect(recorder);
  const step = <T>(name: string, act: () => Promise<T>): Promise<T> => ((what = name), act());
  const refused = (name: string, act: () => Promise<unknown>): Promise<unknown> =>
    step(name, act).catch(() => undefined);
  const { version } = await step('info', () => ca.info());
  const registrar = await step('enroll the registrar', () => ca.enroll(REGISTRAR.id, REGISTRAR.secret));
  const id = 'User1@alpha.test';
  const role = { name: 'role', value: 'teller', ecert: true };
  const secret = await step('register', () => ca.register(registrar, { id, type: 'client', attributes: [role] }));
  const user = await step('enroll', () => ca.enroll(id, secret, { attributes: ['role'] }));
  const tls = { profile: 'tls', hosts: ['peer0.alpha.test', '127.0.0.2'] };
  await step('enroll for TLS', () => ca.enroll(id, secret, tls));
  const again = await step('reenroll', () => ca.reenroll(user));
  await step('list', () => ca.identities(registrar));
  await refused('register twice', () => ca.register(registrar, { id, type: 'client' }));
  await refused('enroll with a wrong secret', () => ca.enroll(id, 'wrong'));
  await refused('register without being a registrar', () => ca.register(user, { id: 'x', type: 'client' }));
  await refused('an unknown profile', () => ca.enroll(id, secret, { profile: 'none' }));
  await step('revoke a certificate', () =>
    ca.revoke(registrar, revocationTargetOf(again.certificatePem), 'keycompromise'),
  );
  await refused('revoke it twice', () => ca.revoke(registrar, revocationTargetOf(again.certificatePem)));
  await refused('revoke nobody', () => ca.revoke(registrar, { id: 'nobody' }));
  await step('crl', () => ca.revocationList(registrar));
  const authority = { certificatePem: real.endpoint.tlsRootPem, privateKeyPem: real.keyPem };
  await real.discard();
  return { version, ca: authority, registrar: keyed(registrar), user: { ...keyed(user), id, secret }, exchanges };
}

function keyed({ certificatePem, privateKeyPem }: Recording['ca']): Recording['ca'] {
  return { certificatePem, privateKeyPem };
}

void (async () => {
  const binary = findCaServer();
  if (binary === undefined) throw new Error('no fabric-ca-server: name its folder with FABRIC_CA_BIN');
  mkdirSync(dirname(RECORDING_FILE), { recursive: true });
  writeFileSync(RECORDING_FILE, `${JSON.stringify(await record(binary), null, 2)}\n`);
})();
