import type { IndexedRecord } from '../../ports/record-index';
import { minorOf, money, moneyOf, short, textOf } from '../format';
import { html, type Html } from '../html';
import { badge, table } from '../layout';
import type { PageInput } from '../page-deps';

/** Where an order's money stands: what was accepted, instructed and paid, and who holds the claims. */
export function moneyPanel(order: IndexedRecord, related: readonly IndexedRecord[], input: PageInput): Html {
  const w = input.frame.words.word;
  const currency = textOf(order.groups['terms']?.['currency']);
  const of = (type: string): IndexedRecord[] => related.filter((record) => record.type === type);
  const sum = (records: readonly IndexedRecord[], group: string, field: string): bigint =>
    records.reduce((total, record) => total + minorOf(record.groups[group]?.[field]), 0n);
  const receivables = of('receivable');
  const payments = of('payment');
  const total = minorOf(order.groups['price']?.['totalMinor']);
  const accepted = sum(receivables, 'claim', 'faceValueMinor');
  const paid = sum(
    payments.filter(({ status }) => status === 'paid'),
    'payment',
    'amountMinor',
  );
  return html`${bar(w('ordersValue'), total, total, currency)}${bar(w('accepted'), accepted, total, currency)}${bar(w('paid'), paid, total, currency)}
  ${receivables.length === 0 ? html`<p class="empty">${w('noMoney')}</p>` : claimsTable(receivables, currency, input)}
  ${payments.length > 0 && paymentsTable(payments, currency, input)}`;
}

/** An amount with its share of the order; the bar takes whole percents, the exact figure stands beside it. */
function bar(name: string, amount: bigint, total: bigint, currency: string): Html {
  const percent = total === 0n ? 0n : (amount * 100n) / total;
  return html`<div class="bar">
    <span>${name}</span><meter min="0" max="100" value="${percent.toString()}">${percent.toString()}%</meter>
    <span class="amount">${money(amount, currency)}</span>
  </div>`;
}

function claimsTable(
  receivables: readonly IndexedRecord[],
  currency: string,
  { frame: { words }, memberName }: PageInput,
): Html {
  const w = words.word;
  return table(
    w('receivable'),
    [w('receivable'), w('faceValue'), w('open'), w('holder'), w('due'), w('status')],
    receivables.map(({ id, groups, status }) => {
      const claim = groups['claim'];
      const holder = textOf(claim?.['holder']);
      return html`<tr>
        <th scope="row"><code title="${id}">${short(id)}</code></th>
        <td class="amount">${moneyOf(claim?.['faceValueMinor'], currency)}</td>
        <td class="amount">${moneyOf(claim?.['openMinor'], currency)}</td>
        <td>${memberName(holder)}</td>
        <td>${textOf(claim?.['dueDate'])}</td>
        <td>${badge(words, status)}</td>
      </tr>`;
    }),
  );
}

function paymentsTable(payments: readonly IndexedRecord[], currency: string, { frame: { words } }: PageInput): Html {
  const w = words.word;
  return table(
    w('payment'),
    [w('payment'), w('amount'), w('date'), w('status'), w('reason')],
    payments.map(
      ({ id, groups, status }) =>
        html`<tr>
          <th scope="row"><code title="${id}">${textOf(groups['payment']?.['endToEndId']) || short(id)}</code></th>
          <td class="amount">${moneyOf(groups['payment']?.['amountMinor'], currency)}</td>
          <td>${textOf(groups['payment']?.['requestedDate'])}</td>
          <td>${badge(words, status)}</td>
          <td>${textOf(groups['payment']?.['reason'])}</td>
        </tr>`,
    ),
  );
}
