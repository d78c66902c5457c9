import { Body, Controller, Get, HttpCode, Param, Patch, Post, Query } from '@nestjs/common';

import { ChangesQueryDto, ChangeView, pageOf } from '../audit/audit.dto.js';
import { Roles, type Principal } from '../auth/access.js';
import { CurrentUser } from '../auth/principal.decorator.js';
import { ParseIdPipe } from '../common/parse-id.pipe.js';
import { CallingListService } from './calling-list.service.js';
import {
  CampaignView,
  CloneCampaignDto,
  CreateCampaignDto,
  JobAcceptedView,
  PreflightFindingView,
  settingsOf,
  UpdateCampaignDto,
} from './campaign.dto.js';
import { CampaignsService } from './campaigns.service.js';
import { PreflightService } from './preflight.service.js';

/** Campaigns and their life. Their overview and their reports belong to the reports. */
@Controller('campaigns')
@Roles('manager')
export class CampaignsController {
  constructor(
    private readonly campaigns: CampaignsService,
    private readonly lists: CallingListService,
    private readonly preflight: PreflightService,
  ) {}

  /** One campaign with everything that is set. */
  @Get(':id')
  @Roles('manager', 'marketer')
  async getCampaign(@CurrentUser() user: Principal, @Param('id', ParseIdPipe) id: number): Promise<CampaignView> {
    return CampaignView.of(await this.campaigns.getDetails(id, user.organisationId));
  }

  /** What would keep a campaign from dialling, with what to do about it; what blocks first. */
  @Get(':id/preflight')
  @Roles('manager', 'marketer')
  checkCampaign(@CurrentUser() user: Principal, @Param('id', ParseIdPipe) id: number): Promise<PreflightFindingView[]> {
    return this.preflight.check(user.organisationId, id);
  }

  /** Who changed what, newest first; a page at a time. */
  @Get(':id/audit')
  @Roles('manager', 'marketer')
  async listChanges(
    @CurrentUser() user: Principal,
    @Param('id', ParseIdPipe) id: number,
    @Query() query: ChangesQueryDto,
  ): Promise<ChangeView[]> {
    return (await this.campaigns.listChanges(user.organisationId, id, pageOf(query))).map(ChangeView.of);
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

  /** A draft with the same settings, segments, offer, script and goals; nobody is on its list. */
  @Post(':id/clone')
  async clone(
    @CurrentUser() user: Principal,
    @Param('id', ParseIdPipe) id: number,
    @Body() body: CloneCampaignDto,
  ): Promise<CampaignView> {
    return CampaignView.of(await this.campaigns.clone(user, id, body.name));
  }

  /** Put away a campaign that is over or never started; its report stands. */
  @Post(':id/archive')
  @HttpCode(200)
  async archive(@CurrentUser() user: Principal, @Param('id', ParseIdPipe) id: number): Promise<CampaignView> {
    return CampaignView.of(await this.campaigns.archive(user, id));
  }
}
