import { toDecimal } from '../../chaincode/domain/money';
import { writeWorkbook, type Cell, type SheetColumn } from '../spreadsheets/write-workbook';
import type { StreamedStatement } from './statement-source';

const COLUMNS: readonly SheetColumn[] = [
  { heading: 'debtor 付款方', width: 20 },
  { heading: 'creditor 收款方', width: 20 },
  { heading: 'endToEndId 端到端标识', width: 36 },
  { heading: 'uetr', width: 38 },
  { heading: 'type 类型' },
  { heading: 'currency 币种' },
  { heading: 'amount 金额', width: 20 },
  { heading: 'valueDate 起息日' },
  { heading: 'occurredAt 发生时间', width: 22 },
  { heading: 'orderRef 订单', width: 24 },
  { heading: 'invoiceRef 发票', width: 24 },
  { heading: 'lateFor 迟到所属日' },
];

/**
 * A statement as a workbook for people, in English and Chinese; chunk by chunk, the same bytes for the same statement.
 *
 * Nobody signs it: its first sheet says so, and names the files that are signed.
 */
export async function* statementWorkbook(source: StreamedStatement): AsyncGenerator<Uint8Array> {
  yield* writeWorkbook([
    {
      name: 'Summary 概要',
      columns: [
        { heading: '', width: 34 },
        { heading: '', width: 70 },
      ],
      rows: [summary(source)],
    },
    { name: 'Entries 分录', columns: COLUMNS, rows: pages(source) },
  ]);
}

function summary({ channel, id, statement }: StreamedStatement): Cell[][] {
  const { pair, currency, date, count, debitMinor, creditMinor, root, issue } = statement;
  const amount = (minor: string): Cell => ({ number: toDecimal(BigInt(minor), currency) });
  return [
    ['statement 对账单', id],
    ['channel 通道', channel],
    ['members 成员', pair.join(', ')],
    ['business date 营业日', date],
    ['edition 版次', String(issue.number)],
    ['reason 重新出具原因', issue.reason ?? ''],
    ['currency 币种', currency],
    ['entries 分录数', { number: String(count) }],
    [`owed by ${pair[0]} 应付`, amount(debitMinor)],
    [`owed by ${pair[1]} 应付`, amount(creditMinor)],
    ['root 根值', root],
    ['', 'For people. What both members sign are the files jsonl, csv and camt053.'],
    ['', '仅供阅读。双方签署的是 jsonl、csv 与 camt053 文件。'],
  ];
}

async function* pages({ statement, segments }: StreamedStatement): AsyncGenerator<Cell[][]> {
  for await (const { segment, entries } of segments()) {
    const creditor = statement.pair.find((mspId) => mspId !== segment.debtor) ?? '';
    yield entries.map(({ entry }): Cell[] => [
      segment.debtor,
      creditor,
      entry.endToEndId,
      entry.uetr ?? '',
      entry.type,
      entry.currency,
      { number: toDecimal(BigInt(entry.amountMinor), entry.currency) },
      entry.valueDate,
      entry.occurredAt,
      entry.orderRef ?? '',
      entry.invoiceRef ?? '',
      entry.lateFor ?? '',
    ]);
  }
}
