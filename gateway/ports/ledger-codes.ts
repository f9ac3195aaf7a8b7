import type { RejectionRow } from '../../chaincode/domain/errors';

/** Codes the gateway adds to those of the rules and of Fabric's validation; rows as in the rules' own table. */
export const LEDGER_CODES = {
  PEER_UNAVAILABLE: {
    kind: 'impossible',
    text: 'a peer that must answer cannot be reached',
    zh: '无法连接必须应答的节点',
    remedy: 'Nothing was sent. Try again later.',
  },
  PEER_BUSY: {
    kind: 'impossible',
    text: 'the peer has too many requests at once',
    zh: '节点同时处理的请求过多',
    remedy: 'Nothing was sent. Try again later.',
  },
  ENDORSEMENTS_DIFFER: {
    kind: 'conflict',
    text: "the participants' peers do not stand at the same block yet",
    zh: '各参与方节点尚未处于同一区块',
    remedy: 'Try again; if it persists, one peer has lost or altered its copy.',
  },
  ENDORSEMENT_FAILED: {
    kind: 'impossible',
    text: 'a peer refused to endorse',
    zh: '节点拒绝背书',
    remedy: 'Check identity, channel and chaincode of this gateway.',
  },
  ORDERER_REFUSED: {
    kind: 'impossible',
    text: 'the ordering service refused the envelope',
    zh: '排序服务拒绝了交易',
    remedy: 'Nothing was written. Check the certificate of this gateway and the size of the request.',
  },
  OUTCOME_UNKNOWN: {
    kind: 'conflict',
    text: 'the transaction was sent; its outcome is not known yet',
    zh: '交易已发送，结果尚不明确',
    remedy: 'Ask for the transaction by its id before anything else; do not send it anew.',
  },
  OUTBOX_FULL: {
    kind: 'impossible',
    text: 'the outbox cannot be written',
    zh: '发件箱无法写入',
    remedy: 'Nothing was sent. Free disk space at the gateway.',
  },
  DATABASE_UNAVAILABLE: {
    kind: 'impossible',
    text: "the gateway's database cannot be reached",
    zh: '无法连接网关数据库',
    remedy: 'Repeat the request later; a write under its own Idempotency-Key.',
  },
  TAKEN_OVER: {
    kind: 'impossible',
    text: 'another process of this gateway has taken the request over',
    zh: '该请求已由此网关的另一进程接管',
    remedy: 'Nothing was sent by this one. Repeat the request under its own Idempotency-Key.',
  },
  GATEWAY_STOPPING: {
    kind: 'impossible',
    text: 'the gateway is stopping',
    zh: '网关正在停止',
    remedy: 'Try again after its restart.',
  },
  INDEX_BEHIND: {
    kind: 'impossible',
    text: 'the gateway has not indexed that block yet',
    zh: '网关尚未索引该区块',
    remedy: 'What was written stands. Read again later.',
  },
  BLOCK_NOT_FOUND: {
    kind: 'missing',
    text: 'the ledger has no such block',
    zh: '账本中没有该区块',
    remedy: 'Ask for a block below the height.',
  },
  SIGNATURE_NOT_NEEDED: {
    kind: 'malformed',
    text: "this operation takes no party's signature",
    zh: '此操作不需要当事方签名',
    remedy: 'Submit it directly.',
  },
  SIGNING_REQUEST_CLOSED: {
    kind: 'conflict',
    text: 'the signing request is no longer open',
    zh: '签名请求已关闭',
    remedy: 'Read it; create a new one if it failed.',
  },
  SIGNING_REQUEST_NOT_FOUND: {
    kind: 'missing',
    text: 'there is no such signing request',
    zh: '没有此签名请求',
    remedy: 'Create one.',
  },
} as const satisfies Record<string, RejectionRow>;

export type LedgerCode = keyof typeof LEDGER_CODES;
