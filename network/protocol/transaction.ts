import { createHash } from 'node:crypto';
import { common, peer } from '@hyperledger/fabric-protos';
import { decoding, ProtocolError } from './errors';
import type { SignedData } from './policy';

/** An envelope taken apart; the byte fields are as received. */
export interface ParsedEnvelope {
  readonly channelId: string;
  readonly type: number;
  readonly transactionId: string;
  /** Client's claim of time, milliseconds since the epoch. */
  readonly declaredAt: number;
  readonly creator: Uint8Array;
  readonly nonce: Uint8Array;
  readonly payload: Uint8Array;
  readonly data: Uint8Array;
  readonly signature: Uint8Array;
}

/** @throws ProtocolError. */
export function parseEnvelope(bytes: Uint8Array): ParsedEnvelope {
  return decoding('envelope', () => {
    const envelope = common.Envelope.deserializeBinary(bytes);
    const payload = common.Payload.deserializeBinary(envelope.getPayload_asU8());
    const header = payload.getHeader();
    if (header === undefined) throw new ProtocolError('envelope without a header');
    const channel = common.ChannelHeader.deserializeBinary(header.getChannelHeader_asU8());
    const signature = common.SignatureHeader.deserializeBinary(header.getSignatureHeader_asU8());
    const time = channel.getTimestamp();
    return {
      channelId: channel.getChannelId(),
      type: channel.getType(),
      transactionId: channel.getTxId(),
      declaredAt: (time?.getSeconds() ?? 0) * 1000 + Math.floor((time?.getNanos() ?? 0) / 1e6),
      creator: signature.getCreator_asU8(),
      nonce: signature.getNonce_asU8(),
      payload: envelope.getPayload_asU8(),
      data: payload.getData_asU8(),
      signature: envelope.getSignature_asU8(),
    };
  });
}

/** The creator's claim over an envelope. */
export function creatorSignature({ creator, payload, signature }: ParsedEnvelope): SignedData {
  return { identity: creator, message: payload, signature };
}

/** SHA-256(nonce ‖ creator), hexadecimal. @see fabric protoutil/proputils.go ComputeTxID */
export function computeTransactionId(nonce: Uint8Array, creator: Uint8Array): string {
  return createHash('sha256').update(nonce).update(creator).digest('hex');
}

/** An endorser transaction's inside. */
export interface EndorserTransaction {
  readonly chaincode: string;
  readonly chaincodeVersion: string;
  /** Arguments of the invocation, the function's name first. */
  readonly args: readonly Uint8Array[];
  readonly proposalHash: Uint8Array;
  readonly responsePayload: Uint8Array;
  readonly response: { readonly status: number; readonly message: string; readonly payload: Uint8Array };
  /** `rwset.TxReadWriteSet` bytes. */
  readonly results: Uint8Array;
  readonly events: Uint8Array;
  /** Each endorser's claim over response payload ‖ endorser. */
  readonly endorsements: readonly SignedData[];
}

/** Takes apart the data of an ENDORSER_TRANSACTION envelope. @throws ProtocolError. */
export function parseEndorserTransaction(envelope: ParsedEnvelope): EndorserTransaction {
  if (envelope.type !== common.HeaderType.ENDORSER_TRANSACTION) throw new ProtocolError('not an endorser transaction');
  return decoding('endorser transaction', () => {
    const actions = peer.Transaction.deserializeBinary(envelope.data).getActionsList();
    if (actions.length !== 1) throw new ProtocolError('an endorser transaction has one action');
    const payload = peer.ChaincodeActionPayload.deserializeBinary(
      (actions[0] as peer.TransactionAction).getPayload_asU8(),
    );
    const action = payload.getAction();
    if (action === undefined) throw new ProtocolError('endorser transaction without endorsed action');
    const responsePayload = action.getProposalResponsePayload_asU8();
    const parsed = peer.ProposalResponsePayload.deserializeBinary(responsePayload);
    const result = peer.ChaincodeAction.deserializeBinary(parsed.getExtension_asU8());
    const proposal = peer.ChaincodeProposalPayload.deserializeBinary(payload.getChaincodeProposalPayload_asU8());
    const input = peer.ChaincodeInvocationSpec.deserializeBinary(proposal.getInput_asU8())
      .getChaincodeSpec()
      ?.getInput();
    const response = result.getResponse();
    return {
      chaincode: result.getChaincodeId()?.getName() ?? '',
      chaincodeVersion: result.getChaincodeId()?.getVersion() ?? '',
      args: input?.getArgsList_asU8() ?? [],
      proposalHash: parsed.getProposalHash_asU8(),
      responsePayload,
      response: {
        status: response?.getStatus() ?? 0,
        message: response?.getMessage() ?? '',
        payload: response?.getPayload_asU8() ?? new Uint8Array(),
      },
      results: result.getResults_asU8(),
      events: result.getEvents_asU8(),
      endorsements: action.getEndorsementsList().map((endorsement) => ({
        identity: endorsement.getEndorser_asU8(),
        message: Buffer.concat([responsePayload, endorsement.getEndorser_asU8()]),
        signature: endorsement.getSignature_asU8(),
      })),
    };
  });
}

/**
 * SHA-256 over channel header ‖ signature header ‖ proposal payload without its transient map.
 *
 * It ties the endorsed answer to the question: compare with `proposalHash`. @see fabric protoutil/proputils.go GetProposalHash1
 */
export function proposalHash(envelopeBytes: Uint8Array): Buffer {
  return decoding('proposal', () => {
    const payload = common.Payload.deserializeBinary(
      common.Envelope.deserializeBinary(envelopeBytes).getPayload_asU8(),
    );
    const action = peer.Transaction.deserializeBinary(payload.getData_asU8()).getActionsList()[0];
    const proposal = peer.ChaincodeActionPayload.deserializeBinary(action?.getPayload_asU8() ?? new Uint8Array());
    const header = payload.getHeader();
    return createHash('sha256')
      .update(header?.getChannelHeader_asU8() ?? '')
      .update(header?.getSignatureHeader_asU8() ?? '')
      .update(proposal.getChaincodeProposalPayload_asU8())
      .digest();
  });
}
