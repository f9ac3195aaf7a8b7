import { common, peer } from '@hyperledger/fabric-protos';
import { createHash } from 'node:crypto';

/** A proposal taken apart, with the bytes as received; nothing in it has been checked yet. */
export interface UnpackedProposal {
  readonly signed: peer.SignedProposal;
  readonly proposalBytes: Uint8Array;
  readonly signature: Uint8Array;
  readonly channelId: string;
  readonly txId: string;
  readonly type: number;
  readonly epoch: number;
  /** Milliseconds since 1970 by the client's clock, NaN when absent. */
  readonly timestampMs: number;
  readonly creator: Uint8Array;
  readonly nonce: Uint8Array;
  readonly chaincode: string;
  readonly input: peer.ChaincodeInput;
  /** What goes into the transaction as it is: both headers, and the payload without its transient part. */
  readonly channelHeader: Uint8Array;
  readonly signatureHeader: Uint8Array;
  readonly publicPayload: Uint8Array;
  readonly hasTransient: boolean;
  /** SHA-256 over both headers and the payload without its transient part. */
  readonly proposalHash: Uint8Array;
}

/** Raised when the bytes are no proposal. */
export class ProposalError extends Error {}

/**
 * Takes a signed proposal apart.
 *
 * @throws ProposalError with Fabric's wording
 * @see fabric core/endorser/msgvalidation.go UnpackProposal
 */
export function unpackProposal(signed: peer.SignedProposal): UnpackedProposal {
  const proposalBytes = signed.getProposalBytes_asU8();
  const proposal = parse('Proposal', () => peer.Proposal.deserializeBinary(proposalBytes));
  const header = parse('Header', () => common.Header.deserializeBinary(proposal.getHeader_asU8()));
  const channel = parse('ChannelHeader', () => common.ChannelHeader.deserializeBinary(header.getChannelHeader_asU8()));
  const creation = parse('SignatureHeader', () =>
    common.SignatureHeader.deserializeBinary(header.getSignatureHeader_asU8()),
  );
  const chaincode = chaincodeName(channel);
  const payload = parse('ChaincodeProposalPayload', () =>
    peer.ChaincodeProposalPayload.deserializeBinary(proposal.getPayload_asU8()),
  );
  const timestamp = channel.getTimestamp();
  const parts = {
    channelHeader: header.getChannelHeader_asU8(),
    signatureHeader: header.getSignatureHeader_asU8(),
    publicPayload: withoutTransient(payload.getInput_asU8()),
  };
  return {
    ...parts,
    signed,
    proposalBytes,
    signature: signed.getSignature_asU8(),
    channelId: channel.getChannelId(),
    txId: channel.getTxId(),
    type: channel.getType(),
    epoch: channel.getEpoch(),
    timestampMs: timestamp ? timestamp.getSeconds() * 1_000 + Math.floor(timestamp.getNanos() / 1e6) : 0,
    creator: creation.getCreator_asU8(),
    nonce: creation.getNonce_asU8(),
    chaincode,
    input: chaincodeInput(payload.getInput_asU8()),
    hasTransient: payload.getTransientmapMap().getLength() > 0,
    proposalHash: hashOf(parts),
  };
}

function chaincodeName(channel: common.ChannelHeader): string {
  const extension = parse('ChaincodeHeaderExtension', () =>
    peer.ChaincodeHeaderExtension.deserializeBinary(channel.getExtension_asU8()),
  );
  const id = extension.getChaincodeId();
  if (!id) throw new ProposalError('ChaincodeHeaderExtension.ChaincodeId is nil');
  if (id.getName() === '') throw new ProposalError('ChaincodeHeaderExtension.ChaincodeId.Name is empty');
  return id.getName();
}

function chaincodeInput(bytes: Uint8Array): peer.ChaincodeInput {
  const invocation = parse('ChaincodeInvocationSpec', () => peer.ChaincodeInvocationSpec.deserializeBinary(bytes));
  const specification = invocation.getChaincodeSpec();
  if (!specification) throw new ProposalError('chaincode invocation spec did not contain chaincode spec');
  const input = specification.getInput();
  if (!input) throw new ProposalError('chaincode input did not contain any input');
  return input;
}

function withoutTransient(input: Uint8Array): Uint8Array {
  const payload = new peer.ChaincodeProposalPayload();
  payload.setInput(input);
  return payload.serializeBinary();
}

function hashOf(parts: Pick<UnpackedProposal, 'channelHeader' | 'signatureHeader' | 'publicPayload'>): Uint8Array {
  const { channelHeader, signatureHeader, publicPayload } = parts;
  return createHash('sha256').update(channelHeader).update(signatureHeader).update(publicPayload).digest();
}

function parse<T>(what: string, work: () => T): T {
  try {
    return work();
  } catch {
    throw new ProposalError(`error unmarshalling ${what}`);
  }
}
