import { status } from '@grpc/grpc-js';
import { discovery, gossip, msp, type peer } from '@hyperledger/fabric-protos';
import type { ChannelConfig } from '../../protocol/channel-config';
import { READERS, type Channel } from '../channel';
import type { DefinitionCache } from '../world-state/chaincode-definitions';
import type { EndorsementPlanner } from './endorsement-planner';
import { RpcError } from './rpc-error';

/** A member's peer as Discovery tells of it. */
export interface DiscoverablePeer {
  readonly mspId: string;
  /** host:port. */
  readonly address: string;
  /** Serialised identity of the node. */
  readonly identity: Uint8Array;
  readonly chaincodes: readonly string[];
}

export interface DiscoveryParts {
  readonly channel: Channel;
  readonly config: ChannelConfig;
  readonly definitions: DefinitionCache;
  readonly planner: EndorsementPlanner;
  readonly peers: readonly DiscoverablePeer[];
  readonly height: () => number;
}

/**
 * Tells clients of the channel's members, peers, ordering endpoints and who must endorse what.
 *
 * Every member's endpoint orders here, so the ordering endpoints stand under the members' own MSP ids: a client finds a
 * TLS root by that id.
 * @see fabric discovery/service.go
 */
export class DiscoveryService {
  readonly #parts: DiscoveryParts;

  constructor(parts: DiscoveryParts) {
    this.#parts = parts;
  }

  /** Answers each query of one signed request. @throws RpcError UNKNOWN when the request cannot be read. */
  discover(signed: discovery.SignedRequest): Promise<discovery.Response> {
    const request = parse(signed.getPayload_asU8());
    const identity = request.getAuthentication()?.getClientIdentity_asU8() ?? new Uint8Array();
    if (identity.length === 0) throw new RpcError(status.UNKNOWN, "access denied, client identity wasn't supplied");
    const response = new discovery.Response();
    const claim = { identity, message: signed.getPayload_asU8(), signature: signed.getSignature_asU8() };
    const mayRead = this.#mayRead(claim);
    for (const query of request.getQueriesList()) {
      const known = query.getChannel() === this.#parts.channel.id;
      response.addResults(mayRead && known ? this.#answer(query) : refusal('access denied'));
    }
    return Promise.resolve(response);
  }

  #mayRead(claim: Parameters<Channel['verifyAhead']>[0]): boolean {
    try {
      this.#parts.channel.checkPolicy(READERS, [claim]);
      return true;
    } catch {
      return false;
    }
  }

  #answer(query: discovery.Query): discovery.QueryResult {
    const result = new discovery.QueryResult();
    const kinds = discovery.Query.QueryCase;
    switch (query.getQueryCase()) {
      case kinds.CONFIG_QUERY:
        result.setConfigResult(this.#configuration());
        return result;
      case kinds.PEER_QUERY:
        result.setMembers(this.#membership());
        return result;
      case kinds.CC_QUERY:
        return this.#endorsers(query.getCcQuery()?.getInterestsList() ?? []);
      default:
        return refusal('unknown or missing request type');
    }
  }

  #configuration(): discovery.ConfigResult {
    const result = new discovery.ConfigResult();
    for (const [mspId, bytes] of this.#parts.config.mspConfigs()) {
      const config = msp.MSPConfig.deserializeBinary(bytes).getConfig_asU8();
      result.getMspsMap().set(mspId, msp.FabricMSPConfig.deserializeBinary(config));
    }
    for (const { mspId, address } of this.#parts.peers) {
      const endpoint = new discovery.Endpoint();
      endpoint.setHost(address.slice(0, address.lastIndexOf(':')));
      endpoint.setPort(Number(address.slice(address.lastIndexOf(':') + 1)));
      const endpoints = new discovery.Endpoints();
      endpoints.addEndpoint(endpoint);
      result.getOrderersMap().set(mspId, endpoints);
    }
    return result;
  }

  #membership(): discovery.PeerMembershipResult {
    const result = new discovery.PeerMembershipResult();
    for (const one of this.#parts.peers) result.getPeersByOrgMap().set(one.mspId, this.#peersOf(one));
    return result;
  }

  /** One group a member, since every member has one peer here. */
  #endorsers(interests: readonly peer.ChaincodeInterest[]): discovery.QueryResult {
    const answer = new discovery.ChaincodeQueryResult();
    for (const interest of interests) {
      const calls = interest.getChaincodesList();
      const descriptor = new discovery.EndorsementDescriptor();
      descriptor.setChaincode(calls[0]?.getName() ?? '');
      try {
        for (const members of this.#parts.planner.endorserSets(calls)) descriptor.addLayouts(layoutOf(members));
      } catch {
        return refusal(`failed constructing descriptor for chaincodes:<name:"${calls[0]?.getName() ?? ''}" > `);
      }
      const asked = new Set(descriptor.getLayoutsList().flatMap((layout) => keysOf(layout)));
      for (const one of this.#parts.peers) {
        if (asked.has(one.mspId)) descriptor.getEndorsersByGroupsMap().set(one.mspId, this.#peersOf(one));
      }
      answer.addContent(descriptor);
    }
    const result = new discovery.QueryResult();
    result.setCcQueryRes(answer);
    return result;
  }

  #peersOf({ address, identity, chaincodes }: DiscoverablePeer): discovery.Peers {
    const found = new discovery.Peer();
    found.setIdentity(identity);
    found.setMembershipInfo(envelopeOf(aliveMessage(address, identity)));
    found.setStateInfo(envelopeOf(this.#stateMessage(chaincodes)));
    const peers = new discovery.Peers();
    peers.addPeers(found);
    return peers;
  }

  #stateMessage(chaincodes: readonly string[]): gossip.GossipMessage {
    const properties = new gossip.Properties();
    properties.setLedgerHeight(this.#parts.height());
    for (const name of chaincodes) {
      const definition = this.#parts.definitions.get(name);
      if (definition === undefined) continue;
      const chaincode = new gossip.Chaincode();
      chaincode.setName(name);
      chaincode.setVersion(definition.version);
      properties.addChaincodes(chaincode);
    }
    const info = new gossip.StateInfo();
    info.setProperties(properties);
    const message = new gossip.GossipMessage();
    message.setStateInfo(info);
    return message;
  }
}

function aliveMessage(address: string, identity: Uint8Array): gossip.GossipMessage {
  const member = new gossip.Member();
  member.setEndpoint(address);
  const alive = new gossip.AliveMessage();
  alive.setMembership(member);
  alive.setIdentity(identity);
  const message = new gossip.GossipMessage();
  message.setAliveMsg(alive);
  return message;
}

function envelopeOf(message: gossip.GossipMessage): gossip.Envelope {
  const envelope = new gossip.Envelope();
  envelope.setPayload(message.serializeBinary());
  return envelope;
}

function layoutOf(members: readonly string[]): discovery.Layout {
  const layout = new discovery.Layout();
  for (const member of members) layout.getQuantitiesByGroupMap().set(member, 1);
  return layout;
}

function keysOf(layout: discovery.Layout): string[] {
  const keys: string[] = [];
  layout.getQuantitiesByGroupMap().forEach((_: number, key: string) => keys.push(key));
  return keys;
}

function refusal(content: string): discovery.QueryResult {
  const error = new discovery.Error();
  error.setContent(content);
  const result = new discovery.QueryResult();
  result.setError(error);
  return result;
}

function parse(payload: Uint8Array): discovery.Request {
  try {
    return discovery.Request.deserializeBinary(payload);
  } catch {
    throw new RpcError(status.UNKNOWN, 'failed parsing request');
  }
}
