interface BreakRow {
  readonly text: string;
  readonly zh: string;
  readonly remedy: string;
  /** Who finds it: matching itself, or what knows time, orders and financing. */
  readonly by: 'matching' | 'lifeCycle' | 'ledger';
  /** Whether it counts as a break; `PENDING` and `TIMING` become one when their date has passed. */
  readonly isBreak: boolean;
}

const row = (text: string, zh: string, remedy: string, more: Partial<BreakRow> = {}): BreakRow => ({
  text,
  zh,
  remedy,
  by: 'matching',
  isBreak: true,
  ...more,
});

/** Why entries do not match. Codes are part of the contract with clients: never renamed, never reused. */
export const BREAK_CODES = {
  PENDING: row('expected, and inside its window', '在途，尚在时限内', 'Wait until its date.', { isBreak: false }),
  TIMING: row('explained by cut-off or value date', '日切或起息日差异', 'Wait until its date.', { isBreak: false }),
  MISSING_EXTERNAL: row(
    'we have it, they do not',
    '我方有，对方无（短款）',
    'Ask the other side, or wait for its next file.',
  ),
  MISSING_INTERNAL: row(
    'they have it, we do not',
    '对方有，我方无（长款）',
    'Find what it belongs to, or book it to suspense.',
  ),
  AMOUNT_OVER: row(
    'their amount is more, beyond tolerance',
    '对方金额偏大',
    'Compare the amounts; correct the wrong side.',
  ),
  AMOUNT_UNDER: row(
    'their amount is less, beyond tolerance',
    '对方金额偏小',
    'Compare the amounts; correct the wrong side.',
  ),
  FEE_VARIANCE: row('the difference is exactly a known charge', '差额等于已知费用', 'Book the named fee.'),
  FX_VARIANCE: row(
    'booked in two currencies; compared at the rate',
    '币种不同，已按汇率比较',
    'Check rate, its source and its date.',
  ),
  FX_RATE_UNAVAILABLE: row(
    'booked in two currencies, and no rate is known',
    '币种不同，且无可用汇率',
    'Add the rate of the date to the rule set.',
  ),
  CURRENCY_MISMATCH: row(
    'booked in two currencies',
    '币种不一致',
    'Correct the currency on one side; it is never matched.',
  ),
  DIRECTION_MISMATCH: row(
    'one side received, the other one paid',
    '借贷方向不一致',
    'Correct the direction on one side.',
  ),
  STATUS_MISMATCH: row('rejected on one side only', '状态不一致', 'Check the status report or the recall.'),
  DUPLICATE: row('the same entry twice on one side', '重复记录', 'Hold the second one.'),
  REFERENCE_MISMATCH: row(
    'same amount and date, another reference',
    '金额日期相同，参考号不同',
    'Check whether both are one payment.',
  ),
  SPLIT_INCOMPLETE: row(
    'documents of its list are missing',
    '拆分清单不完整',
    'Keep it open; the residual tells how much is missing.',
  ),
  PARTIAL: row('paid in part', '部分付款', 'Keep it open; the residual tells how much is missing.'),
  RETURNED: row('taken back after it was booked', '入账后退回', 'Reopen the payment and book the return.'),
  MATCH_UNDONE: row(
    'matched before, and undone by a person',
    '曾匹配，后由人工撤销',
    'Settle it by hand; these rules do not match the two again.',
  ),
  DATA_INVALID: row('the line is no entry', '数据无效', 'Correct the named field of the line.', { isBreak: false }),
  FULFILMENT_MISMATCH: row(
    'quantity or receipt differ from the invoice',
    '数量或收货与发票不符',
    'Hold the payment condition.',
    {
      by: 'ledger',
    },
  ),
  FINANCING_CONFLICT: row('financed above what is open, or twice', '融资冲突', 'Alert the lender.', { by: 'ledger' }),
  STALE: row('the other side has not answered in time', '对方逾期未答复', 'Escalate.', { by: 'lifeCycle' }),
} as const satisfies Readonly<Record<string, BreakRow>>;

export type BreakCode = keyof typeof BREAK_CODES;

/** Codes as small numbers, for columns. */
export const BREAK_NAMES = Object.keys(BREAK_CODES) as readonly BreakCode[];
const NUMBERS = new Map(BREAK_NAMES.map((code, at) => [code, at]));

export function breakNumber(code: BreakCode): number {
  return NUMBERS.get(code) as number;
}
