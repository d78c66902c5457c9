import { Body, Controller, Get, HttpCode, Param, Patch, Post } from '@nestjs/common';

import { Roles, type Principal } from '../auth/access.js';
import { CurrentUser } from '../auth/principal.decorator.js';
import { ParseIdPipe } from '../common/parse-id.pipe.js';
import { CallingListService } from './calling-list.service.js';
import { CampaignView, CreateCampaignDto, JobAcceptedView, settingsOf, UpdateCampaignDto } from './campaign.dto.js';
import { CampaignsService } from './campaigns.service.js';

/** Campaigns and their life. Their overview and their reports belong to the reports. */
@Controller('campaigns')
@Roles('manager')
export class CampaignsController {
  constructor(
    private readonly campaigns: CampaignsService,
    private readonly lists: CallingListService,
  ) {}

  /** One campaign with everything that is set. */
  @Get(':id')
  @Roles('manager', 'marketer')
  async getCampaign(@CurrentUser() user: Principal, @Param('id', ParseIdPipe) id: number): Promise<CampaignView> {
    return CampaignView.of(await this.campaigns.getDetails(id, user.organisationId));
  }

  /** Make a campaign, as a draft. */
  @Post()
  async create(@CurrentUser() user: Principal, @Body() body: CreateCampaignDto): Promise<CampaignView> {
    return CampaignView.of(await this.campaigns.create(user, settingsOf(body)));
  }

  /** Change a campaign, also while it runs. */
  @Patch(':id')
  async update(
    @CurrentUser() user: Principal,
    @Param('id', ParseIdPipe) id: number,
    @Body() body: UpdateCampaignDto,
  ): Promise<CampaignView> {
    const { version, ...changes } = settingsOf(body);
    return CampaignView.of(await this.campaigns.update(user, id, version, changes));
  }

  /** Fill the calling list from the campaign's segments, in the background. */
  @Post(':id/build-list')
  @HttpCode(202)
  buildList(@CurrentUser() user: Principal, @Param('id', ParseIdPipe) id: number): Promise<JobAcceptedView> {
    return this.lists.requestBuild(user, id);
  }

  /** Start dialling, or go on after a pause. */
  @Post(':id/start')
  @HttpCode(200)
  async start(@CurrentUser() user: Principal, @Param('id', ParseIdPipe) id: number): Promise<CampaignView> {
    return CampaignView.of(await this.campaigns.start(user, id));
  }

  /** Stop dialling for now; calls that are up go on. */
  @Post(':id/pause')
  @HttpCode(200)
  async pause(@CurrentUser() user: Principal, @Param('id', ParseIdPipe) id: number): Promise<CampaignView> {
    return CampaignView.of(await this.campaigns.pause(user, id));
  }

  /** Stop dialling for good. */
  @Post(':id/finish')
  @HttpCode(200)
  async finish(@CurrentUser() user: Principal, @Param('id', ParseIdPipe) id: number): Promise<CampaignView> {
    return CampaignView.of(await this.campaigns.finish(user, id));
  }
}
