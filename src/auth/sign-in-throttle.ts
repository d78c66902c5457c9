import { createHmac, hkdfSync } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';

import { CLOCK, type Clock } from '../common/clock.js';
import { Problem } from '../common/problem.js';
import { loadMasterSecret } from '../config/master-secret.js';
import { SETTINGS, type Settings } from '../config/settings.js';
import { SessionsRepository } from './sessions.repository.js';

export const THROTTLE_WINDOW_MS = 15 * 60_000;
/** Failures of one login from one address in a window. Another address may still sign in as this login. */
export const MAX_FAILURES_OF_LOGIN = 10;
/** Failures from one address in a window: a floor of a hundred behind one address may each mistype three times. */
export const MAX_FAILURES_OF_ADDRESS = 300;

/**
 * Slows down guessing. A try is counted before the password is looked at, so that a thousand sent at the same time are no
 * way around, and taken back when it succeeds.
 */
@Injectable()
export class SignInThrottle {
  private readonly key: Buffer;

  constructor(
    @Inject(SessionsRepository) private readonly sessions: SessionsRepository,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(SETTINGS) settings: Pick<Settings, 'secret' | 'dataDir'>,
  ) {
    this.key = Buffer.from(hkdfSync('sha256', loadMasterSecret(settings), 'zvon', 'zvon/sign-in/v1', 32));
  }

  /** Throws too_many_attempts (429) with the instant from which it may be tried again. */
  async begin(login: string, address: string): Promise<void> {
    // A login that is over its limit does not use up that of the address: its neighbours sign in.
    await this.count(this.loginKey(login, address), MAX_FAILURES_OF_LOGIN);
    await this.count(this.addressKey(address), MAX_FAILURES_OF_ADDRESS);
  }

  /** The password was right. */
  async succeed(login: string, address: string): Promise<void> {
    await this.sessions.forgetTries(this.loginKey(login, address));
    await this.sessions.takeBackTry(this.addressKey(address));
  }

  /** Away with windows that have passed. */
  async forgetOld(): Promise<void> {
    await this.sessions.forgetTriesBefore(this.windowBegan());
  }

  private async count(key: Buffer, limit: number): Promise<void> {
    const now = this.clock.now();
    const { failures, windowStartedAt } = await this.sessions.countTry(key, now, this.windowBegan());
    if (failures <= limit) return;
    const retryAt = new Date(windowStartedAt.getTime() + THROTTLE_WINDOW_MS);
    const minutes = Math.max(1, Math.ceil((retryAt.getTime() - now.getTime()) / 60_000));
    throw new Problem('too_many_attempts', 429, 'Too many sign-ins have failed.', {
      fix: `Try again in ${minutes === 1 ? 'a minute' : `${minutes} minutes`}.`,
      more: { retryAt: retryAt.toISOString() },
    });
  }

  private windowBegan(): Date {
    return new Date(this.clock.now().getTime() - THROTTLE_WINDOW_MS);
  }

  private loginKey(login: string, address: string): Buffer {
    return this.hash(`login\0${login.toLowerCase()}\0${address}`);
  }

  private addressKey(address: string): Buffer {
    return this.hash(`address\0${address}`);
  }

  private hash(text: string): Buffer {
    return createHmac('sha256', this.key).update(text).digest();
  }
}
