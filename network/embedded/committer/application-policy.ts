import { common, peer } from '@hyperledger/fabric-protos';

/** peer.ApplicationPolicy that refers to a policy of the channel. */
export function applicationPolicyOfChannel(path: string): Uint8Array {
  const policy = new peer.ApplicationPolicy();
  policy.setChannelConfigPolicyReference(path);
  return policy.serializeBinary();
}

/** peer.ApplicationPolicy around a common.SignaturePolicyEnvelope. */
export function applicationPolicyOfSignature(envelope: Uint8Array): Uint8Array {
  const policy = new peer.ApplicationPolicy();
  policy.setSignaturePolicy(common.SignaturePolicyEnvelope.deserializeBinary(envelope));
  return policy.serializeBinary();
}
