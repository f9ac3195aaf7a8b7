import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { SignJWT } from 'jose';
import type { Role } from './roles';
import { MAX_LIFETIME_SECONDS, audienceOf } from './tokens';

export const DEVELOPMENT_ISSUER = 'concordat-development';

/** What the development start prints beside every token. */
export const DEVELOPMENT_WARNING = [
  'WARNING: development tokens and keys. Whoever can read the data folder can act as every member.',
  '         They work on loopback only. Never use them with real data. 警告：开发令牌与密钥，仅限本机回环地址，切勿用于真实数据。',
].join('\n');

/** Signs tokens for demonstration members; never part of a production gateway. */
export interface DevelopmentTokens {
  /** For the gateways' configuration (`tokens.publicKeyPem`). */
  readonly publicKeyPem: string;
  /** For keeping between starts; anyone who has it acts as every member. */
  readonly privateKeyPem: string;
  token(request: {
    readonly member: string;
    readonly userId: string;
    readonly roles: readonly Role[];
    readonly now?: Date;
  }): Promise<string>;
}

/** Takes up the key of an earlier start, or makes a new one. */
export function developmentTokens(privateKeyPem?: string): DevelopmentTokens {
  const key: KeyObject =
    privateKeyPem === undefined
      ? generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey
      : createPrivateKey(privateKeyPem);
  return {
    publicKeyPem: createPublicKey(key).export({ type: 'spki', format: 'pem' }).toString(),
    privateKeyPem: key.export({ type: 'pkcs8', format: 'pem' }).toString(),
    token: ({ member, userId, roles, now = new Date() }) => {
      const seconds = Math.floor(now.getTime() / 1_000);
      return new SignJWT({ roles: [...roles] })
        .setProtectedHeader({ alg: 'ES256', typ: 'JWT' })
        .setIssuer(DEVELOPMENT_ISSUER)
        .setAudience(audienceOf(member))
        .setSubject(userId)
        .setIssuedAt(seconds)
        .setExpirationTime(seconds + MAX_LIFETIME_SECONDS)
        .sign(key);
    },
  };
}

/** Whether a listening host is this machine alone; a gateway with development tokens refuses any other. */
export function isLoopback(host: string): boolean {
  return host === '127.0.0.1' || host === '::1' || host === 'localhost';
}
