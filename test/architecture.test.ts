import { expect } from 'chai';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import ts from 'typescript';

/** Room → what it may import: rooms (path prefixes) and packages. Read top to bottom: pure first. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  'chaincode/domain': ['node:crypto', 'ethers'],
  'chaincode/state': ['chaincode/domain', 'fabric-shim-api', 'fabric-shim', '@hyperledger/fabric-protos'],
  'chaincode/contracts': [
    'chaincode/domain',
    'chaincode/state',
    'fabric-contract-api',
    'fabric-shim-api',
    'node:crypto',
  ],
  'network/protocol': [
    '@hyperledger/fabric-protos',
    'google-protobuf',
    '@peculiar/x509',
    'reflect-metadata',
    'node:crypto',
  ],
  'network/fabric-ca': [
    'network/protocol',
    '@peculiar/x509',
    'reflect-metadata',
    'node:crypto',
    'node:https',
    'node:net',
  ],
  'network/storage': ['better-sqlite3', 'node-sqlite3-wasm', 'node:fs', 'node:module', 'node:path'],
  network: [
    '@hyperledger/fabric-protos',
    'google-protobuf',
    '@grpc/grpc-js',
    '@peculiar/x509',
    'reflect-metadata',
    'ajv',
    'yaml',
    'better-sqlite3',
    'node-sqlite3-wasm',
    'tar-stream',
    'node:',
  ],
  evidence: ['network/protocol', 'chaincode/domain', '@hyperledger/fabric-protos', 'google-protobuf', 'node:'],
  'gateway/ports': ['chaincode/domain'],
};

const root = process.cwd();

function sources(room: string): string[] {
  if (!existsSync(join(root, room))) return [];
  return readdirSync(join(root, room), { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.ts'));
}

function imports(path: string): string[] {
  return ts
    .preProcessFile(readFileSync(path, 'utf8'))
    .importedFiles.map(({ fileName }) =>
      fileName.startsWith('.') ? relative(root, join(dirname(path), fileName)) : fileName,
    );
}

describe('rooms', () => {
  for (const [room, allowed] of Object.entries(MAY_IMPORT)) {
    it(`${room} imports only itself and: ${allowed.join(', ') || 'nothing'}`, () => {
      for (const file of sources(room)) {
        for (const target of imports(join(root, room, file))) {
          const fits = [room, ...allowed].some(
            (name) =>
              target === name || target.startsWith(`${name}/`) || (name.endsWith(':') && target.startsWith(name)),
          );
          expect(fits, `${room}/${file} imports ${target}`).to.equal(true);
        }
      }
    });
  }

  it('nothing imports scripts or test', () => {
    for (const room of ['chaincode', 'network', 'gateway', 'evidence']) {
      for (const file of sources(room)) {
        for (const target of imports(join(root, room, file))) {
          expect(/^(scripts|test)\//.test(target), `${room}/${file} imports ${target}`).to.equal(false);
        }
      }
    }
  });

  it('only gateway/adapters imports a Fabric client', () => {
    for (const file of sources('gateway')) {
      if (file.startsWith('adapters/')) continue;
      for (const target of imports(join(root, 'gateway', file))) {
        expect(
          ['@hyperledger/fabric-gateway', 'fabric-network'].includes(target),
          `gateway/${file} imports ${target}`,
        ).to.equal(false);
      }
    }
  });

  it('only gateway/database imports the PostgreSQL client', () => {
    for (const file of sources('gateway')) {
      if (file.startsWith('database/')) continue;
      expect(imports(join(root, 'gateway', file)), `gateway/${file}`).to.not.include('pg');
    }
  });

  it('network knows no trade words', () => {
    const words = /\b(purchaseOrder|invoice|receivable|shipment|discount|settlement|seller|buyer)\b/i;
    for (const file of sources('network')) {
      const hit = words.exec(readFileSync(join(root, 'network', file), 'utf8'));
      expect(hit?.[0], `network/${file}`).to.equal(undefined);
    }
  });
});
