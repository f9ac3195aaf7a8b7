import { expect } from 'chai';
import { status } from '@grpc/grpc-js';
import { ProbeNetwork } from '../../support/ledger/probe-network';

describe('a ledger that was stopped', function () {
  this.timeout(60_000);
  const probe = new ProbeNetwork();
  after(() => probe.discard());

  it('answers nobody, on connections opened before either', async () => {
    await probe.prepare();
    const ledger = await probe.start();
    const contract = probe.network('AlphaMSP').getContract('probe');
    await contract.submitTransaction('Probe:put', 'key', 'value');
    await ledger.stop();
    const error = await contract.evaluateTransaction('Probe:get', 'key').catch((reason: unknown) => reason);
    expect(error).to.have.property('code', status.UNAVAILABLE);
  });
});
