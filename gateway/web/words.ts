import type { Language } from '../http/language';
import { pick } from './format';

type Pair = readonly [en: string, zh: string];

const WORDS = {
  orders: ['Orders', '订单'],
  order: ['Order', '订单'],
  statements: ['Statements', '对账单'],
  statement: ['Statement', '对账单'],
  cases: ['Cases', '案件'],
  case: ['Case', '案件'],
  signIn: ['Sign in', '登录'],
  signOut: ['Sign out', '退出'],
  apiDocs: ['API', '接口文档'],
  errors: ['Error codes', '错误代码'],
  skip: ['Skip to content', '跳到正文'],
  number: ['Number', '编号'],
  buyer: ['Buyer', '买方'],
  seller: ['Seller', '卖方'],
  total: ['Total', '总额'],
  status: ['Status', '状态'],
  next: ['Acts next', '下一步行动方'],
  updated: ['Last change', '最近变更'],
  none: ['nobody', '无'],
  until: ['until', '截止'],
  noDate: ['no date set', '未设日期'],
  yourMove: ['your move', '待您处理'],
  noOrders: [
    'No orders yet. A draft posted to the API appears here at once.',
    '尚无订单。通过接口提交的草稿会立即显示在这里。',
  ],
  noStatements: [
    'No statements yet. The first appears when a business day is closed.',
    '尚无对账单。营业日关闭后会显示第一份。',
  ],
  noCases: ['No cases.', '没有案件。'],
  allStatuses: ['All statuses', '全部状态'],
  filter: ['Filter', '筛选'],
  morePages: ['Older', '更早'],
  firstPage: ['Newest', '最新'],
  timeline: ['Time line', '时间线'],
  timelineHint: [
    'Every version of the order and of what belongs to it, in ledger order. Times are what clients declared; block and transaction are what the ledger proves.',
    '订单及其相关记录的每个版本，按账本顺序排列。时间为客户端声明；区块与交易由账本证明。',
  ],
  money: ['Money', '资金'],
  goods: ['Goods', '货物'],
  parties: ['Parties', '当事方'],
  terms: ['Terms', '条款'],
  line: ['Line', '行'],
  item: ['Item', '商品'],
  ordered: ['Ordered', '订购'],
  despatched: ['Despatched', '已发货'],
  delivered: ['Delivered', '已交付'],
  invoiced: ['Invoiced', '已开票'],
  ordersValue: ['Order value', '订单金额'],
  accepted: ['Invoices accepted', '已接受发票'],
  paid: ['Paid', '已付款'],
  open: ['Open', '未结'],
  instructed: ['Payment instructed', '已指示付款'],
  holder: ['Holder', '持有人'],
  faceValue: ['Face value', '面值'],
  due: ['Due', '到期日'],
  receivable: ['Receivable', '应收款'],
  payment: ['Payment', '付款'],
  noMoney: ['No invoice has been accepted yet.', '尚无已接受的发票。'],
  incoterms: ['Incoterms 2020', '国际贸易术语 2020'],
  deliveryWindow: ['Delivery window', '交付期'],
  law: ['Governing law', '适用法律'],
  seat: ['Arbitration seat', '仲裁地'],
  by: ['by', '由'],
  block: ['block', '区块'],
  transaction: ['transaction', '交易'],
  version: ['version', '版本'],
  created: ['created', '创建'],
  changed: ['changed', '更新'],
  download: ['Download', '下载'],
  date: ['Business date', '营业日'],
  members: ['Members', '成员'],
  entries: ['Entries', '条目数'],
  debit: ['Debit', '借方'],
  credit: ['Credit', '贷方'],
  root: ['Merkle root', '默克尔根'],
  signedBy: ['Signed by', '签署方'],
  notSigned: ['not signed yet', '尚未签署'],
  fileDigest: ['Digest of the JSON lines file', 'JSON Lines 文件摘要'],
  commitment: ['Commitment', '承诺值'],
  evidence: ['Evidence', '证据'],
  evidencePackage: ['Evidence package', '证据包'],
  verify: ['Verify now', '立即验证'],
  verification: ['Verification', '验证结果'],
  verified: ['Verified', '验证通过'],
  rejected: ['Rejected', '验证未通过'],
  unverified: ['Unverified', '未验证'],
  check: ['Check', '检查项'],
  subject: ['Subject', '对象'],
  result: ['Result', '结果'],
  notProven: ['What this does not prove', '未能证明的事项'],
  claim: ['Statement of claim', '仲裁请求'],
  disclosures: ['Disclosed records', '已披露记录'],
  filedBy: ['Filed by', '提交方'],
  noDisclosures: ['Nothing has been disclosed to this member.', '尚未向本成员披露任何内容。'],
  offline: ['The same check runs offline:', '同样的检查可离线运行：'],
  token: ['Token', '令牌'],
  tokenHint: [
    'Paste a token of this gateway. It is kept in this browser until it expires, at most 12 hours.',
    '粘贴本网关的令牌。令牌保存在此浏览器中直至过期，最长 12 小时。',
  ],
  wrongToken: ['This token was not accepted', '令牌未被接受'],
  notFound: ['Not found', '未找到'],
  notFoundHint: ['There is nothing here, or it belongs to other members.', '此处没有内容，或属于其他成员。'],
  failed: ['This did not work', '操作失败'],
  back: ['Back', '返回'],
  meaning: ['Meaning', '含义'],
  remedy: ['Remedy', '处理办法'],
  code: ['Code', '代码'],
  json: ['JSON', 'JSON'],
  development: [
    'Development ledger: one process, no fault tolerance, tokens and keys for this machine only.',
    '开发账本：单进程，无容错，令牌与密钥仅限本机使用。',
  ],
  signatureOf: ['with the signature of', '需签名方'],
  both: ['both parties', '双方'],
  history: ['History', '历史'],
  reason: ['Reason', '原因'],
  amount: ['Amount', '金额'],
} as const satisfies Record<string, Pair>;

const STATUSES: Readonly<Record<string, Pair>> = {
  drafted: ['drafted', '草稿'],
  proposed: ['proposed', '已提议'],
  confirmed: ['confirmed', '已确认'],
  fulfilling: ['fulfilling', '履约中'],
  completed: ['completed', '已完成'],
  cancelled: ['cancelled', '已取消'],
  despatched: ['despatched', '已发货'],
  delivered: ['delivered', '已交付'],
  issued: ['issued', '已开具'],
  accepted: ['accepted', '已接受'],
  rejected: ['rejected', '已拒绝'],
  open: ['open', '未结'],
  discounted: ['discounted', '已贴现'],
  paying: ['paying', '付款中'],
  settled: ['settled', '已结清'],
  instructed: ['instructed', '已指示'],
  paid: ['paid', '已付款'],
  agreed: ['agreed', '已同意'],
  ended: ['ended', '已终止'],
  posted: ['posted', '已过账'],
  closed: ['closed', '已关闭'],
  signed: ['signed', '已签署'],
  countersigned: ['countersigned', '已会签'],
  disputed: ['disputed', '有争议'],
  given: ['given', '已发出'],
  filed: ['filed', '已提交'],
};

const TYPES: Readonly<Record<string, Pair>> = {
  purchaseOrder: ['Order', '订单'],
  shipment: ['Shipment', '货运'],
  invoice: ['Invoice', '发票'],
  receivable: ['Receivable', '应收款'],
  payment: ['Payment', '付款'],
  standingAgreement: ['Standing agreement', '常设协议'],
  lane: ['Lane', '通道'],
  segment: ['Segment', '分段'],
  statement: ['Statement', '对账单'],
  notice: ['Notice', '通知'],
  case: ['Case', '案件'],
  disclosure: ['Disclosure', '披露'],
};

const STEPS: Readonly<Record<string, Pair>> = {
  completeTerms: ['complete the terms', '补全条款'],
  proposePurchaseOrder: ['propose the order', '提议订单'],
  qualifyBuyer: ['check the buyer', '审核买方'],
  confirmPurchaseOrder: ['confirm the order', '确认订单'],
  despatchGoods: ['despatch the goods', '发货'],
  recordEvent: ['report the delivery', '报告交付'],
  noteDelivery: ['note the delivery on the order', '在订单上登记交付'],
  completePurchaseOrder: ['complete the order', '完成订单'],
  draftInvoice: ['draft the invoice', '起草发票'],
  issueInvoice: ['issue the invoice', '开具发票'],
  acceptInvoice: ['accept or reject the invoice', '接受或拒绝发票'],
  instructPayment: ['instruct the payment', '指示付款'],
  reportPayment: ['report the payment', '报告付款结果'],
  agreeAgreement: ['agree to the standing agreement', '同意常设协议'],
  signStatement: ['sign the statement', '签署对账单'],
  acceptCase: ['accept the case', '受理案件'],
  closeCase: ['hear and close the case', '审理并结案'],
};

export type Word = keyof typeof WORDS;

/** The words of the pages in one language. */
export interface Words {
  readonly language: Language;
  word(word: Word): string;
  status(status: string): string;
  type(type: string): string;
  step(operation: string): string;
}

export function wordsOf(language: Language): Words {
  const from =
    (table: Readonly<Record<string, Pair>>) =>
    (name: string): string => {
      const pair = Object.hasOwn(table, name) ? table[name] : undefined;
      return pair === undefined ? name : pick(language, pair);
    };
  return {
    language,
    word: (word) => pick(language, WORDS[word]),
    status: from(STATUSES),
    type: from(TYPES),
    step: from(STEPS),
  };
}
