import { Inject, Injectable } from '@nestjs/common';

import { CLOCK, type Clock } from '../common/clock.js';
import { HUB, type Hub } from '../realtime/hub.js';
import { DialingRepository, type AttemptRow } from './dialing.repository.js';

export type { AttemptRow } from './dialing.repository.js';

/** Attempts, for those who do not hold the switch: any process may look, and ask for a hang-up. */
@Injectable()
export class DialingService {
  constructor(
    private readonly repository: DialingRepository,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(HUB) private readonly hub: Hub,
  ) {}

  findAttempt(attemptId: number): Promise<AttemptRow | null> {
    return this.repository.find(attemptId);
  }

  /** Calls of a campaign that may yet need an operator. */
  async countUnconnected(campaignId: number): Promise<number> {
    return (await this.repository.listLive(campaignId)).filter((attempt) => attempt.state !== 'bridged').length;
  }

  /** Whoever holds the call at the switch ends it within the second. No-op when it has ended. */
  async requestHangup(attemptId: number): Promise<void> {
    if (await this.repository.requestHangup(attemptId, this.clock.now()))
      this.hub.publish({ kind: 'hangup', id: attemptId });
  }
}
