interface CodeRow {
  readonly text: string;
  readonly zh: string;
  readonly remedy: string;
}

const row = (text: string, zh: string, remedy: string): CodeRow => ({ text, zh, remedy });

/** What can be wrong with a trade document. Codes are part of the contract with clients; texts quote no values. */
export const DOCUMENT_CODES = {
  DOCUMENT_TOO_LARGE: row('the document is larger than 10 MB', '文档超过 10 MB', 'Split the document.'),
  DOCUMENT_ENCODING: row('the document is not UTF-8', '文档不是 UTF-8 编码', 'Save the document as UTF-8.'),
  XML_MALFORMED: row('the XML is not well-formed', 'XML 格式不正确', 'Repair the markup at this line.'),
  XML_DOCTYPE: row(
    'a document type declaration is refused: it can define entities',
    '不接受文档类型声明（可定义实体）',
    'Leave the DOCTYPE out.',
  ),
  XML_TOO_DEEP: row('elements are nested more than 64 deep', '元素嵌套超过 64 层', 'Send a document of a known type.'),
  XML_TOO_MANY: row(
    'the document has more than 500,000 tags',
    '标签数超过 500,000',
    'Split the document into smaller ones.',
  ),
  ELEMENT_MISSING: row('a required element is missing', '缺少必需元素', 'Add the element the schema asks for here.'),
  ELEMENT_UNEXPECTED: row(
    'the schema does not allow this element or attribute here',
    '模式不允许此处出现该元素或属性',
    'Follow the order of the schema.',
  ),
  VALUE_INVALID: row('the value has the wrong form', '值的格式错误', 'Follow the type of the schema.'),
  VALUE_LENGTH: row('the text is empty or too long', '文本为空或过长', 'Keep within the limits of the ledger.'),
  DATE_INVALID: row('no such calendar date', '日期不存在', 'Send yyyy-mm-dd of a real day.'),
  DATE_ORDER: row('a period ends before it starts', '期间的结束早于开始', 'Correct the dates.'),
  TIME_INVALID: row('no such date and time', '时间无效', 'Send RFC 3339 with seconds and zone.'),
  AMOUNT_INVALID: row('the amount is no decimal number in range', '金额不是有效的十进制数', 'Correct the amount.'),
  AMOUNT_NEGATIVE: row('the amount is negative', '金额为负', 'Send credits as documents of their own.'),
  AMOUNT_DECIMALS: row(
    'the amount has more decimals than its currency',
    '金额小数位超过该货币的小数位',
    'Round to whole minor units of the currency.',
  ),
  CURRENCY_UNKNOWN: row('no such ISO 4217 currency', '无此 ISO 4217 货币', 'Send the three-letter code.'),
  CURRENCY_MIXED: row(
    'the amount is in another currency than the document',
    '金额货币与文档货币不一致',
    'Use one currency.',
  ),
  QUANTITY_INVALID: row(
    'a quantity is a positive decimal with at most 9 decimals',
    '数量须为正数且小数不超过 9 位',
    'Correct the quantity.',
  ),
  UNIT_INVALID: row(
    'the unit is no UN/ECE Recommendation 20 code',
    '单位不是 UN/ECE 第 20 号建议书代码',
    'Send for example KGM or C62.',
  ),
  UNIT_MIXED: row('price and quantity have different units', '价格与数量的单位不一致', 'Use one unit in a line.'),
  COUNTRY_INVALID: row(
    'the country is no ISO 3166 code of two letters',
    '国家不是两字母 ISO 3166 代码',
    'Send for example GB.',
  ),
  LINE_ID_INVALID: row(
    'a line id has 1 to 35 letters, digits, dots, hyphens or underscores',
    '行号须为 1 至 35 个字母、数字、点、连字符或下划线',
    'Renumber the lines.',
  ),
  LINE_DUPLICATE: row('an earlier line has the same id', '与前面某行编号重复', 'Number every line once.'),
  LINE_COUNT: row('there are no lines, or more than 500', '没有行，或超过 500 行', 'Split the document.'),
  ARITHMETIC_LINE: row(
    'the amount of the line is not quantity times price with its charges and allowances',
    '行金额不等于数量乘以单价加减费用',
    'Correct the line.',
  ),
  ARITHMETIC_TOTAL: row('the total is not the sum of its parts', '合计与各项之和不符', 'Correct the total.'),
  ARITHMETIC_BALANCE: row(
    'the closing balance is not the opening balance with the entries',
    '期末余额不等于期初余额加减分录',
    'Correct the balance.',
  ),
  CODE_UNKNOWN: row('the code is not in its list', '代码不在列表中', 'Use a code of the published list.'),
  FIELD_MISSING: row('a required field is missing', '缺少必填字段', 'Add the field.'),
} as const satisfies Record<string, CodeRow>;

export type DocumentCode = keyof typeof DOCUMENT_CODES;
