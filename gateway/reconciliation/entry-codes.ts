interface CodeRow {
  readonly text: string;
  readonly zh: string;
  readonly remedy: string;
}

const row = (text: string, zh: string, remedy: string): CodeRow => ({ text, zh, remedy });

/** What can be wrong with a file of entries, and with one line of it. Codes are never renamed; texts quote no values. */
export const ENTRY_CODES = {
  SOURCE_UNREADABLE: row(
    'the file cannot be opened or read',
    '无法打开或读取文件',
    'Check the path and the permission.',
  ),
  SOURCE_FORMAT_UNKNOWN: row(
    'the file is of no format that is read here',
    '无法识别文件格式',
    'docs/RECONCILIATION.md lists the formats.',
  ),
  SOURCE_HEADER_INVALID: row(
    'the header line lacks a required column, repeats one or has an unknown one',
    '标题行缺少必需列、重复或包含未知列',
    'Name the columns as docs/RECONCILIATION.md lists them.',
  ),
  SOURCE_ENCODING: row('the file is not UTF-8', '文件不是 UTF-8 编码', 'Save the file as UTF-8.'),
  SOURCE_LINE_TOO_LONG: row(
    'a line is longer than 1 MB, or a quote is never closed',
    '某行超过 1 MB，或引号未闭合',
    'Close the quote, or shorten the line.',
  ),
  SOURCE_XML_BROKEN: row('the XML is not well formed', 'XML 格式不正确', 'Have the bank send the file again.'),
  SOURCE_XML_FORBIDDEN: row(
    'the XML has a document type',
    'XML 包含文档类型声明',
    'Remove the DOCTYPE; statements need none.',
  ),
  SOURCE_XML_LIMIT: row(
    'the XML is deeper, or one entry larger, than any statement',
    'XML 嵌套过深或单个分录过大',
    'Check where the file comes from.',
  ),
  SOURCE_TABLE_BROKEN: row('the table is not well formed', '表格格式不正确', 'Save it again as CSV or XLSX.'),
  SOURCE_MEMBER_UNKNOWN: row(
    "the statement is read from a member's view, and none of its two was named",
    '须指明对账单双方之一的视角',
    'Name one of the two members.',
  ),
  MAPPING_MISSING: row(
    'a table of your own takes a mapping of its columns',
    '自有表格须提供列映射',
    'Run `concordat entries read FILE --preview` and name the columns.',
  ),
  MAPPING_INVALID: row('the mapping is not usable', '列映射无效', 'Correct the named member of the mapping.'),
  PROFILE_UNKNOWN: row('there is no such bank profile', '没有此银行格式', 'docs/RECONCILIATION.md lists them.'),
  WORKBOOK_BROKEN: row('the workbook cannot be read', '无法读取工作簿', 'Save it again as XLSX.'),
  WORKBOOK_TOO_LARGE: row(
    'the workbook unpacks to more than is read',
    '工作簿解压后过大',
    'Split it, or save it as CSV.',
  ),
  WORKBOOK_HAS_NO_SHEET: row('the workbook has no sheet', '工作簿没有工作表', 'Save it again as XLSX.'),
  BALANCE_NOT_ADDING_UP: row(
    'opening balance and entries do not give the closing balance',
    '期初余额与分录之和不等于期末余额',
    'Entries are missing or altered: ask the bank for the statement again.',
  ),
  MT940_TAG_UNKNOWN: row('the field has a tag nobody knows', '未知字段标签', 'Check the named line.'),
  MT940_TAG_UNEXPECTED: row('the field stands where it cannot', '字段位置错误', 'A line was damaged or left out.'),
  ENTRY_STATUS_INFORMATION: row(
    'the entry only informs and is no posting',
    '仅为通知，并非入账',
    'Nothing to do; the posting comes with its own entry.',
  ),
  ENTRIES_TOO_MANY: row(
    'the file holds more entries than one run takes',
    '文件分录数超出上限',
    'Split the file, or raise --max-entries.',
  ),
  REFUSED_LINES_TOO_MANY: row(
    'more lines are no entries than one run lists',
    '无效行过多',
    'The file is probably of another format; see the first lines named.',
  ),
  LINE_NOT_JSON: row('the line is no JSON object', '该行不是 JSON 对象', 'Write one JSON object a line.'),
  LINE_COLUMNS_WRONG: row(
    'the line has another number of columns than the header',
    '列数与标题不符',
    'Quote fields that hold commas.',
  ),
  ENTRY_FIELD_MISSING: row('a required field is empty', '缺少必填字段', 'Fill the named field.'),
  ENTRY_FIELD_INVALID: row('the field has no valid value', '字段取值无效', 'Correct the named field.'),
  ENTRY_FIELD_UNKNOWN: row('the entry has a field that nothing reads', '分录包含未知字段', 'Remove the named field.'),
  ENTRY_CURRENCY_UNKNOWN: row(
    'this is no ISO 4217 currency in use',
    '不是有效的 ISO 4217 货币代码',
    'Use a current alphabetic code.',
  ),
  ENTRY_AMOUNT_INVALID: row(
    'an amount is no whole number of minor units from 0 to 10^18',
    '金额不是 0 到 10^18 之间的最小货币单位整数',
    'Send minor units without sign and fraction; the direction carries the sign.',
  ),
  ENTRY_DATE_INVALID: row('this is no date of the calendar', '日期无效', 'Send yyyy-mm-dd.'),
  ENTRY_TOO_LARGE: row(
    'the entry has more than 64 references, 1,000 documents or 2,000 characters in one text',
    '分录的参考号、单据或文本过多',
    'Split the entry, or leave out what nobody matches on.',
  ),
} as const satisfies Readonly<Record<string, CodeRow>>;

export type EntryCode = keyof typeof ENTRY_CODES;
