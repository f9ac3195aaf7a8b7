/** The verifier's steps in their order; a step runs only when all before it passed. */
export const STEPS = [
  'package',
  'genesis',
  'chain',
  'orderer',
  'transactions',
  'receipts',
  'codes',
  'sequence',
  'groups',
  'case',
  'transitions',
  'signatures',
  'originals',
  'statement',
] as const;
export type Step = (typeof STEPS)[number];

export interface CheckRow {
  readonly step: Step;
  readonly ok: boolean;
  readonly text: string;
  readonly zh: string;
}

const passed = (step: Step, text: string, zh: string): CheckRow => ({ step, ok: true, text, zh });
const failed = (step: Step, text: string, zh: string): CheckRow => ({ step, ok: false, text, zh });

/** Everything a report can say. Codes are part of the contract with readers: never renamed, never reused. */
export const CHECKS = {
  PART_UNREADABLE: failed('package', 'bytes are not what they claim to be', '字节内容与其声称的格式不符'),

  PACKAGE_READ: passed('package', 'the package is canonical and complete in form', '证据包格式规范且完整'),
  PACKAGE_TOO_LARGE: failed('package', 'the package exceeds the size limit', '证据包超出大小限制'),
  PACKAGE_NOT_CANONICAL: failed('package', 'the package is not canonical JSON', '证据包不是规范 JSON'),
  PACKAGE_MALFORMED: failed('package', 'a member of the package is missing or wrong', '证据包的字段缺失或有误'),

  GENESIS_PINNED: passed(
    'genesis',
    "block 0 and the members' roots are those of the trust file",
    '创世区块与成员根证书与信任文件一致',
  ),
  GENESIS_READ: passed('genesis', 'block 0 describes the channel', '创世区块描述了该通道'),
  TRUST_NOT_GIVEN: failed(
    'genesis',
    'no trust file was given: nothing says that this is the right network',
    '未提供信任文件：无法确认这是正确的网络',
  ),
  GENESIS_MISSING: failed('genesis', 'block 0 is missing or no configuration', '创世区块缺失或不是配置区块'),
  GENESIS_DIFFERS: failed('genesis', 'block 0 is that of another network', '创世区块属于另一个网络'),
  CHANNEL_DIFFERS: failed('genesis', 'the package is about another channel', '证据包属于另一个通道'),
  ROOTS_DIFFER: failed(
    'genesis',
    "a member's root certificates differ from the trust file",
    '成员根证书与信任文件不一致',
  ),

  CHAIN_LINKED: passed(
    'chain',
    'headers link from block 0 to the last block and commit to the blocks shown',
    '区块头从创世区块连续链接至最后一个区块，并与所附区块一致',
  ),
  CHAIN_INCOMPLETE: failed('chain', 'headers or blocks of the chain are missing', '区块头或区块缺失'),
  HEADER_BROKEN: failed('chain', 'a block does not stand in the chain of headers', '区块不在区块头链中'),
  DATA_HASH_DIFFERS: failed('chain', "a block's transactions are not those of its header", '区块交易与区块头不一致'),

  BLOCKS_SIGNED: passed(
    'orderer',
    'the ordering service of the configuration in force signed every block shown',
    '所附区块均由当时有效配置中的排序服务签名',
  ),
  CONFIGURATION_MISSING: failed(
    'orderer',
    'the configuration block a block refers to is not in the package',
    '证据包缺少区块引用的配置区块',
  ),
  BLOCK_NOT_SIGNED: failed('orderer', "a block's ordering signature does not verify", '区块的排序签名无效'),
  CONFIGURATION_NOT_TRUSTED: failed(
    'orderer',
    'a later configuration has roots that the trust file does not name',
    '后续配置包含信任文件未列出的根证书',
  ),

  TRANSACTIONS_ENDORSED: passed(
    'transactions',
    'every transaction is signed by its creator and endorsed as its rules ask',
    '每笔交易均由提交者签名并按规则获得背书',
  ),
  TRANSACTION_MISSING: failed('transactions', 'a transaction is not in the blocks', '区块中缺少某笔交易'),
  TRANSACTION_MALFORMED: failed('transactions', 'a transaction is not well formed', '交易格式有误'),
  TRANSACTION_ID_WRONG: failed(
    'transactions',
    "a transaction's id is not made of nonce and creator",
    '交易编号与随机数和提交者不符',
  ),
  CREATOR_INVALID: failed('transactions', "a creator's certificate or signature is not valid", '提交者证书或签名无效'),
  PROPOSAL_DIFFERS: failed('transactions', 'the endorsed answer belongs to another question', '背书的应答不属于该提案'),
  ENDORSEMENT_MISSING: failed('transactions', 'a member whose peer must endorse did not', '缺少必要成员节点的背书'),

  RECEIPTS_ENDORSED: passed(
    'receipts',
    "peers of at least two members state each record's complete history",
    '至少两个成员的节点证明了每条记录的完整历史',
  ),
  RECEIPT_MISSING: failed('receipts', 'a record has no receipt', '记录缺少回执'),
  RECEIPT_NOT_ENDORSED: failed(
    'receipts',
    "a receipt is not endorsed by two members' peers",
    '回执未获得两个成员节点的背书',
  ),
  RECEIPT_QUESTION_WRONG: failed('receipts', 'a receipt answers another question', '回执对应的是另一个查询'),
  RECEIPT_ANSWER_WRONG: failed('receipts', "a receipt's answer is not well formed", '回执内容格式有误'),

  CODES_PROVEN: passed(
    'codes',
    'validation codes agree with the receipts and with what later transactions read',
    '验证码与回执及后续交易的读取结果一致',
  ),
  CODE_CONTRADICTS_RECEIPT: failed(
    'codes',
    "a transaction's validation code contradicts a receipt",
    '交易验证码与回执矛盾',
  ),
  CODE_CONTRADICTS_READ: failed(
    'codes',
    "a transaction's validation code or place contradicts what a later one read",
    '交易验证码或位置与后续交易的读取结果矛盾',
  ),
  CODES_REJUDGED: passed(
    'codes',
    "every transaction's validation code and every commit hash is what the rules give",
    '每笔交易的验证码及每个提交哈希均与按规则重新判定的结果一致',
  ),
  CODE_CONTRADICTS_RULES: failed(
    'codes',
    'a validation code is not what the rules give',
    '验证码与按规则判定的结果不符',
  ),
  COMMIT_HASH_DIFFERS: failed('codes', "a block's commit hash is not that of its changes", '区块提交哈希与其变更不符'),

  SEQUENCE_COMPLETE: passed(
    'sequence',
    'the record is complete: every version links to the one before and equals what was written',
    '记录完整：每个版本均与前一版本链接，并与账本写入一致',
  ),
  VERSION_MISSING: failed('sequence', 'a version of a record is missing', '记录缺少某个版本'),
  VERSION_UNKNOWN: failed('sequence', 'a version was never written', '某个版本从未写入账本'),
  LINK_BROKEN: failed('sequence', 'a version does not follow the one before it', '版本未与前一版本正确链接'),
  COMMITMENT_DIFFERS: failed(
    'sequence',
    "a version's document is not the one committed to",
    '版本文件与其承诺值不一致',
  ),
  SKELETON_DIFFERS: failed('sequence', "a version's public part differs from its document", '版本公开部分与文件不一致'),
  COLLECTION_DIFFERS: failed('sequence', 'a participant does not hold the same version', '某个参与方持有的版本不一致'),
  ID_NOT_DERIVED: failed(
    'sequence',
    'a record id does not come from the transaction that created it',
    '记录编号并非由其创建交易产生',
  ),

  GROUPS_OPENED: passed('groups', 'disclosed fields and salts equal what was committed', '披露的字段与盐值和承诺一致'),
  GROUP_NOT_COMMITTED: failed(
    'groups',
    "a group's fields or salts are not those committed to",
    '字段组的内容或盐值与承诺不一致',
  ),

  CASE_COMPLETE: passed(
    'case',
    'every record and notice of the case is in the package, and what it cites is what was committed',
    '案件的全部记录与通知均在证据包中，且其引用与承诺一致',
  ),
  CASE_NOT_DISCLOSED: failed('case', 'the case itself is not readable', '案件本身不可读'),
  RECORD_MISSING: failed('case', 'a record that the case names is not in the package', '证据包缺少案件所列记录'),
  CITATION_DIFFERS: failed(
    'case',
    'a case or notice cites a version that is not the one committed',
    '案件或通知引用的版本与承诺不一致',
  ),
  NOTICES_INCOMPLETE: failed('case', "a member's notices are not in sequence", '通知的顺序不连续'),

  TRANSITIONS_ALLOWED: passed(
    'transitions',
    'every step is one that the rules allow, by a member entitled to it',
    '每一步均为规则所允许，且由有权成员提交',
  ),
  TRANSITION_FORBIDDEN: failed('transitions', 'no operation leads from one status to the next', '状态变更不符合规则'),
  CREATOR_NOT_ENTITLED: failed('transitions', 'a member that may not do so took the step', '提交成员无权执行该步骤'),

  SIGNATURES_VERIFIED: passed(
    'signatures',
    "parties' signatures verify under keys that were bound to them on that date",
    '当事人签名有效，且密钥在当日已绑定',
  ),
  SIGNATURE_MISSING: failed('signatures', 'a step lacks the signature it takes', '缺少该步骤所需的签名'),
  SIGNATURE_INVALID: failed('signatures', 'a signature does not verify', '签名无效'),
  CONTENT_DIFFERS: failed('signatures', 'a party signed another content', '当事人签署的是其他内容'),
  KEY_NOT_BOUND: failed('signatures', 'the key was not bound to the party on that date', '密钥在当日未绑定该当事人'),
  BINDING_NOT_PROVEN: failed(
    'signatures',
    'the registry or business-date transaction a signature rests on is not in the package',
    '证据包缺少签名所依据的登记或业务日期交易',
  ),
  DEADLINE_PASSED: failed('signatures', 'a signature was used after its deadline', '签名已超过有效期限'),

  ORIGINALS_MATCH: passed('originals', 'originals equal the digests the records name', '原件与记录所载摘要一致'),
  ORIGINAL_DIFFERS: failed('originals', 'an original is not the document with this digest', '原件与摘要不一致'),
  ORIGINAL_NOT_REFERENCED: failed('originals', 'no record refers to an original', '没有记录引用该原件'),

  STATEMENT_COMMITTED: passed(
    'statement',
    'the statement adds up, its editions follow one another, and its date was over for both members when it was closed',
    '对账单合计一致，各版次前后衔接，且关账时该日期对双方均已结束',
  ),
  STATEMENT_NOT_DISCLOSED: failed('statement', 'the statement itself is not readable', '对账单本身不可读'),
  STATEMENT_SUMS_DIFFER: failed(
    'statement',
    "a statement's root or totals are not those of its segments",
    '对账单的根值或合计与其分段不一致',
  ),
  EDITION_BROKEN: failed('statement', 'an edition does not follow the one before it', '对账单版次未与前一版次正确衔接'),
  DAY_NOT_PROVEN: failed(
    'statement',
    "the pair's business day that the close rests on is not in the package, or the date was still open",
    '证据包缺少关账所依据的双方营业日，或该日期当时尚未结束',
  ),
} as const satisfies Record<string, CheckRow>;

export type CheckCode = keyof typeof CHECKS;

/** What a package never proves; shown with every report. English and Chinese. */
export const NOT_PROVEN = [
  'That what parties stated is true: only that they stated it. / 不证明当事人所述内容属实，仅证明其曾作此陈述。',
  "The time of a transaction beyond its place in the chain: its time stamp is its client's claim. / 除在链中的位置外，不证明交易时间：时间戳由客户端声称。",
  'Anything against the collusion of all members whose peers endorsed a receipt: validation codes rest on their word. / 不防范背书同一回执的全部成员串谋：验证码以其陈述为依据。',
  'That nothing happened after the receipts were made, or in records the case does not name. / 不证明回执之后或案件未列记录中没有其他事项。',
  'That a member gave no further notice after the last one in the package. / 不证明证据包最后一份通知之后没有其他通知。',
  'Where an original was before it was handed in, and who read what was disclosed. / 不证明原件提交之前的来源，也不证明谁阅读过披露内容。',
  'Bulk attachments (segment entries) of a record: only their committed totals and roots. / 不包含记录的批量附件（分段条目），仅包含其承诺的合计与根值。',
  "Validation codes of transactions that merely share a block with the case's. / 不证明与案件交易同处一个区块的其他交易的验证码。",
] as const;
