import { expect } from 'chai';
import { generateKeyPairSync } from 'node:crypto';
import { SignJWT, UnsecuredJWT, type JWTPayload } from 'jose';
import { DEVELOPMENT_ISSUER, developmentTokens, isLoopback } from '../../../../gateway/http/development-tokens';
import { HttpProblem } from '../../../../gateway/http/problem';
import { audienceOf, tokenVerifier } from '../../../../gateway/http/tokens';

const NOW = 1_900_000_000;
const pair = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const other = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
const verify = tokenVerifier({
  issuer: 'issuer',
  audience: audienceOf('SellerBankMSP'),
  key: pair.publicKey,
  now: () => new Date(NOW * 1_000),
});
const good: JWTPayload = {
  iss: 'issuer',
  aud: 'concordat:SellerBankMSP',
  sub: 'ling',
  iat: NOW - 10,
  exp: NOW + 3_600,
  roles: ['maker', 'viewer'],
};

function signed(changes: Record<string, unknown>, key = pair.privateKey, alg = 'ES256'): Promise<string> {
  const claims = Object.fromEntries(Object.entries({ ...good, ...changes }).filter(([, value]) => value !== undefined));
  return new SignJWT(claims).setProtectedHeader({ alg }).sign(key);
}

async function codeOf(token: string): Promise<string> {
  try {
    await verify(token);
    return 'accepted';
  } catch (error) {
    if (error instanceof HttpProblem) return error.code;
    throw error;
  }
}

describe('tokenVerifier', () => {
  it('accepts a token of this issuer for this gateway', async () => {
    expect(await verify(await signed({}))).to.deep.equal({ userId: 'ling', roles: ['maker', 'viewer'] });
  });

  const refusals: readonly [string, string, () => Promise<string> | string][] = [
    ['expired', 'TOKEN_EXPIRED', () => signed({ exp: NOW - 60 })],
    ['for another gateway', 'TOKEN_AUDIENCE', () => signed({ aud: audienceOf('BuyerBankMSP') })],
    ['of another issuer', 'TOKEN_ISSUER', () => signed({ iss: 'somebody' })],
    ['signed by another key', 'TOKEN_SIGNATURE', () => signed({}, other.privateKey)],
    ['unsigned', 'TOKEN_ALGORITHM', () => new UnsecuredJWT(good).encode()],
    ['signed by RSA', 'TOKEN_ALGORITHM', () => signed({}, rsa.privateKey, 'RS256')],
    [
      'HMAC under the public key',
      'TOKEN_ALGORITHM',
      () =>
        new SignJWT(good)
          .setProtectedHeader({ alg: 'HS256' })
          .sign(Buffer.from(pair.publicKey.export({ type: 'spki', format: 'pem' }))),
    ],
    ['no token', 'TOKEN_MALFORMED', () => 'nonsense'],
    ['of three empty parts', 'TOKEN_MALFORMED', () => '..'],
    ['too long', 'TOKEN_MALFORMED', () => `${'a'.repeat(5_000)}.b.c`],
    ['not valid yet', 'TOKEN_NOT_YET_VALID', () => signed({ nbf: NOW + 600 })],
    ['issued in the future', 'TOKEN_NOT_YET_VALID', () => signed({ iat: NOW + 600, exp: NOW + 900 })],
    ['without end', 'TOKEN_CLAIMS', () => signed({ exp: undefined })],
    ['without subject', 'TOKEN_CLAIMS', () => signed({ sub: undefined })],
    ['without time of issue', 'TOKEN_CLAIMS', () => signed({ iat: undefined })],
    ['without audience', 'TOKEN_CLAIMS', () => signed({ aud: undefined })],
    ['with a subject that breaks lines', 'TOKEN_CLAIMS', () => signed({ sub: 'a\nb' })],
    ['without roles', 'TOKEN_CLAIMS', () => signed({ roles: undefined })],
    ['with no role', 'TOKEN_CLAIMS', () => signed({ roles: [] })],
    ['with an unknown role', 'TOKEN_CLAIMS', () => signed({ roles: ['maker', 'root'] })],
    ['of more than 12 hours', 'TOKEN_LIFETIME', () => signed({ iat: NOW - 1, exp: NOW + 43_200 })],
  ];
  for (const [what, code, make] of refusals) {
    it(`refuses a token ${what}: ${code}`, async () => expect(await codeOf(await make())).to.equal(code));
  }

  it('refuses a token with one changed byte in any part', async () => {
    const token = await signed({});
    for (const part of [0, 1, 2]) {
      const parts = token.split('.');
      const text = parts[part]!;
      const at = Math.floor(text.length / 2);
      parts[part] = `${text.slice(0, at)}${text[at] === 'A' ? 'B' : 'A'}${text.slice(at + 1)}`;
      expect(await codeOf(parts.join('.'))).to.be.oneOf(['TOKEN_SIGNATURE', 'TOKEN_MALFORMED', 'TOKEN_ALGORITHM']);
    }
  });

  it('accepts what the development issuer signs, also after a restart, for its member only', async () => {
    const first = developmentTokens();
    const tokens = developmentTokens(first.privateKeyPem);
    expect(tokens.publicKeyPem).to.equal(first.publicKeyPem);
    const { createPublicKey } = await import('node:crypto');
    const check = tokenVerifier({
      issuer: DEVELOPMENT_ISSUER,
      audience: audienceOf('PlatformMSP'),
      key: createPublicKey(first.publicKeyPem),
    });
    expect(await check(await tokens.token({ member: 'PlatformMSP', userId: 'u', roles: ['approver'] }))).to.deep.equal({
      userId: 'u',
      roles: ['approver'],
    });
    const foreign = await tokens.token({ member: 'BuyerBankMSP', userId: 'u', roles: ['approver'] });
    expect(await check(foreign).catch((error: HttpProblem) => error.code)).to.equal('TOKEN_AUDIENCE');
  });

  it('knows loopback', () => {
    expect(
      ['127.0.0.1', '::1', 'localhost', '0.0.0.0', '127.0.0.1.example.org', '10.0.0.1'].map(isLoopback),
    ).to.deep.equal([true, true, true, false, false, false]);
  });
});
