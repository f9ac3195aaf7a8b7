import { expect } from 'chai';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { FabricError } from '../../../network/fabric/fabric-error';
import { findRelease } from '../../../network/fabric/release';
import { lookalikeRelease } from '../../support/ledger/lookalike-release';

describe("Fabric's release", () => {
  const folder = mkdtempSync(join(tmpdir(), 'concordat-release-'));
  let count = 0;
  const root = (): string => join(folder, String(count++));
  const before = process.env['FABRIC_CFG_PATH'];
  beforeEach(() => delete process.env['FABRIC_CFG_PATH']);
  after(() => {
    if (before !== undefined) process.env['FABRIC_CFG_PATH'] = before;
    rmSync(folder, { recursive: true, force: true });
  });

  const refusal = (bin: string): FabricError => {
    try {
      findRelease(bin);
    } catch (error) {
      return error as FabricError;
    }
    throw new Error('it was found');
  };

  for (const [text, version, major] of [
    ['v3.1.5', '3.1.5', 3],
    ['3.1.0', '3.1.0', 3],
    ['v2.5.12', '2.5.12', 2],
  ] as const) {
    it(`is found by its bin folder: ${text}`, () => {
      const release = findRelease(lookalikeRelease(root(), text));
      expect([release.version, release.major]).to.deep.equal([version, major]);
      expect(release.binaries.osnadmin).to.match(/bin\/osnadmin$/);
      expect(release.configFolder).to.match(/config$/);
      expect(release.builderFolder).to.match(/builders\/ccaas$/);
    });
  }

  for (const version of ['v2.4.9', 'v1.4.12', 'development build']) {
    it(`is refused when it is "${version}"`, () => {
      expect(refusal(lookalikeRelease(root(), version)).code).to.equal('BINARIES_TOO_OLD');
    });
  }

  for (const missing of ['bin/peer', 'bin/osnadmin', 'config/core.yaml', 'builders/ccaas/bin/detect']) {
    it(`is refused without ${missing}, with the page that helps`, () => {
      const { code, message } = refusal(lookalikeRelease(root(), 'v3.1.5', [missing]));
      expect(code).to.equal('BINARIES_MISSING');
      expect(message).to.contain('hyperledger-fabric.readthedocs.io').and.to.contain('FABRIC_BIN');
    });
  }
});
