import { Controller, Get, HttpCode, Param, Post } from '@nestjs/common';

import { Roles, type Principal } from '../auth/access.js';
import { CurrentUser } from '../auth/principal.decorator.js';
import { JobAcceptedView } from '../campaigns/campaign.dto.js';
import { ParseIdPipe } from '../common/parse-id.pipe.js';
import { RecyclePreviewView } from './recycle.dto.js';
import { RecycleService } from './recycle.service.js';

/** Further rounds of a campaign's list. */
@Controller('campaigns/:id/recycling')
@Roles('manager')
export class RecycleController {
  constructor(private readonly recycling: RecycleService) {}

  /** Who would come back onto the list now, and who not, by the campaign's retry plan. */
  @Get()
  @Roles('manager', 'marketer')
  async preview(@CurrentUser() user: Principal, @Param('id', ParseIdPipe) id: number): Promise<RecyclePreviewView> {
    return RecyclePreviewView.of(await this.recycling.preview(user.organisationId, id));
  }

  /** Bring them back, in the background. */
  @Post()
  @HttpCode(202)
  recycle(@CurrentUser() user: Principal, @Param('id', ParseIdPipe) id: number): Promise<JobAcceptedView> {
    return this.recycling.recycle(user, id);
  }
}
