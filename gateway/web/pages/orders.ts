import type { IndexedRecord } from '../../ports/record-index';
import { readCursor, writeCursor } from '../../http/cursor';
import { nextSteps, type NextStep } from '../../routes/next-steps';
import { memberOf, moment, moneyOf, short, textOf } from '../format';
import { html, type Html } from '../html';
import { badge, page, table } from '../layout';
import type { PageInput } from '../page-deps';

const PAGE_SIZE = 25;
const STATUSES = ['drafted', 'proposed', 'confirmed', 'fulfilling', 'completed', 'cancelled'];

/** The member's orders, newest change first; filter and place stand in the address. */
export async function ordersPage(
  input: PageInput,
  query: { status?: string | undefined; cursor?: string | undefined },
): Promise<Html> {
  const { deps, frame } = input;
  const { words } = frame;
  const status = STATUSES.includes(query.status ?? '') ? query.status : undefined;
  const filter = { type: 'purchaseOrder' as const, ...(status === undefined ? {} : { status }) };
  const cursor = query.cursor === undefined ? {} : { cursor: readCursor(query.cursor, filter).cursor };
  const orders = await deps.index.list({ ...filter, ...cursor, limit: PAGE_SIZE });
  const rows: Html[] = [];
  for (const order of orders.items) rows.push(await orderRow(order, input));
  const w = words.word;
  return page(
    frame,
    w('orders'),
    html` <div class="title">
        <h1>${w('orders')}</h1>
        ${statusFilter(input, status)}
      </div>
      ${
        orders.items.length === 0
          ? html`<p class="empty">${w('noOrders')}</p>`
          : table(
              w('orders'),
              [w('number'), w('buyer'), w('seller'), w('total'), w('status'), w('next'), w('updated')],
              rows,
            )
      }
      <p class="pages">
        ${query.cursor !== undefined && html`<a href="/orders${status === undefined ? '' : `?status=${status}`}">${w('firstPage')}</a>`}
        ${orders.next !== undefined && html`<a href="/orders?cursor=${writeCursor({ filter, cursor: orders.next })}">${w('morePages')}</a>`}
      </p>`,
  );
}

function statusFilter({ frame: { words } }: PageInput, chosen: string | undefined): Html {
  return html`<form class="filter" method="get" action="/orders">
    <label
      >${words.word('status')}
      <select name="status">
        <option value="">${words.word('allStatuses')}</option>
        ${STATUSES.map(
          (status) =>
            html`<option value="${status}" ${status === chosen ? html` selected` : null}>
              ${words.status(status)}
            </option>`,
        )}
      </select></label
    >
    <button>${words.word('filter')}</button>
  </form>`;
}

async function orderRow(order: IndexedRecord, input: PageInput): Promise<Html> {
  const { parties, terms, price } = order.groups;
  const [step] = await nextSteps(order, input.deps.index);
  return html`<tr>
    <th scope="row"><a href="/orders/${order.id}">${textOf(terms?.['number']) || short(order.id)}</a></th>
    <td>${textOf(memberOf(parties?.['buyer'], 'name'))}</td>
    <td>${textOf(memberOf(parties?.['seller'], 'name'))}</td>
    <td class="amount">${moneyOf(price?.['totalMinor'], textOf(terms?.['currency']))}</td>
    <td>${badge(input.frame.words, order.status)}</td>
    <td>
      ${step === undefined ? html`<span class="dim">${input.frame.words.word('none')}</span>` : stepText(step, input)}
    </td>
    <td class="dim"><time datetime="${order.declaredAt}">${moment(order.declaredAt)}</time></td>
  </tr>`;
}

/** Who acts next, in one line. */
export function stepText(step: NextStep, { frame, memberName }: PageInput): Html {
  const { words, member } = frame;
  const signature =
    step.signature === 'none'
      ? null
      : html`, ${words.word('signatureOf')}
        ${step.signature === 'both' ? words.word('both') : words.word(step.signature)}`;
  return html`${step.member === member && html`<strong class="yours">${words.word('yourMove')}</strong> `}
    <span class="actor">${memberName(step.member)}</span>:
    ${words.step(step.operation)}${signature}${
      step.until !== null &&
      html` <span class="dim">(${words.word('until')} <time datetime="${step.until}">${step.until}</time>)</span>`
    }`;
}
