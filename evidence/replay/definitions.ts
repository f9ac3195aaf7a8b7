import { peer } from '@hyperledger/fabric-protos';
import { keyOfText, type ReplayedState } from './replayed-state';

export const LIFECYCLE = '_lifecycle';

/** What the channel agreed about a chaincode, as far as validation needs it. */
export interface Definition {
  /** `peer.ApplicationPolicy`. */
  readonly policy: Uint8Array;
  readonly collections: ReadonlyMap<string, { readonly policy: Uint8Array | undefined; readonly blockToLive: number }>;
}

/** Reads a chaincode's committed definition. @see fabric core/chaincode/lifecycle/lifecycle.go */
export function definitionOf(state: ReplayedState, chaincode: string): Definition | undefined {
  const field = (name: string): Uint8Array | undefined => {
    const value = state.get(LIFECYCLE, keyOfText(`namespaces/fields/${chaincode}/${name}`))?.value;
    return value === undefined || value === null
      ? undefined
      : peer.lifecycle.StateData.deserializeBinary(value).getBytes_asU8();
  };
  const validation = field('ValidationInfo');
  if (validation === undefined) return undefined;
  const configs = peer.CollectionConfigPackage.deserializeBinary(field('Collections') ?? new Uint8Array());
  const collections = configs.getConfigList().flatMap((config) => {
    const collection = config.getStaticCollectionConfig();
    if (collection === undefined) return [];
    const policy = collection.getEndorsementPolicy()?.serializeBinary();
    return [[collection.getName(), { policy, blockToLive: collection.getBlockToLive() }] as const];
  });
  return {
    policy: peer.lifecycle.ChaincodeValidationInfo.deserializeBinary(validation).getValidationParameter_asU8(),
    collections: new Map(collections),
  };
}
