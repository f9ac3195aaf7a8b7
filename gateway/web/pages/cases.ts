import type { IndexedRecord } from '../../ports/record-index';
import type { EvidenceReport } from '../../routes/dependencies';
import { moment, pick, short, textOf } from '../format';
import { html, type Html } from '../html';
import { badge, facts, page, table } from '../layout';
import type { PageInput } from '../page-deps';

/** The cases this member takes part in. */
export async function casesPage(input: PageInput): Promise<Html> {
  const { deps, frame, memberName } = input;
  const w = frame.words.word;
  const { items } = await deps.index.list({ type: 'case', limit: 200 });
  const filers = new Map<string, string>();
  for (const record of items) filers.set(record.id, await filedBy(record, input));
  return page(
    frame,
    w('cases'),
    html`<div class="title"><h1>${w('cases')}</h1></div>
      ${
        items.length === 0
          ? html`<p class="empty">${w('noCases')}</p>`
          : table(
              w('cases'),
              [w('case'), w('filedBy'), w('status'), w('updated')],
              items.map(
                (record) =>
                  html`<tr>
                    <th scope="row">
                      <a href="/cases/${record.id}"><code>${short(record.id)}</code></a>
                    </th>
                    <td>${memberName(filers.get(record.id) ?? '')}</td>
                    <td>${badge(frame.words, record.status)}</td>
                    <td class="dim">${moment(record.declaredAt)}</td>
                  </tr>`,
              ),
            )
      }`,
  );
}

async function filedBy(record: IndexedRecord, { deps }: PageInput): Promise<string> {
  return (await deps.index.versions(record.id))[0]?.creatorMspId ?? record.creatorMspId;
}

/** One case: claim, disclosures, evidence package and its verification. */
export async function casePage(record: IndexedRecord, input: PageInput): Promise<Html> {
  const { deps, frame, memberName } = input;
  const w = frame.words.word;
  const disclosures = await deps.index.disclosures(record.id);
  const claim = record.groups['case'];
  return page(
    frame,
    `${w('case')} ${short(record.id)}`,
    html`<nav class="crumbs" aria-label="${w('back')}"><a href="/cases">${w('cases')}</a></nav>
      <div class="title">
        <h1>${w('case')} <code>${short(record.id)}</code></h1>
        ${badge(frame.words, record.status)}
      </div>
      <div class="columns">
        <section>
          ${facts([
            [w('filedBy'), memberName(await filedBy(record, input))],
            [w('order'), await orderLink(record, input)],
            [w('claim'), textOf(claim?.['statementOfClaim']) || textOf(claim?.['claim'])],
            [w('commitment'), html`<code>${record.commitment}</code>`],
          ])}
        </section>
        <section aria-labelledby="evidence">
          <h2 id="evidence">${w('evidence')}</h2>
          <ul class="files">
            <li><a href="/cases/${record.id}/evidence-package" download>${w('evidencePackage')}</a></li>
            <li><a href="/cases/${record.id}/verification">${w('verify')}</a></li>
          </ul>
          <p class="hint">
            ${w('offline')}
            <code>concordat evidence verify case-${short(record.id)}.evidence.json --trust trust.json</code>
          </p>
        </section>
      </div>
      <section aria-labelledby="disclosed">
        <h2 id="disclosed">${w('disclosures')}</h2>
        ${
          disclosures.length === 0
            ? html`<p class="empty">${w('noDisclosures')}</p>`
            : table(
                w('disclosures'),
                [w('subject'), w('by'), w('block'), w('transaction')],
                disclosures.map(
                  (one) =>
                    html`<tr>
                      <th scope="row"><code title="${one.recordId}">${short(one.recordId)}</code></th>
                      <td>${memberName(one.creatorMspId)}</td>
                      <td>${one.blockNumber.toString()}</td>
                      <td><code title="${one.transactionId}">${short(one.transactionId)}</code></td>
                    </tr>`,
                ),
              )
        }
      </section>`,
  );
}

async function orderLink({ orderId }: IndexedRecord, { deps }: PageInput): Promise<Html> {
  if (orderId === null) return html`–`;
  const order = await deps.index.record(orderId);
  return order === undefined
    ? html`<code>${orderId}</code>`
    : html`<a href="/orders/${orderId}">${textOf(order.groups['terms']?.['number']) || short(orderId)}</a>`;
}

/** What the offline verifier says of a case's package. */
export function verificationPage(record: IndexedRecord, report: EvidenceReport, input: PageInput): Html {
  const { words } = input.frame;
  const w = words.word;
  return page(
    input.frame,
    w('verification'),
    html`<nav class="crumbs" aria-label="${w('back')}">
        <a href="/cases/${record.id}">${w('case')} ${short(record.id)}</a>
      </nav>
      <h1>${w('verification')}</h1>
      <p class="verdict ${report.verdict}" role="status">${w(report.verdict)}</p>
      ${table(
        w('verification'),
        [w('check'), w('result'), w('subject'), w('meaning')],
        report.checks.map(
          (check) =>
            html`<tr class="${check.ok ? 'pass' : 'fail'}">
              <th scope="row">${check.step}</th>
              <td><span class="badge ${check.ok ? 'good' : 'bad'}">${check.ok ? '✓' : '✗'} ${check.code}</span></td>
              <td><code>${short(check.subject)}</code></td>
              <td>${pick(words.language, [check.text, check.zh])}</td>
            </tr>`,
        ),
      )}
      <section>
        <h2>${w('notProven')}</h2>
        <ul>
          ${report.notProven.map((one) => html`<li>${one}</li>`)}
        </ul>
      </section>`,
  );
}
