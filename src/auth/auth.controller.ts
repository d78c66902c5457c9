import { Body, Controller, Get, HttpCode, Inject, Patch, Post, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';

import { SETTINGS, type Settings } from '../config/settings.js';
import { Public, SignedIn, type Principal } from './access.js';
import { MeInput, MeView, SignInInput } from './auth.dto.js';
import { AuthService } from './auth.service.js';
import { CurrentUser } from './principal.decorator.js';
import { clearSessionToken, readSessionToken, setSessionToken } from './session-cookie.js';
import { UsersService } from './users.service.js';

/** Signing in and out. */
@Controller('auth')
export class AuthController {
  constructor(
    @Inject(AuthService) private readonly auth: AuthService,
    @Inject(UsersService) private readonly users: UsersService,
    @Inject(SETTINGS) private readonly settings: Pick<Settings, 'publicUrl'>,
  ) {}

  /** Begin a session; its token comes as a cookie. */
  @Post('sign-in')
  @HttpCode(200)
  @Public()
  async signIn(
    @Body() input: SignInInput,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<MeView> {
    const { token, expiresAt, principal } = await this.auth.signIn({
      login: input.login,
      password: input.password,
      address: request.ip,
      userAgent: request.headers['user-agent'] ?? null,
      formerToken: readSessionToken(request, this.settings),
    });
    setSessionToken(reply, this.settings, token, expiresAt);
    return MeView.of(principal);
  }

  /** End the session. */
  @Post('sign-out')
  @HttpCode(204)
  @SignedIn()
  async signOut(@Req() request: FastifyRequest, @Res({ passthrough: true }) reply: FastifyReply): Promise<void> {
    const token = readSessionToken(request, this.settings);
    if (token !== null) await this.auth.signOut(token);
    clearSessionToken(reply, this.settings);
  }

  /** Who is signed in. */
  @Get('me')
  @SignedIn()
  getMe(@CurrentUser() user: Principal): MeView {
    return MeView.of(user);
  }

  /** Change the language of the console. */
  @Patch('me')
  @SignedIn()
  async changeMe(@CurrentUser() user: Principal, @Body() input: MeInput): Promise<MeView> {
    const { locale } = await this.users.setLocale(user.organisationId, user.userId, input.locale);
    return MeView.of({ ...user, locale });
  }
}
