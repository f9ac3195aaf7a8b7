import type { BusinessDay } from '../../chaincode/domain/business-day';
import { canonicalJson } from '../../chaincode/domain/canonical-json';
import type { Json } from '../../chaincode/domain/json';
import { statementRoot, statementTotals } from '../../chaincode/domain/operations/reconciliation/close-day';
import type { Statement } from '../../chaincode/domain/operations/reconciliation/types';
import { commitmentOf } from '../../chaincode/domain/record';
import { ensure, EvidenceError, type ReportBuilder } from '../report';
import type { TransactionView } from '../transaction-view';
import type { OpenRecord, OpenVersion } from './content';
import type { CheckedTransactions } from './transactions';

type Content = Statement['statement'];

/**
 * Step `statement`: it adds up, every edition follows the one before, and the date was over when it was closed.
 *
 * Contracts of both members' peers checked the same; here it follows from what they committed to, without their word.
 *
 * @throws EvidenceError STATEMENT_NOT_DISCLOSED, STATEMENT_SUMS_DIFFER, EDITION_BROKEN, DAY_NOT_PROVEN.
 */
export function checkStatementRecord(
  records: readonly OpenRecord[],
  id: string,
  checked: CheckedTransactions,
  report: ReportBuilder,
): void {
  const record = records.find((candidate) => candidate.id === id);
  if (record === undefined) throw new EvidenceError('STATEMENT_NOT_DISCLOSED', `statement ${id}`);
  const contents = record.versions.map(contentOf);
  contents.forEach((content, at) => {
    const name = `statement ${id} version ${at + 1}`;
    ensure(addsUp(content), 'STATEMENT_SUMS_DIFFER', name);
    ensure(follows(content, contents[at - 1], record.versions[at - 1]), 'EDITION_BROKEN', name);
  });
  const [first] = contents as [Content];
  ensure(isOver(first, daysOf(record, checked)), 'DAY_NOT_PROVEN', `${first.pair.join(' ')} ${first.date}`);
  const last = record.versions.at(-1) as OpenVersion;
  const { number } = (contents.at(-1) as Content).issue;
  report.note('STATEMENT_COMMITTED', `${id} edition ${number}, version ${contents.length}, ${last.document.status}`);
}

/** The record's content; every group of every version must be shown, since signatures and refusals belong to it. */
function contentOf({ document, open }: OpenVersion): Content {
  const isShown = document.type === 'statement' && document.groups.every(({ name }) => open[name] !== undefined);
  const content = isShown ? open['statement'] : undefined;
  if (content === undefined) {
    throw new EvidenceError('STATEMENT_NOT_DISCLOSED', `statement ${document.id} version ${document.version}`);
  }
  return content as unknown as Content;
}

function addsUp({ segments, pair, root, count, debitMinor, creditMinor }: Content): boolean {
  const sums = statementTotals(segments, pair);
  return (
    statementRoot(segments) === root &&
    sums.count === count &&
    sums.debitMinor === debitMinor &&
    sums.creditMinor === creditMinor
  );
}

/** A version repeats the edition before it, or is the next one and names what it takes the place of. */
function follows(content: Content, before: Content | undefined, beforeIt: OpenVersion | undefined): boolean {
  const { number, supersedes } = content.issue;
  if (before === undefined || beforeIt === undefined) return number === 1 && supersedes === null;
  if (textOf(content) === textOf(before)) return true;
  const isNext = number === before.issue.number + 1 && supersedes === commitmentOf(beforeIt.document);
  return isNext && textOf({ ...content, issue: before.issue }) === textOf(before);
}

function textOf(content: Content): string {
  return canonicalJson(content as unknown as Json);
}

/** The business days that the closing transaction read: they stood exactly so when it committed. */
function daysOf({ versions }: OpenRecord, checked: CheckedTransactions): readonly BusinessDay[] {
  const writer = checked.writers.get((versions[0] as OpenVersion).transactionId) as TransactionView;
  return checked.daysReadBy(writer).map(({ value }) => value);
}

function isOver({ businessDay, pair, date }: Content, days: readonly BusinessDay[]): boolean {
  return days.some((day) => day.id === businessDay && day.members.join() === pair.join() && date < day.date);
}
