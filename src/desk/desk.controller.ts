import { Body, Controller, Get, HttpCode, Inject, Post, Sse, type MessageEvent } from '@nestjs/common';
import { Observable } from 'rxjs';

import { Roles, type Principal } from '../auth/access.js';
import { CurrentUser } from '../auth/principal.decorator.js';
import { SessionCheck } from '../auth/session-check.decorator.js';
import { LiveUpdates } from '../realtime/live-updates.js';
import { DeskCampaign, DeskSignInDto, DeskView, DispositionDto } from './desk.dto.js';
import { DeskService } from './desk.service.js';

/** Also the sign of life that keeps an operator on the floor. */
const RELOAD_EVERY_MS = 15_000;

/** The operator's own desk: the call in hand and nothing else. */
@Controller('desk')
@Roles('operator')
export class DeskController {
  constructor(
    @Inject(DeskService) private readonly desk: DeskService,
    @Inject(LiveUpdates) private readonly live: LiveUpdates,
  ) {}

  /** The desk as it stands. */
  @Get()
  async getDesk(@CurrentUser() user: Principal): Promise<DeskView> {
    await this.desk.touch(user);
    return this.desk.getDesk(user);
  }

  /** Campaigns whose calls can be taken. */
  @Get('campaigns')
  async listCampaigns(@CurrentUser() user: Principal): Promise<DeskCampaign[]> {
    const campaigns = await this.desk.listCampaigns(user.organisationId);
    return campaigns.map(({ id, name, state }) => ({ id, name, state }));
  }

  /** The desk, at once and after each change, as server-sent events named `desk`. */
  @Sse('events')
  events(@CurrentUser() user: Principal, @SessionCheck() isAllowed: () => Promise<boolean>): Observable<MessageEvent> {
    return this.live.stream<DeskView>({
      event: 'desk',
      isAllowed,
      // A call must be there at once.
      minIntervalMs: 50,
      reloadEveryMs: RELOAD_EVERY_MS,
      matches: (topic) => topic.kind === 'operator' && topic.id === user.userId,
      load: async () => {
        await this.desk.touch(user);
        return this.desk.getDesk(user);
      },
    });
  }

  /** Sign in to a campaign and be ready for its calls. */
  @Post('sign-in')
  @HttpCode(200)
  signIn(@CurrentUser() user: Principal, @Body() body: DeskSignInDto): Promise<DeskView> {
    return this.desk.signIn(user, body.campaignId);
  }

  /** Back from a break. */
  @Post('ready')
  @HttpCode(200)
  becomeReady(@CurrentUser() user: Principal): Promise<DeskView> {
    return this.desk.becomeReady(user);
  }

  /** A break: at once, or after the call in hand. */
  @Post('break')
  @HttpCode(200)
  takeBreak(@CurrentUser() user: Principal): Promise<DeskView> {
    return this.desk.takeBreak(user);
  }

  /** Leave the floor. */
  @Post('sign-out')
  @HttpCode(200)
  signOut(@CurrentUser() user: Principal): Promise<DeskView> {
    return this.desk.signOut(user);
  }

  /** End the call in hand. */
  @Post('hang-up')
  @HttpCode(200)
  hangUp(@CurrentUser() user: Principal): Promise<DeskView> {
    return this.desk.hangUp(user);
  }

  /** The outcome of the call in hand, with what belongs to it. */
  @Post('disposition')
  @HttpCode(200)
  dispose(@CurrentUser() user: Principal, @Body() body: DispositionDto): Promise<DeskView> {
    const { attemptId, ...input } = body;
    return this.desk.dispose(user, attemptId, input);
  }
}
