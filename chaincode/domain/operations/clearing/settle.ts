import { parseDate } from '../../business-date';
import { canonicalBytes } from '../../canonical-json';
import { isClientSignature } from '../../client-signature';
import { Rejection } from '../../errors';
import { sha256Hex } from '../../hash';
import { Input } from '../../input';
import type { Json } from '../../json';
import type { AuthorityRow, Change, LoadedRecord, Operation, OperationContext } from '../../operation';
import { as } from '../../trade-types';
import { groupsOf, requireCreator, requireStatus } from '../rules';
import type { Clearing, ClearingAgreement, InstructedSettlement } from './types';

function authorityOf(operation: string, from: readonly string[], to: string, creator: string): AuthorityRow {
  return { operation, record: 'clearing', from, to, creator, signature: 'none', lateral: 'bilateral' };
}

/** What a member signs: SHA-256 over the canonical JSON of the clearing, in this channel and record, for this member. */
export interface ClearingClaim {
  readonly channel: string;
  readonly clearing: string;
  readonly digest: string;
  readonly member: string;
}

/** The bytes of that claim. */
export function clearingClaimBytes(
  channel: string,
  id: string,
  { clearing }: Pick<Clearing, 'clearing'>,
  member: string,
): Buffer {
  const digest = sha256Hex(canonicalBytes(clearing as unknown as Json));
  return canonicalBytes({ channel, clearing: id, digest, member });
}

interface Signing {
  readonly clearing: string;
  readonly agreement: string;
  readonly signature: string;
}

/** Every participant signs the nets and payments; with the last signature they bind. */
export const signClearing: Operation<Signing> = {
  authority: authorityOf('signClearing', ['computed', 'signed'], 'signed | agreed | settled', 'anyParticipant'),
  parse(json) {
    const input = Input.of(json);
    const value = {
      clearing: input.id('clearing'),
      agreement: input.id('agreement'),
      signature: input.text('signature', /^[0-9a-f]{128}$/),
    };
    input.end();
    return value;
  },
  reads: () => ({ network: false }),
  apply(context, { clearing: id, agreement, signature }): readonly Change[] {
    const { record, content } = load(context, id, signClearing.authority);
    const member = context.creatorMspId;
    if (content.signatures[member] !== undefined) throw new Rejection('CLEARING_SIGNED_ALREADY');
    const claim = clearingClaimBytes(context.channel, id, content, member);
    const certificate = context.creatorCertificate;
    if (!isClientSignature(certificate, claim, signature)) throw new Rejection('CLEARING_SIGNATURE_INVALID');
    const signatures = { ...content.signatures, [member]: { certificate, signature } };
    const isLast = Object.keys(signatures).length === record.document.participants.length;
    const status = !isLast ? 'signed' : content.clearing.instructions.length === 0 ? 'settled' : 'agreed';
    const signed: Change = { kind: 'update', record, status, groups: groupsOf({ ...content, signatures }) };
    return isLast ? [signed, released(context, content, id, agreement)] : [signed];
  },
};

interface Refusing {
  readonly clearing: string;
  readonly agreement: string;
  readonly reason: string;
}

/** Any participant refuses before all have signed: the clearing is void, and its statements are due again. */
export const refuseClearing: Operation<Refusing> = {
  authority: authorityOf('refuseClearing', ['computed', 'signed'], 'void', 'anyParticipant'),
  parse(json) {
    const input = Input.of(json);
    const value = {
      clearing: input.id('clearing'),
      agreement: input.id('agreement'),
      reason: input.text('reason', /^[^\u0000-\u0008]{1,2000}$/u),
    };
    input.end();
    return value;
  },
  reads: () => ({ network: false }),
  apply(context, { clearing: id, agreement, reason }): readonly Change[] {
    const { record, content } = load(context, id, refuseClearing.authority);
    const settlement = { ...content.settlement, refusal: { by: context.creatorMspId, reason } };
    const { pairsBefore } = content.clearing;
    return [
      { kind: 'update', record, status: 'void', groups: groupsOf({ ...content, settlement }) },
      released(context, content, id, agreement, pairsBefore),
    ];
  },
};

/** The agreement is free for the next clearing; a refused one leaves no trace in what is due. */
function released(
  context: OperationContext,
  { clearing }: Clearing,
  id: string,
  agreementId: string,
  pairs?: ClearingAgreement['progress']['pairs'],
): Change {
  const record = context.record(agreementId, 'clearingAgreement');
  const content = as<ClearingAgreement>(record.groups);
  if (clearing.agreement !== agreementId || content.progress.open !== id) {
    throw new Rejection('REQUEST_INVALID', { field: '/input/agreement' });
  }
  const progress = { pairs: pairs ?? content.progress.pairs, open: null };
  return { kind: 'update', record, status: record.document.status, groups: groupsOf({ ...content, progress }) };
}

interface Reporting {
  readonly clearing: string;
  readonly instruction: number;
  readonly valueDate: string;
}

function parseReport(json: Json): Reporting {
  const input = Input.of(json);
  const value = {
    clearing: input.id('clearing'),
    instruction: input.integer('instruction', 0, 31),
    valueDate: input.with('valueDate', parseDate),
  };
  input.end();
  return value;
}

/** The debtor says that it has paid an instruction. */
export const reportSettlement: Operation<Reporting> = {
  authority: authorityOf('reportSettlement', ['agreed'], 'agreed', 'debtor'),
  parse: parseReport,
  reads: () => ({ network: false }),
  apply(context, input): readonly Change[] {
    const { record, content } = load(context, input.clearing, reportSettlement.authority);
    const instruction = instructionAt(content, input.instruction, 'instructed');
    requireCreator(context, instruction.debtor);
    return [next(record, content, input, { ...instruction, status: 'paid', valueDate: input.valueDate })];
  },
};

/** The creditor confirms that the money came; with the last confirmation the clearing is settled. */
export const confirmSettlement: Operation<Reporting> = {
  authority: authorityOf('confirmSettlement', ['agreed'], 'agreed | settled', 'creditor'),
  parse: parseReport,
  reads: () => ({ network: false }),
  apply(context, input): readonly Change[] {
    const { record, content } = load(context, input.clearing, confirmSettlement.authority);
    const instruction = instructionAt(content, input.instruction, 'paid');
    requireCreator(context, instruction.creditor);
    return [next(record, content, input, { ...instruction, status: 'settled', valueDate: input.valueDate })];
  },
};

function load(
  context: OperationContext,
  id: string,
  authority: AuthorityRow,
): { record: LoadedRecord; content: Clearing } {
  const record = context.record(id, 'clearing');
  requireCreator(context, ...record.document.participants);
  requireStatus(record, authority);
  return { record, content: as<Clearing>(record.groups) };
}

function instructionAt(
  { settlement }: Clearing,
  index: number,
  status: InstructedSettlement['status'],
): InstructedSettlement {
  const instruction = settlement.instructions[index];
  if (instruction === undefined) throw new Rejection('REQUEST_INVALID', { field: '/input/instruction' });
  if (instruction.status !== status) throw new Rejection('STATUS_FORBIDS', { record: instruction.endToEndId });
  return instruction;
}

function next(
  record: LoadedRecord,
  content: Clearing,
  { instruction: at }: Reporting,
  changed: InstructedSettlement,
): Change {
  const instructions = content.settlement.instructions.map((one, index) => (index === at ? changed : one));
  const status = instructions.every((one) => one.status === 'settled') ? 'settled' : 'agreed';
  const groups = groupsOf({ ...content, settlement: { ...content.settlement, instructions } });
  return { kind: 'update', record, status, groups };
}
