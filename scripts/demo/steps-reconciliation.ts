import { createHash } from 'node:crypto';
import type { MemberClient, RecordView } from './member-client';
import { NEXT_DATE, OPEN_DATE, type Stage } from './stage';

const BULK_ENTRIES = 10_000;
const FORMATS = [
  ['jsonl', 'jsonl'],
  ['csv', 'csv'],
  ['camt053', 'camt053.xml'],
] as const;

/** 10,000 further entries, the date advanced and closed by the contract, the statement written and signed twice. */
export async function reconcile(stage: Stage): Promise<void> {
  await postBulk(stage);
  await closeDate(stage);
  await countersign(stage);
}

/** A bulk file as the buyer's bank's own system would export it. */
export function bulkFile(count: number, prefix = 'BULK-'): string {
  const lines: string[] = [];
  for (let number = 1; number <= count; number++) {
    const isFee = number % 10 === 0;
    lines.push(
      JSON.stringify({
        endToEndId: `${prefix}${String(number).padStart(6, '0')}`,
        uetr: null,
        orderRef: null,
        invoiceRef: null,
        type: isFee ? 'fee' : 'principal',
        amountMinor: String(isFee ? 250 : 10_000 + ((number * 7_919) % 90_000)),
        currency: 'USD',
        occurredAt: `${OPEN_DATE}T09:00:00Z`,
        valueDate: OPEN_DATE,
      }),
    );
  }
  return `${lines.join('\n')}\n`;
}

async function postBulk(stage: Stage): Promise<void> {
  const file = bulkFile(BULK_ENTRIES);
  stage.write('entries.ndjson', file);
  const path = `/v1/lanes/${stage.known('lane')}/entries`;
  const answer = await stage.buyerBank.upload<{
    complete: boolean;
    accepted: number;
    segments: readonly BulkSegment[];
  }>(path, 'maker', 'demo-bulk', Buffer.from(file), 'application/x-ndjson');
  stage.buyerBank.note(Math.max(...answer.segments.map(({ blockNumber }) => Number(blockNumber ?? 0))));
  if (!answer.complete) throw new Error('the bulk file was not posted in full');
  stage.say(`${answer.accepted} further entries from a bulk file, in ${answer.segments.length} segments`);
}

interface BulkSegment {
  readonly blockNumber?: string;
}

/** Advances the business date and has the contract close the one before. */
export async function closeDate(stage: Stage): Promise<void> {
  const { buyerBank, sellerBank } = stage;
  const path = `/v1/business-days/${stage.known('businessDay')}`;
  await buyerBank.post(`${path}/proposal`, 'approver', 'demo-propose-date', { date: NEXT_DATE });
  await sellerBank.post(`${path}/advance`, 'approver', 'demo-advance-date', { date: NEXT_DATE });
  const { record } = await sellerBank.post('/v1/statements', 'approver', 'demo-close', {
    businessDay: stage.known('businessDay'),
    currency: 'USD',
    date: OPEN_DATE,
  });
  const statement = record as RecordView;
  const { count, debitMinor, creditMinor } = statement.groups['statement'] ?? {};
  stage.remember({ statement: statement.id });
  stage.say(
    `business date advanced to ${NEXT_DATE}; the contract closes ${OPEN_DATE}: ` +
      `${String(count)} entries, debit ${String(debitMinor)}, credit ${String(creditMinor)}`,
  );
}

async function countersign(stage: Stage): Promise<void> {
  const statement = stage.known('statement');
  const path = `/v1/statements/${statement}`;
  await stage.buyerBank.post(`${path}/signature`, 'approver', 'demo-sign-buyer-bank');
  const { record } = await stage.sellerBank.post(`${path}/signature`, 'approver', 'demo-sign-seller-bank');
  stage.write(`statement-${OPEN_DATE}.record.json`, JSON.stringify(await stage.buyerBank.get(path)));
  const evidence = await stage.sellerBank.bytes(`${path}/evidence-package`, 'approver');
  stage.write(`statement-${OPEN_DATE}.evidence.json`, evidence);
  for (const [format, extension] of FORMATS) {
    const [ours, theirs] = await Promise.all(
      [stage.buyerBank, stage.sellerBank].map((bank: MemberClient) => bank.bytes(`${path}/files/${format}`)),
    );
    if (digest(ours) !== digest(theirs)) throw new Error(`the two members' ${format} files differ`);
    stage.write(`statement-${OPEN_DATE}.${extension}`, ours ?? '');
  }
  stage.say(
    `both members write the same bytes as JSON lines, CSV and camt.053, and sign them: ${record?.status ?? ''}`,
  );
}

function digest(bytes: Uint8Array | undefined): string {
  return createHash('sha256')
    .update(bytes ?? '')
    .digest('hex');
}
