import { expect } from 'chai';
import { generateKeyPairSync, X509Certificate } from 'node:crypto';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { spawnSync } from 'node:child_process';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { parse } from 'yaml';
import { loadGatewayConfig } from '../../../gateway/compose/load-config';
import type { FabricError } from '../../../network/fabric/fabric-error';
import { planHosts } from '../../../network/fabric/hosts/host-plan';
import { loadHosts, toHosts } from '../../../network/fabric/hosts/hosts-file';
import { renderNetwork } from '../../../network/fabric/hosts/render';
import { findRelease, type FabricRelease } from '../../../network/fabric/release';
import {
  loadNetworkDefinition,
  NetworkDefinitionError,
  toNetworkDefinition,
} from '../../../network/material/network-definition';
import { lookalikeRelease } from '../../support/ledger/lookalike-release';
import { blocksOf } from '../../support/ledger/rendered-hosts';

const MEMBERS = ['AlphaMSP', 'BetaMSP', 'GammaMSP'];
const users = [{ name: 'Gateway' }, { name: 'Admin', role: 'admin' }];

function network(folder: string, fabric: object = { orderers: 3 }) {
  return toNetworkDefinition(
    {
      channel: 'hosts',
      members: MEMBERS.map((mspId, at) => ({ mspId, domain: `${mspId.toLowerCase()}.test`, port: 1 + at, users })),
      chaincodes: [
        {
          name: 'records',
          version: '1',
          policy: "OR('AlphaMSP.peer','BetaMSP.peer')",
          services: { AlphaMSP: 'x:1', BetaMSP: 'x:1' },
        },
        { name: 'registry', version: '2', services: { AlphaMSP: 'x:1', GammaMSP: 'x:1' } },
      ],
      fabric,
      folder: join(folder, 'network'),
    },
    folder,
  );
}

interface RawHost {
  [name: string]: unknown;
}
const host = (at: number, more: RawHost = {}): RawHost => ({
  name: ['alpha', 'beta', 'gamma'][at],
  address: `10.0.0.${at + 1}`,
  orderers: [{ name: `orderer${at}` }],
  peers: [{ name: `peer0.${MEMBERS[at]}` }],
  ...more,
});

describe('nodes of a network on several hosts', () => {
  const folder = mkdtempSync(join(tmpdir(), 'concordat-render-'));
  const issuer = join(folder, 'issuer.pem');
  before(() => {
    const { publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    writeFileSync(issuer, publicKey.export({ format: 'pem', type: 'spki' }));
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  const plan = (hosts: readonly RawHost[], fabric?: object) =>
    planHosts(network(folder, fabric), toHosts({ hosts }, folder));
  const problems = (hosts: readonly RawHost[], fabric?: object): readonly string[] => {
    try {
      plan(hosts, fabric);
    } catch (error) {
      if (error instanceof NetworkDefinitionError) return error.problems;
      throw error;
    }
    return [];
  };

  it('have fixed ports, the next of a kind on one host a hundred further', () => {
    const { topology } = plan([
      host(0, { peers: [{ name: 'peer0.AlphaMSP' }, { name: 'peer0.BetaMSP' }] }),
      host(1, { peers: [], orderers: [{ name: 'orderer1' }, { name: 'orderer2' }] }),
      host(2, { orderers: [] }),
    ]);
    expect(topology.orderers.map(({ name, host: at, ports }) => [name, at, ports.listen, ports.admin])).to.deep.equal([
      ['orderer0', '10.0.0.1', 7050, 7053],
      ['orderer1', '10.0.0.2', 7050, 7053],
      ['orderer2', '10.0.0.2', 7150, 7153],
    ]);
    expect(topology.peers.map(({ name, host: at, ports }) => [name, at, ports.listen])).to.deep.equal([
      ['peer0.AlphaMSP', '10.0.0.1', 7051],
      ['peer0.BetaMSP', '10.0.0.1', 7151],
      ['peer0.GammaMSP', '10.0.0.3', 7051],
    ]);
  });

  it("give a member's contracts the address of its first peer's host, unless another is named", () => {
    const { definition } = plan([
      host(0),
      host(1),
      host(2, { contracts: [{ member: 'AlphaMSP', ports: { registry: 9000 } }] }),
    ]);
    expect(definition.chaincodes.map(({ services }) => services)).to.deep.equal([
      { AlphaMSP: '10.0.0.3:7060', BetaMSP: '10.0.0.2:7060' },
      { AlphaMSP: '10.0.0.3:9000', GammaMSP: '10.0.0.3:7061' },
    ]);
  });

  const three = [host(0), host(1), host(2)];
  const gateway = { member: 'AlphaMSP', tokens: { issuer: 'i', publicKeyFile: 'issuer.pem' } };
  for (const [what, hosts, said] of [
    [
      'a node that runs nowhere',
      [host(0), host(1), host(2, { orderers: [] })],
      /orderer2 runs nowhere; name it under orderers/,
    ],
    [
      'a node that runs twice',
      [...three.slice(0, 2), host(2, { peers: [{ name: 'peer0.GammaMSP' }, { name: 'peer0.BetaMSP' }] })],
      /peer0\.BetaMSP is there twice/,
    ],
    [
      'a node that nobody knows',
      [...three, { name: 'delta', address: 'd', orderers: [{ name: 'orderer7' }] }],
      /no orderer7 .*name one of orderer0/,
    ],
    [
      'a member that nobody knows',
      [host(0, { contracts: [{ member: 'XMSP' }] }), host(1), host(2)],
      /no XMSP .*name one of AlphaMSP/,
    ],
    ['two hosts of one name', [host(0), host(1, { name: 'alpha' }), host(2)], /name: alpha is there twice/],
    [
      'a port for two',
      [host(0, { peers: [{ name: 'peer0.AlphaMSP', ports: { listen: 7050 } }] }), host(1), host(2)],
      /alpha: port 7050 is for orderer0 listen and for peer0\.AlphaMSP listen; give one/,
    ],
    [
      'one address for two hosts with the same ports',
      [host(0), host(1, { address: '10.0.0.1' }), host(2)],
      /beta: port 7050 is for orderer0 listen and for orderer1 listen/,
    ],
    [
      'a user that the member has not',
      [host(0, { gateways: [{ ...gateway, user: 'Nobody' }] }), host(1), host(2)],
      /AlphaMSP has no user Nobody; name one of Gateway, Admin/,
    ],
    [
      'a key file that is not there',
      [host(0, { gateways: [{ ...gateway, tokens: { issuer: 'i', publicKeyFile: 'x.pem' } }] }), host(1), host(2)],
      /gateways\/0\/tokens\/publicKeyFile: there is no .*x\.pem/,
    ],
    ['a field that nobody knows', [host(0, { port: 1 })], /\/hosts\/0 .*\(port\); expected: a host: name and address/],
    [
      'a path with a blank',
      [host(0, { folder: '/srv/my data' })],
      /\/hosts\/0\/folder .*expected: where its folder is installed/,
    ],
    [
      'an address with a port',
      [host(0, { address: '10.0.0.1:7050' })],
      /\/hosts\/0\/address .*expected: host name or IPv4/,
    ],
    [
      'a port out of range',
      [host(0, { peers: [{ name: 'peer0.AlphaMSP', ports: { listen: 70_000 } }] })],
      /ports\/listen must be <= 65535; expected: for peers/,
    ],
  ] as const) {
    it(`are refused with field and remedy: ${what}`, () => {
      expect(problems(hosts).join('\n')).to.match(said);
    });
  }

  it('are refused without the second peer that the network file asks for', () => {
    expect(problems(three, { orderers: 3, peersPerMember: 2 })).to.have.length(3);
  });

  it('are as docs/examples/hosts.yaml has them', () => {
    const { hosts, topology } = planHosts(
      loadNetworkDefinition('docs/examples/network.yaml'),
      loadHosts('docs/examples/hosts.yaml'),
    );
    expect(hosts.map(({ folder: at, user }) => [at, user])).to.deep.equal([
      ['/srv/concordat', 'concordat'],
      ['/srv/consortium', 'concordat'],
      ['/srv/concordat', 'ledger'],
    ]);
    expect(topology.orderers[1]!.ports.listen).to.equal(7150);
  });

  describe('rendered', () => {
    const out = join(folder, 'out');
    const installed = (name: string): string => join(folder, 'installed', name);
    let release: FabricRelease;
    const hosts = () =>
      toHosts(
        {
          release: dirname(dirname(release.binaries.peer)),
          program: process.cwd(),
          node: process.execPath,
          hosts: [
            host(0, { folder: installed('alpha'), gateways: [gateway], authorities: [{ member: 'AlphaMSP' }] }),
            host(1, { folder: installed('beta'), listen: '0.0.0.0' }),
            host(2, { folder: installed('gamma') }),
          ],
        },
        folder,
      );
    const render = () => renderNetwork({ definition: network(folder), hosts: hosts(), release, out });
    const files = (of: string): string[] =>
      readdirSync(join(out, of), { recursive: true, encoding: 'utf8' }).filter((name) =>
        statSync(join(out, of, name)).isFile(),
      );
    const text = (...path: string[]): string => readFileSync(join(out, ...path), 'utf8');

    before(async () => {
      release = findRelease(lookalikeRelease(join(folder, 'release'), 'v3.1.5'));
      await render();
    });

    it('have a folder for each host, with all it needs', () => {
      expect(readdirSync(join(out, 'hosts')).sort()).to.deep.equal(['alpha', 'beta', 'gamma']);
      expect(files('hosts/beta')).to.include.members([
        'genesis.block',
        'env/admin-BetaMSP.sh',
        'env/orderer1.env',
        'env/records.BetaMSP.env',
        'nodes/orderer1/orderer.yaml',
        'nodes/orderer1/tls/server.key',
        'nodes/peer0.BetaMSP/core.yaml',
        'nodes/peer0.BetaMSP/msp/keystore/key.pem',
        'admins/BetaMSP/keystore/key.pem',
        'organisations/GammaMSP/tlscacerts/ca.pem',
        'packages/records_1-BetaMSP.tar.gz',
        'systemd/concordat-orderer1.service',
        'systemd/concordat-peer0.BetaMSP.service',
        'systemd/concordat-records.BetaMSP.service',
      ]);
      expect(
        files('hosts/beta')
          .filter((name) => /Alpha|Gamma|orderer[02]/.test(name))
          .sort(),
      ).to.deep.equal(
        ['AlphaMSP', 'GammaMSP'].flatMap((mspId) =>
          ['cacerts/ca.pem', 'config.yaml', 'tlscacerts/ca.pem'].map((name) => `organisations/${mspId}/${name}`),
        ),
      );
    });

    it("hold no other host's keys, and let nobody else read their own", () => {
      const keysOf = (name: string): string[] =>
        files(`hosts/${name}`)
          .filter((file) => text('hosts', name, file).includes('PRIVATE KEY'))
          .map((file) => {
            expect(statSync(join(out, 'hosts', name, file)).mode & 0o777, file).to.equal(0o600);
            return text('hosts', name, file);
          });
      const keys = ['alpha', 'beta', 'gamma'].map(keysOf);
      // Each: two nodes with identity and TLS, and the administrator; alpha's gateway and authority (two keys) besides.
      expect(keys.map(({ length }) => length)).to.deep.equal([8, 5, 5]);
      expect(new Set(keys.flat())).to.have.property('size', 18);
      expect(files('channel').filter((file) => text('channel', file).includes('PRIVATE KEY'))).to.deep.equal([]);
    });

    it('have TLS certificates that name their own address alone', () => {
      const names = (node: string, name: string): string | undefined =>
        new X509Certificate(text('hosts', name, 'nodes', node, 'tls', 'server.crt')).subjectAltName;
      expect(names('peer0.BetaMSP', 'beta')).to.equal('DNS:peer0.betamsp.test, IP Address:10.0.0.2');
      expect(names('orderer2', 'gamma')).to.equal('DNS:orderer2.orderer.test, IP Address:10.0.0.3');
    });

    it('listen where the host says, and are reached where the others look', () => {
      const core = parse(text('hosts/beta/nodes/peer0.BetaMSP/core.yaml')) as { peer: Record<string, unknown> };
      expect(core.peer).to.include({ listenAddress: '0.0.0.0:7051', address: '10.0.0.2:7051' });
      expect(core.peer['mspConfigPath']).to.equal(join(installed('beta'), 'nodes/peer0.BetaMSP/msp'));
      expect(core.peer['gossip']).to.include({ bootstrap: '10.0.0.1:7051', externalEndpoint: '10.0.0.2:7051' });
      const orderer = parse(text('hosts/beta/nodes/orderer1/orderer.yaml')) as { General: object };
      expect(orderer.General).to.include({ ListenAddress: '0.0.0.0', ListenPort: 7050 });
    });

    it('have units that systemd takes, under their own user and with little they may do', function () {
      const units = ['alpha', 'beta', 'gamma'].flatMap((name) =>
        files(`hosts/${name}`)
          .filter((file) => file.startsWith('systemd/'))
          .map((file) => join(out, 'hosts', name, file)),
      );
      expect(units).to.have.length(3 * 2 + 4 + 2);
      for (const unit of units) {
        const said = readFileSync(unit, 'utf8');
        for (const line of [
          'User=concordat',
          'NoNewPrivileges=true',
          'ProtectSystem=strict',
          'Restart=on-failure',
          'LimitNOFILE=65536',
        ]) {
          expect(said, unit).to.contain(`\n${line}\n`);
        }
        expect(said, unit).to.match(/^ReadWritePaths=\//m);
      }
      if (spawnSync('systemd-analyze', ['--version']).status !== 0) {
        console.log('    systemd units: not verified, no systemd-analyze found');
        return this.skip();
      }
      const own = units.filter((unit) => !unit.includes('concordat-ca.')); // the lookalike has no fabric-ca-server
      const { stdout, stderr } = spawnSync('systemd-analyze', ['verify', ...own], { encoding: 'utf8' });
      const complaints = `${stdout}${stderr}`.split('\n').filter((line) => line.includes('concordat-'));
      expect(complaints).to.deep.equal([]);
    });

    it("have a gateway's configuration that a gateway takes", () => {
      const config = loadGatewayConfig(join(out, 'hosts/alpha/gateways/AlphaMSP/gateway.yaml'));
      expect(config).to.deep.include({
        member: 'AlphaMSP',
        host: '127.0.0.1',
        port: 8080,
        channel: 'hosts',
        isDevelopment: false,
      });
      expect(config.ledger).to.include({ endpoint: '10.0.0.1:7051', serverName: 'peer0.alphamsp.test' });
      expect('privateKeyFile' in config.ledger && existsSync(config.ledger.privateKeyFile)).to.equal(true);
      expect(text('hosts/alpha/gateways/AlphaMSP/fingerprint-key')).to.match(/^[0-9a-f]{64}\n$/);
    });

    it('have a run book whose commands name their host and user', () => {
      const blocks = blocksOf(text('RUNBOOK.md'));
      const sections = [...new Set(blocks.map(({ section }) => section))];
      expect(sections).to.deep.equal([
        'Users',
        'Copy',
        'Start the ordering nodes',
        'Join the ordering nodes to the channel',
        'Start contracts and peers',
        'Join the peers to the channel',
        'Approve the contracts',
        'Commit the contracts',
        'Start the gateways',
        'Check readiness',
        'Stop',
      ]);
      expect(new Set(blocks.map(({ user }) => user))).to.deep.equal(new Set(['root', 'concordat']));
      const approvals = blocks.filter(({ commands }) => commands.includes('approveformyorg'));
      expect(approvals.map(({ host: at, commands }) => [at, commands.match(/--package-id/g)?.length])).to.deep.equal([
        ['alpha', 2],
        ['beta', 1],
        ['gamma', 1],
      ]);
      expect(text('RUNBOOK.md'))
        .to.contain('| alpha | 7051 | peer0.AlphaMSP listen | every host with a peer')
        .and.to.contain('防火墙');
    });

    it('keep keys and block 0 when they are rendered again', async () => {
      const [key, block] = ['hosts/gamma/nodes/orderer2/tls/server.key', 'channel/genesis.block'];
      const before = [text(key), statSync(join(out, block)).mtimeMs];
      await render();
      expect([text(key), statSync(join(out, block)).mtimeMs]).to.deep.equal(before);
    });

    it('are refused when they would be another network than the one that is there', async () => {
      const moved = {
        ...hosts(),
        hosts: hosts().hosts.map((at) => (at.name === 'gamma' ? { ...at, address: '10.0.0.9' } : at)),
      };
      const failure = await renderNetwork({ definition: network(folder), hosts: moved, release, out }).catch(
        (error: unknown) => error,
      );
      expect((failure as FabricError).code).to.equal('TOPOLOGY_CHANGED');
      expect((failure as FabricError).message).to.contain('orderer2 at 10.0.0.9:7050');
    });
  });
});
