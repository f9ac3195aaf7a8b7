import { expect } from 'chai';
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { busyPorts } from '../../../scripts/start/ports';

const NETWORK = `channel: trade
members:
  - { mspId: AlphaMSP, domain: alpha.test, port: 7051, users: [{ name: Admin, role: admin }] }
chaincodes:
  - { name: records, version: '3', services: { AlphaMSP: '127.0.0.1:7052' } }
`;

describe('commands about a real network, where there is none', function () {
  this.timeout(60_000);
  const folder = mkdtempSync(join(tmpdir(), 'concordat-network-'));
  const file = join(folder, 'network.yaml');
  before(() => writeFileSync(file, NETWORK));
  after(() => rmSync(folder, { recursive: true, force: true }));

  const run = (...args: string[]): { code: number | null; out: string; err: string } => {
    const { PATH: _path, FABRIC_BIN: _bin, ...env } = process.env;
    const command = [join(process.cwd(), 'bin', 'concordat.js'), ...args];
    const { status, stdout, stderr } = spawnSync(process.execPath, command, { env, encoding: 'utf8' });
    return { code: status, out: stdout, err: stderr };
  };

  it('write a package without any of its binaries, under the id they print', () => {
    const out = join(folder, 'records.tar.gz');
    const written = run('chaincode', 'package', 'records', '--member', 'AlphaMSP', '--out', out, '--network', file);
    expect(written.code, written.err).to.equal(0);
    const digest = createHash('sha256').update(readFileSync(out)).digest('hex');
    expect(written.out.trim()).to.equal(`records_3:${digest}`);
  });

  const rows: readonly (readonly [what: string, args: readonly string[], says: RegExp])[] = [
    [
      'a start without binaries',
      ['network', 'up'],
      /peer, orderer, configtxgen, configtxlator, osnadmin not found in the PATH.*FABRIC_BIN/,
    ],
    ['a start from a folder without them', ['network', 'up', '--bin', '/nowhere'], /not found in \/nowhere/],
    ['the status of nothing', ['network', 'status', '--bin', '/nowhere'], /not found|no network/],
    ['a consensus nobody knows', ['network', 'up', '--consensus', 'pbft'], /\/consensus/],
    ['too few BFT nodes', ['network', 'up', '--consensus', 'bft', '--orderers', '3'], /at least 4 for BFT/],
    ['three peers a member', ['network', 'up', '--peers', '3'], /\/peersPerMember/],
    ['hosts that are not there', ['network', 'render', '--hosts', '/nowhere.yaml', '--out', folder], /nowhere\.yaml/],
    ['a contract that is none', ['chaincode', 'status', 'nothing'], /name one of records/],
    ['a member that is none', ['chaincode', 'approve', 'records', '--member', 'NoMSP'], /name one of AlphaMSP/],
  ];
  for (const [what, args, says] of rows) {
    it(`refuse ${what} in one line that helps`, () => {
      const { code, out, err } = run(...args, '--network', file);
      expect(code).to.equal(2);
      expect(out).to.equal('');
      expect(err.trim().split('\n')).to.have.length(1);
      expect(err).to.match(says);
    });
  }

  for (const [what, args, says] of [
    ['a contract nobody has', ['nothing'], /name one of records, registry/],
    ['to serve without being told where', ['registry'], /CHAINCODE_ID is not set/],
  ] as const) {
    it(`refuse ${what} in one line that helps`, () => {
      const { code, err } = run('chaincode', 'serve', ...args);
      expect(code).to.equal(2);
      expect(err.trim().split('\n')).to.have.length(1);
      expect(err).to.match(says);
    });
  }

  it('refuse a demonstration on a real network without one, and leave nothing running', async () => {
    const data = join(folder, 'data');
    const { code, err } = run(
      'start',
      '--ledger',
      'fabric',
      '--bin',
      '/nowhere',
      '--data',
      data,
      '--base-port',
      '23450',
    );
    expect(code).to.equal(2);
    expect(err).to.match(/not found in \/nowhere/);
    const ports = [10, 20, 30, 40, 50].flatMap((member) => [0, 1, 2, 3].map((service) => 23_450 + member + service));
    expect(await busyPorts(ports.map((port) => ({ port, what: 'a service of the start' })))).to.deep.equal([]);
    const other = run('start', '--ledger', 'embedded', '--data', data, '--base-port', '23450');
    expect(other.code).to.equal(2);
    expect(other.err).to.match(/belongs to a start with --ledger fabric/);
  });
});
