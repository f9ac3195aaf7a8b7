import type { Channel, SignedData } from '../channel';
import {
  implicitOwner,
  LIFECYCLE,
  type ChaincodeDefinition,
  type DefinitionCache,
} from '../world-state/chaincode-definitions';
import { deserializeMetadata, VALIDATION_PARAMETER } from '../world-state/key-metadata';
import { hashedNamespace, type StateKey } from '../world-state/state-key';
import type { StateReader } from '../world-state/state';
import { Code, type EndorserAction } from './parsed-transaction';
import { applicationPolicyOfChannel, applicationPolicyOfSignature } from './application-policy';
import { writesTo, type NamespaceSet } from './read-write-set';

const LIFECYCLE_POLICY = applicationPolicyOfChannel('/Channel/Application/LifecycleEndorsement');

/** Keys whose policy an earlier transaction of the block has changed, which makes later writes to them invalid. */
export type ChangedPolicies = Set<string>;

/**
 * Checks a transaction's endorsements: key-level policies first, then collections', then the chaincode's.
 *
 * @see fabric core/common/validation/statebased/v20.go, validator_keylevel.go
 */
export class EndorsementValidator {
  readonly #channel: Channel;
  readonly #state: StateReader;
  readonly #definitions: DefinitionCache;

  constructor(channel: Channel, state: StateReader, definitions: DefinitionCache) {
    this.#channel = channel;
    this.#state = state;
    this.#definitions = definitions;
  }

  /** The validation code of an action whose form is in order; adds to `changed` what it changes if it is valid. */
  validate(action: EndorserAction, changed: ChangedPolicies): number {
    const signed = action.endorsements.map(({ endorser, signature }) => ({
      identity: endorser,
      message: Buffer.concat([action.responsePayload, endorser]),
      signature,
    }));
    const namespaces = new Set([action.headerChaincode as string]);
    for (const set of action.readWriteSet) if (writesTo(set)) namespaces.add(set.namespace);
    const checks = new PolicyChecks(this.#channel, signed);
    for (const namespace of namespaces) {
      const policy = this.#policyOf(namespace);
      if (!policy) return Code.INVALID_CHAINCODE;
      const set = action.readWriteSet.find((candidate) => candidate.namespace === namespace);
      if (!this.#satisfies(namespace, set, { policy, checks, changed })) return Code.ENDORSEMENT_POLICY_FAILURE;
      if (set) notePolicyChanges(set, changed);
    }
    return Code.VALID;
  }

  #policyOf(namespace: string): Uint8Array | undefined {
    if (namespace === LIFECYCLE) return LIFECYCLE_POLICY;
    const policy = this.#definitions.get(namespace)?.validationParameter;
    return policy && policy.length > 0 ? policy : undefined;
  }

  #satisfies(
    namespace: string,
    set: NamespaceSet | undefined,
    rules: { policy: Uint8Array; checks: PolicyChecks; changed: ChangedPolicies },
  ): boolean {
    const evaluator = new NamespaceEvaluator({
      ...rules,
      channel: this.#channel,
      state: this.#state,
      definition: this.#definitions.get(namespace),
      namespace,
    });
    return evaluator.evaluate(set);
  }
}

/** Evaluates each policy at most once for one transaction. */
class PolicyChecks {
  readonly #channel: Channel;
  readonly #signed: readonly SignedData[];
  readonly #known = new Map<string, boolean>();

  constructor(channel: Channel, signed: readonly SignedData[]) {
    this.#channel = channel;
    this.#signed = signed;
  }

  satisfies(applicationPolicy: Uint8Array): boolean {
    const id = Buffer.from(applicationPolicy).toString('latin1');
    let result = this.#known.get(id);
    if (result === undefined) this.#known.set(id, (result = this.#channel.satisfies(applicationPolicy, this.#signed)));
    return result;
  }
}

interface NamespaceRules {
  readonly channel: Channel;
  readonly state: StateReader;
  readonly definition: ChaincodeDefinition | undefined;
  readonly namespace: string;
  /** The chaincode's endorsement policy. */
  readonly policy: Uint8Array;
  readonly checks: PolicyChecks;
  readonly changed: ChangedPolicies;
}

/** One namespace's walk over its writes, remembering whether any policy has had its say. */
class NamespaceEvaluator {
  readonly #rules: NamespaceRules;
  #someChecked = false;

  constructor(rules: NamespaceRules) {
    this.#rules = rules;
  }

  evaluate(set: NamespaceSet | undefined): boolean {
    for (const [collection, key] of set ? writtenKeys(set) : []) {
      if (!this.#checkKey(collection, key)) return false;
    }
    return this.#someChecked || this.#check(this.#rules.policy);
  }

  #checkKey(collection: string, key: StateKey): boolean {
    const { namespace, changed } = this.#rules;
    if (changed.has(policyId(namespace, collection, key))) return false;
    const keyPolicy = this.#keyPolicy(collection, key);
    if (keyPolicy && keyPolicy.length > 0) return this.#checkKeyPolicy(keyPolicy);
    const own = collection === '' ? this.#rules.policy : this.#collectionPolicy(collection);
    return own !== undefined && this.#check(own);
  }

  /** A contract can set any bytes as a key's policy; those that are none are satisfied by nobody. */
  #checkKeyPolicy(envelope: Uint8Array): boolean {
    try {
      return this.#check(applicationPolicyOfSignature(envelope));
    } catch {
      return false;
    }
  }

  /** A collection that is not defined has no key policies; its own check then refuses. */
  #keyPolicy(collection: string, key: StateKey): Uint8Array | undefined {
    const { namespace, state } = this.#rules;
    const held = state.get(collection === '' ? namespace : hashedNamespace(namespace, collection), key);
    return deserializeMetadata(held?.metadata)?.get(VALIDATION_PARAMETER);
  }

  #collectionPolicy(name: string): Uint8Array | undefined {
    const { channel, definition, policy } = this.#rules;
    const owner = implicitOwner(name);
    if (owner !== undefined) {
      if (!channel.organisations.includes(owner)) return undefined;
      return applicationPolicyOfChannel(`/Channel/Application/${owner}/Endorsement`);
    }
    const collection = definition?.collections.find((candidate) => candidate.name === name);
    return collection && (collection.endorsementPolicy ?? policy);
  }

  #check(applicationPolicy: Uint8Array): boolean {
    this.#someChecked = true;
    return this.#rules.checks.satisfies(applicationPolicy);
  }
}

function* writtenKeys({ writes, metadataWrites, collections }: NamespaceSet): Iterable<[string, StateKey]> {
  for (const { key } of writes) yield ['', key];
  for (const { key } of metadataWrites) yield ['', key];
  for (const set of collections) for (const { key } of set.writes) yield [set.collection, key];
  for (const set of collections) for (const { key } of set.metadataWrites) yield [set.collection, key];
}

function notePolicyChanges({ namespace, metadataWrites, collections }: NamespaceSet, changed: ChangedPolicies): void {
  for (const { key } of metadataWrites) changed.add(policyId(namespace, '', key));
  for (const set of collections) {
    for (const { key } of set.metadataWrites) changed.add(policyId(namespace, set.collection, key));
  }
}

function policyId(namespace: string, collection: string, key: StateKey): string {
  return `${namespace}\u0000${collection}\u0000${key}`;
}
