import 'reflect-metadata';
import './start/light-shim';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { generatedFiles } from './docs/generated';
import { projectRoot } from './project-root';

/** `npm run docs`: writes what documentation is made from code. */
for (const [file, text] of generatedFiles(projectRoot())) {
  writeFileSync(join(projectRoot(), file), text);
  console.log(file);
}
