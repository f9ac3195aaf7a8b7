import { existsSync, readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import Ajv, { type ErrorObject } from 'ajv';
import { parse } from 'yaml';
import { NetworkDefinitionError } from '../../material/network-definition';
import { HOSTS_SCHEMA } from './hosts-schema';

interface Placed<Port extends string> {
  readonly name: string;
  readonly ports?: Readonly<Partial<Record<Port, number>>>;
}

export interface GatewayPlacement {
  readonly member: string;
  readonly port?: number;
  readonly listen?: string;
  readonly user?: string;
  readonly tokens: { readonly issuer: string; readonly publicKeyFile: string };
}

export interface HostDefinition {
  readonly name: string;
  readonly address: string;
  /** What services listen on; the address unless it is not the host's own. */
  readonly listen: string;
  readonly folder: string;
  readonly user: string;
  readonly orderers: readonly Placed<'listen' | 'admin' | 'operations'>[];
  readonly peers: readonly Placed<'listen' | 'chaincode' | 'operations'>[];
  readonly contracts: readonly { readonly member: string; readonly ports?: Readonly<Record<string, number>> }[];
  readonly gateways: readonly GatewayPlacement[];
  readonly authorities: readonly { readonly member: string; readonly port?: number }[];
}

/** Where the nodes of one network run. */
export interface HostsDefinition {
  readonly release: string;
  readonly program: string;
  readonly node: string;
  /** Who the members are, as the first gateway tells the consortium. */
  readonly membersFile?: string;
  readonly hosts: readonly HostDefinition[];
}

type Raw = Partial<Omit<HostsDefinition, 'hosts'>> & {
  readonly hosts: readonly (Partial<HostDefinition> & Pick<HostDefinition, 'name' | 'address'>)[];
};

/** Reads a YAML or JSON hosts file. @throws NetworkDefinitionError: per wrong place one line, with its remedy. */
export function loadHosts(file: string): HostsDefinition {
  let value: unknown;
  try {
    value = parse(readFileSync(file, 'utf8'));
  } catch (error) {
    throw new NetworkDefinitionError([`${file}: ${(error as Error).message}`]);
  }
  return toHosts(value, dirname(resolve(file)));
}

/** Checks a plain value, fills in the defaults and resolves its files. @throws NetworkDefinitionError. */
export function toHosts(value: unknown, baseFolder: string): HostsDefinition {
  const validate = new Ajv({ allErrors: true, strict: false, verbose: true }).compile(HOSTS_SCHEMA);
  if (!validate(value)) throw new NetworkDefinitionError((validate.errors ?? []).map(problem));
  const raw = value as Raw;
  const hosts = {
    release: raw.release ?? '/opt/fabric',
    program: raw.program ?? '/opt/concordat',
    node: raw.node ?? '/usr/bin/node',
    ...(raw.membersFile !== undefined && { membersFile: resolve(baseFolder, raw.membersFile) }),
    hosts: raw.hosts.map((host) => withDefaults(host, baseFolder)),
  };
  const missing = hosts.hosts.flatMap(({ gateways }, at) =>
    gateways.flatMap(({ tokens: { publicKeyFile } }, index) =>
      existsSync(publicKeyFile)
        ? []
        : [
            `/hosts/${at}/gateways/${index}/tokens/publicKeyFile: there is no ${publicKeyFile}; put the issuer's key there`,
          ],
    ),
  );
  const { membersFile } = hosts;
  if (membersFile !== undefined && !existsSync(membersFile)) {
    missing.push(`/membersFile: there is no ${membersFile}; write it as docs/examples/members.yaml is`);
  }
  if (missing.length > 0) throw new NetworkDefinitionError(missing);
  return hosts;
}

function withDefaults(host: Raw['hosts'][number], baseFolder: string): HostDefinition {
  const { orderers = [], peers = [], contracts = [], authorities = [] } = host;
  const gateways = (host.gateways ?? []).map((gateway) => ({
    ...gateway,
    tokens: { ...gateway.tokens, publicKeyFile: resolve(baseFolder, gateway.tokens.publicKeyFile) },
  }));
  const { name, address, listen = address, folder = '/srv/concordat', user = 'concordat' } = host;
  return { name, address, listen, folder, user, orderers, peers, contracts, gateways, authorities };
}

/** The field, what is wrong, and the schema's own words on what belongs there. */
function problem({ instancePath, message, params, parentSchema }: ErrorObject): string {
  const extra = 'additionalProperty' in params ? ` (${String(params['additionalProperty'])})` : '';
  const { description } = (parentSchema ?? {}) as { description?: string };
  return `${instancePath || '/'} ${message ?? 'is wrong'}${extra}${description === undefined ? '' : `; expected: ${description}`}`;
}
