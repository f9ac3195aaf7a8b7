import type { BusinessDay } from '../../chaincode/domain/business-day';
import type { Json } from '../../chaincode/domain/json';
import { contentHash } from '../../chaincode/domain/materialise';
import {
  isStatementSignature,
  type StatementClaim,
} from '../../chaincode/domain/operations/reconciliation/sign-statement';
import { commitmentOf } from '../../chaincode/domain/record';
import { dateNumber } from '../../chaincode/domain/signed-act';
import { ACT_TYPES, recoverSigner } from '../../chaincode/domain/typed-data';
import type { Transition } from '../authority';
import { ensure, EvidenceError, type ReportBuilder } from '../report';
import { textOf, type OpenRecord, type OpenVersion } from './content';
import type { CheckedTransactions } from './transactions';
import type { Steps } from './transitions';

/** What signatures are judged by. */
interface Circumstances {
  readonly genesisHash: string;
  readonly checked: CheckedTransactions;
}

/** A party's signature as a record keeps it. */
interface KeptSignature {
  readonly address: string;
  readonly content: string;
  readonly deadline: number;
  readonly nonce: string;
  readonly party: string;
  readonly signature: string;
  readonly version: number;
}

interface SignedStep {
  readonly version: OpenVersion;
  readonly before: OpenVersion;
  readonly name: string;
}

/** Step `signatures`: every party that had to sign did, under a key that was its own on that business date. */
export function checkSignatures(
  records: readonly OpenRecord[],
  steps: Steps,
  circumstances: Circumstances,
  report: ReportBuilder,
): void {
  let count = 0;
  for (const { id, versions } of records) {
    versions.forEach((version, at) => {
      const possible = steps.get(id)?.[at] ?? [];
      count += checkVersion(version, versions[at - 1], possible, circumstances, report);
    });
  }
  report.note('SIGNATURES_VERIFIED', `${count} signatures`);
}

function checkVersion(
  version: OpenVersion,
  before: OpenVersion | undefined,
  possible: readonly Transition[],
  circumstances: Circumstances,
  report: ReportBuilder,
): number {
  const { id, type, version: number } = version.document;
  const name = `record ${id} version ${number}`;
  const kept = version.open['signatures'];
  if (type === 'statement') return checkStatement(version, before, circumstances, name);
  if (kept === undefined) {
    if (possible.every(({ isSigned }) => isSigned))
      report.leaveOpen(`${name}: signatures were not disclosed. / ${name}：未披露签名。`);
    return 0;
  }
  const added = Object.entries(kept).filter(([key]) => before?.open['signatures']?.[key] === undefined);
  const isRequired = possible.length > 0 && possible.every(({ isSigned }) => isSigned);
  ensure(!isRequired || added.length > 0, 'SIGNATURE_MISSING', name);
  if (before === undefined) {
    ensure(added.length === 0, 'SIGNATURE_INVALID', name);
    return 0;
  }
  for (const [key, value] of added)
    checkAct(key, toKept(value, name), possible, { version, before, name }, circumstances);
  return added.length;
}

function toKept(value: Json, name: string): KeptSignature {
  const kept = value as unknown as KeptSignature;
  const fits =
    typeof value === 'object' &&
    value !== null &&
    [kept.address, kept.content, kept.nonce, kept.party, kept.signature].every((part) => typeof part === 'string') &&
    [kept.deadline, kept.version].every((part) => Number.isSafeInteger(part));
  ensure(fits, 'SIGNATURE_INVALID', name);
  return kept;
}

function checkAct(
  key: string,
  kept: KeptSignature,
  possible: readonly Transition[],
  { version, before, name }: SignedStep,
  { genesisHash, checked }: Circumstances,
): void {
  const action = key.slice(0, key.indexOf(':'));
  const known = key === `${action}:${kept.party}` && possible.some(({ operation }) => operation === action);
  ensure(known && kept.version === before.document.version, 'SIGNATURE_INVALID', name);
  ensure(kept.content === contentHash(version.document), 'CONTENT_DIFFERS', `${name} ${kept.party}`);
  const act = {
    channel: version.document.channel,
    record: version.document.id,
    version: before.document.version,
    previous: `0x${commitmentOf(before.document)}`,
    action,
    content: `0x${kept.content}`,
    nonce: kept.nonce,
    deadline: kept.deadline,
  };
  const signer = recoverSigner(genesisHash, ACT_TYPES, act, kept.signature);
  ensure(signer !== undefined && signer === kept.address, 'SIGNATURE_INVALID', `${name} ${kept.party}`);
  checkKey(kept, { version, before, name }, checked);
}

/**
 * The binding and the business date are those this very transaction read.
 *
 * It committed, so both stood exactly so when it did; nothing else has to be known of the registry's history.
 */
function checkKey(kept: KeptSignature, { version, before, name }: SignedStep, checked: CheckedTransactions): void {
  const { transactionId } = version;
  const writer = checked.writers.get(transactionId);
  const binding = writer && checked.bindingsReadBy(writer).find(({ key }) => key === `k/${kept.address}`);
  const date =
    writer &&
    dateOf(
      checked.daysReadBy(writer).map(({ value }) => value),
      before,
    );
  if (binding === undefined || date === undefined)
    throw new EvidenceError('BINDING_NOT_PROVEN', `${name} ${kept.party}`);
  const { partyId, status, validFrom, validTo, bank } = binding.value;
  // Only the bank's attestation makes a binding active, so the bank submitted the transaction that wrote it.
  const bound =
    partyId === kept.party &&
    status === 'active' &&
    validFrom <= date &&
    date <= validTo &&
    checked.creators.get(binding.transaction.id) === bank;
  ensure(bound, 'KEY_NOT_BOUND', `${name} ${kept.party}`);
  ensure(kept.deadline >= dateNumber(date), 'DEADLINE_PASSED', `${name} ${kept.party}`);
}

/** The date of the pair the record names; the only one read where the record does not say. */
function dateOf(days: readonly BusinessDay[], version: OpenVersion): string | undefined {
  const id = textOf(version, 'payment', 'businessDay') ?? textOf(version, 'roles', 'businessDay');
  const day = id === undefined && days.length === 1 ? days[0] : days.find((candidate) => candidate.id === id);
  return typeof day?.date === 'string' ? day.date : undefined;
}

/** A statement is signed by members' clients, over the files' digests. */
function checkStatement(
  version: OpenVersion,
  before: OpenVersion | undefined,
  { checked }: Circumstances,
  name: string,
): number {
  const { document, open, transactionId } = version;
  const added = Object.entries(open['signatures'] ?? {}).filter(
    ([member]) => before?.open['signatures']?.[member] === undefined,
  );
  for (const [member, value] of added) {
    const { digests, blocks, certificate, signature } = value as unknown as Pick<StatementClaim, 'digests' | 'blocks'> &
      Record<'certificate' | 'signature', string>;
    const root = textOf(version, 'statement', 'root') ?? '';
    const claim = { channel: document.channel, statement: document.id, root, digests, blocks, member };
    const holds = checked.creators.get(transactionId) === member && isStatementSignature(certificate, claim, signature);
    ensure(holds, 'SIGNATURE_INVALID', `${name} ${member}`);
  }
  return added.length;
}
