import type { ChainView } from '../chain-view';
import { ensure, type ReportBuilder } from '../report';
import { isPlace, type TransactionView } from '../transaction-view';
import type { Receipt } from './receipts';
import { RECORDS, REGISTRY, type CheckedTransactions } from './transactions';

const VALID = 0;

/**
 * Step `codes`: what the blocks call valid is what members' peers committed, and nothing else.
 *
 * Nobody signs validation codes and anybody can recompute the commit hash, so three things that are signed decide: the
 * receipt lists every transaction that wrote the record; each version's transaction read the place of the one before,
 * and the receipt that of the last; and a valid transaction can only have read what valid transactions wrote.
 */
export function checkCodes(
  chain: ChainView,
  checked: CheckedTransactions,
  receipts: ReadonlyMap<string, Receipt>,
  report: ReportBuilder,
): void {
  for (const receipt of receipts.values()) {
    checkListed(chain, receipt);
    checkUnlisted(chain, receipt);
    checkPlaces(chain, receipt);
  }
  for (const { transaction } of checked.dependencies) {
    ensure(transaction.code === VALID, 'CODE_CONTRADICTS_READ', transaction.name);
  }
  checkReads(chain, checked);
  report.note('CODES_PROVEN', `${checked.writers.size} transactions`);
}

function checkListed(chain: ChainView, { versions, record }: Receipt): void {
  for (const { transactionId } of versions) {
    const transaction = chain.transaction(transactionId);
    if (transaction === undefined) continue; // a version left out is for the sequence to say
    ensure(transaction.code === VALID, 'CODE_CONTRADICTS_RECEIPT', `record ${record} ${transaction.name}`);
  }
}

/** A transaction the blocks call valid and the receipt does not know never counted. */
function checkUnlisted(chain: ChainView, { versions, record }: Receipt): void {
  const listed = new Set(versions.map(({ transactionId }) => transactionId));
  for (const block of chain.blocks) {
    for (const transaction of block.transactions()) {
      if (transaction.code !== VALID || listed.has(transaction.id)) continue;
      const writes = writesRecord(transaction, record);
      ensure(!writes, 'CODE_CONTRADICTS_RECEIPT', `record ${record} ${transaction.name}`);
    }
  }
}

function writesRecord(transaction: TransactionView, record: string): boolean {
  try {
    return transaction.written(RECORDS, `r/${record}`) !== undefined;
  } catch {
    return false; // configuration, or bytes that are no transaction: it writes no record
  }
}

/** Each version was written on top of the one before, at exactly its place; the receipt read the last one's. */
function checkPlaces(chain: ChainView, { versions, record, current }: Receipt): void {
  const key = `r/${record}`;
  const writers = versions.map(({ transactionId }) => chain.transaction(transactionId));
  writers.forEach((writer, at) => {
    if (writer === undefined) return;
    const next = writers[at + 1];
    const read =
      at === versions.length - 1 ? current : next?.reads(RECORDS).find((candidate) => candidate.key === key)?.version;
    if (at < versions.length - 1 && next === undefined) return;
    ensure(isPlace(read, writer.place), 'CODE_CONTRADICTS_READ', `record ${record} ${writer.name}`);
  });
}

/** Whatever else the writers read in blocks that are shown was written by a valid transaction there. */
function checkReads(chain: ChainView, checked: CheckedTransactions): void {
  for (const writer of checked.writers.values()) {
    for (const namespace of [RECORDS, REGISTRY]) {
      for (const { version } of writer.reads(namespace)) {
        if (version === null) continue;
        const source = chain.at({ block: Number(version.blockNumber), position: version.txNumber });
        if (source === undefined) continue;
        ensure(source.code === VALID, 'CODE_CONTRADICTS_READ', source.name);
      }
    }
  }
}
