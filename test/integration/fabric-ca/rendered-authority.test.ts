import { expect } from 'chai';
import { spawn, type ChildProcess } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { FabricCa, revocationTargetOf } from '../../../network/fabric-ca/fabric-ca';
import { until } from '../../../network/fabric/commands';
import { REGISTRAR } from '../../../network/fabric/hosts/authority-config';
import { toHosts } from '../../../network/fabric/hosts/hosts-file';
import { renderNetwork } from '../../../network/fabric/hosts/render';
import { findRelease } from '../../../network/fabric/release';
import { freePorts } from '../../../network/material/free-ports';
import { toNetworkDefinition } from '../../../network/material/network-definition';
import { parseRevocationList } from '../../../network/protocol/revocation-list';
import { caServerOrSkip } from '../../support/fabric-ca/real-ca';
import { lookalikeRelease } from '../../support/ledger/lookalike-release';

describe("a member's authority as it is rendered for a host, on a real Fabric CA server", () => {
  const folder = mkdtempSync(join(tmpdir(), 'concordat-authority-'));
  const place = join(folder, 'out', 'hosts', 'alpha', 'authorities', 'AlphaMSP');
  let server: ChildProcess | undefined;
  let ca: FabricCa;

  before(async function () {
    const binary = caServerOrSkip(this);
    const release = findRelease(lookalikeRelease(join(folder, 'release'), 'v3.1.5'));
    const users = [{ name: 'User' }, { name: 'Admin', role: 'admin' }];
    const definition = toNetworkDefinition(
      {
        channel: 'c',
        members: [{ mspId: 'AlphaMSP', domain: 'alpha.test', port: 1, users }],
        fabric: { orderers: 1 },
        folder: 'network',
      },
      folder,
    );
    const [port] = await freePorts(1);
    const authorities = [{ member: 'AlphaMSP', port }];
    const alpha = {
      name: 'alpha',
      address: '127.0.0.1',
      orderers: [{ name: 'orderer0' }],
      peers: [{ name: 'peer0.AlphaMSP' }],
      authorities,
    };
    const hosts = toHosts({ release: dirname(dirname(release.binaries.peer)), hosts: [alpha] }, folder);
    await renderNetwork({ definition, hosts, release, out: join(folder, 'out') });
    const env = { PATH: process.env['PATH'], FABRIC_CA_SERVER_HOME: place };
    server = spawn(binary, ['start'], { cwd: place, env, stdio: 'ignore' });
    const tlsRootPem = readFileSync(join(place, 'tls', 'ca.crt'), 'utf8');
    ca = new FabricCa({ url: `https://127.0.0.1:${port}`, tlsRootPem }, 'ca-AlphaMSP');
    await until('the authority answers', () => ca.info());
  });
  after(async () => {
    if (server?.kill()) await new Promise((done) => server?.once('exit', done));
    rmSync(folder, { recursive: true, force: true });
  });

  it("goes on with the member's own root: what it enrols is of the same member", async () => {
    const registrar = await ca.enroll(REGISTRAR, readFileSync(join(place, 'registrar-secret'), 'utf8'));
    const secret = await ca.register(registrar, { id: 'Teller@alpha.test', type: 'client' });
    const { certificatePem } = await ca.enroll('Teller@alpha.test', secret);
    const root = new X509Certificate(readFileSync(join(folder, 'network', 'material', 'AlphaMSP', 'ca', 'ca.pem')));
    const certificate = new X509Certificate(certificatePem);
    expect(certificate.verify(root.publicKey)).to.equal(true);
    expect(certificate.subject).to.equal('OU=client\nCN=Teller@alpha.test');
    const { crlPem } = await ca.revoke(registrar, { id: 'Teller@alpha.test' });
    expect(parseRevocationList(Buffer.from(crlPem!)).serials).to.include(revocationTargetOf(certificatePem).serial);
  });
});
