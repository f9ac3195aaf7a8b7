import type { Json } from '../../../chaincode/domain/json';
import { isJsonObject } from '../../../chaincode/domain/json';
import type { IndexedRecord, TimelineEntry } from '../../ports/record-index';
import { nextSteps, type NextStep } from '../../routes/next-steps';
import { listOf, memberOf, moment, short, textOf } from '../format';
import { html, type Html } from '../html';
import { badge, facts, page, table } from '../layout';
import type { PageInput } from '../page-deps';
import { moneyPanel } from './order-money';
import { stepText } from './orders';

/** One order: who acts next, its money, its goods and the story of everything that belongs to it. */
export async function orderPage(order: IndexedRecord, input: PageInput): Promise<Html> {
  const { deps, frame } = input;
  const w = frame.words.word;
  const entries = await deps.index.timeline(order.id);
  const related = await deps.index.records([...new Set(entries.map(({ recordId }) => recordId))]);
  const number = textOf(order.groups['terms']?.['number']) || short(order.id);
  return page(
    frame,
    `${w('order')} ${number}`,
    html` <nav class="crumbs" aria-label="${w('back')}"><a href="/orders">${w('orders')}</a></nav>
      <div class="title">
        <h1>${w('order')} ${number}</h1>
        ${badge(frame.words, order.status)}<span class="dim">${w('version')} ${order.version}</span>
      </div>
      ${await nextPanel(order, related, input)}
      <div class="columns">
        <section aria-labelledby="parties">
          <h2 id="parties">${w('parties')}</h2>
          ${partyFacts(order, input)}
        </section>
        <section aria-labelledby="money">
          <h2 id="money">${w('money')}</h2>
          ${moneyPanel(order, related, input)}
        </section>
      </div>
      <section aria-labelledby="goods">
        <h2 id="goods">${w('goods')}</h2>
        ${goodsTable(order, input)}
      </section>
      <section aria-labelledby="timeline">
        <h2 id="timeline">${w('timeline')}</h2>
        <p class="hint">${w('timelineHint')}</p>
        <ol class="timeline" reversed>
          ${[...entries].reverse().map((entry) => timelineItem(entry, input))}
        </ol>
      </section>`,
  );
}

async function nextPanel(order: IndexedRecord, related: readonly IndexedRecord[], input: PageInput): Promise<Html> {
  const w = input.frame.words.word;
  const waiting: { readonly record: IndexedRecord; readonly step: NextStep }[] = [];
  for (const record of [order, ...related.filter(({ id }) => id !== order.id)]) {
    for (const step of await nextSteps(record, input.deps.index)) waiting.push({ record, step });
  }
  const rows = waiting.map(
    ({ record, step }) => html`<li${step.member === input.frame.member ? html` class="mine"` : null}>
<span class="kind">${input.frame.words.type(record.type)}</span> ${stepText(step, input)}</li>`,
  );
  return html`<section class="next" aria-labelledby="next">
    <h2 id="next">${w('next')}</h2>
    ${
      rows.length === 0
        ? html`<p>${w('none')}</p>`
        : html`<ul>
            ${rows}
          </ul>`
    }
  </section>`;
}

function partyFacts(order: IndexedRecord, { frame, memberName }: PageInput): Html {
  const { parties, terms, payment } = order.groups;
  const w = frame.words.word;
  const party = (name: string, bank: string): Html =>
    html`${textOf(memberOf(parties?.[name], 'name'))}
      <span class="dim"
        >${textOf(memberOf(parties?.[name], 'country'))} · ${memberName(textOf(payment?.[bank]))}</span
      >`;
  const incoterms = terms?.['incoterms'];
  return facts([
    [w('buyer'), party('buyer', 'buyerBank')],
    [w('seller'), party('seller', 'sellerBank')],
    [w('incoterms'), `${textOf(memberOf(incoterms, 'rule'))} ${textOf(memberOf(incoterms, 'place'))}`],
    [w('deliveryWindow'), window(terms?.['deliveryWindow'])],
    [w('law'), textOf(terms?.['governingLaw'])],
    [w('seat'), textOf(memberOf(terms?.['arbitration'], 'seat'))],
  ]);
}

function window(value: Json | undefined): string {
  return isJsonObject(value)
    ? Object.keys(value)
        .sort()
        .map((name) => textOf(value[name]))
        .filter((text) => text !== '')
        .join(' – ')
    : '';
}

function goodsTable(order: IndexedRecord, { frame: { words } }: PageInput): Html {
  const w = words.word;
  const { terms, progress } = order.groups;
  return table(
    w('goods'),
    [w('line'), w('item'), w('ordered'), w('despatched'), w('delivered'), w('invoiced')],
    listOf(terms?.['lines']).map((line) => {
      const id = textOf(memberOf(line, 'lineId')) || textOf(memberOf(line, 'id'));
      const quantity = textOf(memberOf(line, 'quantity'));
      const done = (name: string): Html => html`<td class="amount">${lineQuantity(progress?.[name], id)}</td>`;
      return html`<tr>
        <th scope="row">${id}</th>
        <td>
          ${textOf(memberOf(line, 'description')) || textOf(memberOf(line, 'name')) || textOf(memberOf(line, 'item'))}
        </td>
        <td class="amount">${quantity} ${textOf(memberOf(line, 'unit'))}</td>
        ${done('despatched')}${done('delivered')}${done('invoiced')}
      </tr>`;
    }),
  );
}

/** Progress of one line, kept as a map by line id or as a list of lines. */
function lineQuantity(progress: Json | undefined, id: string): string {
  if (isJsonObject(progress)) return textOf(progress[id]) || textOf(memberOf(progress[id], 'quantity')) || '0';
  const row = listOf(progress).find((one) => textOf(memberOf(one, 'lineId')) === id);
  return textOf(memberOf(row, 'quantity')) || '0';
}

function timelineItem(entry: TimelineEntry, { frame: { words, member }, memberName }: PageInput): Html {
  const w = words.word;
  const change =
    entry.previousStatus === null
      ? html`${w('created')}: ${badge(words, entry.status)}`
      : entry.previousStatus === entry.status
        ? html`${w('changed')} ${badge(words, entry.status)}`
        : html`${badge(words, entry.previousStatus)} <span aria-hidden="true">→</span> ${badge(words, entry.status)}`;
  return html`<li${entry.creatorMspId === member ? html` class="mine"` : null}><time datetime="${entry.declaredAt}">${moment(entry.declaredAt)}</time>
<div class="what"><strong>${words.type(entry.type)}</strong> ${change}</div>
<div class="proof"><span>${w('by')} ${memberName(entry.creatorMspId)}</span><span>${w('version')} ${entry.version}</span>
<span>${w('block')} ${entry.blockNumber.toString()}</span><span title="${entry.transactionId}">${w('transaction')} <code>${short(entry.transactionId)}</code></span>
<span title="${entry.commitment}">${w('commitment')} <code>${short(entry.commitment)}</code></span></div></li>`;
}
