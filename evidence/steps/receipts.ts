import { parseCanonicalJson } from '../../chaincode/domain/canonical-json';
import { Input } from '../../chaincode/domain/input';
import type { Json } from '../../chaincode/domain/json';
import { decodeReadWriteSet, type Version } from '../../network/protocol/read-write-set';
import { parseEndorserTransaction, parseEnvelope } from '../../network/protocol/transaction';
import type { ChainView } from '../chain-view';
import type { EvidencePackage, EvidenceReceipt } from '../package-format';
import { ensure, EvidenceError, type ReportBuilder } from '../report';
import { checkEnvelope, endorsingMembers } from '../signers';
import { RECORDS } from './transactions';

const MIN_MEMBERS = 2;
const QUESTION = 'Records:readHistory';

/** What several members' peers say of one record: every version that ever counted, in order. */
export interface Receipt {
  readonly record: string;
  /** Members whose peers say so. */
  readonly members: readonly string[];
  readonly versions: readonly ReceiptVersion[];
  /** Place of the transaction that wrote the current value. */
  readonly current: Version | null;
}

export interface ReceiptVersion {
  readonly transactionId: string;
  readonly isDelete: boolean;
  /** The skeleton as written. */
  readonly value: string;
  readonly valueHash: string;
}

/** Step `receipts`: nobody signs validation codes, so peers of two members at least must say what they committed. */
export function checkReceipts(
  chain: ChainView,
  evidence: Pick<EvidencePackage, 'receipts' | 'records'>,
  report: ReportBuilder,
): Map<string, Receipt> {
  const receipts = new Map(evidence.receipts.map((receipt) => [receipt.record, checkReceipt(chain, receipt)]));
  for (const { id } of evidence.records) ensure(receipts.has(id), 'RECEIPT_MISSING', id);
  for (const { record, members, versions } of receipts.values()) {
    report.note('RECEIPTS_ENDORSED', `record ${record}, ${versions.length} versions, ${members.join(' ')}`);
  }
  return receipts;
}

function checkReceipt(chain: ChainView, { record, envelope: bytes }: EvidenceReceipt): Receipt {
  const config = chain.lastConfig;
  const name = `receipt ${record}`;
  const envelope = parseEnvelope(bytes);
  const action = parseEndorserTransaction(envelope);
  checkSigned(() => checkEnvelope(config, envelope, action, bytes, name), name);
  const members = [...endorsingMembers(config, action)].sort();
  // A receipt is made for its reader: unlike a transaction's, every endorsement of it must hold.
  const holds = members.length >= MIN_MEMBERS && members.length === action.endorsements.length;
  ensure(holds, 'RECEIPT_NOT_ENDORSED', name);
  const args = action.args.map((arg) => Buffer.from(arg).toString('utf8'));
  const asked = action.chaincode === RECORDS && args.length === 2 && args[0] === QUESTION && args[1] === record;
  ensure(asked, 'RECEIPT_QUESTION_WRONG', name);
  ensure(action.response.status === 200, 'RECEIPT_ANSWER_WRONG', name);
  const reads = decodeReadWriteSet(action.results).find(({ namespace }) => namespace === RECORDS)?.reads ?? [];
  return {
    record,
    members,
    versions: readAnswer(action.response.payload, record, name),
    current: reads.find(({ key }) => key === `r/${record}`)?.version ?? null,
  };
}

/** The same checks as a transaction's, told apart from one. */
function checkSigned(check: () => void, name: string): void {
  try {
    check();
  } catch (error) {
    if (error instanceof EvidenceError) throw new EvidenceError('RECEIPT_NOT_ENDORSED', name);
    throw error;
  }
}

function readAnswer(payload: Uint8Array, record: string, name: string): ReceiptVersion[] {
  try {
    const input = Input.of(parseCanonicalJson(payload), '');
    const fits = input.id('id') === record && input.text('key') === `r/${record}`;
    const versions = input.list('versions', { min: 1, max: 1_000_000 }, readVersion);
    input.end();
    if (fits) return versions;
  } catch {
    // said below
  }
  throw new EvidenceError('RECEIPT_ANSWER_WRONG', name);
}

function readVersion(item: Json, path: string): ReceiptVersion {
  const input = Input.of(item, path);
  const version = {
    isDelete: input.flag('isDelete'),
    transactionId: input.digest('transactionId'),
    value: input.text('value', /^[^]*$/),
    valueHash: input.digest('valueHash'),
  };
  input.end();
  return version;
}
