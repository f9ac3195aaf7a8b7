import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import Ajv, { type ErrorObject } from 'ajv';
import { parse } from 'yaml';
import { NETWORK_SCHEMA } from './network-schema';

export interface UserDefinition {
  readonly name: string;
  /** Node OU; `client` when absent. */
  readonly role?: 'client' | 'admin';
}

/** A member's own Fabric CA, where keys are enrolled instead of made by the development authority. */
export interface CertificateAuthorityDefinition {
  readonly url: string;
  /** Among the authorities of one server; its default when absent. */
  readonly name?: string;
  /** The root its TLS certificate must lead to; relative to the network file. */
  readonly tlsRootFile: string;
}

export interface MemberDefinition {
  readonly mspId: string;
  /** Used in subject names: `User1@domain`, `ca.domain`. */
  readonly domain: string;
  /** Port of the member's endpoint on loopback. */
  readonly port: number;
  readonly users: readonly UserDefinition[];
  readonly certificateAuthority?: CertificateAuthorityDefinition;
}

export interface CollectionDefinition {
  readonly name: string;
  /** Members, as policy text. */
  readonly policy: string;
  readonly requiredPeerCount: number;
  readonly maxPeerCount: number;
  readonly blockToLive: number;
  readonly memberOnlyRead: boolean;
  readonly memberOnlyWrite: boolean;
  /** Collection's own endorsement policy, as policy text. */
  readonly endorsementPolicy?: string;
}

export interface ChaincodeDeployment {
  readonly name: string;
  readonly version: string;
  /** Policy text; the channel's `Endorsement` (majority) when absent. */
  readonly policy?: string;
  readonly collections: readonly CollectionDefinition[];
  /** MSP id → host:port of that member's chaincode service. */
  readonly services: Readonly<Record<string, string>>;
}

export interface BlockOptions {
  readonly maxMessageCount: number;
  readonly timeoutMs: number;
  readonly preferredMaxBytes: number;
  readonly absoluteMaxBytes: number;
  /** Cut a block at once when nothing else is under way. */
  readonly idleCutsAtOnce: boolean;
}

/** Nodes of a real network; the embedded ledger has none. */
export interface FabricOptions {
  /** How the ordering nodes agree: Raft survives the loss of a minority, BFT also the lies of less than a third. */
  readonly consensus: 'raft' | 'bft';
  readonly orderers: number;
  readonly peersPerMember: number;
}

/** One consortium, as both the embedded ledger and a real network are made from. */
export interface NetworkDefinition {
  readonly channel: string;
  readonly host: string;
  readonly members: readonly MemberDefinition[];
  readonly orderer: { readonly mspId: string; readonly domain: string };
  readonly chaincodes: readonly ChaincodeDeployment[];
  readonly block: BlockOptions;
  readonly fabric: FabricOptions;
  /** Requests a member's gateway service handles at once. */
  readonly gatewayConcurrency: number;
  /** Proposals a member's endorser handles at once. */
  readonly endorserConcurrency: number;
  /** Folder of state and key material, absolute. */
  readonly folder: string;
  /** Folder the definition's relative paths start from. */
  readonly baseFolder: string;
}

export const BLOCK_DEFAULTS: BlockOptions = {
  maxMessageCount: 500,
  timeoutMs: 100,
  preferredMaxBytes: 2_097_152,
  absoluteMaxBytes: 10_485_760,
  idleCutsAtOnce: true,
};

/** Three Raft nodes bear the loss of one; four BFT nodes bear one that lies. */
export const FABRIC_DEFAULTS: Readonly<Record<FabricOptions['consensus'], FabricOptions>> = {
  raft: { consensus: 'raft', orderers: 3, peersPerMember: 1 },
  bft: { consensus: 'bft', orderers: 4, peersPerMember: 1 },
};

/** A definition that does not fit its schema: one line per problem, each with its place. */
export class NetworkDefinitionError extends Error {
  override readonly name = 'NetworkDefinitionError';
  constructor(readonly problems: readonly string[]) {
    super(problems.join('\n'));
  }
}

/** Reads a YAML or JSON network file. @throws NetworkDefinitionError naming each wrong place. */
export function loadNetworkDefinition(file: string): NetworkDefinition {
  let value: unknown;
  try {
    value = parse(readFileSync(file, 'utf8'));
  } catch (error) {
    throw new NetworkDefinitionError([`${file}: ${(error as Error).message}`]);
  }
  return toNetworkDefinition(value, dirname(resolve(file)));
}

type Raw = Omit<NetworkDefinition, 'block' | 'fabric' | 'folder' | 'baseFolder' | 'chaincodes'> & {
  readonly block?: Partial<BlockOptions>;
  readonly fabric?: Partial<FabricOptions>;
  readonly folder?: string;
  readonly chaincodes?: readonly (Omit<ChaincodeDeployment, 'collections'> & {
    collections?: readonly CollectionDefinition[];
  })[];
};

/** Checks a plain value and fills in the defaults. @throws NetworkDefinitionError. */
export function toNetworkDefinition(value: unknown, baseFolder: string): NetworkDefinition {
  const validate = new Ajv({ allErrors: true, strict: false }).compile(NETWORK_SCHEMA);
  if (!validate(value)) throw new NetworkDefinitionError((validate.errors ?? []).map(problem));
  const raw = value as Raw;
  const definition: NetworkDefinition = {
    channel: raw.channel,
    host: raw.host ?? '127.0.0.1',
    members: raw.members.map((member) => withAuthority(member, baseFolder)),
    orderer: raw.orderer ?? { mspId: 'OrdererMSP', domain: 'orderer.test' },
    chaincodes: (raw.chaincodes ?? []).map((chaincode) => ({ ...chaincode, collections: chaincode.collections ?? [] })),
    block: { ...BLOCK_DEFAULTS, ...raw.block },
    fabric: { ...FABRIC_DEFAULTS[raw.fabric?.consensus ?? 'raft'], ...raw.fabric },
    gatewayConcurrency: raw.gatewayConcurrency ?? 500,
    endorserConcurrency: raw.endorserConcurrency ?? 2_500,
    folder: resolve(baseFolder, raw.folder ?? '.ledger'),
    baseFolder,
  };
  const problems = inconsistencies(definition);
  if (problems.length > 0) throw new NetworkDefinitionError(problems);
  return definition;
}

function withAuthority(member: MemberDefinition, baseFolder: string): MemberDefinition {
  const { certificateAuthority: authority } = member;
  if (authority === undefined) return member;
  return { ...member, certificateAuthority: { ...authority, tlsRootFile: resolve(baseFolder, authority.tlsRootFile) } };
}

/**
 * The same consortium with other nodes; what is not asked for is as in the definition.
 *
 * @throws NetworkDefinitionError.
 */
export function withFabric(definition: NetworkDefinition, asked: Partial<FabricOptions>): NetworkDefinition {
  const { consensus = definition.fabric.consensus } = asked;
  const base = consensus === definition.fabric.consensus ? definition.fabric : FABRIC_DEFAULTS[consensus];
  const changed = { ...definition, fabric: { ...base, ...asked } };
  const validate = new Ajv({ allErrors: true, strict: false }).compile(NETWORK_SCHEMA.properties.fabric);
  const problems = validate(changed.fabric) ? inconsistencies(changed) : (validate.errors ?? []).map(problem);
  if (problems.length > 0) throw new NetworkDefinitionError(problems);
  return changed;
}

function problem({ instancePath, message, params }: ErrorObject): string {
  const extra = 'additionalProperty' in params ? ` (${String(params['additionalProperty'])})` : '';
  return `${instancePath || '/'} ${message ?? 'is wrong'}${extra}`;
}

/** What a schema cannot say: names that must differ, or that must exist. */
function inconsistencies({ members, chaincodes, orderer, fabric }: NetworkDefinition): string[] {
  const problems: string[] = [];
  if (fabric.consensus === 'bft' && fabric.orderers < 4) {
    problems.push(`/fabric/orderers must be at least 4 for BFT, which bears one lying node in four`);
  }
  const ids = members.map(({ mspId }) => mspId);
  const twice = (values: readonly (string | number)[], what: string): void => {
    const repeated = values.filter((item, at) => values.indexOf(item) !== at);
    if (repeated.length > 0) problems.push(`/members ${what} ${repeated.join(', ')} is used twice`);
  };
  twice([...ids, orderer.mspId], 'mspId');
  twice(
    members.map(({ port }) => port),
    'port',
  );
  twice(
    chaincodes.map(({ name }) => name),
    'chaincode name',
  );
  for (const { name, services } of chaincodes) {
    for (const mspId of Object.keys(services)) {
      if (!ids.includes(mspId)) problems.push(`/chaincodes/${name}/services names ${mspId}, which is no member`);
    }
  }
  return problems;
}
