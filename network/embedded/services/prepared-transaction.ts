import { common, peer } from '@hyperledger/fabric-protos';
import type { UnpackedProposal } from '../endorser/proposal';

/** The transaction that a client is to sign: its proposal without the transient part, and what was endorsed. */
export function newTransaction(
  proposal: UnpackedProposal,
  { payload, endorsements }: { payload: Uint8Array; endorsements: peer.Endorsement[] },
): common.Envelope {
  const endorsed = new peer.ChaincodeEndorsedAction();
  endorsed.setProposalResponsePayload(payload);
  endorsed.setEndorsementsList(endorsements);
  const contents = new peer.ChaincodeActionPayload();
  contents.setChaincodeProposalPayload(proposal.publicPayload);
  contents.setAction(endorsed);
  const action = new peer.TransactionAction();
  action.setHeader(proposal.signatureHeader);
  action.setPayload(contents.serializeBinary());
  const transaction = new peer.Transaction();
  transaction.setActionsList([action]);
  const header = new common.Header();
  header.setChannelHeader(proposal.channelHeader);
  header.setSignatureHeader(proposal.signatureHeader);
  const envelopePayload = new common.Payload();
  envelopePayload.setHeader(header);
  envelopePayload.setData(transaction.serializeBinary());
  const envelope = new common.Envelope();
  envelope.setPayload(envelopePayload.serializeBinary());
  return envelope;
}
