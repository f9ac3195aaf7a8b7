/** One wrong place in a request: where, what, no value. */
export interface FieldProblem {
  /** JSON pointer into the body, or `?name` for a query parameter, or a document's own path. */
  readonly pointer: string;
  readonly code: string;
  /** Line of a bulk file or document, from 1. */
  readonly line?: number;
}

const row = (text: string, zh: string, remedy: string): { text: string; zh: string; remedy: string } => ({
  text,
  zh,
  remedy,
});

/** What can be wrong with one field. Codes are part of the contract with clients. */
export const FIELD_CODES = {
  FIELD_MISSING: row('a required field is missing', '缺少必填字段', 'Send the field.'),
  FIELD_UNKNOWN: row('no such field is taken here', '未知字段', 'Leave the field out; see /openapi.json.'),
  FIELD_DUPLICATE: row('the name stands twice in one object', '同一对象中名称重复', 'Send every field once.'),
  FIELD_NOT_TEXT: row('the field is not a text', '字段不是文本', 'Send a JSON string.'),
  FIELD_LENGTH: row('the text is empty or too long', '文本为空或过长', 'Keep within the lengths of /openapi.json.'),
  FIELD_NOT_LIST: row('the field is not a list', '字段不是列表', 'Send a JSON array.'),
  FIELD_LIST_SIZE: row(
    'the list has too few or too many items',
    '列表项数过少或过多',
    'Keep within the sizes of /openapi.json.',
  ),
  FIELD_NOT_OBJECT: row('the field is not an object', '字段不是对象', 'Send a JSON object.'),
  FIELD_NOT_INTEGER: row(
    'the field is not a whole number in range',
    '字段不是范围内的整数',
    'Send a JSON integer within the limits.',
  ),
  FIELD_NOT_BOOLEAN: row('the field is not true or false', '字段不是布尔值', 'Send true or false.'),
  FIELD_NOT_ALLOWED: row(
    'the value is not one of those allowed',
    '字段值不在允许范围内',
    'Use a value listed in /openapi.json.',
  ),
  FIELD_PATTERN: row('the text has the wrong form', '文本格式错误', 'Follow the pattern in /openapi.json.'),
  FIELD_NUMBER_UNSAFE: row(
    'numbers are whole and below 2^53; money and quantities are texts',
    '数字必须是 2^53 以内的整数；金额与数量须为文本',
    'Send decimal strings for money and quantities.',
  ),
  FIELD_TEXT_MALFORMED: row(
    'the text holds a lone surrogate or a control character',
    '文本含有孤立代理项或控制字符',
    'Send plain Unicode text.',
  ),
  FIELD_TOO_DEEP: row(
    'the request is nested too deeply or has too many values',
    '请求嵌套过深或值过多',
    'Send what /openapi.json describes.',
  ),
  AMOUNT_INVALID: row(
    'an amount is a positive whole number of minor units, as text',
    '金额须为以最小货币单位表示的正整数文本',
    'Send for example "12500" for 125.00 of a currency with two decimals.',
  ),
  CURRENCY_UNKNOWN: row('no such ISO 4217 currency', '无此 ISO 4217 货币', 'Send the three-letter code.'),
  QUANTITY_INVALID: row(
    'a quantity is a positive decimal as text',
    '数量须为正十进制文本',
    'Send for example "90" or "12.5".',
  ),
  DATE_INVALID: row('no such calendar date', '日期不存在', 'Send yyyy-mm-dd.'),
  TIME_ZONE_UNKNOWN: row('no such time zone', '时区不存在', 'Send a name of the IANA database, such as Asia/Shanghai.'),
  TIME_INVALID: row('no such date and time', '时间无效', 'Send RFC 3339 with seconds and zone.'),
  RECORD_ID_INVALID: row(
    'a record id has 32 hexadecimal characters',
    '记录编号须为 32 个十六进制字符',
    'Copy the id from a record.',
  ),
  MEMBER_ID_INVALID: row('no possible MSP id', '成员 MSP 编号无效', 'Copy the MSP id of a member of the network.'),
  COUNTRY_UNKNOWN: row('no such ISO 3166 country', '无此 ISO 3166 国家代码', 'Send the two-letter code.'),
  BIC_INVALID: row('no possible BIC', 'BIC 无效', 'Send 8 or 11 characters, ISO 9362.'),
  ADDRESS_INVALID: row('no possible key address', '密钥地址无效', 'Send 0x and 40 hexadecimal characters.'),
  SIGNATURE_MALFORMED: row(
    'a signature is 0x and 130 hexadecimal characters',
    '签名须为 0x 加 130 个十六进制字符',
    'Send the 65 bytes of the signature.',
  ),
  DIGEST_INVALID: row(
    'a SHA-256 has 64 hexadecimal characters',
    'SHA-256 须为 64 个十六进制字符',
    'Send lower-case hexadecimal.',
  ),
  LINE_UNREADABLE: row(
    'the line is no entry',
    '该行不是有效条目',
    "Send one JSON object per line, or CSV rows of the header's columns.",
  ),
  LINE_TOO_LONG: row('the line is too long', '该行过长', 'Keep lines within 8,192 bytes.'),
  LINE_DUPLICATE: row(
    'an earlier line has the same end-to-end id',
    '与前面某行的端到端编号重复',
    'Send every entry once.',
  ),
} as const;

export type FieldCode = keyof typeof FIELD_CODES;
