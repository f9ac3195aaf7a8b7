import { common, peer } from '@hyperledger/fabric-protos';
import { Timestamp } from 'google-protobuf/google/protobuf/timestamp_pb';
import { createHash, randomBytes } from 'node:crypto';
import type { ChaincodeDeployment, CollectionDefinition } from '../material/network-definition';
import { parsePolicyDsl } from '../protocol/policy-dsl';
import type { Signer } from '../protocol/signer';
import { applicationPolicyOfChannel, applicationPolicyOfSignature } from './committer/application-policy';
import { ReadWriteSetBuilder } from './endorser/read-write-set-builder';
import { newResponsePayload } from './endorser/response-payload';
import { encodeSimulation } from './endorser/simulation-encoding';
import { LIFECYCLE, metadataKey, readDefinition, sequenceKey } from './world-state/chaincode-definitions';
import { lifecycleWrites } from './world-state/lifecycle-state';
import { toStateKey } from './world-state/state-key';
import type { StateReader } from './world-state/state';

type CommitArgs = peer.lifecycle.CommitChaincodeDefinitionArgs;

/** The definition a network file asks for, at a given sequence. */
export function commitArgs(deployment: ChaincodeDeployment, sequence: number): CommitArgs {
  const args = new peer.lifecycle.CommitChaincodeDefinitionArgs();
  args.setSequence(sequence);
  args.setName(deployment.name);
  args.setVersion(deployment.version);
  args.setValidationParameter(
    deployment.policy === undefined
      ? applicationPolicyOfChannel('/Channel/Application/Endorsement')
      : applicationPolicyOfSignature(parsePolicyDsl(deployment.policy)),
  );
  if (deployment.collections.length > 0) args.setCollections(collectionPackage(deployment.collections));
  return args;
}

function collectionPackage(collections: readonly CollectionDefinition[]): peer.CollectionConfigPackage {
  const result = new peer.CollectionConfigPackage();
  result.setConfigList(
    collections.map((definition) => {
      const members = new peer.CollectionPolicyConfig();
      members.setSignaturePolicy(common.SignaturePolicyEnvelope.deserializeBinary(parsePolicyDsl(definition.policy)));
      const collection = new peer.StaticCollectionConfig();
      collection.setName(definition.name);
      collection.setMemberOrgsPolicy(members);
      collection.setRequiredPeerCount(definition.requiredPeerCount);
      collection.setMaximumPeerCount(definition.maxPeerCount);
      collection.setBlockToLive(definition.blockToLive);
      collection.setMemberOnlyRead(definition.memberOnlyRead);
      collection.setMemberOnlyWrite(definition.memberOnlyWrite);
      if (definition.endorsementPolicy !== undefined) {
        const policy = applicationPolicyOfSignature(parsePolicyDsl(definition.endorsementPolicy));
        collection.setEndorsementPolicy(peer.ApplicationPolicy.deserializeBinary(policy));
      }
      const config = new peer.CollectionConfig();
      config.setStaticCollectionConfig(collection);
      return config;
    }),
  );
  return result;
}

/**
 * The sequence to commit so that the ledger has this definition, or undefined when it has it already.
 *
 * A changed definition in the network file becomes the next sequence, as an upgrade on a real network does.
 */
export function missingSequence(deployment: ChaincodeDeployment, state: StateReader): number | undefined {
  const read = (key: string): Uint8Array | undefined => state.get(LIFECYCLE, toStateKey(key))?.value;
  const current = readDefinition(read, deployment.name);
  if (!current) return 1;
  const wanted = lifecycleWrites(commitArgs(deployment, current.sequence));
  const isSame = [...wanted].every(([key, value]) => Buffer.compare(read(key) ?? Buffer.alloc(0), value) === 0);
  return isSame ? undefined : current.sequence + 1;
}

/** A signed transaction that commits a definition, endorsed by the given members' peers. */
export function newCommitEnvelope(options: {
  channelId: string;
  args: CommitArgs;
  state: StateReader;
  creator: Signer;
  endorsers: readonly Signer[];
}): common.Envelope {
  const { channelId, args, creator, endorsers } = options;
  const nonce = randomBytes(24);
  const headers = newHeaders(channelId, creator, nonce);
  const input = newInput(args).serializeBinary();
  const proposalPayload = new peer.ChaincodeProposalPayload();
  proposalPayload.setInput(input);
  const publicPayload = proposalPayload.serializeBinary();
  const proposalHash = createHash('sha256')
    .update(headers.channel)
    .update(headers.signature)
    .update(publicPayload)
    .digest();
  const response = new peer.Response();
  response.setStatus(200);
  const results = encodeSimulation(changesOf(args, options.state)).publicBytes;
  const payload = newResponsePayload({ chaincode: LIFECYCLE, proposalHash }, { version: 'syscc', response, results });
  const endorsements = endorsers.map((endorser) => {
    const endorsement = new peer.Endorsement();
    endorsement.setEndorser(endorser.serializedIdentity);
    endorsement.setSignature(endorser.sign(Buffer.concat([payload, endorser.serializedIdentity])));
    return endorsement;
  });
  return newEnvelope({ headers, publicPayload, payload, endorsements, creator });
}

interface Headers {
  readonly channel: Uint8Array;
  readonly signature: Uint8Array;
}

function newHeaders(channelId: string, creator: Signer, nonce: Uint8Array): Headers {
  const id = new peer.ChaincodeID();
  id.setName(LIFECYCLE);
  const extension = new peer.ChaincodeHeaderExtension();
  extension.setChaincodeId(id);
  const timestamp = new Timestamp();
  timestamp.fromDate(new Date());
  const channel = new common.ChannelHeader();
  channel.setType(common.HeaderType.ENDORSER_TRANSACTION);
  channel.setChannelId(channelId);
  channel.setTimestamp(timestamp);
  channel.setTxId(createHash('sha256').update(nonce).update(creator.serializedIdentity).digest('hex'));
  channel.setExtension$(extension.serializeBinary());
  const signature = new common.SignatureHeader();
  signature.setCreator(creator.serializedIdentity);
  signature.setNonce(nonce);
  return { channel: channel.serializeBinary(), signature: signature.serializeBinary() };
}

function newInput(args: CommitArgs): peer.ChaincodeInvocationSpec {
  const id = new peer.ChaincodeID();
  id.setName(LIFECYCLE);
  const input = new peer.ChaincodeInput();
  input.setArgsList([Buffer.from('CommitChaincodeDefinition'), args.serializeBinary()]);
  const specification = new peer.ChaincodeSpec();
  specification.setChaincodeId(id);
  specification.setInput(input);
  const invocation = new peer.ChaincodeInvocationSpec();
  invocation.setChaincodeSpec(specification);
  return invocation;
}

function changesOf(args: CommitArgs, state: StateReader): ReturnType<ReadWriteSetBuilder['build']> {
  const builder = new ReadWriteSetBuilder();
  for (const key of [sequenceKey(args.getName()), metadataKey(args.getName())]) {
    builder.addRead(LIFECYCLE, key, state.get(LIFECYCLE, toStateKey(key))?.version ?? null);
  }
  for (const [key, value] of lifecycleWrites(args)) builder.addWrite(LIFECYCLE, key, value);
  return builder.build();
}

function newEnvelope(parts: {
  headers: Headers;
  publicPayload: Uint8Array;
  payload: Uint8Array;
  endorsements: peer.Endorsement[];
  creator: Signer;
}): common.Envelope {
  const endorsed = new peer.ChaincodeEndorsedAction();
  endorsed.setProposalResponsePayload(parts.payload);
  endorsed.setEndorsementsList(parts.endorsements);
  const contents = new peer.ChaincodeActionPayload();
  contents.setChaincodeProposalPayload(parts.publicPayload);
  contents.setAction(endorsed);
  const action = new peer.TransactionAction();
  action.setHeader(parts.headers.signature);
  action.setPayload(contents.serializeBinary());
  const transaction = new peer.Transaction();
  transaction.setActionsList([action]);
  const header = new common.Header();
  header.setChannelHeader(parts.headers.channel);
  header.setSignatureHeader(parts.headers.signature);
  const body = new common.Payload();
  body.setHeader(header);
  body.setData(transaction.serializeBinary());
  const envelope = new common.Envelope();
  envelope.setPayload(body.serializeBinary());
  envelope.setSignature(parts.creator.sign(envelope.getPayload_asU8()));
  return envelope;
}
