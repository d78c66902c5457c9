import { Body, Controller, Get, HttpCode, Inject, Param, Post, Query } from '@nestjs/common';
import { DateTime } from 'luxon';

import { Roles, type Principal } from '../auth/access.js';
import { CurrentUser } from '../auth/principal.decorator.js';
import { CLOCK, type Clock } from '../common/clock.js';
import { ParseIdPipe } from '../common/parse-id.pipe.js';
import { maskPhone } from '../leads/phone-number.js';
import { CallbackListsService } from './callback-lists.service.js';
import {
  AssignCallbackDto,
  CallbackIdView,
  CallbackView,
  CancelCallbackDto,
  MoveCallbackDto,
  OwnCallbacksDto,
  OwnCallbacksView,
} from './callbacks.dto.js';
import { CallbacksService } from './callbacks.service.js';

/** An operator's own promises. */
@Controller('desk/callbacks')
@Roles('operator')
export class OwnCallbacksController {
  constructor(
    @Inject(CallbacksService) private readonly callbacks: CallbacksService,
    @Inject(CallbackListsService) private readonly lists: CallbackListsService,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** What the operator has promised and not done yet: overdue, today, later. */
  @Get()
  async listOwn(@CurrentUser() user: Principal, @Query() { timeZone }: OwnCallbacksDto): Promise<OwnCallbacksView> {
    const now = this.clock.now();
    const wanted = DateTime.fromJSDate(now, { zone: timeZone ?? 'utc' });
    const local = wanted.isValid ? wanted : DateTime.fromJSDate(now, { zone: 'utc' });
    const tonight = local.endOf('day').toJSDate();
    const rows = await this.lists.listOwn(user.organisationId, user.userId);
    const views = rows.map((row) => CallbackView.of(row, maskPhone));
    return {
      overdue: views.filter((view) => view.dueAt <= now),
      today: views.filter((view) => view.dueAt > now && view.dueAt <= tonight),
      upcoming: views.filter((view) => view.dueAt > tonight),
      serverNow: now,
    };
  }

  /** Another time, as agreed with the customer. It ends as moved, and the one that stands in its place is returned. */
  @Post(':id/move')
  @HttpCode(200)
  async move(
    @CurrentUser() user: Principal,
    @Param('id', ParseIdPipe) id: number,
    @Body() body: MoveCallbackDto,
  ): Promise<CallbackIdView> {
    const { localTime, timeZone = null, note } = body;
    return { id: await this.callbacks.move(operatorOf(user), id, { localTime, timeZone, note }) };
  }

  /** To a colleague, or to all of the campaign. */
  @Post(':id/hand-over')
  @HttpCode(200)
  async handOver(
    @CurrentUser() user: Principal,
    @Param('id', ParseIdPipe) id: number,
    @Body() body: AssignCallbackDto,
  ): Promise<CallbackIdView> {
    return { id: await this.callbacks.reassign(operatorOf(user), id, body.operatorId ?? null, body.reason) };
  }

  /** The call is not wanted any more. */
  @Post(':id/cancel')
  @HttpCode(200)
  async cancel(
    @CurrentUser() user: Principal,
    @Param('id', ParseIdPipe) id: number,
    @Body() body: CancelCallbackDto,
  ): Promise<CallbackIdView> {
    return { id: await this.callbacks.cancel(operatorOf(user), id, body.reason) };
  }
}

function operatorOf({ organisationId, userId }: Principal) {
  return { organisationId, userId, isManager: false };
}
