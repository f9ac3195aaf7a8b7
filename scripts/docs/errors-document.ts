import { errorSections } from '../../gateway/http/errors-page';

const HEAD = `# Errors

Every refusal is an [RFC 9457](https://www.rfc-editor.org/rfc/rfc9457) problem document with \`code\`, \`outcome\`, \`details\`,
\`remedy\` and, where one exists, \`transactionId\`; \`title\` is English or Chinese by \`Accept-Language\`. Wrong fields stand
in \`errors\`, each with its JSON pointer, code and remedy. Codes are never renamed or reused.

| outcome | what it means | what to do |
| --- | --- | --- |
| \`rejected\` | the request breaks a rule | change the request |
| \`conflict\` | the state has moved on | read again, then send again |
| \`unavailable\` | nothing was sent | send again later |
| \`unknown\` | it was sent, its end is not known yet | ask \`GET /v1/transactions/{id}\`, or repeat with the same Idempotency-Key |

Generated from the tables in the code by \`npm run docs\`; a test fails when it is stale.
`;

/** The text of `docs/errors.md`, made from the tables that give the codes out. */
export function generateErrorsPage(): string {
  const sections = errorSections().map(({ title, rows }) =>
    [
      `## ${title}`,
      '',
      '| code | HTTP | meaning | 含义 | remedy |',
      '| --- | --- | --- | --- | --- |',
      ...rows.map(
        ({ code, answer, meaning, zh, remedy }) =>
          `| \`${code}\` | ${answer} | ${cell(meaning)} | ${cell(zh)} | ${cell(remedy)} |`,
      ),
      '',
    ].join('\n'),
  );
  return `${HEAD}\n${sections.join('\n')}`;
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|');
}
