import { Body, Controller, Get, HttpCode, Inject, Param, Post } from '@nestjs/common';

import { Roles, type Principal } from '../auth/access.js';
import { CurrentUser } from '../auth/principal.decorator.js';
import { CLOCK, type Clock } from '../common/clock.js';
import { ParseIdPipe } from '../common/parse-id.pipe.js';
import { CreateSuppressionListDto, RetireSuppressionListDto, SuppressionListView } from './suppression-list.dto.js';
import type { SuppressionListRow } from './suppression-lists.repository.js';
import { SuppressionListsService } from './suppression-lists.service.js';

/** Lists of numbers that may not be called. Files go into them as imports. */
@Controller('suppression-lists')
@Roles('marketer', 'manager')
export class SuppressionListsController {
  constructor(
    private readonly lists: SuppressionListsService,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** All lists, newest first. */
  @Get()
  async listLists(@CurrentUser() user: Principal): Promise<SuppressionListView[]> {
    return (await this.lists.listLists(user.organisationId)).map((list) => this.view(list));
  }

  /** One list. */
  @Get(':id')
  async getList(@CurrentUser() user: Principal, @Param('id', ParseIdPipe) id: number): Promise<SuppressionListView> {
    return this.view(await this.lists.getList(user.organisationId, id));
  }

  /** Make a list, empty. */
  @Post()
  async create(@CurrentUser() user: Principal, @Body() body: CreateSuppressionListDto): Promise<SuppressionListView> {
    return this.view(await this.lists.createList(user, body));
  }

  /** Let its numbers be called again. */
  @Post(':id/retire')
  @Roles('manager')
  @HttpCode(200)
  async retire(
    @CurrentUser() user: Principal,
    @Param('id', ParseIdPipe) id: number,
    @Body() body: RetireSuppressionListDto,
  ): Promise<SuppressionListView> {
    return this.view(await this.lists.retireList(user, id, body.reason.trim()));
  }

  private view(list: SuppressionListRow): SuppressionListView {
    return SuppressionListView.of(list, this.clock.now());
  }
}
