import { Body, Controller, Delete, Get, HttpCode, Inject, Param, Patch, Post } from '@nestjs/common';

import { Roles, type Principal } from '../auth/access.js';
import { CurrentUser } from '../auth/principal.decorator.js';
import { ParseIdPipe } from '../common/parse-id.pipe.js';
import { CallerIdDto, CallerIdView, UpdateCallerIdDto } from './caller-ids.dto.js';
import { CallerIdsService } from './caller-ids.service.js';

/** Numbers that we may show to whom we call, and by what right. */
@Controller('caller-ids')
@Roles('manager')
export class CallerIdsController {
  constructor(@Inject(CallerIdsService) private readonly callerIds: CallerIdsService) {}

  /** All of them, by number. */
  @Get()
  @Roles('manager', 'marketer')
  async list(@CurrentUser() user: Principal): Promise<CallerIdView[]> {
    return (await this.callerIds.list(user.organisationId)).map((row) => CallerIdView.of(row));
  }

  /** One more. */
  @Post()
  async create(@CurrentUser() user: Principal, @Body() body: CallerIdDto): Promise<CallerIdView> {
    return CallerIdView.of(await this.callerIds.create(user, CallerIdDto.settingsOf(body)));
  }

  /** Change one. What is left out is taken away. */
  @Patch(':id')
  async update(
    @CurrentUser() user: Principal,
    @Param('id', ParseIdPipe) id: number,
    @Body() body: UpdateCallerIdDto,
  ): Promise<CallerIdView> {
    return CallerIdView.of(await this.callerIds.update(user, id, body.version, CallerIdDto.settingsOf(body)));
  }

  /** It may not be shown any more: where a number must be one of these, campaigns that show it stand still. */
  @Delete(':id')
  @HttpCode(204)
  async remove(@CurrentUser() user: Principal, @Param('id', ParseIdPipe) id: number): Promise<void> {
    await this.callerIds.remove(user, id);
  }
}
