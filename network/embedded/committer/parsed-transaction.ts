import { common, peer } from '@hyperledger/fabric-protos';
import { createHash } from 'node:crypto';
import { decodeReadWriteSet, type NamespaceSet } from './read-write-set';

export const Code = peer.TxValidationCode;

export interface Endorsement {
  readonly endorser: Uint8Array;
  readonly signature: Uint8Array;
}

/** The inside of an endorser transaction. */
export interface EndorserAction {
  /** Chaincode named in the channel header's extension; undefined when that is missing. */
  readonly headerChaincode: string | undefined;
  readonly chaincode: { readonly name: string; readonly version: string } | undefined;
  readonly responsePayload: Uint8Array;
  readonly endorsements: readonly Endorsement[];
  readonly readWriteSet: readonly NamespaceSet[];
  readonly event: peer.ChaincodeEvent | undefined;
}

/** One transaction of a block taken apart; `code` is set when it is already known to be invalid. */
export interface ParsedTransaction {
  readonly bytes: Uint8Array;
  readonly txId: string;
  readonly channelId: string;
  /** common.HeaderType. */
  readonly type: number;
  readonly creator: Uint8Array;
  readonly payload: Uint8Array;
  readonly signature: Uint8Array;
  readonly nonce: Uint8Array;
  /** Refusals in Fabric's order: before the creator's signature, after it, and after the look for a duplicate. */
  readonly early: number | undefined;
  readonly late: number | undefined;
  readonly last: number | undefined;
  readonly action: EndorserAction | undefined;
}

interface Headers {
  readonly header: common.Header;
  readonly channel: common.ChannelHeader;
  readonly creation: common.SignatureHeader;
}

/**
 * Takes an envelope's bytes apart; never throws, since a block may hold anything.
 *
 * @see fabric core/common/validation/msgvalidation.go ValidateTransaction
 */
export function parseTransaction(bytes: Uint8Array): ParsedTransaction {
  const empty = new Uint8Array(0);
  const blank = { bytes, txId: '', channelId: '', type: -1, creator: empty, nonce: empty, ...NO_CONTENTS };
  const envelope = attempt(() => common.Envelope.deserializeBinary(bytes));
  if (!envelope) return { ...blank, payload: empty, signature: empty, early: Code.INVALID_OTHER_REASON };
  const signed = { payload: envelope.getPayload_asU8(), signature: envelope.getSignature_asU8() };
  const payload = attempt(() => common.Payload.deserializeBinary(signed.payload));
  if (!payload) return { ...blank, ...signed, early: Code.BAD_PAYLOAD };
  const headers = attempt(() => parseHeaders(payload));
  if (!headers) return { ...blank, ...signed, early: Code.BAD_COMMON_HEADER };
  const { channel, creation } = headers;
  const known = {
    bytes,
    ...signed,
    txId: channel.getTxId(),
    channelId: channel.getChannelId(),
    type: channel.getType(),
    creator: creation.getCreator_asU8(),
    nonce: creation.getNonce_asU8(),
  };
  if (!isCommonHeader(channel, creation)) return { ...known, early: Code.BAD_COMMON_HEADER, ...NO_CONTENTS };
  return { ...known, early: undefined, ...parseContents(headers, payload) };
}

function parseHeaders(payload: common.Payload): Headers {
  const header = payload.getHeader();
  if (!header) throw new Error('nil header');
  return {
    header,
    channel: common.ChannelHeader.deserializeBinary(header.getChannelHeader_asU8()),
    creation: common.SignatureHeader.deserializeBinary(header.getSignatureHeader_asU8()),
  };
}

function isCommonHeader(channel: common.ChannelHeader, creation: common.SignatureHeader): boolean {
  const types: readonly number[] = [
    common.HeaderType.ENDORSER_TRANSACTION,
    common.HeaderType.CONFIG_UPDATE,
    common.HeaderType.CONFIG,
  ];
  return types.includes(channel.getType()) && channel.getEpoch() === 0 && hasNonceAndCreator(creation);
}

function hasNonceAndCreator(creation: common.SignatureHeader): boolean {
  return creation.getNonce_asU8().length > 0 && creation.getCreator_asU8().length > 0;
}

type Contents = Pick<ParsedTransaction, 'late' | 'last' | 'action'>;
const NO_CONTENTS: Contents = { late: undefined, last: undefined, action: undefined };

function parseContents(headers: Headers, payload: common.Payload): Contents {
  const type = headers.channel.getType();
  if (type === common.HeaderType.CONFIG) return NO_CONTENTS;
  if (type !== common.HeaderType.ENDORSER_TRANSACTION) return { ...NO_CONTENTS, late: Code.UNSUPPORTED_TX_PAYLOAD };
  const { channel, creation } = headers;
  const txId = createHash('sha256').update(creation.getNonce_asU8()).update(creation.getCreator_asU8()).digest('hex');
  if (channel.getTxId() !== txId) return { ...NO_CONTENTS, late: Code.BAD_PROPOSAL_TXID };
  const parts = attempt(() => parseAction(headers, payload));
  return parts ? decodeAction(headers, parts) : { ...NO_CONTENTS, late: Code.INVALID_ENDORSER_TRANSACTION };
}

interface ActionParts {
  readonly endorsed: peer.ChaincodeEndorsedAction;
  readonly response: peer.ProposalResponsePayload;
}

function parseAction({ header }: Headers, payload: common.Payload): ActionParts {
  const actions = peer.Transaction.deserializeBinary(payload.getData_asU8()).getActionsList();
  const [action] = actions;
  if (!action || actions.length !== 1) throw new Error('only one action per transaction is supported');
  const inner = common.SignatureHeader.deserializeBinary(action.getHeader_asU8());
  if (!hasNonceAndCreator(inner)) throw new Error('invalid signature header');
  const contents = peer.ChaincodeActionPayload.deserializeBinary(action.getPayload_asU8());
  const endorsed = contents.getAction();
  if (!endorsed) throw new Error('nil action');
  const response = peer.ProposalResponsePayload.deserializeBinary(endorsed.getProposalResponsePayload_asU8());
  const hash = createHash('sha256')
    .update(header.getChannelHeader_asU8())
    .update(action.getHeader_asU8())
    .update(contents.getChaincodeProposalPayload_asU8())
    .digest();
  if (!hash.equals(response.getProposalHash_asU8())) throw new Error('proposal hash does not match');
  return { endorsed, response };
}

/** @see fabric core/committer/txvalidator/v20/plugindispatcher/dispatcher.go Dispatch */
function decodeAction({ channel }: Headers, { endorsed, response }: ActionParts): Contents {
  const refuse = (last: number): Contents => ({ ...NO_CONTENTS, last });
  const extension = attempt(() => peer.ChaincodeHeaderExtension.deserializeBinary(channel.getExtension_asU8()));
  if (!extension) return refuse(Code.BAD_HEADER_EXTENSION);
  const action = attempt(() => peer.ChaincodeAction.deserializeBinary(response.getExtension_asU8()));
  if (!action) return refuse(Code.BAD_RESPONSE_PAYLOAD);
  const readWriteSet = attempt(() => decodeReadWriteSet(action.getResults_asU8()));
  if (!readWriteSet) return refuse(Code.BAD_RWSET);
  const eventBytes = action.getEvents_asU8();
  const event = eventBytes.length > 0 ? attempt(() => peer.ChaincodeEvent.deserializeBinary(eventBytes)) : undefined;
  const id = action.getChaincodeId();
  const result: EndorserAction = {
    headerChaincode: extension.getChaincodeId()?.getName(),
    chaincode: id && { name: id.getName(), version: id.getVersion() },
    responsePayload: endorsed.getProposalResponsePayload_asU8(),
    endorsements: endorsed.getEndorsementsList().map((endorsement) => ({
      endorser: endorsement.getEndorser_asU8(),
      signature: endorsement.getSignature_asU8(),
    })),
    readWriteSet,
    event,
  };
  const last = eventBytes.length > 0 && !event ? Code.INVALID_OTHER_REASON : refusalOf(result);
  return { late: undefined, last, action: result };
}

function refusalOf({ headerChaincode, chaincode, event, readWriteSet }: EndorserAction): number | undefined {
  if (headerChaincode === undefined || !chaincode) return Code.INVALID_OTHER_REASON;
  if (headerChaincode === '' || headerChaincode !== chaincode.name || chaincode.version === '')
    return Code.INVALID_CHAINCODE;
  if (event && event.getChaincodeId() !== headerChaincode) return Code.INVALID_OTHER_REASON;
  const namespaces = new Set(readWriteSet.map(({ namespace }) => namespace));
  return namespaces.size === readWriteSet.length ? undefined : Code.ILLEGAL_WRITESET;
}

function attempt<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch {
    return undefined;
  }
}
