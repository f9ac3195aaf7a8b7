import type { ChannelConfig } from '../../network/protocol/channel-config';
import { signaturePolicy, type SignedData } from '../../network/protocol/policy';
import type { NamespaceSet } from '../../network/protocol/read-write-set';
import { VALIDATION_CODES as Code } from '../../network/protocol/validation-code';
import type { TransactionView } from '../transaction-view';
import { definitionOf, LIFECYCLE, type Definition } from './definitions';
import { hashedNamespace, keyOfBytes, keyOfText, type ReplayedState } from './replayed-state';

const IMPLICIT = '_implicit_org_';

/** Keys whose policy an earlier transaction of the block changed: later writes to them are invalid. */
export type ChangedPolicies = Set<string>;

/**
 * The validation code that a transaction's endorsements earn: key policies, then collections', then the chaincode's.
 *
 * @see fabric core/common/validation/statebased/v20.go
 */
export function judgeEndorsements(
  transaction: TransactionView,
  config: ChannelConfig,
  state: ReplayedState,
  changed: ChangedPolicies,
): number {
  const { action, sets } = transaction;
  const namespaces = new Set([action.chaincode, ...sets.filter(writesSomething).map(({ namespace }) => namespace)]);
  for (const namespace of namespaces) {
    const definition = definitionOf(state, namespace);
    if (namespace !== LIFECYCLE && definition === undefined) return Code.INVALID_CHAINCODE;
    const judge = new NamespaceJudge(namespace, definition, { config, state, changed, signed: action.endorsements });
    const set = sets.find((candidate) => candidate.namespace === namespace);
    if (!judge.accepts(set)) return Code.ENDORSEMENT_POLICY_FAILURE;
    for (const place of set === undefined ? [] : guardedPlaces(set)) changed.add(place.join('\n'));
  }
  return Code.VALID;
}

interface Circumstances {
  readonly config: ChannelConfig;
  readonly state: ReplayedState;
  readonly changed: ChangedPolicies;
  readonly signed: readonly SignedData[];
}

/** Namespace of the state, collection (empty for public keys), key. */
type KeyPlace = readonly [string, string, string];

class NamespaceJudge {
  #someoneJudged = false;

  constructor(
    private readonly namespace: string,
    private readonly definition: Definition | undefined,
    private readonly circumstances: Circumstances,
  ) {}

  accepts(set: NamespaceSet | undefined): boolean {
    const places = set === undefined ? [] : [...writtenPlaces(set), ...guardedPlaces(set)];
    return places.every((place) => this.#acceptsKey(place)) && (this.#someoneJudged || this.#acceptsByChaincode());
  }

  #acceptsKey([space, collection, key]: KeyPlace): boolean {
    const { changed, config, signed, state } = this.circumstances;
    if (changed.has([space, collection, key].join('\n'))) return false;
    const policy = state.get(space, key)?.policy;
    if (policy !== undefined && policy.length > 0) {
      this.#someoneJudged = true;
      return attempt(() => signaturePolicy(policy, config.msps)(signed));
    }
    return collection === '' ? this.#acceptsByChaincode() : this.#acceptsByCollection(collection);
  }

  #acceptsByCollection(name: string): boolean {
    const { config, signed } = this.circumstances;
    if (name.startsWith(IMPLICIT)) {
      this.#someoneJudged = true;
      const owner = name.slice(IMPLICIT.length);
      return attempt(() => config.policy(`/Channel/Application/${owner}/Endorsement`)(signed));
    }
    const collection = this.definition?.collections.get(name);
    if (collection === undefined) return false;
    const { policy } = collection;
    if (policy === undefined) return this.#acceptsByChaincode();
    this.#someoneJudged = true;
    return attempt(() => config.applicationPolicy(policy)(signed));
  }

  #acceptsByChaincode(): boolean {
    this.#someoneJudged = true;
    const { config, signed } = this.circumstances;
    const policy = this.definition?.policy;
    if (this.namespace === LIFECYCLE) return config.policy('/Channel/Application/LifecycleEndorsement')(signed);
    return policy !== undefined && attempt(() => config.applicationPolicy(policy)(signed));
  }
}

/** A policy nobody can read is satisfied by nobody. */
function attempt(judge: () => boolean): boolean {
  try {
    return judge();
  } catch {
    return false;
  }
}

function writesSomething(set: NamespaceSet): boolean {
  return writtenPlaces(set).length + guardedPlaces(set).length > 0;
}

function writtenPlaces({ namespace, writes, collections }: NamespaceSet): KeyPlace[] {
  return [
    ...writes.map(({ key }): KeyPlace => [namespace, '', keyOfText(key)]),
    ...collections.flatMap(({ collection, writes: hashed }) =>
      hashed.map(({ keyHash }): KeyPlace => [hashedNamespace(namespace, collection), collection, keyOfBytes(keyHash)]),
    ),
  ];
}

function guardedPlaces({ namespace, metadataWrites, collections }: NamespaceSet): KeyPlace[] {
  return [
    ...metadataWrites.map(({ key }): KeyPlace => [namespace, '', keyOfText(key)]),
    ...collections.flatMap(({ collection, metadataWrites: hashed }) =>
      hashed.map(({ keyHash }): KeyPlace => [hashedNamespace(namespace, collection), collection, keyOfBytes(keyHash)]),
    ),
  ];
}
