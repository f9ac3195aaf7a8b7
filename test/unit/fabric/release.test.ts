import { expect } from 'chai';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { FabricError } from '../../../network/fabric/fabric-error';
import { findRelease } from '../../../network/fabric/release';

/** A release that is only there to be looked for: `peer version` is all that is ever run of it. */
function lookalike(root: string, version: string, without: readonly string[] = []): string {
  const files: Readonly<Record<string, string>> = {
    'bin/peer': `#!/bin/sh\necho "peer:"\necho " Version: ${version}"\n`,
    'bin/orderer': '#!/bin/sh\n',
    'bin/configtxgen': '#!/bin/sh\n',
    'bin/osnadmin': '#!/bin/sh\n',
    'config/core.yaml': 'peer: {}\n',
    'config/orderer.yaml': 'General: {}\n',
    'builders/ccaas/bin/detect': '#!/bin/sh\n',
  };
  for (const [name, text] of Object.entries(files)) {
    if (without.includes(name)) continue;
    const file = join(root, name);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
    if (!name.startsWith('config')) chmodSync(file, 0o755);
  }
  return join(root, 'bin');
}

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
      const release = findRelease(lookalike(root(), text));
      expect([release.version, release.major]).to.deep.equal([version, major]);
      expect(release.binaries.osnadmin).to.match(/bin\/osnadmin$/);
      expect(release.configFolder).to.match(/config$/);
      expect(release.builderFolder).to.match(/builders\/ccaas$/);
    });
  }

  for (const version of ['v2.4.9', 'v1.4.12', 'development build']) {
    it(`is refused when it is "${version}"`, () => {
      expect(refusal(lookalike(root(), version)).code).to.equal('BINARIES_TOO_OLD');
    });
  }

  for (const missing of ['bin/peer', 'bin/osnadmin', 'config/core.yaml', 'builders/ccaas/bin/detect']) {
    it(`is refused without ${missing}, with the page that helps`, () => {
      const { code, message } = refusal(lookalike(root(), 'v3.1.5', [missing]));
      expect(code).to.equal('BINARIES_MISSING');
      expect(message).to.contain('hyperledger-fabric.readthedocs.io').and.to.contain('FABRIC_BIN');
    });
  }
});
