import { status } from '@grpc/grpc-js';
import type { peer } from '@hyperledger/fabric-protos';
import type { EndorserAnswer } from '../endorser/endorser';

export interface AnswerFailure {
  readonly code: status;
  readonly message: string;
  /** Whether another peer may be asked instead. */
  readonly retry: boolean;
}

type Judged =
  { response: peer.ProposalResponse; failure?: undefined } | { response?: undefined; failure: AnswerFailure };

/**
 * Tells a good answer from the kinds of bad ones.
 *
 * @see fabric internal/pkg/gateway/apiutils.go responseStatus
 */
export function judgeAnswer({ response, error }: EndorserAnswer): Judged {
  const bad = (code: status, message: string, retry: boolean): Judged => ({ failure: { code, message, retry } });
  if (error) {
    return response
      ? bad(status.FAILED_PRECONDITION, error.message, false)
      : bad(status.UNAVAILABLE, error.message, true);
  }
  const inner = response?.getResponse();
  if (!response || !inner) return bad(status.UNAVAILABLE, 'no response', true);
  const code = inner.getStatus();
  if (code >= 200 && code < 400) return { response };
  if (response.getPayload_asU8().length === 0 && code === 500) return bad(status.ABORTED, inner.getMessage(), true);
  return bad(status.UNKNOWN, `chaincode response ${code}, ${inner.getMessage()}`, false);
}
