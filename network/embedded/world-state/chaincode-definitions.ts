import { peer } from '@hyperledger/fabric-protos';
import { toStateKey } from './state-key';
import type { StateReader } from './state';

export const LIFECYCLE = '_lifecycle';
const IMPLICIT_PREFIX = '_implicit_org_';
const FIELDS = ['Collections', 'EndorsementInfo', 'Sequence', 'ValidationInfo'] as const;

export interface CollectionDefinition {
  readonly name: string;
  /** common.SignaturePolicyEnvelope of the members that hold the data. */
  readonly memberPolicy: Uint8Array;
  /** peer.ApplicationPolicy, or undefined where the chaincode's own policy holds. */
  readonly endorsementPolicy: Uint8Array | undefined;
  readonly requiredPeerCount: number;
  /** Blocks after which the data vanishes; 0 means never. */
  readonly blockToLive: number;
  readonly memberOnlyRead: boolean;
  readonly memberOnlyWrite: boolean;
}

export interface ChaincodeDefinition {
  readonly name: string;
  readonly version: string;
  readonly sequence: number;
  readonly initRequired: boolean;
  /** peer.ApplicationPolicy of the endorsement policy. */
  readonly validationParameter: Uint8Array;
  readonly collections: readonly CollectionDefinition[];
}

/** A read that may leave a trace, as a simulation's does, or not. */
export type LifecycleRead = (key: string) => Uint8Array | undefined;

export function sequenceKey(chaincode: string): string {
  return `namespaces/fields/${chaincode}/Sequence`;
}

export function metadataKey(chaincode: string): string {
  return `namespaces/metadata/${chaincode}`;
}

/** MSP id of an implicit collection's owner. @see fabric core/chaincode/implicitcollection/name.go */
export function implicitOwner(collection: string): string | undefined {
  return collection.startsWith(IMPLICIT_PREFIX) ? collection.slice(IMPLICIT_PREFIX.length) : undefined;
}

export function implicitCollection(mspId: string): string {
  return IMPLICIT_PREFIX + mspId;
}

/** The committed sequence, 0 when the chaincode is not defined. Reads one key. */
export function readSequence(read: LifecycleRead, chaincode: string): number {
  const bytes = read(sequenceKey(chaincode));
  return bytes ? peer.lifecycle.StateData.deserializeBinary(bytes).getInt64() : 0;
}

/**
 * The committed definition, read from its five keys as a peer reads them.
 *
 * @see fabric core/chaincode/lifecycle/lifecycle.go ChaincodeDefinitionIfDefined
 */
export function readDefinition(read: LifecycleRead, chaincode: string): ChaincodeDefinition | undefined {
  if (!read(metadataKey(chaincode))) return undefined;
  const [collections, endorsement, sequence, validation] = FIELDS.map((field) => {
    const bytes = read(`namespaces/fields/${chaincode}/${field}`);
    return peer.lifecycle.StateData.deserializeBinary(bytes ?? new Uint8Array(0));
  }) as [StateData, StateData, StateData, StateData];
  const info = peer.lifecycle.ChaincodeEndorsementInfo.deserializeBinary(endorsement.getBytes_asU8());
  const rules = peer.lifecycle.ChaincodeValidationInfo.deserializeBinary(validation.getBytes_asU8());
  return {
    name: chaincode,
    version: info.getVersion(),
    sequence: sequence.getInt64(),
    initRequired: info.getInitRequired(),
    validationParameter: rules.getValidationParameter_asU8(),
    collections: toCollections(collections.getBytes_asU8()),
  };
}

type StateData = peer.lifecycle.StateData;

function toCollections(packageBytes: Uint8Array): CollectionDefinition[] {
  const list = peer.CollectionConfigPackage.deserializeBinary(packageBytes).getConfigList();
  return list.flatMap((config) => {
    const collection = config.getStaticCollectionConfig();
    if (!collection) return [];
    return [
      {
        name: collection.getName(),
        memberPolicy: collection.getMemberOrgsPolicy()?.getSignaturePolicy()?.serializeBinary() ?? new Uint8Array(0),
        endorsementPolicy: collection.getEndorsementPolicy()?.serializeBinary(),
        requiredPeerCount: collection.getRequiredPeerCount(),
        blockToLive: collection.getBlockToLive(),
        memberOnlyRead: collection.getMemberOnlyRead(),
        memberOnlyWrite: collection.getMemberOnlyWrite(),
      },
    ];
  });
}

/** The definitions as of the last block, parsed once per change. */
export class DefinitionCache {
  readonly #state: StateReader;
  readonly #known = new Map<string, ChaincodeDefinition | undefined>();

  constructor(state: StateReader) {
    this.#state = state;
  }

  get(chaincode: string): ChaincodeDefinition | undefined {
    if (!this.#known.has(chaincode)) {
      if (this.#known.size > 1_000) this.#known.clear(); // names come from callers
      const read: LifecycleRead = (key) => this.#state.get(LIFECYCLE, toStateKey(key))?.value;
      this.#known.set(chaincode, readDefinition(read, chaincode));
    }
    return this.#known.get(chaincode);
  }

  /** To be called when a block has written to the lifecycle's namespace. */
  clear(): void {
    this.#known.clear();
  }
}
