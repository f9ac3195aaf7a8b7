import type { Request, Response } from 'express';
import { HttpProblem } from '../http/problem';
import type { Caller } from '../http/roles';
import { MAX_LIFETIME_SECONDS, type VerifyToken } from '../http/tokens';

/** Gateways of one machine share a host, and cookies do not know ports: each has its own name. */
function cookieName(member: string): string {
  return `concordat_${member}`;
}

const LANGUAGE_COOKIE = 'concordat_language';

/** The value of a cookie; undefined for anything but plain token characters. */
function cookie(request: Request, name: string): string | undefined {
  for (const part of (request.headers.cookie ?? '').slice(0, 16_384).split(';')) {
    const at = part.indexOf('=');
    if (at > 0 && part.slice(0, at).trim() === name) return /^[A-Za-z0-9._-]+$/.exec(part.slice(at + 1).trim())?.[0];
  }
  return undefined;
}

/** The signed-in caller of a page, or undefined. */
export async function pageCaller(request: Request, member: string, verify: VerifyToken): Promise<Caller | undefined> {
  const token = cookie(request, cookieName(member));
  if (token === undefined) return undefined;
  return verify(token).catch(() => undefined);
}

/** Keeps a token for the pages: not readable by scripts, not sent from other sites, never accepted by the API. */
export function signIn(response: Response, member: string, token: string, secure: boolean): void {
  response.cookie(cookieName(member), token, {
    httpOnly: true,
    sameSite: 'strict',
    secure,
    path: '/',
    maxAge: MAX_LIFETIME_SECONDS * 1_000,
  });
}

export function signOut(response: Response, member: string): void {
  response.clearCookie(cookieName(member), { httpOnly: true, sameSite: 'strict', path: '/' });
}

export function chosenLanguage(request: Request): 'en' | 'zh' | undefined {
  const value = cookie(request, LANGUAGE_COOKIE);
  return value === 'en' || value === 'zh' ? value : undefined;
}

export function keepLanguage(response: Response, language: 'en' | 'zh'): void {
  response.cookie(LANGUAGE_COOKIE, language, { httpOnly: true, sameSite: 'lax', path: '/', maxAge: 365 * 86_400_000 });
}

/**
 * Refuses forms that another site sent.
 *
 * @throws HttpProblem FORM_ORIGIN.
 * @see Fetch Metadata Request Headers, W3C working draft
 */
export function requireOwnForm(request: Request): void {
  const site = request.get('sec-fetch-site');
  const origin = request.get('origin');
  const fits =
    site !== undefined
      ? site === 'same-origin'
      : origin === undefined || origin === `${request.protocol}://${request.get('host') ?? ''}`;
  if (!fits) throw new HttpProblem('FORM_ORIGIN');
}

/** A path of this gateway to go to, never another site. */
export function localPath(value: unknown): string {
  return typeof value === 'string' && /^\/(?![/\\])[\x21-\x7e]{0,500}$/.test(value) ? value : '/orders';
}
