const text = { type: 'string', minLength: 1, maxLength: 256 } as const;
const name = { type: 'string', pattern: '^[A-Za-z][A-Za-z0-9._-]{0,63}$' } as const;
const whole = (minimum: number, maximum: number) => ({ type: 'integer', minimum, maximum }) as const;

const USER = {
  type: 'object',
  required: ['name'],
  additionalProperties: false,
  properties: {
    name,
    role: { enum: ['client', 'admin'], description: 'organisational unit of the certificate; client by default' },
  },
} as const;

const MEMBER = {
  type: 'object',
  required: ['mspId', 'domain', 'port', 'users'],
  additionalProperties: false,
  properties: {
    mspId: name,
    domain: { type: 'string', pattern: '^[a-z0-9]([a-z0-9.-]{0,61}[a-z0-9])?$' },
    port: whole(1, 65535),
    users: { type: 'array', minItems: 1, maxItems: 1000, items: USER },
    certificateAuthority: {
      type: 'object',
      description:
        "the member's own Fabric CA: keys are enrolled with it instead of made by the development authority; its registrar " +
        'comes as id:secret by the environment variable CONCORDAT_CA_REGISTRAR_<mspId>',
      required: ['url', 'tlsRootFile'],
      additionalProperties: false,
      properties: {
        url: { type: 'string', pattern: '^https://' },
        name,
        tlsRootFile: { ...text, description: "root of the server's TLS certificate, relative to this file" },
      },
    },
  },
} as const;

const COLLECTION = {
  type: 'object',
  additionalProperties: false,
  required: ['name', 'policy', 'requiredPeerCount', 'maxPeerCount', 'blockToLive', 'memberOnlyRead', 'memberOnlyWrite'],
  properties: {
    name,
    policy: text,
    requiredPeerCount: whole(0, 100),
    maxPeerCount: whole(0, 100),
    blockToLive: whole(0, 1e9),
    memberOnlyRead: { type: 'boolean' },
    memberOnlyWrite: { type: 'boolean' },
    endorsementPolicy: text,
  },
} as const;

const CHAINCODE = {
  type: 'object',
  required: ['name', 'version', 'services'],
  additionalProperties: false,
  properties: {
    name,
    version: { type: 'string', pattern: '^[A-Za-z0-9][A-Za-z0-9._+-]{0,63}$' },
    policy: { ...text, description: "policy text such as OR('A.peer','B.peer'); majority of Endorsement when absent" },
    collections: { type: 'array', maxItems: 100, items: COLLECTION },
    services: {
      type: 'object',
      description: "MSP id → host:port of that member's chaincode service",
      additionalProperties: { type: 'string', pattern: '^[^:]+:[0-9]{1,5}$' },
    },
  },
} as const;

/** JSON Schema of a network file; written to docs/network.schema.json. */
export const NETWORK_SCHEMA = {
  $schema: 'http://json-schema.org/draft-07/schema#',
  title: 'Concordat network definition',
  type: 'object',
  required: ['channel', 'members'],
  additionalProperties: false,
  properties: {
    $schema: { type: 'string' },
    channel: { type: 'string', pattern: '^[a-z][a-z0-9.-]{0,248}$' },
    host: { type: 'string', description: 'address every endpoint listens on; 127.0.0.1 by default' },
    members: { type: 'array', minItems: 1, maxItems: 100, items: MEMBER },
    orderer: {
      type: 'object',
      required: ['mspId', 'domain'],
      additionalProperties: false,
      properties: { mspId: name, domain: text },
    },
    chaincodes: { type: 'array', maxItems: 100, items: CHAINCODE },
    fabric: {
      type: 'object',
      description: 'nodes of a real network (concordat network up); the embedded ledger has none',
      additionalProperties: false,
      properties: {
        consensus: { enum: ['raft', 'bft'], description: 'raft by default' },
        orderers: { ...whole(1, 15), description: 'ordering nodes: 3 by default, 4 for bft' },
        peersPerMember: { ...whole(1, 2), description: '1 by default' },
      },
    },
    block: {
      type: 'object',
      additionalProperties: false,
      properties: {
        maxMessageCount: whole(1, 100_000),
        timeoutMs: whole(1, 60_000),
        preferredMaxBytes: whole(1024, 104_857_600),
        absoluteMaxBytes: whole(1024, 104_857_600),
        idleCutsAtOnce: { type: 'boolean' },
      },
    },
    gatewayConcurrency: whole(1, 100_000),
    endorserConcurrency: whole(1, 100_000),
    folder: { ...text, description: 'where state and key material lie, relative to this file; .ledger by default' },
  },
} as const;
