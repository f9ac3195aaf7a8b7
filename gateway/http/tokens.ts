import { errors, jwtVerify, decodeProtectedHeader, type CryptoKey, type JWTPayload, type KeyObject } from 'jose';
import type { GatewayErrorCode } from './codes';
import { HttpProblem } from './problem';
import { ROLES, type Caller, type Role } from './roles';

/** Tokens never live longer than this, in seconds: a stolen one dies the same day. */
export const MAX_LIFETIME_SECONDS = 12 * 60 * 60;
const CLOCK_TOLERANCE_SECONDS = 5;
const MAX_TOKEN_LENGTH = 4_096;

export interface TokenRules {
  readonly issuer: string;
  /** This member's gateway. */
  readonly audience: string;
  readonly key: CryptoKey | KeyObject;
  /** For tests; now when absent. */
  readonly now?: () => Date;
}

export type VerifyToken = (token: string) => Promise<Caller>;

/** The audience of a member's gateway. */
export function audienceOf(member: string): string {
  return `concordat:${member}`;
}

/**
 * Checks bearer tokens: ES256 only, one key, this issuer, this gateway, at most 12 hours.
 *
 * Whoever holds a token acts as the member, so every claim that bounds it is required.
 * @throws HttpProblem TOKEN_MALFORMED, TOKEN_ALGORITHM, TOKEN_SIGNATURE, TOKEN_ISSUER, TOKEN_AUDIENCE, TOKEN_EXPIRED,
 *   TOKEN_NOT_YET_VALID, TOKEN_CLAIMS, TOKEN_LIFETIME.
 * @see RFC 7519; RFC 8725 sections 3.1, 3.8, 3.9
 */
export function tokenVerifier(rules: TokenRules): VerifyToken {
  const now = rules.now ?? ((): Date => new Date());
  return async (token) => {
    refuseOtherAlgorithms(token);
    const at = now();
    const payload = await verifyPayload(token, rules, at);
    return callerOf(payload, at);
  };
}

function refuseOtherAlgorithms(token: string): void {
  if (token.length > MAX_TOKEN_LENGTH) throw new HttpProblem('TOKEN_MALFORMED');
  let algorithm: unknown;
  try {
    algorithm = decodeProtectedHeader(token).alg;
  } catch {
    throw new HttpProblem('TOKEN_MALFORMED');
  }
  if (algorithm !== 'ES256') throw new HttpProblem('TOKEN_ALGORITHM');
}

async function verifyPayload(token: string, rules: TokenRules, at: Date): Promise<JWTPayload> {
  try {
    const { payload } = await jwtVerify(token, rules.key, {
      algorithms: ['ES256'],
      issuer: rules.issuer,
      audience: rules.audience,
      currentDate: at,
      clockTolerance: CLOCK_TOLERANCE_SECONDS,
      requiredClaims: ['iss', 'aud', 'sub', 'iat', 'exp'],
    });
    return payload;
  } catch (error) {
    throw new HttpProblem(codeOf(error));
  }
}

const CODE_OF_CLAIM: Readonly<Record<string, GatewayErrorCode>> = {
  iss: 'TOKEN_ISSUER',
  aud: 'TOKEN_AUDIENCE',
  nbf: 'TOKEN_NOT_YET_VALID',
  iat: 'TOKEN_NOT_YET_VALID',
};

function codeOf(error: unknown): GatewayErrorCode {
  if (error instanceof errors.JWTExpired) return 'TOKEN_EXPIRED';
  if (error instanceof errors.JWSSignatureVerificationFailed) return 'TOKEN_SIGNATURE';
  if (error instanceof errors.JWTClaimValidationFailed) {
    return error.reason === 'check_failed' ? (CODE_OF_CLAIM[error.claim] ?? 'TOKEN_CLAIMS') : 'TOKEN_CLAIMS';
  }
  if (error instanceof errors.JOSEAlgNotAllowed) return 'TOKEN_ALGORITHM';
  return 'TOKEN_MALFORMED';
}

function callerOf(payload: JWTPayload, at: Date): Caller {
  const { sub, iat = 0, exp = 0, roles } = payload;
  if (sub === undefined || !/^[\x21-\x7e]{1,128}$/.test(sub) || !isRoles(roles)) throw new HttpProblem('TOKEN_CLAIMS');
  const seconds = Math.floor(at.getTime() / 1_000);
  if (iat > seconds + CLOCK_TOLERANCE_SECONDS) throw new HttpProblem('TOKEN_NOT_YET_VALID');
  if (exp - iat > MAX_LIFETIME_SECONDS) throw new HttpProblem('TOKEN_LIFETIME');
  return { userId: sub, roles };
}

function isRoles(value: unknown): value is readonly Role[] {
  return (
    Array.isArray(value) &&
    value.length > 0 &&
    value.length <= ROLES.length &&
    value.every((role) => (ROLES as readonly unknown[]).includes(role))
  );
}
