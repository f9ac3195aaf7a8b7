import { itJudgesEndorsers } from '../../support/ledger/endorser-table';
import { ProbeNetwork } from '../../support/ledger/probe-network';
import { releaseOrSkip } from '../../support/ledger/real-release';

describe('endorsements on the embedded ledger', function () {
  this.timeout(60_000);
  const probe = new ProbeNetwork();
  before(async () => {
    await probe.prepare();
    await probe.start();
  });
  after(() => probe.discard());
  itJudgesEndorsers(probe);
});

describe('endorsements on a real network', function () {
  this.timeout(120_000);
  const probe = new ProbeNetwork();
  before(async function () {
    const release = releaseOrSkip(this);
    await probe.prepare();
    await probe.startReal(release);
  });
  after(() => probe.discard());
  itJudgesEndorsers(probe);
});
