const port = (description: string) => ({ type: 'integer', minimum: 1, maximum: 65_535, description }) as const;
const name = (description: string) =>
  ({ type: 'string', pattern: '^[A-Za-z][A-Za-z0-9._-]{0,63}$', description }) as const;
/** Paths end up in unit files and commands: no space, quote or percent sign. */
const path = (description: string) =>
  ({
    type: 'string',
    pattern: '^/[A-Za-z0-9._/-]{1,200}$',
    description: `${description}: absolute, of letters, digits and ._-/`,
  }) as const;
const list = (items: object, description: string) => ({ type: 'array', maxItems: 100, items, description }) as const;

const TEXT_FILE = { type: 'string', minLength: 1, maxLength: 1024 } as const;

function ports(names: Readonly<Record<string, string>>) {
  const properties = Object.fromEntries(Object.entries(names).map(([key, what]) => [key, port(what)]));
  return {
    type: 'object',
    additionalProperties: false,
    description: 'ports other than the fixed ones',
    properties,
  } as const;
}

const ORDERER = {
  type: 'object',
  required: ['name'],
  additionalProperties: false,
  description: 'an ordering node, by its name',
  properties: {
    name: name('orderer0, orderer1, … as many as fabric.orderers of the network file'),
    ports: ports({
      listen: 'for peers and clients: 7050, the next on this host 7150, …',
      admin: 'for osnadmin: 7053, 7153, …',
      operations: 'for readiness and metrics: 8443, 8543, …',
    }),
  },
} as const;

const PEER = {
  type: 'object',
  required: ['name'],
  additionalProperties: false,
  description: 'a peer, by its name',
  properties: {
    name: name('peer0.<mspId>, and peer1.<mspId> where the network file says peersPerMember: 2'),
    ports: ports({
      listen: 'for peers and clients: 7051, the next on this host 7151, …',
      chaincode: 'for contracts that a peer starts itself, of which there are none: 7052, 7152, …',
      operations: 'for readiness and metrics: 9443, 9543, …',
    }),
  },
} as const;

const CONTRACTS = {
  type: 'object',
  required: ['member'],
  additionalProperties: false,
  description: "a member's contracts, by its MSP id",
  properties: {
    member: name('MSP id of the member'),
    ports: {
      type: 'object',
      description: 'contract → port; 7060, 7061, … on each host',
      additionalProperties: port('a port from 1 to 65535'),
    },
  },
} as const;

const GATEWAY = {
  type: 'object',
  required: ['member', 'tokens'],
  additionalProperties: false,
  description: "a member's gateway, by its MSP id, with who issues its tokens",
  properties: {
    member: name('MSP id of the member'),
    port: port('8080, the next on this host 8081, …'),
    listen: {
      type: 'string',
      pattern: '^[A-Za-z0-9.-]+$',
      description: '127.0.0.1, behind a proxy that ends TLS, when absent',
    },
    user: name('the user of the network file it acts as; the first of role client when absent'),
    tokens: {
      type: 'object',
      required: ['issuer', 'publicKeyFile'],
      additionalProperties: false,
      description: 'issuer and publicKeyFile of the tokens it accepts',
      properties: {
        issuer: { type: 'string', minLength: 1, maxLength: 256, description: "the tokens' claim iss" },
        publicKeyFile: { ...TEXT_FILE, description: 'PEM, relative to this file' },
      },
    },
  },
} as const;

const AUTHORITY = {
  type: 'object',
  required: ['member'],
  additionalProperties: false,
  description: "a member's development authority, served by fabric-ca-server, by its MSP id",
  properties: { member: name('MSP id of the member'), port: port('7054, the next on this host 7154, …') },
} as const;

const HOST = {
  type: 'object',
  required: ['name', 'address'],
  additionalProperties: false,
  description: 'a host: name and address, and what runs there',
  properties: {
    name: {
      type: 'string',
      pattern: '^[a-z0-9][a-z0-9-]{0,62}$',
      description: 'letters a-z, digits and hyphens: names its folder',
    },
    address: {
      type: 'string',
      pattern: '^[A-Za-z0-9]([A-Za-z0-9.-]{0,251}[A-Za-z0-9])?$',
      description: 'host name or IPv4 address by which the other hosts reach it',
    },
    listen: {
      type: 'string',
      pattern: '^[A-Za-z0-9.-]+$',
      description: 'address its services listen on where the address is not its own, such as 0.0.0.0 behind NAT',
    },
    folder: path('where its folder is installed; /srv/concordat when absent'),
    user: {
      type: 'string',
      pattern: '^[a-z_][a-z0-9_-]{0,31}$',
      description: 'user its services run as; concordat when absent',
    },
    orderers: list(ORDERER, 'ordering nodes here'),
    peers: list(PEER, 'peers here'),
    contracts: list(CONTRACTS, "members' contracts here; where the member's first peer runs when no host names them"),
    gateways: list(GATEWAY, "members' gateways here"),
    authorities: list(AUTHORITY, 'certificate authorities here'),
  },
} as const;

/** JSON Schema of a hosts file; written to docs/hosts.schema.json. Its descriptions are the remedies of its refusals. */
export const HOSTS_SCHEMA = {
  $schema: 'http://json-schema.org/draft-07/schema#',
  title: 'Concordat hosts: where the nodes of a network run',
  type: 'object',
  required: ['hosts'],
  additionalProperties: false,
  description: 'a list of hosts, and where programs lie on each of them',
  properties: {
    $schema: { type: 'string' },
    release: path("Fabric's release on every host, with its folders bin and builders; /opt/fabric when absent"),
    program: path('Concordat on every host, built; /opt/concordat when absent'),
    node: path('Node.js on every host; /usr/bin/node when absent'),
    membersFile: {
      ...TEXT_FILE,
      description: 'who the members are, for "concordat gateway describe", relative to this file',
    },
    hosts: { type: 'array', minItems: 1, maxItems: 100, items: HOST, description: 'at least one host' },
  },
} as const;
