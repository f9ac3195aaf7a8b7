import { expect } from 'chai';
import { peer } from '@hyperledger/fabric-protos';
import type { Contract } from '@hyperledger/fabric-gateway';
import { freePorts } from '../../../network/material/free-ports';
import type { FabricNetwork } from '../../../network/fabric/fabric-network';
import type { ChaincodeDeployment } from '../../../network/material/network-definition';
import { hostDeployment } from '../../../scripts/start/chaincode-host';
import { ProbeContract } from '../../support/ledger/probe-contract';
import { MEMBERS, ProbeNetwork } from '../../support/ledger/probe-network';
import { releaseOrSkip } from '../../support/ledger/real-release';

const AT_ONCE = 10;
const CONFLICT = peer.TxValidationCode.MVCC_READ_CONFLICT as number;

describe('a contract upgraded on a real network under traffic', function () {
  this.timeout(180_000);
  const probe = new ProbeNetwork();
  let network: FabricNetwork;
  let contract: Contract;
  let second: ChaincodeDeployment;

  before(async function () {
    const release = releaseOrSkip(this);
    await probe.prepare();
    network = await probe.startReal(release);
    contract = probe.network('AlphaMSP').getContract('probe');
    const [first] = probe.definition.chaincodes;
    const ports = await freePorts(MEMBERS.length);
    const services = Object.fromEntries(MEMBERS.map((mspId) => [mspId, `127.0.0.1:${ports.pop()}`]));
    second = { ...first!, version: '2', services };
    await hostDeployment(second, [ProbeContract]);
  });
  after(() => probe.discard());

  it('says where it stands, step by step', async () => {
    const { lifecycle } = network;
    const before = await lifecycle.status(second);
    expect(before.committed).to.deep.equal({ version: '1', sequence: 1 });
    expect(before.approvals).to.deep.equal({ AlphaMSP: false, BetaMSP: false, GammaMSP: false });
    expect(before.installed['peer0.BetaMSP']).to.deep.equal(['probe_1']);
    await lifecycle.install(second, 'BetaMSP');
    await lifecycle.approve(second, 'BetaMSP');
    const after = await lifecycle.status(second);
    expect(after.approvals).to.deep.equal({ AlphaMSP: false, BetaMSP: true, GammaMSP: false });
    expect(after.installed['peer0.BetaMSP']).to.have.members(['probe_1', 'probe_2']);
    expect(after.installed['peer0.AlphaMSP']).to.deep.equal(['probe_1']);
  });

  it('loses nothing: what conflicted is sent again, each write stands once', async () => {
    let isUpgraded = false;
    let conflicts = 0;
    let next = 0;
    const written: string[] = [];
    const work = async (): Promise<void> => {
      for (let number = next++, more = 5; more > 0; number = next++) {
        if (isUpgraded) more--; // some under the new version too
        const key = `u${number}`;
        for (let isDone = false; !isDone;) {
          const commit = await contract.submitAsync('Probe:put', { arguments: [key, 'x'] });
          const { code, successful } = await commit.getStatus();
          if (!successful) expect(code).to.equal(CONFLICT);
          conflicts += successful ? 0 : 1;
          isDone = successful;
        }
        written.push(key);
      }
    };
    const traffic = Promise.all(Array.from({ length: AT_ONCE }, work));
    expect(await network.lifecycle.upgrade(second)).to.equal(true);
    isUpgraded = true;
    await traffic;
    expect(await network.lifecycle.committed('probe')).to.deep.equal({ version: '2', sequence: 2 });
    expect(await network.lifecycle.upgrade(second), 'a second time there is nothing to do').to.equal(false);
    console.log(`      ${written.length} writes across the upgrade, ${conflicts} sent again`);
    expect(written.length).to.be.greaterThan(AT_ONCE);
    for (const key of written) {
      const history = await contract.evaluateTransaction('Probe:history', key);
      expect(Buffer.from(history).toString(), key).to.equal('["x"]');
    }
  });
});
