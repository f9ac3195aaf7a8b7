import { expect } from 'chai';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Gateway, Wallets, type X509Identity } from 'fabric-network';
import { ProbeNetwork } from '../../support/ledger/probe-network';

describe('the older client library, fabric-network, on the embedded ledger', function () {
  this.timeout(60_000);
  const probe = new ProbeNetwork();
  const gateway = new Gateway();

  before(async () => {
    await probe.prepare();
    const { material } = await probe.start();
    const place = join(probe.definition.folder, 'material', 'AlphaMSP', 'users', 'User');
    const wallet = await Wallets.newInMemoryWallet();
    const identity: X509Identity = {
      type: 'X.509',
      mspId: 'AlphaMSP',
      credentials: {
        certificate: readFileSync(join(place, 'cert.pem'), 'utf8'),
        privateKey: readFileSync(join(place, 'key.pem'), 'utf8'),
      },
    };
    await wallet.put('user', identity);
    const profile = JSON.parse(readFileSync(material.connectionProfile, 'utf8')) as Record<string, unknown>;
    await gateway.connect(profile, { wallet, identity: 'user', discovery: { enabled: false, asLocalhost: true } });
  });
  after(async () => {
    gateway.disconnect();
    await probe.discard();
  });

  it('submits by the generated connection profile, waits for the commit, and evaluates', async () => {
    const contract = (await gateway.getNetwork('probe')).getContract('probe', 'Probe');
    expect((await contract.submitTransaction('put', 'old', 'client')).toString()).to.equal('client');
    expect((await contract.evaluateTransaction('get', 'old')).toString()).to.equal('client');
  });

  it('sees what the newer client wrote, and events of both', async () => {
    await probe.network('BetaMSP').getContract('probe').submitTransaction('Probe:put', 'new', 'client');
    const network = await gateway.getNetwork('probe');
    const contract = network.getContract('probe', 'Probe');
    expect((await contract.evaluateTransaction('get', 'new')).toString()).to.equal('client');
    const seen = new Promise<string>((resolve) => {
      void contract.addContractListener(
        async ({ eventName, payload }) => resolve(`${eventName} ${payload?.toString() ?? ''}`),
        {
          type: 'full',
        },
      );
    });
    await contract.submitTransaction('emit', 'one', 'two');
    expect(await seen).to.equal('second two');
  });
});
