import { expect } from 'chai';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadGatewayConfig } from '../../../gateway/compose/load-config';
import { GatewayConfigError } from '../../../gateway/compose/gateway-config';
import { loadNetworkDefinition } from '../../../network/material/network-definition';
import { generatedFiles } from '../../../scripts/docs/generated';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';

describe('documentation made from code', () => {
  for (const [file, text] of generatedFiles(process.cwd())) {
    it(`${file} is what "npm run docs" writes`, () => {
      expect(readFileSync(join(process.cwd(), file), 'utf8')).to.equal(text);
    });
  }

  it('the example network fits its schema', () => {
    const { members, chaincodes } = loadNetworkDefinition('docs/examples/network.yaml');
    expect(members.map(({ mspId }) => mspId)).to.deep.equal(['AlphaMSP', 'BetaMSP', 'GammaMSP']);
    expect(chaincodes[0]?.collections[0]?.name).to.equal('alphaAndBeta');
  });

  it('the example gateway fits its schema', () => {
    const config = loadGatewayConfig('docs/examples/gateway.yaml');
    expect(config).to.include({ member: 'SellerBankMSP', isDevelopment: false, logLevel: 'info' });
    expect(config.fingerprintKeyFile).to.equal(join(process.cwd(), 'docs/examples/material/fingerprint-key'));
  });

  const folder = mkdtempSync(join(tmpdir(), 'concordat-config-'));
  after(() => rmSync(folder, { recursive: true, force: true }));
  for (const [what, text] of [
    ['no member', 'port: 1'],
    ['a field nobody knows', `${readFileSync('docs/examples/gateway.yaml', 'utf8')}\nsurprise: 1\n`],
    ['no YAML', ': : :'],
  ] as const) {
    it(`a gateway does not start with ${what}, and says where`, () => {
      const file = join(folder, 'gateway.yaml');
      writeFileSync(file, text);
      expect(() => loadGatewayConfig(file)).to.throw(GatewayConfigError);
    });
  }
});
