import { Body, Controller, Get, HttpCode, Inject, Param, Post, Put, Query } from '@nestjs/common';

import { Roles, type Principal } from '../auth/access.js';
import { CurrentUser } from '../auth/principal.decorator.js';
import { CLOCK, type Clock } from '../common/clock.js';
import { ParseIdPipe } from '../common/parse-id.pipe.js';
import { maskPhone } from '../leads/phone-number.js';
import { CallbackListsService } from './callback-lists.service.js';
import {
  AssignCallbackDto,
  CallbackEventView,
  CallbackIdView,
  CallbackSettingsDto,
  CallbackView,
  CancelCallbackDto,
  KeptPeriodDto,
  KeptReportView,
  ListCallbacksDto,
  MoveCallbackDto,
} from './callbacks.dto.js';
import { CallbacksService } from './callbacks.service.js';

const PERIOD_MS = 30 * 24 * 3_600_000;
const LIMIT = 50;

/** All promised calls: what is open, what is late, and how well they are kept. */
@Controller('callbacks')
@Roles('manager', 'marketer')
export class CallbacksController {
  constructor(
    @Inject(CallbacksService) private readonly callbacks: CallbacksService,
    @Inject(CallbackListsService) private readonly lists: CallbackListsService,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** Promises: of one group of states those that come due first, and then those that ended last; of all, the latest. */
  @Get()
  async listCallbacks(@CurrentUser() user: Principal, @Query() query: ListCallbacksDto): Promise<CallbackView[]> {
    const rows = await this.lists.list({
      organisationId: user.organisationId,
      states: ListCallbacksDto.statesOf(query.state),
      campaignId: query.campaignId ?? null,
      operatorId: query.operatorId ?? null,
      escalated: query.escalated ?? false,
      from: null,
      to: query.state === 'overdue' ? this.clock.now() : null,
      limit: query.limit ?? LIMIT,
      offset: query.offset ?? 0,
    });
    return rows.map((row) => CallbackView.of(row, maskPhone));
  }

  /** How many were promised for a period, what became of them, and the share kept on time: in all, by campaign, by operator. */
  @Get('kept')
  reportKept(@CurrentUser() user: Principal, @Query() period: KeptPeriodDto): Promise<KeptReportView> {
    const to = period.to ?? this.clock.now();
    const from = period.from ?? new Date(to.getTime() - PERIOD_MS);
    return this.lists.reportKept(user.organisationId, from, to);
  }

  /** How long promises wait for their owners, and when managers hear of them. */
  @Get('settings')
  getSettings(@CurrentUser() user: Principal): Promise<CallbackSettingsDto> {
    return this.lists.getSettings(user.organisationId);
  }

  /** Change that. It holds for promises that are open, too. */
  @Put('settings')
  @Roles('manager')
  changeSettings(@CurrentUser() user: Principal, @Body() body: CallbackSettingsDto): Promise<CallbackSettingsDto> {
    return this.lists.changeSettings(user, body);
  }

  /** One promise. */
  @Get(':id')
  async getCallback(@CurrentUser() user: Principal, @Param('id', ParseIdPipe) id: number): Promise<CallbackView> {
    return CallbackView.of(await this.lists.getCallback(user.organisationId, id), maskPhone);
  }

  /** Every step of its life, the first one first. */
  @Get(':id/events')
  async listEvents(@CurrentUser() user: Principal, @Param('id', ParseIdPipe) id: number): Promise<CallbackEventView[]> {
    return (await this.lists.listEvents(user.organisationId, id)).map((row) => CallbackEventView.of(row));
  }

  /** Another time. It ends as moved, and the one that stands in its place is returned. */
  @Post(':id/move')
  @HttpCode(200)
  @Roles('manager')
  async move(
    @CurrentUser() user: Principal,
    @Param('id', ParseIdPipe) id: number,
    @Body() body: MoveCallbackDto,
  ): Promise<CallbackIdView> {
    const { localTime, timeZone = null, note } = body;
    return { id: await this.callbacks.move(managerOf(user), id, { localTime, timeZone, note }) };
  }

  /** To an operator, or to all of the campaign. */
  @Post(':id/reassign')
  @HttpCode(200)
  @Roles('manager')
  async reassign(
    @CurrentUser() user: Principal,
    @Param('id', ParseIdPipe) id: number,
    @Body() body: AssignCallbackDto,
  ): Promise<CallbackIdView> {
    return { id: await this.callbacks.reassign(managerOf(user), id, body.operatorId ?? null, body.reason) };
  }

  /** The call is not wanted any more. */
  @Post(':id/cancel')
  @HttpCode(200)
  @Roles('manager')
  async cancel(
    @CurrentUser() user: Principal,
    @Param('id', ParseIdPipe) id: number,
    @Body() body: CancelCallbackDto,
  ): Promise<CallbackIdView> {
    return { id: await this.callbacks.cancel(managerOf(user), id, body.reason) };
  }
}

function managerOf({ organisationId, userId }: Principal) {
  return { organisationId, userId, isManager: true };
}
