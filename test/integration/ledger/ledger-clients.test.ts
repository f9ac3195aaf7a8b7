import { LEDGER_CLIENTS } from '../../../gateway/adapters/open-client';
import type { FabricNetwork } from '../../../network/fabric/fabric-network';
import { itConformsToTheLedgerPort, type ConformanceNetwork } from '../../support/ledger/ledger-conformance';
import { ProbeNetwork } from '../../support/ledger/probe-network';
import { releaseOrSkip } from '../../support/ledger/real-release';

/** So few at once that a test exceeds them. */
const LIMITS = { gatewayConcurrency: 40, endorserConcurrency: 40 };

describe('the ledger port on the embedded ledger', function () {
  this.timeout(120_000);
  const probe = new ProbeNetwork();
  const network: ConformanceNetwork = {
    probe,
    kill: () => probe.kill(),
    revive: async () => void (await probe.startChild()),
  };
  before(async () => {
    await probe.prepare({}, undefined, undefined, LIMITS);
    await probe.startChild();
  });
  after(() => probe.discard());

  for (const name of LEDGER_CLIENTS) describe(`through ${name}`, () => itConformsToTheLedgerPort(name, () => network));
});

describe('the ledger port on a real network', function () {
  this.timeout(240_000);
  const probe = new ProbeNetwork();
  let real: FabricNetwork;
  const network: ConformanceNetwork = {
    probe,
    kill: (mspId) => real.stopNode(`peer0.${mspId}`, 'SIGKILL'),
    revive: async (mspId) => real.startNode(`peer0.${mspId}`),
  };
  before(async function () {
    const release = releaseOrSkip(this);
    await probe.prepare({}, undefined, { orderers: 1 }, LIMITS);
    real = await probe.startReal(release);
  });
  after(() => probe.discard());

  for (const name of LEDGER_CLIENTS) describe(`through ${name}`, () => itConformsToTheLedgerPort(name, () => network));
});
