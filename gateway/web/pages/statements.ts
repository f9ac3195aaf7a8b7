import type { IndexedRecord } from '../../ports/record-index';
import { isJsonObject } from '../../../chaincode/domain/json';
import { memberOf, money, short, textOf } from '../format';
import { html, type Html } from '../html';
import { badge, facts, page, table } from '../layout';
import type { PageInput } from '../page-deps';

/** What the pages read of a statement. */
function figures({ groups, participants }: IndexedRecord): {
  pair: readonly string[];
  currency: string;
  date: string;
  count: string;
  debit: string;
  credit: string;
  root: string;
} {
  const body = groups['statement'];
  const currency = textOf(body?.['currency']);
  const amount = (name: string): string =>
    /^\d{1,18}$/.test(textOf(body?.[name])) ? money(BigInt(textOf(body?.[name])), currency) : '–';
  return {
    pair: participants,
    currency,
    date: textOf(body?.['date']),
    count: textOf(body?.['count']),
    debit: amount('debitMinor'),
    credit: amount('creditMinor'),
    root: textOf(body?.['root']),
  };
}

/** The member's statements, newest first. */
export async function statementsPage(input: PageInput): Promise<Html> {
  const { deps, frame, memberName } = input;
  const w = frame.words.word;
  const { items } = await deps.index.list({ type: 'statement', limit: 200 });
  return page(
    frame,
    w('statements'),
    html`<div class="title"><h1>${w('statements')}</h1></div>
      ${
        items.length === 0
          ? html`<p class="empty">${w('noStatements')}</p>`
          : table(
              w('statements'),
              [w('date'), w('members'), w('entries'), w('debit'), w('credit'), w('status')],
              items.map((record) => {
                const { date, pair, count, debit, credit } = figures(record);
                return html`<tr>
                  <th scope="row"><a href="/statements/${record.id}">${date || short(record.id)}</a></th>
                  <td>${pair.map(memberName).join(' – ')}</td>
                  <td class="amount">${count}</td>
                  <td class="amount">${debit}</td>
                  <td class="amount">${credit}</td>
                  <td>${badge(frame.words, record.status)}</td>
                </tr>`;
              }),
            )
      }`,
  );
}

const FILES = [
  ['jsonl', 'JSON lines'],
  ['csv', 'CSV'],
  ['camt053', 'camt.053.001.08'],
] as const;

/** One statement with its signatures and files, and for those who may have it with what proves them offline. */
export function statementPage(record: IndexedRecord, input: PageInput, mayProve: boolean): Html {
  const { frame, memberName } = input;
  const w = frame.words.word;
  const { date, pair, count, debit, credit, root } = figures(record);
  return page(
    frame,
    `${w('statement')} ${date}`,
    html`<nav class="crumbs" aria-label="${w('back')}"><a href="/statements">${w('statements')}</a></nav>
      <div class="title">
        <h1>${w('statement')} ${date}</h1>
        ${badge(frame.words, record.status)}
      </div>
      <div class="columns">
        <section>
          ${facts([
            [w('members'), pair.map(memberName).join(' – ')],
            [w('entries'), count],
            [w('debit'), debit],
            [w('credit'), credit],
            [w('root'), html`<code>${root}</code>`],
            [w('commitment'), html`<code>${record.commitment}</code>`],
          ])}
        </section>
        <section aria-labelledby="signed">
          <h2 id="signed">${w('signedBy')}</h2>
          ${facts(pair.map((member) => [memberName(member), signature(record, member, input)] as const))}
          <h2>${w('download')}</h2>
          <ul class="files">
            ${FILES.map(
              ([format, name]) =>
                html`<li><a href="/statements/${record.id}/files/${format}" download>${name}</a></li>`,
            )}
          </ul>
          ${mayProve ? offlineProof(record.id, w('evidencePackage')) : ''}
        </section>
      </div>`,
  );
}

function offlineProof(id: string, name: string): Html {
  const command = `concordat statement verify FILE --evidence statement-${id}.evidence.json --trust trust.json`;
  return html`<p><a href="/statements/${id}/evidence-package" download>${name}</a></p>
    <p><code>${command}</code></p>`;
}

function signature(record: IndexedRecord, member: string, { frame: { words } }: PageInput): Html {
  const given = record.groups['signatures']?.[member];
  if (!isJsonObject(given)) return html`<span class="dim">${words.word('notSigned')}</span>`;
  const digest = textOf(memberOf(given, 'fileDigest'));
  return html`${words.status('signed')} <code title="${words.word('fileDigest')}: ${digest}">${short(digest)}</code>`;
}
