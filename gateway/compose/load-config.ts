import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import Ajv from 'ajv';
import { parse } from 'yaml';
import { LEDGER_CLIENTS, type LedgerClientName } from '../adapters/open-client';
import { GatewayConfigError, type GatewayConfig } from './gateway-config';

const text = { type: 'string', minLength: 1, maxLength: 4_096 } as const;

const SCHEMA = {
  type: 'object',
  additionalProperties: false,
  required: ['member', 'host', 'port', 'channel', 'dataFolder', 'ledger', 'tokens', 'fingerprintKeyFile'],
  properties: {
    member: text,
    host: text,
    port: { type: 'integer', minimum: 0, maximum: 65_535 },
    channel: text,
    dataFolder: text,
    databaseUrl: { ...text, pattern: '^postgres(ql)?://' },
    ledger: {
      type: 'object',
      additionalProperties: false,
      required: ['endpoint', 'tlsRootCertificateFile', 'serverName'],
      oneOf: [{ required: ['certificateFile', 'privateKeyFile'] }, { required: ['wallet'] }],
      properties: {
        client: { enum: LEDGER_CLIENTS },
        endpoint: { ...text, pattern: '^[^:]+:[0-9]{1,5}$' },
        tlsRootCertificateFile: text,
        serverName: text,
        certificateFile: text,
        privateKeyFile: text,
        wallet: {
          type: 'object',
          additionalProperties: false,
          required: ['folder', 'label'],
          properties: { folder: text, label: { ...text, pattern: '^[^/\\\\]+$' } },
        },
        hsm: {
          type: 'object',
          additionalProperties: false,
          required: ['library', 'label'],
          properties: { library: text, label: text, keyId: { type: 'string', pattern: '^([0-9a-f]{2}){1,64}$' } },
        },
      },
    },
    tokens: {
      type: 'object',
      additionalProperties: false,
      required: ['issuer', 'publicKeyPem'],
      properties: { issuer: text, publicKeyPem: text },
    },
    fingerprintKeyFile: text,
    logLevel: { enum: ['error', 'warn', 'info', 'debug', 'silent'] },
    isDevelopment: { type: 'boolean' },
    dropFolder: text,
    closing: {
      type: 'object',
      additionalProperties: false,
      required: ['automatic'],
      properties: { automatic: { type: 'boolean' }, graceMinutes: { type: 'integer', minimum: 0, maximum: 1_440 } },
    },
    rateLimit: {
      type: 'object',
      additionalProperties: false,
      required: ['burst', 'perSecond'],
      properties: {
        burst: { type: 'number', exclusiveMinimum: 0 },
        perSecond: { type: 'number', exclusiveMinimum: 0 },
      },
    },
  },
} as const;

/**
 * Reads a gateway's configuration, YAML or JSON; paths in it start from the file's own folder.
 *
 * @throws GatewayConfigError naming the field.
 */
export function loadGatewayConfig(file: string): GatewayConfig {
  const value = readYaml(file);
  const validate = new Ajv({ allErrors: false }).compile(SCHEMA);
  if (!validate(value)) {
    const { instancePath, message, params } = validate.errors?.[0] ?? {
      instancePath: '',
      message: 'is wrong',
      params: {},
    };
    const extra = 'additionalProperty' in params ? ` (${String(params['additionalProperty'])})` : '';
    throw new GatewayConfigError(instancePath || '/', `${message ?? 'is wrong'}${extra}`);
  }
  const config = value as GatewayConfig;
  const path = (name: string): string => resolve(dirname(resolve(file)), name);
  const { ledger } = config;
  return {
    ...config,
    logLevel: config.logLevel ?? 'info',
    isDevelopment: config.isDevelopment ?? false,
    dataFolder: path(config.dataFolder),
    ...databaseUrl(config.databaseUrl),
    ...(config.dropFolder === undefined ? {} : { dropFolder: path(config.dropFolder) }),
    fingerprintKeyFile: path(config.fingerprintKeyFile),
    ledger: {
      ...ledger,
      client: ledgerClient(ledger.client),
      tlsRootCertificateFile: path(ledger.tlsRootCertificateFile),
      ...('wallet' in ledger
        ? { wallet: { ...ledger.wallet, folder: path(ledger.wallet.folder) } }
        : { certificateFile: path(ledger.certificateFile), privateKeyFile: path(ledger.privateKeyFile) }),
    },
  };
}

/**
 * The client library: as the file says, else as `LEDGER_CLIENT` says, else Fabric's present one.
 *
 * @throws GatewayConfigError LEDGER_CLIENT.
 */
export function ledgerClient(configured?: LedgerClientName): LedgerClientName {
  const wanted = configured ?? process.env['LEDGER_CLIENT'];
  if (wanted === undefined || wanted === '') return 'fabric-gateway';
  const known = LEDGER_CLIENTS.find((name) => name === wanted);
  if (known !== undefined) return known;
  throw new GatewayConfigError('LEDGER_CLIENT', `must be ${LEDGER_CLIENTS.join(' or ')}, not ${wanted}`);
}

/**
 * Where the tables are: as the file says, else as `DATABASE_URL` says, else in the data folder.
 *
 * @throws GatewayConfigError DATABASE_URL; it never repeats the address, which holds a password.
 */
export function databaseUrl(configured?: string): Pick<GatewayConfig, 'databaseUrl'> {
  const wanted = configured ?? process.env['DATABASE_URL'];
  if (wanted === undefined || wanted === '') return {};
  if (/^postgres(ql)?:\/\//.test(wanted)) return { databaseUrl: wanted };
  throw new GatewayConfigError('DATABASE_URL', 'must begin with postgres://');
}

function readYaml(file: string): unknown {
  try {
    return parse(readFileSync(file, 'utf8'));
  } catch (error) {
    throw new GatewayConfigError(file, (error as Error).message);
  }
}
