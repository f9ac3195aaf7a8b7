import { status as grpcStatus } from '@grpc/grpc-js';
import { CommitStatusError, EndorseError, GatewayError } from '@hyperledger/fabric-gateway';
import { REJECTIONS } from '../../chaincode/domain/errors';
import { LedgerError, ledgerError } from '../ports/ledger-port';

const MAX_REJECTION_LENGTH = 65_536;
const MAX_DETAILS = 32;
const MAX_DETAIL_LENGTH = 512;
/** Signs, in the text of an endorser's error, that it could not be asked rather than that it refused. */
const UNREACHABLE =
  /code = Unavailable|connection refused|while dialing|timeout expired while executing|find any endorsing peers|could not launch chaincode|chaincode stream terminated/i;
const NO_PEERS = /no combination of peers can be derived|no peers available/i;
const TOO_LARGE = /larger than max/i;
const MISMATCH = 'ProposalResponsePayloads do not match';

/**
 * Reads our rejection out of a peer's message; undefined when the text is not one of ours.
 *
 * A chaincode's own words may hold anything, so nothing but a known code and short text details passes.
 */
export function parseRejection(message: string, transactionId?: string): LedgerError | undefined {
  if (message.length > MAX_REJECTION_LENGTH) return undefined;
  const json = /chaincode response 500, (\{.*\})$/s.exec(message)?.[1];
  if (json === undefined) return undefined;
  try {
    const { code, details } = JSON.parse(json) as { code?: unknown; details?: unknown };
    if (typeof code !== 'string' || !Object.hasOwn(REJECTIONS, code)) return undefined;
    const { text } = REJECTIONS[code as keyof typeof REJECTIONS];
    return new LedgerError('rejected', code, text, textDetails(details), transactionId);
  } catch {
    return undefined;
  }
}

function textDetails(details: unknown): Record<string, string> {
  if (typeof details !== 'object' || details === null) return {};
  return Object.fromEntries(
    Object.entries(details)
      .filter(
        (entry): entry is [string, string] => typeof entry[1] === 'string' && entry[1].length <= MAX_DETAIL_LENGTH,
      )
      .slice(0, MAX_DETAILS),
  );
}

/**
 * What an evaluation or endorsement failure means to a caller. Nothing was ordered, so it is never `unknown`.
 *
 * Evaluate puts the chaincode's message at the top, endorse into a list with an entry per peer; peers may disagree,
 * and then the first by MSP id speaks and the others' codes are named in `details.others`.
 * @see fabric internal/pkg/gateway/evaluate.go, endorse.go
 */
export function toLedgerError(error: unknown): LedgerError {
  if (error instanceof LedgerError) return error;
  if (!(error instanceof GatewayError)) return ledgerError('unavailable', 'PEER_UNAVAILABLE');
  const transactionId = error instanceof EndorseError ? error.transactionId : undefined;
  return judgeFailure({ code: error.code, top: topMessage(error), details: error.details, transactionId });
}

/** What the peers said when a proposal failed. */
export interface EndorsementFailure {
  /** gRPC status. */
  readonly code: number;
  readonly top: string;
  /** What each peer said, as far as it is known. */
  readonly details: readonly { readonly mspId: string; readonly message: string }[];
  readonly transactionId: string | undefined;
}

/** The same for any client library. */
export function judgeFailure({ code, top, details: unsorted, transactionId }: EndorsementFailure): LedgerError {
  const details = [...unsorted].sort((a, b) => (a.mspId < b.mspId ? -1 : 1));
  const rejection = firstRejection([...details.map(({ message }) => message), top], transactionId);
  if (rejection) return rejection;
  const messages = details.length > 0 ? details.map(({ message }) => message) : [top];
  if (messages.some((message) => message.includes(MISMATCH))) {
    return ledgerError('conflict', 'ENDORSEMENTS_DIFFER', members(details), transactionId);
  }
  return (
    transportError(code, messages) ?? ledgerError('rejected', 'ENDORSEMENT_FAILED', members(details), transactionId)
  );
}

function firstRejection(messages: readonly string[], transactionId: string | undefined): LedgerError | undefined {
  const found = messages.map((message) => parseRejection(message, transactionId)).filter((r) => r !== undefined);
  const [first] = found;
  const others = [...new Set(found.map(({ code }) => code))].filter((code) => code !== first?.code);
  if (first === undefined || others.length === 0) return first;
  return new LedgerError(
    'rejected',
    first.code,
    first.message,
    { ...first.details, others: others.join(',') },
    transactionId,
  );
}

function transportError(code: number, messages: readonly string[]): LedgerError | undefined {
  const some = (sign: RegExp): boolean => messages.some((message) => sign.test(message));
  if (some(TOO_LARGE)) return new LedgerError('rejected', 'REQUEST_TOO_LARGE', REJECTIONS.REQUEST_TOO_LARGE.text);
  // Fabric's limiter answers UNKNOWN, not RESOURCE_EXHAUSTED. @see fabric internal/peer/node/grpc_limiters.go
  if (code === grpcStatus.RESOURCE_EXHAUSTED || some(/too many requests/i))
    return ledgerError('unavailable', 'PEER_BUSY');
  const transport = [grpcStatus.UNAVAILABLE, grpcStatus.DEADLINE_EXCEEDED, grpcStatus.CANCELLED].includes(code);
  return transport || some(UNREACHABLE) || some(NO_PEERS) ? ledgerError('unavailable', 'PEER_UNAVAILABLE') : undefined;
}

/** An orderer that has not caught up yet: others know the channel. @see fabric orderer/common/multichannel ErrChannelNotExist */
const NOT_YET = /channel does not exist/i;

/** Statuses with which an orderer says that this envelope will never be ordered by it. */
const REFUSALS = /\b(BAD_REQUEST|FORBIDDEN|NOT_FOUND|REQUEST_ENTITY_TOO_LARGE)\b/;

/**
 * What a failed broadcast means: `rejected` only when the one orderer that was asked refused for good.
 *
 * With more than one detail another orderer was asked first and may have taken the envelope before its stream broke.
 * @see fabric internal/pkg/gateway/submit.go
 */
export function toBroadcastError(error: unknown, transactionId: string): LedgerError {
  if (!(error instanceof GatewayError)) return ledgerError('unavailable', 'PEER_UNAVAILABLE', {}, transactionId);
  const text = [topMessage(error), ...error.details.map(({ message }) => message)].join('\n');
  if (/too many requests/i.test(text)) return ledgerError('unavailable', 'PEER_BUSY', {}, transactionId);
  const refused =
    error.details.length <= 1 && error.code !== grpcStatus.UNAVAILABLE && REFUSALS.test(text) && !NOT_YET.test(text);
  return ledgerError(
    refused ? 'rejected' : 'unavailable',
    refused ? 'ORDERER_REFUSED' : 'PEER_UNAVAILABLE',
    {},
    transactionId,
  );
}

/** Whether a status request merely ran out of its time. */
export function isDeadline(error: unknown): boolean {
  return error instanceof CommitStatusError && error.code === grpcStatus.DEADLINE_EXCEEDED;
}

/** The peer's own words, for matching against known signs only: they may quote private values. */
export function topMessage(error: GatewayError): string {
  return error.cause?.details ?? error.message;
}

function members(details: readonly { mspId: string }[]): Record<string, string> {
  return details.length === 0 ? {} : { members: [...new Set(details.map(({ mspId }) => mspId))].join(',') };
}
