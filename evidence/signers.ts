import type { ChannelConfig } from '../network/protocol/channel-config';
import type { Identity } from '../network/protocol/identity';
import type { NodeRole } from '../network/protocol/msp';
import { validIdentities } from '../network/protocol/policy';
import {
  computeTransactionId,
  creatorSignature,
  proposalHash,
  type EndorserTransaction,
  type ParsedEnvelope,
} from '../network/protocol/transaction';
import { ensure, EvidenceError } from './report';

/** Whether an identity is one of its member's with a role: only a peer endorses, only a client submits. */
export function playsRole(config: ChannelConfig, identity: Identity, role: NodeRole): boolean {
  try {
    config.msps.validate(identity);
    return config.msps.msp(identity.mspId)?.hasRole(identity, role) ?? false;
  } catch {
    return false;
  }
}

/** Members whose peers endorsed, each once. An endorsement that does not verify counts for nothing, as on a peer. */
export function endorsingMembers(config: ChannelConfig, { endorsements }: EndorserTransaction): Set<string> {
  const peers = endorsingPeers(config, endorsements);
  return new Set(peers.map(({ mspId }) => mspId));
}

/** The peers behind good endorsements. */
export function endorsingPeers(config: ChannelConfig, signed: EndorserTransaction['endorsements']): Identity[] {
  return validIdentities(signed, config.msps).filter((identity) => playsRole(config, identity, 'peer'));
}

/**
 * Checks what every transaction must hold: its id, its creator's certificate and signature, its proposal.
 *
 * @throws EvidenceError CHANNEL_DIFFERS, TRANSACTION_ID_WRONG, CREATOR_INVALID, PROPOSAL_DIFFERS.
 */
export function checkEnvelope(
  config: ChannelConfig,
  envelope: ParsedEnvelope,
  action: EndorserTransaction,
  bytes: Uint8Array,
  name: string,
): Identity {
  ensure(envelope.channelId === config.channelId, 'CHANNEL_DIFFERS', name);
  const id = computeTransactionId(envelope.nonce, envelope.creator);
  ensure(id === envelope.transactionId, 'TRANSACTION_ID_WRONG', name);
  const [creator] = validIdentities([creatorSignature(envelope)], config.msps);
  if (creator === undefined || !playsRole(config, creator, 'client')) throw new EvidenceError('CREATOR_INVALID', name);
  ensure(proposalHash(bytes).equals(action.proposalHash), 'PROPOSAL_DIFFERS', name);
  return creator;
}
