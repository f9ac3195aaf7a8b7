import { peer } from '@hyperledger/fabric-protos';

/** The part of a proposal's answer that endorsers sign: what was asked, what was read and written, what was answered. */
export function newResponsePayload(
  { chaincode, proposalHash }: { chaincode: string; proposalHash: Uint8Array },
  outcome: { version: string; response: peer.Response; results?: Uint8Array; event?: peer.ChaincodeEvent },
): Uint8Array {
  const id = new peer.ChaincodeID();
  id.setName(chaincode);
  id.setVersion(outcome.version);
  const action = new peer.ChaincodeAction();
  if (outcome.results) action.setResults(outcome.results);
  if (outcome.event) action.setEvents(outcome.event.serializeBinary());
  action.setResponse(outcome.response);
  action.setChaincodeId(id);
  const payload = new peer.ProposalResponsePayload();
  payload.setProposalHash(proposalHash);
  payload.setExtension$(action.serializeBinary());
  return payload.serializeBinary();
}

/** An answer with Fabric's status for a failure within the peer: no payload, no endorsement. */
export function failure(message: string): peer.ProposalResponse {
  const response = new peer.Response();
  response.setStatus(500);
  response.setMessage(message);
  const answer = new peer.ProposalResponse();
  answer.setResponse(response);
  return answer;
}
