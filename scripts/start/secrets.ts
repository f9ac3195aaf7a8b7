import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { developmentTokens, type DevelopmentTokens } from '../../gateway/http/development-tokens';

/** Keys that a development start makes once and keeps in its data folder. */
export interface Secrets {
  readonly tokens: DevelopmentTokens;
  readonly fingerprintKeyFile: string;
  /** Hexadecimal. */
  readonly fingerprintKey: string;
}

/** Takes up the keys of an earlier start, or makes them. */
export function loadSecrets(dataFolder: string): Secrets {
  const folder = join(dataFolder, 'keys');
  const tokenKey = kept(join(folder, 'token-key.pem'), () => developmentTokens().privateKeyPem);
  const fingerprintKeyFile = join(folder, 'fingerprint-key');
  const fingerprintKey = kept(fingerprintKeyFile, () => randomBytes(32).toString('hex'));
  return { tokens: developmentTokens(tokenKey), fingerprintKeyFile, fingerprintKey };
}

/** The text of a file readable by its owner alone, made when absent. */
export function kept(file: string, make: () => string): string {
  if (existsSync(file)) return readFileSync(file, 'utf8').trim();
  const text = make();
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  writeFileSync(file, `${text.trim()}\n`, { mode: 0o600 });
  return text.trim();
}
