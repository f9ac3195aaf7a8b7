import { cpSync, existsSync } from 'node:fs';
import { join } from 'node:path';

/** Files that the compiled program reads beside its code. */
const ASSETS = ['gateway/web/public', 'test/vectors'];

for (const asset of ASSETS) {
  if (existsSync(asset)) cpSync(asset, join('dist', asset), { recursive: true });
}
