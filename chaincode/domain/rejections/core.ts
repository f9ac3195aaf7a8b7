import type { RejectionRow } from '../errors';

/** Refusals of the frame every operation runs in. */
export const CORE_REJECTIONS = {
  JSON_NOT_CANONICAL: {
    kind: 'malformed',
    text: 'the bytes are not canonical JSON',
    zh: '字节不是规范 JSON',
    remedy: 'Send RFC 8785 JSON: sorted names, no white space, integers only.',
  },
  REQUEST_INVALID: {
    kind: 'malformed',
    text: 'the request is not well formed',
    zh: '请求格式不正确',
    remedy: 'Correct the named field.',
  },
  REQUEST_TOO_LARGE: {
    kind: 'malformed',
    text: 'the request exceeds a limit',
    zh: '请求超出限制',
    remedy: 'Split the request; the named limit says how far.',
  },
  OPERATION_UNKNOWN: {
    kind: 'malformed',
    text: 'there is no such operation',
    zh: '没有此操作',
    remedy: 'Use an operation of docs/RECORDS.md.',
  },
  SEED_INVALID: {
    kind: 'malformed',
    text: 'the salt seed must be 32 fresh random bytes',
    zh: '盐种子必须为 32 个新的随机字节',
    remedy: 'Draw a new 32-byte seed for every version.',
  },
  SALT_REUSED: {
    kind: 'malformed',
    text: 'a salt of the previous version is used again',
    zh: '重复使用了上一版本的盐',
    remedy: 'Draw a new 32-byte seed for every version.',
  },
  RECORD_NOT_FOUND: {
    kind: 'missing',
    text: 'no record that counts has this id',
    zh: '没有有效的此编号记录',
    remedy: 'Check the id; a record counts only when every participant holds it.',
  },
  RECORD_STALE: {
    kind: 'conflict',
    text: 'the record has changed since it was read',
    zh: '记录自读取后已改变',
    remedy: 'Read the current version and try again.',
  },
  RECORD_NOT_SUPPLIED: {
    kind: 'malformed',
    text: 'the operation needs the current body of a record',
    zh: '操作需要记录的当前正文',
    remedy: 'Supply document and groups of the named record.',
  },
  RECORD_EXPOSED: {
    kind: 'malformed',
    text: 'the request holds a record that not every member whose peer endorses takes part in',
    zh: '请求包含某些背书成员无权查看的记录',
    remedy: 'Supply only records that all participants of the written records hold.',
  },
  RECORD_TYPE_WRONG: {
    kind: 'malformed',
    text: 'the record is of another type',
    zh: '记录类型不符',
    remedy: 'Name a record of the expected type.',
  },
  GROUP_NOT_COMMITTED: {
    kind: 'malformed',
    text: 'a group of fields does not match its commitment',
    zh: '字段组与其承诺不符',
    remedy: 'Supply the fields and salts of the current version unchanged.',
  },
  STATUS_FORBIDS: {
    kind: 'conflict',
    text: 'the record cannot do this from its present status',
    zh: '记录当前状态不允许此操作',
    remedy: 'Read the record; its next actions are listed.',
  },
  CREATOR_NOT_ENTITLED: {
    kind: 'forbidden',
    text: 'this organisation may not do this to this record',
    zh: '该机构无权对此记录执行此操作',
    remedy: 'The authority table of docs/RECORDS.md names who may.',
  },
  CERTIFICATE_ROLE_WRONG: {
    kind: 'forbidden',
    text: 'only a client certificate may act',
    zh: '只有客户端证书可以操作',
    remedy: 'Submit with a certificate of the organisational unit client.',
  },
  PEER_NOT_YOURS: {
    kind: 'forbidden',
    text: "private data are read on one's own peer only",
    zh: '只能在本机构的节点上读取私有数据',
    remedy: "Ask your own organisation's peer.",
  },
  FUNCTION_NOT_ALLOWED: {
    kind: 'forbidden',
    text: 'this function is not open to callers',
    zh: '该函数不对外开放',
    remedy: 'Use a function of docs/RECORDS.md.',
  },
  SIGNATURE_MISSING: {
    kind: 'forbidden',
    text: 'a party has not signed',
    zh: '缺少一方签名',
    remedy: 'Have the named party sign the act.',
  },
  SIGNATURE_INVALID: {
    kind: 'forbidden',
    text: 'the signature is not a valid signature of this act',
    zh: '签名不是对该行为的有效签名',
    remedy: 'Sign the typed data of the signing request, low S, 65 bytes.',
  },
  SIGNATURE_DEADLINE_PASSED: {
    kind: 'forbidden',
    text: "the signature's deadline has passed",
    zh: '签名已过截止日期',
    remedy: 'Sign again with a later deadline.',
  },
  KEY_NOT_BOUND: {
    kind: 'forbidden',
    text: 'the signing key is not bound to this party',
    zh: '签名密钥未绑定该方',
    remedy: 'Register the key and have it attested by platform and bank.',
  },
  BUSINESS_DAY_NOT_FOUND: {
    kind: 'missing',
    text: 'the pair has no business date that counts',
    zh: '该机构对没有有效的营业日',
    remedy: 'Open the business date between the two members first.',
  },
  MEMBER_UNKNOWN: {
    kind: 'malformed',
    text: 'no member of the consortium has this MSP id or kind',
    zh: '联盟中没有该成员',
    remedy: 'Name a registered member of the right kind.',
  },
  NETWORK_NOT_SET: {
    kind: 'missing',
    text: 'the registry does not describe the network yet',
    zh: '注册表尚未描述网络',
    remedy: 'Set the network in the registry first.',
  },
  MEMBER_KNOWN: {
    kind: 'conflict',
    text: 'this member belongs to the network already',
    zh: '该成员已在网络中',
    remedy: 'Nothing is left to vote on.',
  },
  MEMBERS_TOO_FEW: {
    kind: 'conflict',
    text: 'a network keeps at least two members',
    zh: '网络至少保留两个成员',
    remedy: 'Admit another member first.',
  },
  MEMBER_HAS_OPEN_RECORDS: {
    kind: 'conflict',
    text: 'records with this member are still open',
    zh: '与该成员的记录尚未结束',
    remedy: 'Bring the named records to an end, or pass them on to a successor, then vote.',
  },
  VOTE_DIFFERS: {
    kind: 'conflict',
    text: 'another proposal about this member is being voted on',
    zh: '关于该成员的另一项提案正在表决',
    remedy: 'Read the proposal and vote on the same content.',
  },
  VOTE_CAST: {
    kind: 'conflict',
    text: 'this member has voted already',
    zh: '该成员已投票',
    remedy: 'Wait for the other members.',
  },
  SUCCESSION_NOT_POSSIBLE: {
    kind: 'conflict',
    text: 'this member cannot follow that one here',
    zh: '该成员在此不能接替另一成员',
    remedy:
      'Name a member of the same kind that takes no part in the record yet; an arbitration member is not followed.',
  },
  SUCCESSION_NOT_CARRIED: {
    kind: 'conflict',
    text: 'not everyone whose vote this succession needs has given it',
    zh: '此项承继尚未获得所需的全部表决',
    remedy:
      'More than half of the members, the arbitration members, the successor and every other participant vote first.',
  },
  PEER_NOT_ENTITLED: {
    kind: 'forbidden',
    text: "this peer's member takes no part in what the operation writes",
    zh: '该节点所属成员不参与此操作所写入的记录',
    remedy: 'Ask the peers of the records’ participants alone to endorse.',
  },
} as const satisfies Record<string, RejectionRow>;
