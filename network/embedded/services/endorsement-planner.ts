import { peer } from '@hyperledger/fabric-protos';
import type { ChannelConfig } from '../../protocol/channel-config';
import { minimalEndorserSets } from '../../protocol/policy';
import { isSystemChaincode } from '../endorser/chaincode-interest';
import { implicitOwner, type ChaincodeDefinition, type DefinitionCache } from '../world-state/chaincode-definitions';
import type { Channel } from '../channel';
import { EndorsementPlan } from './endorsement-plan';

/** A member's peer as the others see it. */
export interface PeerView {
  readonly mspId: string;
  readonly identity: Uint8Array;
  runs(chaincode: string): boolean;
}

/** Members whose endorsements together satisfy a policy; each set sorted. */
type MemberSets = readonly (readonly string[])[];

/**
 * Finds who must endorse, from policies of chaincodes, collections and keys.
 *
 * @see fabric internal/pkg/gateway/registry.go; discovery/endorsement/endorsement.go
 */
export class EndorsementPlanner {
  readonly #channel: Channel;
  readonly #config: ChannelConfig;
  readonly #definitions: DefinitionCache;
  readonly #peers: readonly PeerView[];
  readonly #sets = new Map<string, MemberSets>();

  constructor(options: {
    channel: Channel;
    config: ChannelConfig;
    definitions: DefinitionCache;
    peers: readonly PeerView[];
  }) {
    this.#channel = options.channel;
    this.#config = options.config;
    this.#definitions = options.definitions;
    this.#peers = options.peers;
  }

  /** A plan that asks exactly these members. @throws Error naming those that do not run the chaincode. */
  planForMembers(chaincode: string, members: readonly string[]): EndorsementPlan {
    const missing = members.filter((member) => !this.#runs(member, chaincode));
    if (missing.length > 0) throw new Error(`failed to find any endorsing peers for org(s): ${missing.join(', ')}`);
    return new EndorsementPlan([[...new Set(members)]]);
  }

  /** The members that can evaluate, own member first. @throws Error when there is none. */
  evaluators(chaincode: string, own: string, allowed: readonly string[]): string[] {
    const found = this.#peers
      .map(({ mspId }) => mspId)
      .filter((mspId) => (allowed.length === 0 || allowed.includes(mspId)) && this.#runs(mspId, chaincode));
    if (found.length === 0)
      throw new Error(`no peers available to evaluate chaincode ${chaincode} in channel ${this.#channel.id}`);
    return [...found.filter((mspId) => mspId === own), ...found.filter((mspId) => mspId !== own)];
  }

  /** A plan from what a simulation touched; sets with the preferred member come first. @throws Error with Fabric's wording. */
  planFor(calls: readonly peer.ChaincodeCall[], preferred?: string): EndorsementPlan {
    let sets: MemberSets;
    try {
      sets = this.#memberSets(calls);
    } catch (error) {
      throw new Error(
        `no combination of peers can be derived which satisfy the endorsement policy: ${(error as Error).message}`,
      );
    }
    const isPreferred = (set: readonly string[]): boolean => preferred !== undefined && set.includes(preferred);
    const shuffled = shuffle(sets);
    return new EndorsementPlan([...shuffled.filter(isPreferred), ...shuffled.filter((set) => !isPreferred(set))]);
  }

  /** Every set of members whose endorsements suffice for these calls. @throws Error with Fabric's wording. */
  endorserSets(calls: readonly peer.ChaincodeCall[]): MemberSets {
    return this.#memberSets(calls);
  }

  #memberSets(calls: readonly peer.ChaincodeCall[]): MemberSets {
    const names = calls.map((call) => call.getName());
    for (const name of names) {
      if (!this.#definitions.get(name))
        throw new Error(`No metadata was found for chaincode ${name} in channel ${this.#channel.id}`);
    }
    const eligible = this.#peers.filter((view) => calls.every((call) => this.#mayRead(view, call)));
    const all = calls.flatMap((call) => this.#policiesOf(call));
    if (all.length === 0) throw new Error('no principal sets remained after filtering');
    const possible = merge(all).filter((set) => set.every((member) => eligible.some(({ mspId }) => mspId === member)));
    if (possible.length === 0) throw new Error('no peer combination can satisfy the endorsement policy');
    const installed = possible.filter((set) => set.every((member) => names.every((name) => this.#runs(member, name))));
    if (installed.length === 0) throw new Error('required chaincodes are not installed on sufficient peers');
    return installed;
  }

  #policiesOf(call: peer.ChaincodeCall): MemberSets[] {
    const definition = this.#definitions.get(call.getName()) as ChaincodeDefinition;
    const keyPolicies = call.getKeyPoliciesList().map((policy) => minimalEndorserSets(policy.serializeBinary()));
    const collections = call.getCollectionNamesList();
    const own = this.#setsOf(definition.validationParameter);
    const named = collections.map((name) => this.#collectionSets(definition, name) ?? own);
    const base = collections.length > 0 ? named : call.getDisregardNamespacePolicy() ? [] : [own];
    return [...base, ...keyPolicies];
  }

  #collectionSets(definition: ChaincodeDefinition, name: string): MemberSets | undefined {
    const owner = implicitOwner(name);
    if (owner !== undefined) return [[owner]];
    const policy = definition.collections.find((collection) => collection.name === name)?.endorsementPolicy;
    return policy && this.#setsOf(policy);
  }

  #setsOf(applicationPolicy: Uint8Array): MemberSets {
    const id = Buffer.from(applicationPolicy).toString('latin1');
    let sets = this.#sets.get(id);
    if (!sets) {
      if (this.#sets.size >= 1_000) this.#sets.clear();
      this.#sets.set(id, (sets = this.#computeSets(applicationPolicy)));
    }
    return sets;
  }

  #computeSets(applicationPolicy: Uint8Array): MemberSets {
    const policy = peer.ApplicationPolicy.deserializeBinary(applicationPolicy);
    const signature = policy.getSignaturePolicy();
    if (signature) return minimalEndorserSets(signature.serializeBinary());
    const meta = this.#config.implicitMeta(policy.getChannelConfigPolicyReference());
    return meta ? combinations(meta.organisations, meta.threshold) : this.#setsByTrial(applicationPolicy);
  }

  /** For a policy of the channel that is neither: the single members whose peer satisfies it. */
  #setsByTrial(applicationPolicy: Uint8Array): MemberSets {
    const path = peer.ApplicationPolicy.deserializeBinary(applicationPolicy).getChannelConfigPolicyReference();
    return this.#peers
      .filter(({ identity }) => this.#config.identityPolicy(path)([this.#config.msps.deserializeIdentity(identity)]))
      .map(({ mspId }) => [mspId]);
  }

  /** Whoever reads private values must hold them. */
  #mayRead(view: PeerView, call: peer.ChaincodeCall): boolean {
    if (call.getNoPrivateReads()) return true;
    const definition = this.#definitions.get(call.getName());
    return call.getCollectionNamesList().every((name) => {
      const owner = implicitOwner(name);
      if (owner !== undefined) return owner === view.mspId;
      const collection = definition?.collections.find((candidate) => candidate.name === name);
      return collection !== undefined && this.#channel.isMember(collection.memberPolicy, view.identity);
    });
  }

  #runs(mspId: string, chaincode: string): boolean {
    const view = this.#peers.find((candidate) => candidate.mspId === mspId);
    return view !== undefined && (isSystemChaincode(chaincode) || view.runs(chaincode));
  }
}

/** Every way to satisfy all policies at once, without those that contain another. */
function merge(policies: readonly MemberSets[]): MemberSets {
  let merged: string[][] = [[]];
  for (const sets of policies) {
    const next = merged.flatMap((left) => sets.map((right) => [...new Set([...left, ...right])].sort()));
    merged = withoutSupersets(next).slice(0, 1_000);
  }
  return merged;
}

function withoutSupersets(sets: string[][]): string[][] {
  const unique = [...new Map(sets.map((set) => [set.join(' '), set])).values()];
  return unique.filter(
    (set) => !unique.some((other) => other !== set && other.every((member) => set.includes(member))),
  );
}

function combinations(members: readonly string[], count: number): string[][] {
  if (count === 0) return [[]];
  return members.flatMap((member, index) =>
    combinations(members.slice(index + 1), count - 1).map((rest) => [member, ...rest]),
  );
}

/** In random order, so that the load spreads over the members as on a real network. */
function shuffle<T>(items: readonly T[]): T[] {
  const shuffled = [...items];
  for (let last = shuffled.length - 1; last > 0; last--) {
    const other = Math.floor(Math.random() * (last + 1));
    [shuffled[last], shuffled[other]] = [shuffled[other] as T, shuffled[last] as T];
  }
  return shuffled;
}
