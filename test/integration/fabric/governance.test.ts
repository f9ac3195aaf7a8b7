import { expect } from 'chai';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Network } from '@hyperledger/fabric-gateway';
import { openConnection } from '../../../gateway/adapters/fabric-gateway/connection';
import { until } from '../../../network/fabric/commands';
import type { FabricError } from '../../../network/fabric/fabric-error';
import type { FabricNetwork } from '../../../network/fabric/fabric-network';
import { changeConfig, fetchConfig, signChange, submitChange } from '../../../network/fabric/governance/config-change';
import { memberIds } from '../../../network/fabric/governance/member-ids';
import { expelMember, joinMember, proposeMember, replaceAuthority } from '../../../network/fabric/governance/members';
import { replaceOrderer } from '../../../network/fabric/governance/orderers';
import { revokeCertificate } from '../../../network/fabric/governance/revocation';
import type { FabricRelease } from '../../../network/fabric/release';
import { removeMember } from '../../../network/protocol/channel-update';
import { freePorts } from '../../../network/material/free-ports';
import type { NetworkDefinition } from '../../../network/material/network-definition';
import { hostDeployment } from '../../../scripts/start/chaincode-host';
import { failureOf } from '../../support/gateway/failure-of';
import { ProbeContract } from '../../support/ledger/probe-contract';
import { ProbeNetwork, type Member } from '../../support/ledger/probe-network';
import { releaseOrSkip } from '../../support/ledger/real-release';

const NEW = 'DeltaMSP';

/** One network through its whole life: the steps build on one another. */
describe('governance of a real network', function () {
  this.timeout(240_000);
  const probe = new ProbeNetwork();
  let release: FabricRelease;
  let network: FabricNetwork;
  let grown: NetworkDefinition;

  before(async function () {
    release = releaseOrSkip(this);
    await probe.prepare({}, undefined, { orderers: 3, peersPerMember: 2 });
    network = await probe.startReal(release);
    await put('AlphaMSP', 'before', 'anything');
  });
  after(async () => {
    await network?.down(); // it has nodes that the first one did not know
    await probe.discard();
  });

  const options = (definition = probe.definition) => ({ definition, release });
  const contract = (channel: Network) => channel.getContract('probe');
  const put = async (mspId: string, key: string, value: string): Promise<void> => {
    await contract(probe.network(mspId as Member)).submitTransaction('Probe:put', key, value);
  };
  const get = async (mspId: string, key: string, user?: string): Promise<string> =>
    Buffer.from(await contract(probe.network(mspId as Member, user)).evaluateTransaction('Probe:get', key)).toString();
  const members = async (): Promise<string[]> => memberIds((await fetchConfig(network.context)).config);

  it("gives a member's second peer the bodies, and it serves them while the first is down", async () => {
    const collection = '_implicit_org_AlphaMSP';
    await contract(probe.network('AlphaMSP')).submit('Probe:putPrivate', {
      arguments: [collection, 'held'],
      transientData: { value: 'body' },
      endorsingOrganizations: ['AlphaMSP', 'BetaMSP'],
    });
    const second = network.context.topology.peers.find(({ name }) => name === 'peer1.AlphaMSP')!;
    await network.stopNode('peer0.AlphaMSP', 'SIGKILL');
    const { listen } = second.ports;
    const link = openConnection({
      ...probe.connectionOptions('AlphaMSP', 'User', listen),
      serverName: second.serverName,
    });
    const channel = link.gateway.getNetwork('probe');
    const held = await until('the second peer has the body', async () => {
      const bytes = await contract(channel).evaluate('Probe:getPrivate', {
        arguments: [collection, 'held'],
        endorsingOrganizations: ['AlphaMSP'],
      });
      return bytes.length > 0 ? Buffer.from(bytes).toString() : undefined;
    });
    expect(held).to.equal('body');
    link.gateway.close();
    link.client.close();
    network.startNode('peer0.AlphaMSP');
    await until('the first peer is back', () => get('AlphaMSP', 'before'));
  });

  it('takes in a member: a majority signs, its peers catch up, it endorses and submits', async () => {
    const [port, service] = await freePorts(2);
    const { chaincodes, members: before } = probe.definition;
    const [chaincode] = chaincodes;
    const services = { ...chaincode!.services, [NEW]: `127.0.0.1:${service}` };
    await hostDeployment({ ...chaincode!, services: { [NEW]: `127.0.0.1:${service}` } }, [ProbeContract]);
    const users = [{ name: 'User' }, { name: 'Admin', role: 'admin' as const }];
    const member = { mspId: NEW, domain: 'delta.test', port: port!, users };
    grown = { ...probe.definition, members: [...before, member], chaincodes: [{ ...chaincode!, services }] };
    // In three acts, as administrators on several hosts do it; the command finds it done and goes on.
    const file = join(probe.folder, 'update.pb');
    await proposeMember(options(grown), NEW, file);
    await signChange(network.context, file, 'GammaMSP');
    const alone = await failureOf<FabricError>(submitChange(network.context, file, 'GammaMSP'));
    expect(alone.code, 'one signature of three is not enough').to.equal('COMMAND_FAILED');
    await signChange(network.context, file, 'BetaMSP');
    await submitChange(network.context, file, 'BetaMSP');
    network = await joinMember(options(grown), NEW);
    probe.definition = grown;
    expect(await members()).to.deep.equal(['AlphaMSP', 'BetaMSP', 'DeltaMSP', 'GammaMSP']);
    expect(await get(NEW, 'before'), 'what was written before it came').to.equal('anything');
    const channel = probe.network(NEW as Member);
    await contract(channel).submit('Probe:put', {
      arguments: ['from', 'delta'],
      endorsingOrganizations: [NEW, 'BetaMSP', 'GammaMSP'],
    });
    expect(await get(NEW, 'from')).to.equal('delta');
    // Run again, it finds everything done.
    network = await joinMember(options(grown), NEW);
  });

  it('refuses a change that its signers may not make', async () => {
    const error = await failureOf<FabricError>(changeConfig(network.context, removeMember(NEW), ['AlphaMSP']));
    expect(error.code).to.equal('COMMAND_FAILED');
    const unknown = await failureOf<FabricError>(changeConfig(network.context, removeMember('NoneMSP'), ['AlphaMSP']));
    expect(unknown.code).to.equal('CHANGE_REFUSED');
    expect(await members()).to.include(NEW);
  });

  it("shuts out a user whose certificate its member's authority revokes", async () => {
    expect(await get('BetaMSP', 'from')).to.equal('delta');
    const file = join(probe.definition.folder, 'material', 'BetaMSP', 'users', 'User', 'cert.pem');
    await revokeCertificate(options(), 'BetaMSP', readFileSync(file, 'utf8'));
    await until("the member's peer shuts the user out", async () => {
      const error = await failureOf(get('BetaMSP', 'from'));
      return /nothing was thrown/.test(error.message) ? undefined : true;
    });
    expect(await get('BetaMSP', 'from', 'Admin'), 'others go on').to.equal('delta');
    const foreign = readFileSync(file.replace('BetaMSP', 'GammaMSP'), 'utf8');
    expect((await failureOf<FabricError>(revokeCertificate(options(), 'BetaMSP', foreign))).code).to.equal(
      'CHANGE_REFUSED',
    );
  });

  it('replaces a lost ordering node while the others go on', async () => {
    await network.stopNode('orderer1', 'SIGKILL');
    network = await replaceOrderer(options(), 'orderer1');
    const nodes = await network.status();
    expect(nodes.filter(({ kind }) => kind === 'orderer').map(({ name }) => name)).to.deep.equal([
      'orderer0',
      'orderer3',
      'orderer2',
    ]);
    const heights = async (): Promise<true | undefined> => {
      const orderers = (await network.status()).filter(({ kind }) => kind === 'orderer').map(({ height }) => height);
      return new Set(orderers).size === 1 && orderers[0] !== undefined ? true : undefined;
    };
    await put('AlphaMSP', 'after', 'replacing');
    await until('all three are at one height', heights);
    // It counts: with another one down, the two make a majority only together.
    await network.stopNode('orderer0', 'SIGKILL');
    await until('two of three order', () => put('AlphaMSP', 'two', 'of three').then(() => true as const));
    network.startNode('orderer0');
    await until('all three are at one height again', heights);
    expect((await failureOf<FabricError>(replaceOrderer(options(), 'orderer1'))).code).to.equal('NODE_UNKNOWN');
  });

  it('replaces a lost authority: the new certificates work, the old ones do not', async () => {
    const old = probe.connectionOptions('GammaMSP');
    network = await replaceAuthority(options(), 'GammaMSP');
    await until('the member endorses with its new certificates', () =>
      contract(probe.network('GammaMSP'))
        .submit('Probe:put', { arguments: ['renewed', 'yes'], endorsingOrganizations: ['GammaMSP', 'AlphaMSP', NEW] })
        .then(() => true as const),
    );
    expect(await get('AlphaMSP', 'renewed')).to.equal('yes');
    const { tlsRootCertificate } = probe.connectionOptions('GammaMSP');
    const stale = openConnection({ ...old, ...(tlsRootCertificate && { tlsRootCertificate }) });
    await until('the old certificate is shut out', async () => {
      const asked = stale.gateway.getNetwork('probe').getContract('probe').evaluateTransaction('Probe:get', 'renewed');
      return /nothing was thrown/.test((await failureOf(asked)).message) ? undefined : true;
    });
    stale.gateway.close();
    stale.client.close();
  });

  it('lets a member go: a majority of the others signs, and its client is shut out', async () => {
    const channel = probe.network(NEW as Member);
    await expelMember(options(), NEW);
    expect(await members()).to.deep.equal(['AlphaMSP', 'BetaMSP', 'GammaMSP']);
    await failureOf(contract(channel).evaluateTransaction('Probe:get', 'from'));
    await put('AlphaMSP', 'without', 'delta');
    expect(await get('AlphaMSP', 'without')).to.equal('delta');
  });
});
