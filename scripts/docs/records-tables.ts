import { RecordsContract } from '../../chaincode/contracts/records-contract';
import { RegistryContract } from '../../chaincode/contracts/registry-contract';
import type { Access } from '../../chaincode/contracts/rule-contract';
import { AUTHORITY } from '../../chaincode/domain/operations';

export const BEGIN = '<!-- generated: operations -->',
  END = '<!-- end of generated -->';

/** The generated end of `docs/RECORDS.md`: who may do what from which status, and what each function may touch. */
export function recordsTables(): string {
  const operations = AUTHORITY.map(
    ({ operation, record, from, to, creator, signature, lateral }) =>
      `| \`${operation}\` | ${record} | ${from.join(', ') || 'nothing'} | ${to.replaceAll('|', 'or')} | ${creator} | ${signature} | ${lateral} |`,
  );
  return [
    BEGIN,
    '## 6. Operations',
    '',
    'The authority table, checked before anything else. "Creator" is the member whose client submits; "signature" is the',
    'party that signs by EIP-712; bilateral operations need every participant’s peer, unilateral ones only those named in the',
    'policy of the record they create.',
    '',
    '| operation | record | from | to | creator | signature | endorsed |',
    '| --- | --- | --- | --- | --- | --- | --- |',
    ...operations,
    '',
    '## 7. Functions',
    '',
    'Everything else is refused with `FUNCTION_NOT_ALLOWED`, decorated or not. `readPrivate` serves the caller’s own member',
    'only; `write` and `readPublic` cannot read a private value at all.',
    '',
    '| contract | function | access |',
    '| --- | --- | --- |',
    ...accessRows('Records', new RecordsContract()),
    ...accessRows('Registry', new RegistryContract()),
    END,
    '',
  ].join('\n');
}

function accessRows(name: string, contract: object): string[] {
  const { access } = contract as { access: ReadonlyMap<string, Access> };
  return [...access].map(([fn, kind]) => `| ${name} | \`${fn}\` | ${kind} |`);
}

/** A text with its generated part replaced, or put at its end when it has none. */
export function withTables(text: string, tables: string): string {
  const [from, to] = [text.indexOf(BEGIN), text.indexOf(END)];
  if (from < 0 || to < 0) return `${text.trimEnd()}\n\n${tables}`;
  return `${text.slice(0, from)}${tables}${text.slice(to + END.length + 1)}`;
}
