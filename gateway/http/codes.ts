/** What a caller may conclude and do: the outcomes of the ledger port, seen from outside. */
export type Outcome = 'rejected' | 'conflict' | 'unavailable' | 'unknown';

/** One row of the gateway's own refusals, beside the rules' `REJECTIONS`. */
export interface GatewayCode {
  readonly status: number;
  readonly outcome: Outcome;
  readonly text: string;
  readonly zh: string;
  readonly remedy: string;
}

const rejected = (status: number, text: string, zh: string, remedy: string): GatewayCode => ({
  status,
  outcome: 'rejected',
  text,
  zh,
  remedy,
});
const unavailable = (status: number, text: string, zh: string, remedy: string): GatewayCode => ({
  status,
  outcome: 'unavailable',
  text,
  zh,
  remedy,
});

const TOKEN_REMEDY = "Ask the member's administrator for a token of this gateway.";

/** Refusals of the HTTP border itself. Codes are part of the contract with clients: never renamed, never reused. */
export const GATEWAY_CODES = {
  RULE_SET_INVALID: rejected(
    422,
    'the rules cannot be used',
    '规则集无效',
    'Correct what the reason names; `concordat reconcile rules` prints a set that works.',
  ),
  RULE_SET_NOT_APPROVED: rejected(
    409,
    'the rules were not taken into use by a second person',
    '规则集尚未经另一人批准',
    'Have another person approve them.',
  ),
  BOOKS_UNREADABLE: rejected(
    422,
    'the file of books cannot be read',
    '无法读取账目文件',
    'Correct what the reason and place name; `concordat entries read` tells more.',
  ),
  SHEET_INVALID: rejected(
    422,
    'this is no sheet of breaks that was given out here',
    '不是本系统导出的差异表',
    'Download the sheet again and fill in its editable columns.',
  ),
  TOKEN_MISSING: rejected(401, 'no bearer token was sent', '缺少访问令牌', 'Send "Authorization: Bearer <token>".'),
  TOKEN_MALFORMED: rejected(401, 'the token is not a signed JSON Web Token', '令牌不是已签名的 JWT', TOKEN_REMEDY),
  TOKEN_ALGORITHM: rejected(
    401,
    'the token is unsigned or signed by another algorithm than ES256',
    '令牌未签名或签名算法不是 ES256',
    'Sign tokens with ES256.',
  ),
  TOKEN_SIGNATURE: rejected(401, 'the token was signed by another key', '令牌由其他密钥签名', TOKEN_REMEDY),
  TOKEN_EXPIRED: rejected(401, 'the token has expired', '令牌已过期', 'Obtain a new token.'),
  TOKEN_NOT_YET_VALID: rejected(401, 'the token is not valid yet', '令牌尚未生效', "Check the issuer's clock."),
  TOKEN_AUDIENCE: rejected(401, 'the token is meant for another gateway', '令牌不是签发给本网关的', TOKEN_REMEDY),
  TOKEN_ISSUER: rejected(401, 'the token comes from another issuer', '令牌由其他签发者签发', TOKEN_REMEDY),
  TOKEN_CLAIMS: rejected(
    401,
    'a required claim of the token is missing or malformed',
    '令牌缺少必需的声明或声明格式错误',
    'A token carries iss, aud, sub, iat, exp and roles.',
  ),
  TOKEN_LIFETIME: rejected(
    401,
    'the token lives longer than 12 hours',
    '令牌有效期超过 12 小时',
    'Issue tokens of at most 12 hours.',
  ),
  ROLE_MISSING: rejected(
    403,
    "the caller's roles do not allow this",
    '调用者的角色不允许此操作',
    "Ask the member's administrator for one of the named roles.",
  ),
  FORM_ORIGIN: rejected(
    403,
    'the form was sent from another site',
    '表单来自其他网站',
    "Use the form on this gateway's own page.",
  ),
  RATE_LIMITED: unavailable(429, 'too many requests', '请求过多', 'Wait as long as Retry-After says.'),
  ROUTE_NOT_FOUND: rejected(
    404,
    'there is nothing at this address',
    '此地址不存在',
    'See /openapi.json for every route.',
  ),
  METHOD_NOT_ALLOWED: rejected(
    405,
    'this address does not take this method',
    '此地址不支持该方法',
    'Use a method of the Allow header.',
  ),
  TRANSACTION_NOT_FOUND: rejected(
    404,
    'this gateway knows no such transaction',
    '本网关没有此交易',
    'Check the transaction id.',
  ),
  DOCUMENT_NOT_FOUND: rejected(404, 'no such document was handed in here', '本网关没有此文件', 'Check the digest.'),
  BODY_TOO_LARGE: rejected(
    413,
    'the body exceeds the limit',
    '请求正文超出限制',
    'Send less at once; the named limit says how much.',
  ),
  BODY_MISSING: rejected(400, 'the request has no body', '缺少请求正文', 'Send the body the route describes.'),
  MEDIA_TYPE_UNSUPPORTED: rejected(
    415,
    "the body's media type is not read here",
    '不支持该媒体类型',
    'Send one of the named media types, not compressed.',
  ),
  JSON_INVALID: rejected(400, 'the body is not JSON', '请求正文不是 JSON', 'Send one JSON object in UTF-8.'),
  FIELDS_INVALID: rejected(400, 'fields of the request are wrong', '请求字段有误', 'Correct the fields under errors.'),
  CURSOR_INVALID: rejected(
    400,
    'the cursor was not given out by this list',
    '游标不是由此列表给出的',
    'Take the cursor from the page before, unchanged.',
  ),
  IDEMPOTENCY_KEY_MISSING: rejected(
    400,
    'a write needs an Idempotency-Key header',
    '写操作需要 Idempotency-Key 请求头',
    'Send a key of 1 to 255 visible ASCII characters, fresh for every new write.',
  ),
  IDEMPOTENCY_KEY_REUSED: rejected(
    422,
    'the key was used for another request',
    '该幂等键已用于其他请求',
    'Use a fresh key for a new request.',
  ),
  IDEMPOTENCY_IN_FLIGHT: {
    status: 409,
    outcome: 'conflict',
    text: 'the same request is still being worked on',
    zh: '相同请求仍在处理中',
    remedy: 'Wait, then send it again with the same key to read the answer.',
  },
  BULK_LINES_INVALID: rejected(
    422,
    'lines of the file are wrong; nothing was posted',
    '文件中有错误的行，未过账任何内容',
    'Correct the named lines, or send ?partial=true to post the others.',
  ),
  BULK_EMPTY: rejected(422, 'the file has no line to post', '文件中没有可过账的行', 'Send at least one entry.'),
  BULK_TOO_LARGE: rejected(
    413,
    'the file exceeds a limit',
    '文件超出限制',
    'Split the file; the named limit says how.',
  ),
  SEGMENT_ENTRY_CONFLICT: rejected(
    422,
    'the end-to-end id was posted in this lane with another content',
    '该端到端标识已在此通道以不同内容过账',
    'Give a new entry an end-to-end id of its own; leave the line out if the posted entry, in the named segment, is right.',
  ),
  CONTROL_TOTALS_DIFFER: rejected(
    422,
    'the file has not the number of entries or the sum that was stated; nothing was posted',
    '文件的分录笔数或金额合计与所声明的不符，未过账任何内容',
    'Compare the totals named with those of the system the file came from; send the whole file, or state its totals.',
  ),
  UPLOAD_NOT_FOUND: rejected(
    404,
    'this lane has no such upload, or no longer',
    '此通道没有该上传，或已过期',
    'Declare the file anew; what it had posted is found again and told as duplicates.',
  ),
  UPLOAD_OFFSET_DIFFERS: {
    status: 409,
    outcome: 'conflict',
    text: 'the part does not begin where the upload stands',
    zh: '分片起点与上传进度不符',
    remedy: 'Go on at the offset that the answer names in Upload-Offset.',
  },
  UPLOAD_BEYOND_SIZE: rejected(
    422,
    'the part goes beyond the size that was declared',
    '分片超出所声明的大小',
    'Send the bytes that are left, or declare the file anew with its size.',
  ),
  UPLOAD_DIGEST_DIFFERS: rejected(
    422,
    'the bytes received are not those of the SHA-256 that was declared',
    '收到的字节与所声明的 SHA-256 不符',
    'Declare the file anew with the SHA-256 of its bytes and send it again; nothing was posted.',
  ),
  UPLOAD_LIMIT: {
    status: 409,
    outcome: 'conflict',
    text: 'the member has as many unfinished uploads, or bytes of them, as are kept',
    zh: '未完成的上传数量或字节数已达上限',
    remedy: 'Finish or delete one of those that the lane lists; abandoned ones are forgotten after a day.',
  },
  UPLOAD_AT_WORK: {
    status: 409,
    outcome: 'conflict',
    text: 'the upload is being judged or posted',
    zh: '该上传正在校验或过账',
    remedy: 'Wait until it is done or refused.',
  },
  DOCUMENT_INVALID: rejected(
    422,
    'the document breaks its schema or its arithmetic',
    '文件不符合其格式或计算有误',
    'Correct the places under errors.',
  ),
  DOCUMENT_UNREADABLE: rejected(
    422,
    'the bytes are no document type that is read here',
    '无法识别的文件类型',
    'Send UBL 2.x, a DCSA event, camt.053, camt.054 or pain.002.',
  ),
  STATEMENT_INCOMPLETE: unavailable(
    503,
    'a segment or version of the statement is not here yet',
    '对账单的部分分段或版本尚未到达',
    'Try again shortly.',
  ),
  EVIDENCE_INCOMPLETE: {
    status: 409,
    outcome: 'conflict',
    text: 'a record of the case was not disclosed up to its current version',
    zh: '案件中的某条记录尚未披露至当前版本',
    remedy: 'Have a participant of the named record disclose it again.',
  },
  INTERNAL_FAULT: unavailable(500, 'the gateway failed', '网关内部错误', 'Give the request id to the operator.'),
  WRITE_FAULT: {
    status: 500,
    outcome: 'unknown',
    text: 'the gateway failed while it worked on a write',
    zh: '网关在处理写操作时失败',
    remedy: 'Send the same request again with the same Idempotency-Key: it tells what became of it.',
  },
} as const satisfies Record<string, GatewayCode>;

export type GatewayErrorCode = keyof typeof GATEWAY_CODES;
