import { canonicalBytes, canonicalJson } from '../../canonical-json';
import { isClientSignature } from '../../client-signature';
import { Rejection } from '../../errors';
import { Input } from '../../input';
import type { Json } from '../../json';
import type { Change, Operation, OperationContext } from '../../operation';
import { as } from '../../trade-types';
import { groupsOf, requireCreator, requireStatus } from '../rules';
import type { Statement, StatementDigests, StatementSignature } from './types';

interface Signing {
  readonly statement: string;
  readonly digests: StatementDigests;
  readonly blocks: { readonly from: string; readonly to: string };
  readonly signature: string;
}

/** What a member signs: the statement, its root, the files' digests and the blocks its segments lie in. */
export interface StatementClaim {
  readonly channel: string;
  readonly statement: string;
  readonly root: string;
  readonly digests: StatementDigests;
  readonly blocks: { readonly from: string; readonly to: string };
  readonly member: string;
}

/** The bytes of that claim. */
export function statementClaimBytes(claim: StatementClaim): Buffer {
  return canonicalBytes(claim as unknown as Json);
}

/** Whether a certificate's key signed a claim: P-256, SHA-256, r ‖ s, low S. Never throws. */
export function isStatementSignature(certificatePem: string, claim: StatementClaim, signature: string): boolean {
  return isClientSignature(certificatePem, statementClaimBytes(claim), signature);
}

function parseBlock(input: Input, name: string): string {
  return input.text(name, /^(0|[1-9][0-9]{0,18})$/);
}

/** A member signs the statement's files; the second one's digests must be the same, or the statement is disputed. */
export const signStatement: Operation<Signing> = {
  authority: {
    operation: 'signStatement',
    record: 'statement',
    from: ['closed', 'signed'],
    to: 'signed | countersigned | disputed',
    creator: 'eitherMember',
    signature: 'none',
    lateral: 'bilateral',
  },
  parse(json) {
    const input = Input.of(json);
    const digests = input.object('digests');
    const blocks = input.object('blocks');
    const value = {
      statement: input.id('statement'),
      digests: { jsonl: digests.digest('jsonl'), csv: digests.digest('csv'), camt053: digests.digest('camt053'), index: digests.digest('index') },
      blocks: { from: parseBlock(blocks, 'from'), to: parseBlock(blocks, 'to') },
      signature: input.text('signature', /^[0-9a-f]{128}$/),
    };
    for (const part of [digests, blocks, input]) part.end();
    return value;
  },
  reads: () => ({ network: false }),
  apply(context, input): readonly Change[] {
    const record = context.record(input.statement, 'statement');
    requireStatus(record, signStatement.authority);
    const content = as<Statement>(record.groups);
    requireCreator(context, ...content.statement.pair);
    const member = context.creatorMspId;
    if (content.signatures[member] !== undefined) throw new Rejection('STATEMENT_SIGNED_ALREADY');
    const own = newSignature(context, content, input);
    const [first] = Object.values(content.signatures);
    const status = first === undefined ? 'signed' : sameFiles(first, own) ? 'countersigned' : 'disputed';
    const groups = groupsOf({ ...content, signatures: { ...content.signatures, [member]: own } });
    return [{ kind: 'update', record, status, groups }];
  },
};

function newSignature(context: OperationContext, { statement }: Statement, input: Signing): StatementSignature {
  const { digests, blocks, signature } = input;
  const claim = {
    channel: context.channel,
    statement: input.statement,
    root: statement.root,
    digests,
    blocks,
    member: context.creatorMspId,
  };
  if (!isStatementSignature(context.creatorCertificate, claim, signature)) {
    throw new Rejection('STATEMENT_SIGNATURE_INVALID');
  }
  return { digests, blocks, certificate: context.creatorCertificate, signature };
}

function sameFiles(one: StatementSignature, other: StatementSignature): boolean {
  const filesOf = ({ digests, blocks }: StatementSignature): string =>
    canonicalJson({ blocks: { ...blocks }, digests: { ...digests } });
  return filesOf(one) === filesOf(other);
}
