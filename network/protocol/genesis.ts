import { createHash } from 'node:crypto';
import { Timestamp } from 'google-protobuf/google/protobuf/timestamp_pb';
import { common, msp, orderer, peer } from '@hyperledger/fabric-protos';
import { METADATA, newBlock, setMetadata } from './block';
import { encodePolicy } from './policy-dsl';

/** What the channel's configuration says of one organisation. */
export interface OrganisationConfig {
  readonly mspId: string;
  readonly rootCertificatePem: string;
  readonly tlsRootCertificatePem: string;
  readonly anchor?: { readonly host: string; readonly port: number };
}

export interface BatchConfig {
  readonly maxMessageCount: number;
  readonly absoluteMaxBytes: number;
  readonly preferredMaxBytes: number;
  readonly timeoutMs: number;
}

export interface ChannelDescription {
  readonly channelId: string;
  readonly organisations: readonly OrganisationConfig[];
  readonly orderer: OrganisationConfig & { readonly endpoints: readonly string[] };
  readonly batch: BatchConfig;
  /** Seconds since the epoch. */
  readonly createdAt: number;
  readonly nonce: Uint8Array;
}

const ADMINS = 'Admins';
const { ANY, MAJORITY } = common.ImplicitMetaPolicy.Rule;
type MetaRule = typeof ANY | typeof MAJORITY;

/**
 * Block 0 of a channel: a CONFIG envelope in the shape a stock configtxgen makes.
 *
 * `Endorsement` of every organisation names its peers, so no client certificate can endorse for it.
 * @see fabric internal/configtxgen/encoder
 */
export function newConfigBlock(description: ChannelDescription): common.Block {
  const config = new common.Config();
  config.setSequence(0);
  config.setChannelGroup(channelGroup(description));
  const envelope = new common.ConfigEnvelope();
  envelope.setConfig(config);
  const block = newBlock(0n, new Uint8Array(), [configEnvelope(description, envelope)]);
  const last = new common.Metadata();
  last.setValue(new common.LastConfig().serializeBinary());
  setMetadata(block, METADATA.lastConfig, last.serializeBinary());
  return block;
}

function configEnvelope(
  { channelId, createdAt, nonce }: ChannelDescription,
  config: common.ConfigEnvelope,
): Uint8Array {
  const channelHeader = new common.ChannelHeader();
  channelHeader.setType(common.HeaderType.CONFIG);
  channelHeader.setVersion(1);
  channelHeader.setChannelId(channelId);
  const time = new Timestamp();
  time.setSeconds(createdAt);
  channelHeader.setTimestamp(time);
  channelHeader.setTxId(createHash('sha256').update(nonce).digest('hex'));
  const signatureHeader = new common.SignatureHeader();
  signatureHeader.setNonce(nonce);
  const header = new common.Header();
  header.setChannelHeader(channelHeader.serializeBinary());
  header.setSignatureHeader(signatureHeader.serializeBinary());
  const payload = new common.Payload();
  payload.setHeader(header);
  payload.setData(config.serializeBinary());
  const envelope = new common.Envelope();
  envelope.setPayload(payload.serializeBinary());
  return envelope.serializeBinary();
}

function channelGroup(description: ChannelDescription): common.ConfigGroup {
  const group = newGroup({
    [ADMINS]: meta(MAJORITY, ADMINS),
    Readers: meta(ANY, 'Readers'),
    Writers: meta(ANY, 'Writers'),
  });
  const hashing = new common.HashingAlgorithm();
  hashing.setName('SHA256');
  const structure = new common.BlockDataHashingStructure();
  structure.setWidth(0xffffffff);
  setValue(group, 'HashingAlgorithm', hashing.serializeBinary());
  setValue(group, 'BlockDataHashingStructure', structure.serializeBinary());
  setValue(group, 'Capabilities', capabilities('V3_0'));
  group.getGroupsMap().set('Application', applicationGroup(description.organisations));
  group.getGroupsMap().set('Orderer', ordererGroup(description));
  return group;
}

function applicationGroup(organisations: readonly OrganisationConfig[]): common.ConfigGroup {
  const group = newGroup({
    [ADMINS]: meta(MAJORITY, ADMINS),
    Readers: meta(ANY, 'Readers'),
    Writers: meta(ANY, 'Writers'),
    Endorsement: meta(MAJORITY, 'Endorsement'),
    LifecycleEndorsement: meta(MAJORITY, 'Endorsement'),
  });
  setValue(group, 'Capabilities', capabilities('V2_5'));
  for (const organisation of organisations) group.getGroupsMap().set(organisation.mspId, memberGroup(organisation));
  return group;
}

/** A member as the section `Application` holds it; its `Endorsement` names its peers. */
export function memberGroup(organisation: OrganisationConfig): common.ConfigGroup {
  const { mspId, anchor } = organisation;
  const group = newGroup({
    [ADMINS]: anyRole(mspId, 'admin'),
    Readers: anyRole(mspId, 'admin', 'peer', 'client'),
    Writers: anyRole(mspId, 'admin', 'client'),
    Endorsement: anyRole(mspId, 'peer'),
  });
  setValue(group, 'MSP', mspConfig(organisation));
  if (anchor !== undefined) setValue(group, 'AnchorPeers', anchorPeers(anchor.host, anchor.port));
  return group;
}

function ordererGroup({ orderer: organisation, batch }: ChannelDescription): common.ConfigGroup {
  const group = newGroup({
    [ADMINS]: meta(MAJORITY, ADMINS),
    Readers: meta(ANY, 'Readers'),
    Writers: meta(ANY, 'Writers'),
    BlockValidation: meta(ANY, 'Writers'),
  });
  const size = new orderer.BatchSize();
  size.setMaxMessageCount(batch.maxMessageCount);
  size.setAbsoluteMaxBytes(batch.absoluteMaxBytes);
  size.setPreferredMaxBytes(batch.preferredMaxBytes);
  const timeout = new orderer.BatchTimeout();
  timeout.setTimeout(`${batch.timeoutMs}ms`);
  const consensus = new orderer.ConsensusType();
  consensus.setType('embedded');
  setValue(group, 'BatchSize', size.serializeBinary());
  setValue(group, 'BatchTimeout', timeout.serializeBinary());
  setValue(group, 'ConsensusType', consensus.serializeBinary());
  setValue(group, 'ChannelRestrictions', new Uint8Array());
  setValue(group, 'Capabilities', capabilities('V2_0'));
  const { mspId } = organisation;
  const child = newGroup({
    [ADMINS]: anyRole(mspId, 'admin'),
    Readers: anyRole(mspId, 'member'),
    Writers: anyRole(mspId, 'member'),
  });
  setValue(child, 'MSP', mspConfig(organisation));
  const addresses = new common.OrdererAddresses();
  addresses.setAddressesList([...organisation.endpoints]);
  setValue(child, 'Endpoints', addresses.serializeBinary());
  group.getGroupsMap().set(mspId, child);
  return group;
}

function newGroup(policies: Readonly<Record<string, common.Policy>>): common.ConfigGroup {
  const group = new common.ConfigGroup();
  group.setModPolicy(ADMINS);
  for (const [name, policy] of Object.entries(policies)) {
    const entry = new common.ConfigPolicy();
    entry.setModPolicy(ADMINS);
    entry.setPolicy(policy);
    group.getPoliciesMap().set(name, entry);
  }
  return group;
}

function setValue(group: common.ConfigGroup, name: string, bytes: Uint8Array): void {
  const value = new common.ConfigValue();
  value.setModPolicy(ADMINS);
  value.setValue(bytes);
  group.getValuesMap().set(name, value);
}

function meta(rule: MetaRule, subPolicy: string): common.Policy {
  const value = new common.ImplicitMetaPolicy();
  value.setRule(rule);
  value.setSubPolicy(subPolicy);
  return policyOf(common.Policy.PolicyType.IMPLICIT_META, value.serializeBinary());
}

function anyRole(mspId: string, ...roles: string[]): common.Policy {
  const rule = { n: 1, rules: roles.map((role) => ({ mspId, role })) };
  return policyOf(common.Policy.PolicyType.SIGNATURE, encodePolicy(rule));
}

function policyOf(type: 1 | 3, value: Uint8Array): common.Policy {
  const policy = new common.Policy();
  policy.setType(type);
  policy.setValue(value);
  return policy;
}

function capabilities(name: string): Uint8Array {
  const value = new common.Capabilities();
  value.getCapabilitiesMap().set(name, new common.Capability());
  return value.serializeBinary();
}

function anchorPeers(host: string, port: number): Uint8Array {
  const anchor = new peer.AnchorPeer();
  anchor.setHost(host);
  anchor.setPort(port);
  const anchors = new peer.AnchorPeers();
  anchors.setAnchorPeersList([anchor]);
  return anchors.serializeBinary();
}

function mspConfig({ mspId, rootCertificatePem, tlsRootCertificatePem }: OrganisationConfig): Uint8Array {
  const crypto = new msp.FabricCryptoConfig();
  crypto.setSignatureHashFamily('SHA2');
  crypto.setIdentityIdentifierHashFunction('SHA256');
  const unit = (name: string): msp.FabricOUIdentifier => {
    const identifier = new msp.FabricOUIdentifier();
    identifier.setCertificate(Buffer.from(rootCertificatePem));
    identifier.setOrganizationalUnitIdentifier(name);
    return identifier;
  };
  const units = new msp.FabricNodeOUs();
  units.setEnable(true);
  units.setClientOuIdentifier(unit('client'));
  units.setPeerOuIdentifier(unit('peer'));
  units.setAdminOuIdentifier(unit('admin'));
  units.setOrdererOuIdentifier(unit('orderer'));
  const config = new msp.FabricMSPConfig();
  config.setName(mspId);
  config.setRootCertsList([Buffer.from(rootCertificatePem)]);
  config.setTlsRootCertsList([Buffer.from(tlsRootCertificatePem)]);
  config.setCryptoConfig(crypto);
  config.setFabricNodeOus(units);
  const outer = new msp.MSPConfig();
  outer.setType(0);
  outer.setConfig(config.serializeBinary());
  return outer.serializeBinary();
}
