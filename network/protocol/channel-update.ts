import { common, msp, orderer } from '@hyperledger/fabric-protos';
import { ProtocolError } from './errors';
import { memberGroup, type OrganisationConfig } from './genesis';

/** An ordering node as Raft knows it. */
export interface Consenter {
  readonly host: string;
  readonly port: number;
  /** PEM of its TLS certificate, for both directions. */
  readonly tlsCertificate: Uint8Array;
}

/** A change of a channel's configuration, as a new configuration; versions stay for whoever computes the update. */
export type ConfigEdit = (config: common.Config) => common.Config;

/** Adds a member. @throws ProtocolError when it is there. */
export function addMember(organisation: OrganisationConfig): ConfigEdit {
  return edit((root) => {
    const groups = section(root, 'Application').getGroupsMap();
    if (groups.has(organisation.mspId)) throw new ProtocolError(`${organisation.mspId} is a member already`);
    groups.set(organisation.mspId, memberGroup(organisation));
  });
}

/** Takes a member out. @throws ProtocolError when it is not there. */
export function removeMember(mspId: string): ConfigEdit {
  return edit((root) => {
    const groups = section(root, 'Application').getGroupsMap();
    if (!groups.has(mspId)) throw new ProtocolError(`${mspId} is no member`);
    groups.del(mspId);
  });
}

/** Sets a member's revocation lists, PEM. @throws ProtocolError. */
export function setRevocationLists(mspId: string, lists: readonly string[]): ConfigEdit {
  return editMsp(mspId, (config) => config.setRevocationListList(lists.map((pem) => Buffer.from(pem))));
}

/**
 * Sets a member's roots, PEM: the new one beside the old one first, then alone.
 *
 * The node units are tied to no root then, so that certificates of either count as what their unit says.
 * @throws ProtocolError.
 */
export function setRoots(mspId: string, roots: readonly string[], tlsRoots: readonly string[]): ConfigEdit {
  return editMsp(mspId, (config) => {
    config.setRootCertsList(roots.map((pem) => Buffer.from(pem)));
    config.setTlsRootCertsList(tlsRoots.map((pem) => Buffer.from(pem)));
    const units = config.getFabricNodeOus();
    for (const unit of [
      units?.getClientOuIdentifier(),
      units?.getPeerOuIdentifier(),
      units?.getAdminOuIdentifier(),
      units?.getOrdererOuIdentifier(),
    ]) {
      unit?.setCertificate('');
    }
  });
}

/** Adds an ordering node and its address. @throws ProtocolError for a consensus other than Raft. */
export function addConsenter(organisation: string, consenter: Consenter): ConfigEdit {
  return editConsensus(organisation, (metadata, addresses) => {
    const added = new orderer.etcdraft.Consenter();
    added.setHost(consenter.host);
    added.setPort(consenter.port);
    added.setClientTlsCert(consenter.tlsCertificate);
    added.setServerTlsCert(consenter.tlsCertificate);
    metadata.addConsenters(added);
    return [...addresses, `${consenter.host}:${consenter.port}`];
  });
}

/** Takes an ordering node out. @throws ProtocolError when it is not there. */
export function removeConsenter(organisation: string, { host, port }: Omit<Consenter, 'tlsCertificate'>): ConfigEdit {
  return editConsensus(organisation, (metadata, addresses) => {
    const kept = metadata.getConsentersList().filter((one) => one.getHost() !== host || one.getPort() !== port);
    if (kept.length === metadata.getConsentersList().length) throw new ProtocolError(`${host}:${port} orders nothing`);
    metadata.setConsentersList(kept);
    return addresses.filter((address) => address !== `${host}:${port}`);
  });
}

function edit(change: (root: common.ConfigGroup) => void): ConfigEdit {
  return (config) => {
    const copy = common.Config.deserializeBinary(config.serializeBinary());
    const root = copy.getChannelGroup();
    if (root === undefined) throw new ProtocolError('configuration without a channel group');
    change(root);
    return copy;
  };
}

function section(root: common.ConfigGroup, name: 'Application' | 'Orderer'): common.ConfigGroup {
  const group = root.getGroupsMap().get(name);
  if (group === undefined) throw new ProtocolError(`configuration without a section ${name}`);
  return group;
}

function valueOf(group: common.ConfigGroup | undefined, name: string): common.ConfigValue {
  const value = group?.getValuesMap().get(name);
  if (value === undefined) throw new ProtocolError(`configuration without ${name}`);
  return value;
}

function editMsp(mspId: string, change: (config: msp.FabricMSPConfig) => void): ConfigEdit {
  return edit((root) => {
    const value = valueOf(section(root, 'Application').getGroupsMap().get(mspId), 'MSP');
    const outer = msp.MSPConfig.deserializeBinary(value.getValue_asU8());
    const inner = msp.FabricMSPConfig.deserializeBinary(outer.getConfig_asU8());
    change(inner);
    outer.setConfig(inner.serializeBinary());
    value.setValue(outer.serializeBinary());
  });
}

function editConsensus(
  organisation: string,
  change: (metadata: orderer.etcdraft.ConfigMetadata, addresses: readonly string[]) => readonly string[],
): ConfigEdit {
  return edit((root) => {
    const ordering = section(root, 'Orderer');
    const value = valueOf(ordering, 'ConsensusType');
    const type = orderer.ConsensusType.deserializeBinary(value.getValue_asU8());
    if (type.getType() !== 'etcdraft') throw new ProtocolError(`consensus ${type.getType()} is not changed here`);
    const endpoints = valueOf(ordering.getGroupsMap().get(organisation), 'Endpoints');
    const addresses = common.OrdererAddresses.deserializeBinary(endpoints.getValue_asU8());
    const metadata = orderer.etcdraft.ConfigMetadata.deserializeBinary(type.getMetadata_asU8());
    addresses.setAddressesList([...change(metadata, addresses.getAddressesList())]);
    type.setMetadata(metadata.serializeBinary());
    value.setValue(type.serializeBinary());
    endpoints.setValue(addresses.serializeBinary());
  });
}
