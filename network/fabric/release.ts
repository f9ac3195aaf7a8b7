import { spawnSync } from 'node:child_process';
import { accessSync, constants, existsSync, realpathSync } from 'node:fs';
import { delimiter, dirname, join, resolve } from 'node:path';
import { FabricError } from './fabric-error';

const BINARIES = ['peer', 'orderer', 'configtxgen', 'configtxlator', 'osnadmin'] as const;
export type Binary = (typeof BINARIES)[number];

const OLDEST = [2, 5] as const;
const INSTALL_PAGE = 'https://hyperledger-fabric.readthedocs.io/en/latest/install.html';

/** Fabric's official release, unpacked: `bin`, the stock `config`, and the builder for chaincode as a service. */
export interface FabricRelease {
  readonly binaries: Readonly<Record<Binary, string>>;
  /** Folder of the stock `core.yaml` and `orderer.yaml`. */
  readonly configFolder: string;
  /** Folder of the external builder `ccaas`, which has `bin/detect`. */
  readonly builderFolder: string;
  readonly version: string;
  readonly major: number;
}

/**
 * Finds the release in a folder, in `FABRIC_BIN`, or on the `PATH`.
 *
 * @throws FabricError BINARIES_MISSING naming what is missing and where it was looked for, BINARIES_TOO_OLD before 2.5.
 */
export function findRelease(bin = process.env['FABRIC_BIN']): FabricRelease {
  const folders = bin === undefined ? (process.env['PATH'] ?? '').split(delimiter).filter(Boolean) : [resolve(bin)];
  const found = BINARIES.map((name) => [name, folders.map((folder) => join(folder, name)).find(isExecutable)] as const);
  const missing = found.filter(([, file]) => file === undefined).map(([name]) => name);
  if (missing.length > 0) throw notFound(missing.join(', '), bin ?? 'the PATH');
  const binaries = Object.fromEntries(found) as Record<Binary, string>;
  const root = dirname(dirname(realpathSync(binaries.peer)));
  const configFolder = [process.env['FABRIC_CFG_PATH'] ?? '', join(root, 'config')].find(isStockConfig);
  if (configFolder === undefined) throw notFound('the stock config/core.yaml and orderer.yaml', root);
  const builderFolder = join(root, 'builders', 'ccaas');
  if (!existsSync(join(builderFolder, 'bin', 'detect'))) throw notFound('builders/ccaas', root);
  return { binaries, configFolder, builderFolder, ...versionOf(binaries.peer) };
}

/** The release, or undefined where there is none: for tests that then say so. @throws FabricError BINARIES_TOO_OLD. */
export function findReleaseOrNone(): FabricRelease | undefined {
  try {
    return findRelease();
  } catch (error) {
    if (error instanceof FabricError && error.code === 'BINARIES_MISSING') return undefined;
    throw error;
  }
}

function notFound(what: string, where: string): FabricError {
  return new FabricError(
    'BINARIES_MISSING',
    `${what} not found in ${where}: install Hyperledger Fabric's release (${INSTALL_PAGE}) and name its bin folder ` +
      'with --bin or FABRIC_BIN',
  );
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

function isStockConfig(folder: string): boolean {
  return folder !== '' && ['core.yaml', 'orderer.yaml'].every((name) => existsSync(join(folder, name)));
}

function versionOf(peer: string): { version: string; major: number } {
  const { stdout } = spawnSync(peer, ['version'], { encoding: 'utf8', timeout: 20_000 });
  const [, version = 'unknown', first, second] = /Version:\s*v?((\d+)\.(\d+)\S*)/.exec(stdout ?? '') ?? [];
  const [major, minor] = [Number(first), Number(second)];
  const isRecent = major > OLDEST[0] || (major === OLDEST[0] && minor >= OLDEST[1]);
  if (isRecent) return { version, major };
  throw new FabricError(
    'BINARIES_TOO_OLD',
    `${peer} is of version ${version}, but ${OLDEST.join('.')} or newer is needed: ${INSTALL_PAGE}`,
  );
}
