import { toRecordView } from '../routes/views/record-view';
import type { WrittenRecord } from '../services/operations';
import type { TransactionView } from '../services/transactions';
import type { MemberCore } from './member-core';

/** The answer of a write that committed while nobody waited for it: from the outbox's entry and the index. */
export async function recoveredAnswer(
  { transactionId, blockNumber }: TransactionView,
  recordId: string | undefined,
  { outbox, index }: Pick<MemberCore, 'outbox' | 'index'>,
  member: string,
): Promise<object> {
  const written = writtenBy((await outbox.entry(transactionId))?.result);
  const shown = (await index.records([recordId ?? '', ...written.map(({ id }) => id)]))[0];
  return {
    transactionId,
    blockNumber,
    ...(shown === undefined ? {} : { record: await toRecordView(shown, index, member) }),
    written,
  };
}

/** The public response of `Records:execute`; the registry's answers are other things, and list no records. */
function writtenBy(result: Uint8Array | undefined): readonly WrittenRecord[] {
  try {
    const value: unknown = JSON.parse(Buffer.from(result ?? []).toString('utf8'));
    return Array.isArray(value) ? (value as WrittenRecord[]) : [];
  } catch {
    return [];
  }
}
