import { peer } from '@hyperledger/fabric-protos';
import { metadataKey } from './chaincode-definitions';

type StateData = peer.lifecycle.StateData;

/** The keys and values that a commit of this definition writes, in the order of their names. */
export function lifecycleWrites(args: peer.lifecycle.CommitChaincodeDefinitionArgs): Map<string, Uint8Array> {
  const name = args.getName();
  const field = (suffix: string): string => `namespaces/fields/${name}/${suffix}`;
  return new Map([
    [field('Collections'), bytesData((args.getCollections() ?? new peer.CollectionConfigPackage()).serializeBinary())],
    [field('EndorsementInfo'), bytesData(endorsementInfo(args))],
    [field('Sequence'), sequenceData(args.getSequence())],
    [field('ValidationInfo'), bytesData(validationInfo(args))],
    [metadataKey(name), definitionMetadata()],
  ]);
}

function endorsementInfo(args: peer.lifecycle.CommitChaincodeDefinitionArgs): Uint8Array {
  const info = new peer.lifecycle.ChaincodeEndorsementInfo();
  info.setVersion(args.getVersion());
  info.setInitRequired(args.getInitRequired());
  info.setEndorsementPlugin('escc');
  return info.serializeBinary();
}

function validationInfo(args: peer.lifecycle.CommitChaincodeDefinitionArgs): Uint8Array {
  const info = new peer.lifecycle.ChaincodeValidationInfo();
  info.setValidationPlugin('vscc');
  info.setValidationParameter(args.getValidationParameter_asU8());
  return info.serializeBinary();
}

function definitionMetadata(): Uint8Array {
  const metadata = new peer.lifecycle.StateMetadata();
  metadata.setDatatype('ChaincodeDefinition');
  metadata.setFieldsList(['Sequence', 'EndorsementInfo', 'ValidationInfo', 'Collections']);
  return metadata.serializeBinary();
}

function sequenceData(sequence: number): Uint8Array {
  const data: StateData = new peer.lifecycle.StateData();
  data.setInt64(sequence);
  return data.serializeBinary();
}

function bytesData(bytes: Uint8Array): Uint8Array {
  const data: StateData = new peer.lifecycle.StateData();
  data.setBytes(bytes);
  return data.serializeBinary();
}
