import { expect } from 'chai';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FabricError } from '../../../network/fabric/fabric-error';
import { keptOptions, layOut } from '../../../network/fabric/topology';
import {
  NetworkDefinitionError,
  toNetworkDefinition,
  withFabric,
  type NetworkDefinition,
} from '../../../network/material/network-definition';

const definition = (fabric?: object, firstPort = 7051): NetworkDefinition =>
  toNetworkDefinition(
    {
      channel: 'trade',
      members: ['AlphaMSP', 'BetaMSP'].map((mspId, at) => ({
        mspId,
        domain: `${mspId.toLowerCase()}.test`,
        port: firstPort + at,
        users: [{ name: 'Admin', role: 'admin' }],
      })),
      ...(fabric && { fabric }),
    },
    '/nowhere',
  );

describe('nodes of a real network', () => {
  const folder = mkdtempSync(join(tmpdir(), 'concordat-topology-'));
  let count = 0;
  const file = (): string => join(folder, `${count++}`, 'topology.json');
  after(() => rmSync(folder, { recursive: true, force: true }));

  const codeOf = (work: Promise<unknown>): Promise<string> =>
    work.then(
      () => 'none',
      (error: unknown) => (error instanceof FabricError ? error.code : String(error)),
    );

  it('are three Raft nodes and a peer for each member, with ports of their own', async () => {
    const { consensus, orderers, peers } = await layOut(definition(), file());
    expect(consensus).to.equal('raft');
    expect(orderers.map(({ name, serverName }) => [name, serverName])).to.deep.equal(
      [0, 1, 2].map((at) => [`orderer${at}`, `orderer${at}.orderer.test`]),
    );
    expect(peers.map(({ name, mspId, ports }) => [name, mspId, ports.listen])).to.deep.equal([
      ['peer0.AlphaMSP', 'AlphaMSP', 7051],
      ['peer0.BetaMSP', 'BetaMSP', 7052],
    ]);
    const ports = [...orderers, ...peers].flatMap((node) => Object.values<number>(node.ports));
    expect(new Set(ports).size).to.equal(ports.length);
  });

  it('are four BFT nodes where that is asked, and two peers for each member', async () => {
    const { orderers, peers } = await layOut(definition({ consensus: 'bft', peersPerMember: 2 }), file());
    expect(orderers.length).to.equal(4);
    expect(peers.map(({ name, index }) => `${name} ${index}`)).to.deep.equal([
      'peer0.AlphaMSP 0',
      'peer1.AlphaMSP 1',
      'peer0.BetaMSP 0',
      'peer1.BetaMSP 1',
    ]);
  });

  it('stay what and where they were', async () => {
    const place = file();
    const first = await layOut(definition({ orderers: 1 }), place);
    expect(await layOut(definition({ orderers: 1 }), place)).to.deep.equal(first);
    expect(keptOptions(place)).to.deep.equal({ consensus: 'raft', orderers: 1, peersPerMember: 1 });
    expect(keptOptions(file())).to.deep.equal({});
    expect(await codeOf(layOut(definition({ orderers: 3 }), place))).to.equal('TOPOLOGY_CHANGED');
    expect(await codeOf(layOut(definition({ orderers: 1, peersPerMember: 2 }), place))).to.equal('TOPOLOGY_CHANGED');
    // The channel's configuration names the members' ports.
    expect(await codeOf(layOut(definition({ orderers: 1 }, 8051), place))).to.equal('TOPOLOGY_CHANGED');
  });

  it('are not fewer than their consensus bears', () => {
    expect(() => definition({ consensus: 'bft', orderers: 3 })).to.throw(NetworkDefinitionError, '/fabric/orderers');
    expect(() => definition({ consensus: 'pbft' })).to.throw(NetworkDefinitionError, '/fabric/consensus');
    expect(() => withFabric(definition(), { orderers: 0 })).to.throw(NetworkDefinitionError);
    expect(() => withFabric(definition(), { orderers: Number('x') })).to.throw(NetworkDefinitionError);
    expect(withFabric(definition(), { consensus: 'bft' }).fabric.orderers).to.equal(4);
    expect(withFabric(definition({ orderers: 5 }), { peersPerMember: 2 }).fabric).to.deep.equal({
      consensus: 'raft',
      orderers: 5,
      peersPerMember: 2,
    });
  });
});
