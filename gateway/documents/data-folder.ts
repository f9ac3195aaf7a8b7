import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

/**
 * The folder `docs/data` of this package: the same whether the code runs compiled or from its sources.
 *
 * @throws Error when the code was taken out of its package.
 */
export function dataFolder(start: string = __dirname): string {
  for (let folder = start; ; folder = dirname(folder)) {
    const data = join(folder, 'docs', 'data');
    if (existsSync(join(folder, 'package.json')) && existsSync(data)) return data;
    if (dirname(folder) === folder) throw new Error(`no package with docs/data above ${start}`);
  }
}
