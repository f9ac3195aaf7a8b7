import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

const WRITES_BLOCK = '#!/bin/sh\nwhile [ $# -gt 1 ]; do [ "$1" = -outputBlock ] && echo block > "$2"; shift; done\n';

/**
 * A release that is only there to be looked for: `peer version` tells a version, `configtxgen` writes a file where block 0
 * belongs; nothing else is ever run of it. Answers its bin folder.
 */
export function lookalikeRelease(root: string, version: string, without: readonly string[] = []): string {
  const files: Readonly<Record<string, string>> = {
    'bin/peer': `#!/bin/sh\necho "peer:"\necho " Version: ${version}"\n`,
    'bin/orderer': '#!/bin/sh\n',
    'bin/configtxgen': WRITES_BLOCK,
    'bin/configtxlator': '#!/bin/sh\n',
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
