import { peer } from '@hyperledger/fabric-protos';

export type ChaincodeMessage = peer.ChaincodeMessage;
export const MessageType = peer.ChaincodeMessage.Type;

const TYPE_NAMES: ReadonlyMap<number, string> = new Map(
  Object.entries(MessageType).map(([name, number]) => [number, name]),
);

export function messageTypeName(type: number): string {
  return TYPE_NAMES.get(type) ?? String(type);
}

export interface MessageParts {
  readonly type: peer.ChaincodeMessage.TypeMap[keyof peer.ChaincodeMessage.TypeMap];
  readonly payload?: Uint8Array;
  readonly txId?: string;
  readonly channelId?: string;
  readonly proposal?: peer.SignedProposal;
}

export function newMessage({ type, payload, txId, channelId, proposal }: MessageParts): ChaincodeMessage {
  const message = new peer.ChaincodeMessage();
  message.setType(type);
  if (payload) message.setPayload(payload);
  if (txId !== undefined) message.setTxid(txId);
  if (channelId !== undefined) message.setChannelId(channelId);
  if (proposal) message.setProposal(proposal);
  return message;
}
