import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import Ajv from 'ajv';
import { parse } from 'yaml';
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
    ledger: {
      type: 'object',
      additionalProperties: false,
      required: ['endpoint', 'tlsRootCertificateFile', 'serverName', 'certificateFile', 'privateKeyFile'],
      properties: {
        endpoint: { ...text, pattern: '^[^:]+:[0-9]{1,5}$' },
        tlsRootCertificateFile: text,
        serverName: text,
        certificateFile: text,
        privateKeyFile: text,
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
    fingerprintKeyFile: path(config.fingerprintKeyFile),
    ledger: {
      ...ledger,
      tlsRootCertificateFile: path(ledger.tlsRootCertificateFile),
      certificateFile: path(ledger.certificateFile),
      privateKeyFile: path(ledger.privateKeyFile),
    },
  };
}

function readYaml(file: string): unknown {
  try {
    return parse(readFileSync(file, 'utf8'));
  } catch (error) {
    throw new GatewayConfigError(file, (error as Error).message);
  }
}
