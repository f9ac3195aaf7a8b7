import { expect } from 'chai';
import { X509Certificate } from 'node:crypto';
import { mkdtempSync, existsSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FabricCaError } from '../../../network/fabric-ca/ca-error';
import { FabricNetwork } from '../../../network/fabric/fabric-network';
import { freePorts } from '../../../network/material/free-ports';
import { registrarVariable } from '../../../network/material/issuer';
import { ensureMaterial } from '../../../network/material/material';
import { toNetworkDefinition, type NetworkDefinition } from '../../../network/material/network-definition';
import { caServerOrSkip, CA_NAME, RealCa, REGISTRAR } from '../../support/fabric-ca/real-ca';
import { releaseOrSkip } from '../../support/ledger/real-release';

describe('a real network whose first member enrols with its own Fabric CA', function () {
  this.timeout(120_000);
  const folder = mkdtempSync(join(tmpdir(), 'concordat-enrolled-'));
  const real = new RealCa();
  const variable = registrarVariable('AlphaMSP');
  let definition: NetworkDefinition;
  let network: FabricNetwork | undefined;

  before(async function () {
    await real.start(caServerOrSkip(this));
    writeFileSync(join(folder, 'ca-root.pem'), real.endpoint.tlsRootPem);
    const [alpha, beta] = await freePorts(2);
    const users = [{ name: 'User' }, { name: 'Admin', role: 'admin' }];
    const certificateAuthority = { url: real.endpoint.url, name: CA_NAME, tlsRootFile: 'ca-root.pem' };
    definition = toNetworkDefinition(
      {
        channel: 'enrolled',
        members: [
          { mspId: 'AlphaMSP', domain: 'alpha.test', port: alpha, users, certificateAuthority },
          { mspId: 'BetaMSP', domain: 'beta.test', port: beta, users },
        ],
        fabric: { orderers: 1, peersPerMember: 2 },
        folder: 'network',
      },
      folder,
    );
  });
  after(async () => {
    await network?.down();
    delete process.env[variable];
    await real.discard();
    rmSync(folder, { recursive: true, force: true });
  });

  it('says which variable holds the registrar when it is not set', async () => {
    const error = await ensureMaterial(definition).catch((failure: unknown) => failure);
    expect(error).to.be.instanceOf(FabricCaError).with.property('code', 'CA_REGISTRAR_MISSING');
    expect((error as Error).message).to.contain('CONCORDAT_CA_REGISTRAR_AlphaMSP');
  });

  it('has the same layout of keys, and no key of the authority', async () => {
    process.env[variable] = `${REGISTRAR.id}:${REGISTRAR.secret}`;
    const { organisations, folder: place } = await ensureMaterial(definition);
    const { node, tls, users, rootCertificatePem } = organisations['AlphaMSP']!;
    expect(rootCertificatePem.trim()).to.equal(real.endpoint.tlsRootPem.trim());
    const subjects = [node, users['Admin']!].map(({ certificatePem }) => new X509Certificate(certificatePem).subject);
    expect(subjects).to.deep.equal(['OU=peer\nCN=peer0.alpha.test', 'OU=admin\nCN=Admin@alpha.test']);
    expect(new X509Certificate(tls.certificatePem).checkHost('peer0.alpha.test')).to.equal('peer0.alpha.test');
    expect(existsSync(join(place, 'AlphaMSP', 'ca', 'ca.key'))).to.equal(false);
    expect(existsSync(join(place, 'BetaMSP', 'ca', 'ca.key'))).to.equal(true);
  });

  it('runs as a real network: every peer joins and sees the others', async function () {
    network = await FabricNetwork.prepare({ definition, release: releaseOrSkip(this) });
    await network.up();
    const nodes = await network.status();
    expect(nodes.map(({ name, height }) => [name, height])).to.deep.equal([
      ['orderer0', 1],
      ['peer0.AlphaMSP', 1],
      ['peer1.AlphaMSP', 1],
      ['peer0.BetaMSP', 1],
      ['peer1.BetaMSP', 1],
    ]);
  });
});
