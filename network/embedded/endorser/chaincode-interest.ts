import { common, peer } from '@hyperledger/fabric-protos';
import { VALIDATION_PARAMETER } from '../world-state/key-metadata';
import type { SimulationResult } from './transaction-simulator';

const SYSTEM_CHAINCODES: ReadonlySet<string> = new Set(['_lifecycle', 'lscc', 'qscc', 'cscc']);

export function isSystemChaincode(name: string): boolean {
  return SYSTEM_CHAINCODES.has(name);
}

interface NamespaceNeeds {
  /** Key-level policies of the keys written. */
  readonly keyPolicies: Uint8Array[];
  /** Collection (empty for public) whose own policy has a say. */
  readonly required: Map<string, boolean>;
}

/**
 * What a simulation touched, in the form from which the gateway finds the endorsers.
 *
 * A key with a policy of its own replaces the chaincode's policy; one without it asks for the chaincode's.
 *
 * @see fabric core/endorser/endorser.go buildChaincodeInterest
 */
export function newChaincodeInterest(result: SimulationResult): peer.ChaincodeInterest {
  const interest = new peer.ChaincodeInterest();
  for (const [name, needs] of needsOf(result)) {
    if (isSystemChaincode(name)) continue;
    for (const collection of needs.required.keys()) {
      const call =
        collection === ''
          ? publicCall(name, needs)
          : collectionCall(name, collection, result.privateReads.get(name)?.has(collection) ?? false);
      if (call) interest.addChaincodes(call);
    }
  }
  return interest;
}

function needsOf({ namespaces, writtenKeys, privateReads }: SimulationResult): Map<string, NamespaceNeeds> {
  const needs = new Map<string, NamespaceNeeds>();
  for (const { namespace, collection, metadata } of writtenKeys) {
    let entry = needs.get(namespace);
    if (!entry) needs.set(namespace, (entry = { keyPolicies: [], required: new Map([['', false]]) }));
    const policy = metadata?.get(VALIDATION_PARAMETER);
    if (policy) entry.keyPolicies.push(policy);
    else entry.required.set(collection, true);
  }
  for (const { namespace } of namespaces) {
    if (!needs.has(namespace)) needs.set(namespace, { keyPolicies: [], required: new Map([['', true]]) });
  }
  for (const [namespace, collections] of privateReads) {
    for (const collection of collections) needs.get(namespace)?.required.set(collection, true);
  }
  return needs;
}

function publicCall(name: string, { keyPolicies, required }: NamespaceNeeds): peer.ChaincodeCall | undefined {
  const needsChaincodePolicy = required.get('') === true;
  if (keyPolicies.length === 0 && !needsChaincodePolicy) return undefined;
  const call = new peer.ChaincodeCall();
  call.setName(name);
  call.setKeyPoliciesList(keyPolicies.map((bytes) => common.SignaturePolicyEnvelope.deserializeBinary(bytes)));
  call.setDisregardNamespacePolicy(keyPolicies.length > 0 && !needsChaincodePolicy);
  return call;
}

function collectionCall(name: string, collection: string, isRead: boolean): peer.ChaincodeCall {
  const call = new peer.ChaincodeCall();
  call.setName(name);
  call.setCollectionNamesList([collection]);
  call.setNoPrivateReads(!isRead);
  return call;
}
