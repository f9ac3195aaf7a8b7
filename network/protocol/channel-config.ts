import type { X509Certificate } from 'node:crypto';
import { createHash } from 'node:crypto';
import { common, orderer, peer } from '@hyperledger/fabric-protos';
import { decoding, ProtocolError } from './errors';
import type { Identity } from './identity';
import { Msp } from './msp';
import { MspManager } from './msp-manager';
import { identityPolicy, signaturePolicy, validIdentities, type PolicyEvaluator } from './policy';

type IdentityPolicy = (identities: readonly Identity[]) => boolean;

const CHANNEL = 'Channel';
const MSP_VALUE = 'MSP';

/** What one channel's configuration says: members, their MSPs, policies by path, block limits. @see fabric common/channelconfig */
export class ChannelConfig {
  readonly msps: MspManager;
  /** MSP ids of the application organisations, sorted. */
  readonly organisations: readonly string[];
  readonly ordererOrganisations: readonly string[];
  readonly #policies = new Map<string, IdentityPolicy>();

  private constructor(
    readonly channelId: string,
    readonly config: common.Config,
    private readonly root: common.ConfigGroup,
  ) {
    const msps = mspsOf(root);
    this.msps = new MspManager([...msps.values()]);
    this.organisations = organisationsOf(root, 'Application');
    this.ordererOrganisations = organisationsOf(root, 'Orderer');
  }

  /** Reads the configuration out of a config block. @throws ProtocolError. */
  static fromBlock(block: common.Block | Uint8Array): ChannelConfig {
    return decoding('configuration block', () => {
      const parsed = block instanceof common.Block ? block : common.Block.deserializeBinary(block);
      const envelope = parsed.getData()?.getDataList_asU8()[0];
      if (envelope === undefined) throw new ProtocolError('a configuration block has one envelope');
      return ChannelConfig.fromEnvelope(envelope);
    });
  }

  /** Reads the configuration out of a CONFIG envelope. @throws ProtocolError. */
  static fromEnvelope(envelopeBytes: Uint8Array): ChannelConfig {
    return decoding('configuration envelope', () => {
      const payload = common.Payload.deserializeBinary(
        common.Envelope.deserializeBinary(envelopeBytes).getPayload_asU8(),
      );
      const header = common.ChannelHeader.deserializeBinary(
        payload.getHeader()?.getChannelHeader_asU8() ?? new Uint8Array(),
      );
      if (header.getType() !== common.HeaderType.CONFIG) throw new ProtocolError('not a configuration envelope');
      const config = common.ConfigEnvelope.deserializeBinary(payload.getData_asU8()).getConfig();
      const root = config?.getChannelGroup();
      if (config === undefined || root === undefined) throw new ProtocolError('configuration without a channel group');
      return new ChannelConfig(header.getChannelId(), config, root);
    });
  }

  /** Root certificates (PEM) of every member, by MSP id: what a verifier pins. */
  rootCertificates(): ReadonlyMap<string, readonly X509Certificate[]> {
    return new Map(this.msps.mspIds.map((mspId) => [mspId, this.msps.msp(mspId)?.rootCertificates ?? []]));
  }

  /** Every organisation's serialised `msp.MSPConfig`, by MSP id. */
  mspConfigs(): ReadonlyMap<string, Uint8Array> {
    const configs = new Map<string, Uint8Array>();
    for (const section of ['Orderer', 'Application']) {
      const group = this.root.getGroupsMap().get(section);
      for (const [, organisation] of group === undefined ? [] : childrenOf(group)) {
        const [mspId, bytes] = [mspIdOf(organisation), mspBytesOf(organisation)];
        if (mspId !== undefined && bytes !== undefined) configs.set(mspId, bytes);
      }
    }
    return configs;
  }

  /** The policy at a path such as `/Channel/Application/Endorsement`, over signatures. @throws ProtocolError when absent. */
  policy(path: string): PolicyEvaluator {
    const rule = this.identityPolicy(path);
    return (signed) => rule(validIdentities(signed, this.msps));
  }

  /** The same over identities whose signatures were verified. @throws ProtocolError when absent. */
  identityPolicy(path: string): IdentityPolicy {
    const known = this.#policies.get(path);
    if (known !== undefined) return known;
    const rule = this.#compile(path);
    this.#policies.set(path, rule);
    return rule;
  }

  /** Evaluator of `peer.ApplicationPolicy` bytes: a signature policy or a reference by path. @throws ProtocolError. */
  applicationPolicy(bytes: Uint8Array): PolicyEvaluator {
    const policy = decoding('application policy', () => peer.ApplicationPolicy.deserializeBinary(bytes));
    const signature = policy.getSignaturePolicy();
    if (signature !== undefined) return signaturePolicy(signature.serializeBinary(), this.msps);
    return this.policy(policy.getChannelConfigPolicyReference());
  }

  /** Rule, threshold and organisations of an implicit meta policy, or undefined for another kind. */
  implicitMeta(path: string): { readonly threshold: number; readonly organisations: readonly string[] } | undefined {
    const { group, name } = this.#locate(path);
    const policy = group.getPoliciesMap().get(name)?.getPolicy();
    if (policy?.getType() !== common.Policy.PolicyType.IMPLICIT_META) return undefined;
    const meta = common.ImplicitMetaPolicy.deserializeBinary(policy.getValue_asU8());
    const organisations = childrenOf(group)
      .map(([, child]) => mspIdOf(child))
      .filter((id): id is string => id !== undefined)
      .sort();
    return { threshold: thresholdOf(meta.getRule(), organisations.length), organisations };
  }

  /** Batch size and time-out of the ordering section. */
  batch(): { maxMessageCount: number; absoluteMaxBytes: number; preferredMaxBytes: number; timeout: string } {
    const values = this.root.getGroupsMap().get('Orderer')?.getValuesMap();
    const size = orderer.BatchSize.deserializeBinary(values?.get('BatchSize')?.getValue_asU8() ?? new Uint8Array());
    const timeout = orderer.BatchTimeout.deserializeBinary(
      values?.get('BatchTimeout')?.getValue_asU8() ?? new Uint8Array(),
    );
    return {
      maxMessageCount: size.getMaxMessageCount(),
      absoluteMaxBytes: size.getAbsoluteMaxBytes(),
      preferredMaxBytes: size.getPreferredMaxBytes(),
      timeout: timeout.getTimeout(),
    };
  }

  #locate(path: string): { group: common.ConfigGroup; name: string } {
    const parts = path.split('/').slice(1);
    const name = parts.pop();
    if (parts[0] !== CHANNEL || name === undefined) throw new ProtocolError(`no policy at ${path}`);
    let group: common.ConfigGroup | undefined = this.root;
    for (const part of parts.slice(1)) group = group?.getGroupsMap().get(part);
    if (group === undefined) throw new ProtocolError(`no policy at ${path}`);
    return { group, name };
  }

  #compile(path: string): IdentityPolicy {
    const { group, name } = this.#locate(path);
    const policy = group.getPoliciesMap().get(name)?.getPolicy();
    if (policy === undefined) throw new ProtocolError(`no policy at ${path}`);
    const value = policy.getValue_asU8();
    if (policy.getType() === common.Policy.PolicyType.SIGNATURE) return identityPolicy(value, this.msps);
    if (policy.getType() !== common.Policy.PolicyType.IMPLICIT_META)
      throw new ProtocolError(`unknown kind of policy at ${path}`);
    const meta = common.ImplicitMetaPolicy.deserializeBinary(value);
    const base = path.slice(0, path.lastIndexOf('/'));
    // A child without the sub-policy counts as one that never agrees, as in Fabric.
    const children = childrenOf(group).map(([child, childGroup]): IdentityPolicy =>
      childGroup.getPoliciesMap().has(meta.getSubPolicy())
        ? this.identityPolicy(`${base}/${child}/${meta.getSubPolicy()}`)
        : () => false,
    );
    const threshold = thresholdOf(meta.getRule(), children.length);
    return (identities) => children.filter((child) => child(identities)).length >= threshold;
  }
}

function childrenOf(group: common.ConfigGroup): [string, common.ConfigGroup][] {
  const children: [string, common.ConfigGroup][] = [];
  group.getGroupsMap().forEach((child: common.ConfigGroup, name: string) => children.push([name, child]));
  return children;
}

function thresholdOf(rule: number, count: number): number {
  const { ANY, ALL, MAJORITY } = common.ImplicitMetaPolicy.Rule;
  if (rule === ANY) return 1;
  if (rule === ALL) return count;
  if (rule === MAJORITY) return Math.floor(count / 2) + 1;
  throw new ProtocolError('unknown implicit meta rule');
}

function mspBytesOf(group: common.ConfigGroup): Uint8Array | undefined {
  return group.getValuesMap().get(MSP_VALUE)?.getValue_asU8();
}

function mspIdOf(group: common.ConfigGroup): string | undefined {
  const bytes = mspBytesOf(group);
  return bytes === undefined ? undefined : Msp.fromConfigBytes(bytes).mspId;
}

function organisationsOf(root: common.ConfigGroup, section: string): string[] {
  const group = root.getGroupsMap().get(section);
  return group === undefined
    ? []
    : childrenOf(group)
        .map(([, child]) => mspIdOf(child))
        .filter((id) => id !== undefined)
        .sort();
}

function mspsOf(root: common.ConfigGroup): Map<string, Msp> {
  const msps = new Map<string, Msp>();
  for (const section of ['Application', 'Orderer']) {
    const group = root.getGroupsMap().get(section);
    for (const [, organisation] of group === undefined ? [] : childrenOf(group)) {
      const bytes = mspBytesOf(organisation);
      if (bytes === undefined) continue;
      const provider = Msp.fromConfigBytes(bytes);
      msps.set(provider.mspId, provider);
    }
  }
  return msps;
}

/** SHA-256 fingerprint of a certificate's DER, hexadecimal. */
export function certificateFingerprint(certificate: X509Certificate): string {
  return createHash('sha256').update(certificate.raw).digest('hex');
}
