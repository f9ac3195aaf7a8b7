import { printable } from '../../evidence/render-report';
import type { LedgerCommitment } from './ledger-commitment';

const NOT_CHECKED =
  'Ledger NOT checked 未核对账本: nothing was given that shows what the ledger committed to. ' +
  'Give --evidence PACKAGE (GET /v1/statements/{id}/evidence-package). 请用 --evidence 提供证据包。';

/** What the check against the ledger never proves; shown with every commitment. English and Chinese. */
const NOT_PROVEN = [
  'That what the entries say is true: only that both members stated it. / 不证明条目内容属实，仅证明双方曾作此陈述。',
  'That nothing followed after the peers answered: for that ask for a new package. / 不证明节点应答之后没有后续版本；如需确认请重新导出证据包。',
  "That the segments lie in the blocks the signatures name, and that the lanes held no others: both members' peers checked it at the close. / 不证明分段位于签名所指区块，也不证明通道没有其他分段：关账时由双方节点核对。",
  'Anything against the collusion of all members named as witnesses. / 不防范所列见证成员全部串谋。',
] as const;

/** Problems as lines: code, and where. */
export function problemLines(problems: readonly { readonly code: string; readonly place: string }[]): string[] {
  return problems.map(({ code, place }) => `✗ ${code}  ${printable(place)}`);
}

/** What was and was not shown of the ledger, for a statement that holds. */
export function ledgerLines(commitment: LedgerCommitment | undefined, what: string): string[] {
  if (commitment === undefined) return [NOT_CHECKED];
  const head = commitment.isAnchored
    ? 'Proven 已证明:'
    : 'Consistent, but no trust file says that this is the right network 内容自洽，但未确认网络:';
  return [
    head,
    ...[what, ...facts(commitment)].map((text) => `  - ${printable(text)}`),
    'Not proven 不能证明:',
    ...NOT_PROVEN.map((text) => `  - ${text}`),
  ];
}

function facts(commitment: LedgerCommitment): string[] {
  const { channel, genesisHash, id, version, block, height, witnesses, content, isDayProven } = commitment;
  const { pair, root, count, debitMinor, creditMinor, currency, date, issue } = content.statement;
  const day =
    `The ledger's business day of the pair was past ${date} when it was closed. ` +
    `/ 关账时，账本上双方的营业日已晚于 ${date}。`;
  return [
    `Channel ${channel}, block 0 ${genesisHash}. / 通道及创世区块。`,
    `Record ${id} version ${version}, written in block ${block}, commits to root ${root}, ${count} entries, ` +
      `debit ${debitMinor}, credit ${creditMinor} ${currency} (minor units), edition ${issue.number}. / 账本记录承诺的根值与合计。`,
    `${pair.join(' and ')} signed exactly these digests, on the ledger. / 双方在账本上签署了相同摘要。`,
    `Version ${version} is the latest as far as block ${height}: peers of ${witnesses.join(', ')} state the whole history. ` +
      `/ 截至区块 ${height}，这是最新版本，由所列成员的节点证明。`,
    ...(isDayProven ? [day] : []),
  ];
}
