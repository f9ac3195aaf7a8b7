import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { HOSTS_SCHEMA } from '../../network/fabric/hosts/hosts-schema';
import { NETWORK_SCHEMA } from '../../network/material/network-schema';
import { apiDocument } from './api-document';
import { generateErrorsPage } from './errors-document';
import { recordsTables, withTables } from './records-tables';

/** Every file under `docs` that is made from the code, with the text it must have. */
export function generatedFiles(root: string): ReadonlyMap<string, string> {
  const records = readFileSync(join(root, 'docs', 'RECORDS.md'), 'utf8');
  return new Map([
    ['docs/RECORDS.md', withTables(records, recordsTables())],
    ['docs/errors.md', generateErrorsPage()],
    ['docs/network.schema.json', `${JSON.stringify(NETWORK_SCHEMA, null, 2)}\n`],
    ['docs/hosts.schema.json', `${JSON.stringify(HOSTS_SCHEMA, null, 2)}\n`],
    ['docs/openapi.json', apiDocument()],
  ]);
}
