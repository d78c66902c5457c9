import type { CookieSerializeOptions } from '@fastify/cookie';
import type { FastifyReply, FastifyRequest } from 'fastify';

import type { Settings } from '../config/settings.js';

type CookieSettings = Pick<Settings, 'publicUrl'>;

/** Over https the browser itself holds the cookie to this host, this path and encrypted connections, by its prefix. */
export function sessionCookieName(settings: CookieSettings): string {
  return isSecure(settings) ? '__Host-zvon' : 'zvon_session';
}

export function readSessionToken(request: FastifyRequest, settings: CookieSettings): string | null {
  return request.cookies[sessionCookieName(settings)] || null;
}

export function setSessionToken(reply: FastifyReply, settings: CookieSettings, token: string, expiresAt: Date): void {
  reply.setCookie(sessionCookieName(settings), token, { ...attributes(settings), expires: expiresAt });
}

export function clearSessionToken(reply: FastifyReply, settings: CookieSettings): void {
  reply.clearCookie(sessionCookieName(settings), attributes(settings));
}

function attributes(settings: CookieSettings): CookieSerializeOptions {
  return { path: '/', httpOnly: true, sameSite: 'strict', secure: isSecure(settings) };
}

function isSecure(settings: CookieSettings): boolean {
  return settings.publicUrl?.startsWith('https://') ?? false;
}
