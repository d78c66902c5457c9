import { Inject, Injectable, Logger, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { FastifyRequest } from 'fastify';

import { Problem } from '../common/problem.js';
import { SETTINGS, type Settings } from '../config/settings.js';
import { ACCESS, type Principal, type UserRole } from './access.js';
import { AuthService } from './auth.service.js';
import { isSameOrigin } from './same-origin.js';
import { readSessionToken } from './session-cookie.js';

const READING = new Set(['GET', 'HEAD', 'OPTIONS']);

/** What the guard leaves on a request. */
export interface GuardedRequest extends FastifyRequest {
  principal?: Principal;
  isSessionOpen?: () => Promise<boolean>;
}

/** The only door to every route. A route that does not say who may call it is refused to all. */
@Injectable()
export class AccessGuard implements CanActivate {
  private readonly log = new Logger(AccessGuard.name);

  constructor(
    @Inject(Reflector) private readonly reflector: Reflector,
    @Inject(AuthService) private readonly auth: AuthService,
    @Inject(SETTINGS) private readonly settings: Pick<Settings, 'publicUrl'>,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const request = context.switchToHttp().getRequest<GuardedRequest>();
    if (!READING.has(request.method)) checkMutation(request, this.settings.publicUrl);
    const targets = [context.getHandler(), context.getClass()];
    const access = this.reflector.getAllAndOverride<readonly UserRole[] | 'public' | undefined>(ACCESS, targets);
    if (access === 'public') return true;

    const token = readSessionToken(request, this.settings);
    const principal = token === null ? null : await this.auth.findPrincipal(token);
    if (token === null || principal === null)
      throw new Problem('not_signed_in', 401, 'Nobody is signed in.', { fix: 'Sign in.' });
    if (access === undefined) {
      this.log.error(`${context.getClass().name}.${context.getHandler().name} does not say who may call it`);
      throw forbidden();
    }
    if (!access.includes(principal.role)) throw forbidden();
    request.principal = principal;
    request.isSessionOpen = () => this.auth.isOpen(token);
    return true;
  }
}

function checkMutation(request: FastifyRequest, publicUrl: string | null): void {
  if (!isSameOrigin(request.headers, publicUrl))
    throw new Problem('cross_origin', 403, 'This request comes from another site.', {
      fix: 'Open the console at its own address; behind a proxy set PUBLIC_URL and pass the Host header on.',
    });
  const type = request.headers['content-type'];
  // The types that a form of another site may send are none of ours, except for uploads.
  if (type !== undefined && !/^(application\/json|multipart\/form-data)\s*(;|$)/i.test(type))
    throw new Problem('unsupported_media_type', 415, `We do not read ${type}.`, { fix: 'Send application/json.' });
}

function forbidden(): Problem {
  return new Problem('forbidden', 403, 'Your role does not allow this.', { fix: 'Ask a manager.' });
}
