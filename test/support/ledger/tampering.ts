import { createHash, createPrivateKey, sign, type KeyObject } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { common, gateway, msp, peer } from '@hyperledger/fabric-protos';
import { signLowS, toLowS } from '../../../network/protocol/low-s';
import type { Member, ProbeNetwork } from './probe-network';

const P256_ORDER = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;

/** One user's certificate and key, as an attacker who has them would use them. */
export interface Credentials {
  readonly mspId: string;
  readonly certificate: Buffer;
  readonly key: KeyObject;
}

export function credentials(probe: ProbeNetwork, mspId: Member, user = 'User'): Credentials {
  const place = join(probe.definition.folder, 'material', mspId, 'users', user);
  return {
    mspId,
    certificate: readFileSync(join(place, 'cert.pem')),
    key: createPrivateKey(readFileSync(join(place, 'key.pem'))),
  };
}

/** Serialised `msp.SerializedIdentity`. */
export function identityOf({ mspId, certificate }: Pick<Credentials, 'mspId' | 'certificate'>): Uint8Array {
  const identity = new msp.SerializedIdentity();
  identity.setMspid(mspId);
  identity.setIdBytes(certificate);
  return identity.serializeBinary();
}

/** The other spelling of the same signature. */
export function highS(key: KeyObject, message: Uint8Array): Uint8Array {
  const raw = sign('sha256', message, { key, dsaEncoding: 'ieee-p1363' });
  const s = BigInt(`0x${raw.subarray(32).toString('hex')}`);
  const high = s > P256_ORDER / 2n ? s : P256_ORDER - s;
  return der(BigInt(`0x${raw.subarray(0, 32).toString('hex')}`), high);
}

function der(r: bigint, s: bigint): Uint8Array {
  const integer = (value: bigint): Buffer => {
    const hex = value.toString(16);
    const bytes = Buffer.from(hex.length % 2 === 0 ? hex : `0${hex}`, 'hex');
    const padded = (bytes[0]! & 0x80) === 0 ? bytes : Buffer.concat([Buffer.of(0), bytes]);
    return Buffer.concat([Buffer.of(2, padded.length), padded]);
  };
  const body = Buffer.concat([integer(r), integer(s)]);
  return Buffer.concat([Buffer.of(0x30, body.length), body]);
}

export interface ProposalHeader {
  readonly channel: common.ChannelHeader;
  readonly signature: common.SignatureHeader;
}

/** A proposal's bytes with its headers changed; the transaction id follows from them unless the change sets another. */
export function withHeaders(
  proposed: Uint8Array,
  change: (header: ProposalHeader) => void,
  keepId = false,
): Uint8Array {
  const outer = gateway.ProposedTransaction.deserializeBinary(proposed);
  const signed = outer.getProposal()!;
  const proposal = peer.Proposal.deserializeBinary(signed.getProposalBytes_asU8());
  const header = common.Header.deserializeBinary(proposal.getHeader_asU8());
  const channel = common.ChannelHeader.deserializeBinary(header.getChannelHeader_asU8());
  const signature = common.SignatureHeader.deserializeBinary(header.getSignatureHeader_asU8());
  change({ channel, signature });
  if (!keepId) {
    const id = createHash('sha256').update(signature.getNonce_asU8()).update(signature.getCreator_asU8()).digest('hex');
    channel.setTxId(id);
    outer.setTransactionId(id);
  }
  header.setChannelHeader(channel.serializeBinary());
  header.setSignatureHeader(signature.serializeBinary());
  proposal.setHeader(header.serializeBinary());
  signed.setProposalBytes(proposal.serializeBinary());
  return outer.serializeBinary();
}

/** The bytes of a proposal that are signed. */
export function proposalBytes(proposed: Uint8Array): Uint8Array {
  return gateway.ProposedTransaction.deserializeBinary(proposed).getProposal()!.getProposalBytes_asU8();
}

/** An endorsed transaction whose endorsements are replaced and which its creator signs again. */
export function withEndorsers(
  prepared: Uint8Array,
  endorsers: readonly Credentials[],
  creator: Credentials,
): Uint8Array {
  const outer = gateway.PreparedTransaction.deserializeBinary(prepared);
  const envelope = outer.getEnvelope()!;
  const payload = common.Payload.deserializeBinary(envelope.getPayload_asU8());
  const transaction = peer.Transaction.deserializeBinary(payload.getData_asU8());
  const action = transaction.getActionsList()[0]!;
  const chaincode = peer.ChaincodeActionPayload.deserializeBinary(action.getPayload_asU8());
  const endorsed = chaincode.getAction()!;
  const response = endorsed.getProposalResponsePayload_asU8();
  endorsed.setEndorsementsList(
    endorsers.map((one) => {
      const endorsement = new peer.Endorsement();
      const identity = identityOf(one);
      endorsement.setEndorser(identity);
      endorsement.setSignature(signLowS(one.key, Buffer.concat([response, identity])));
      return endorsement;
    }),
  );
  action.setPayload(chaincode.serializeBinary());
  payload.setData(transaction.serializeBinary());
  envelope.setPayload(payload.serializeBinary());
  envelope.setSignature(toLowS(signLowS(creator.key, envelope.getPayload_asU8())));
  return outer.serializeBinary();
}

/** A member's peer's own credentials: what only that member has. */
export function peerCredentials(probe: ProbeNetwork, mspId: Member): Credentials {
  const place = join(probe.definition.folder, 'material', mspId, 'node');
  return {
    mspId,
    certificate: readFileSync(join(place, 'cert.pem')),
    key: createPrivateKey(readFileSync(join(place, 'key.pem'))),
  };
}
