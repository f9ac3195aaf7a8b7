import { status } from '@grpc/grpc-js';
import type { EndorsementResponse, ProposalResponse } from 'fabric-common';
import type { LedgerError } from '../../ports/ledger-port';
import { judgeFailure } from '../peer-errors';

/** The library's errors carry what gRPC said and, from a plan of Discovery, every endorser's answer. */
interface LibraryError extends Error {
  readonly code?: number;
  readonly details?: string;
  readonly endorsements?: readonly (EndorsementResponse | LibraryError)[];
}

interface Said {
  readonly code: number;
  readonly message: string;
}

/** The answers of a proposal when every peer agreed. @throws LedgerError as for any client of a peer. */
export function agreedResponses(
  { responses, errors }: ProposalResponse,
  transactionId: string | undefined,
): readonly EndorsementResponse[] {
  const said = [...errors.flatMap((error) => saidBy(error)), ...responses.flatMap((response) => saidBy(response))];
  if (said.length > 0 || responses.length === 0) throw failureOf(said, transactionId);
  const [first] = responses;
  if (responses.some(({ payload }) => !payload.equals(first?.payload ?? new Uint8Array()))) {
    throw failureOf([{ code: status.ABORTED, message: 'ProposalResponsePayloads do not match' }], transactionId);
  }
  return responses;
}

/** What an exception of the library means; nothing was ordered. */
export function toLegacyError(error: unknown, transactionId?: string): LedgerError {
  return failureOf(saidBy(error as LibraryError), transactionId);
}

function failureOf(said: readonly Said[], transactionId: string | undefined): LedgerError {
  const [first] = said;
  return judgeFailure({
    code: first?.code ?? status.UNAVAILABLE,
    top: first?.message ?? '',
    details: said.map(({ message }) => ({ mspId: '', message })),
    transactionId,
  });
}

/** What went wrong at one peer; nothing for an endorsement. */
function saidBy(answer: EndorsementResponse | LibraryError): Said[] {
  if (!(answer instanceof Error)) {
    const { status: code, message } = answer.response;
    if (code < 400 && answer.endorsement) return [];
    return [{ code: status.UNKNOWN, message: `chaincode response ${code}, ${message}` }];
  }
  const { endorsements = [], message, details, code } = answer;
  const inner = endorsements.flatMap((one) => saidBy(one));
  if (inner.length > 0) return inner;
  if (/do not match/.test(message)) {
    return [{ code: status.ABORTED, message: 'ProposalResponsePayloads do not match' }];
  }
  return [{ code: code ?? codeOf(message), message: details ?? message }];
}

/** The library's own words for a peer that did not answer. @see fabric-common lib/Endorser.js, ServiceEndpoint.js */
function codeOf(message: string): number {
  const silent = /REQUEST TIMEOUT|not connected|Failed to connect|SERVICE UNAVAILABLE|not connectable/i.test(message);
  return silent ? status.UNAVAILABLE : status.UNKNOWN;
}
