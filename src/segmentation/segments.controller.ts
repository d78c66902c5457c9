import { Body, Controller, Get, HttpCode, Param, Post, Put, Query } from '@nestjs/common';

import { ChangesQueryDto, ChangeView, pageOf } from '../audit/audit.dto.js';
import { Roles, type Principal } from '../auth/access.js';
import { CurrentUser } from '../auth/principal.decorator.js';
import { ParseIdPipe } from '../common/parse-id.pipe.js';
import { SegmentCountsService } from './segment-counts.service.js';
import {
  BurnDownDto,
  BurnDownView,
  CloneSegmentDto,
  CreateSegmentDto,
  FunnelDto,
  ListFieldsDto,
  SegmentCountView,
  SegmentFieldView,
  SegmentFunnelView,
  SegmentOverlapView,
  SegmentSampleView,
  SegmentVersionView,
  SegmentView,
  TryRuleDto,
  UpdateSegmentDto,
} from './segment.dto.js';
import { SegmentsService } from './segments.service.js';

/** Segments: rules that say whom to call. */
@Controller('segments')
@Roles('marketer', 'manager')
export class SegmentsController {
  constructor(
    private readonly segments: SegmentsService,
    private readonly counts: SegmentCountsService,
  ) {}

  /** All segments, newest first. */
  @Get()
  async listSegments(@CurrentUser() user: Principal): Promise<SegmentView[]> {
    return (await this.segments.listSegments(user.organisationId)).map(SegmentView.of);
  }

  /** Fields that rules may ask, with values that leads have. */
  @Get('fields')
  listFields(@CurrentUser() user: Principal, @Query() query: ListFieldsDto): Promise<SegmentFieldView[]> {
    return this.segments.listFields(user.organisationId, query.baseId ?? null);
  }

  /** How many leads fit a rule: exactly, unless that takes too long. */
  @Post('count')
  @HttpCode(200)
  count(@CurrentUser() user: Principal, @Body() body: TryRuleDto): Promise<SegmentCountView> {
    return this.counts.count(user.organisationId, body.rule);
  }

  /** About how many leads fit a rule, at once. */
  @Post('estimate')
  @HttpCode(200)
  estimate(@CurrentUser() user: Principal, @Body() body: TryRuleDto): Promise<SegmentCountView> {
    return this.counts.estimate(user.organisationId, body.rule);
  }

  /** A few leads that fit a rule. */
  @Post('sample')
  @HttpCode(200)
  async sample(@CurrentUser() user: Principal, @Body() body: TryRuleDto): Promise<SegmentSampleView> {
    return { leads: await this.counts.sample(user.organisationId, body.rule) };
  }

  /** Why some of the leads that fit a rule can't be called now. */
  @Post('funnel')
  @HttpCode(200)
  funnel(@CurrentUser() user: Principal, @Body() body: FunnelDto): Promise<SegmentFunnelView> {
    return this.counts.funnel(user.organisationId, body.rule, body.campaignId ?? null);
  }

  /** Campaigns that call, or soon will, and have some of the same leads. */
  @Post('overlap')
  @HttpCode(200)
  overlap(@CurrentUser() user: Principal, @Body() body: TryRuleDto): Promise<SegmentOverlapView[]> {
    return this.counts.overlap(user.organisationId, body.rule);
  }

  /** How long it takes to call the leads that fit a rule. */
  @Post('burn-down')
  @HttpCode(200)
  burnDown(@CurrentUser() user: Principal, @Body() body: BurnDownDto): Promise<BurnDownView> {
    return this.counts.burnDown(user.organisationId, body);
  }

  /** One segment. */
  @Get(':id')
  async getSegment(@CurrentUser() user: Principal, @Param('id', ParseIdPipe) id: number): Promise<SegmentView> {
    return SegmentView.of(await this.segments.getSegment(user.organisationId, id));
  }

  /** What a segment was, newest first. */
  @Get(':id/versions')
  async listVersions(
    @CurrentUser() user: Principal,
    @Param('id', ParseIdPipe) id: number,
  ): Promise<SegmentVersionView[]> {
    return (await this.segments.listVersions(user.organisationId, id)).map(SegmentVersionView.of);
  }

  /** Who changed what, newest first; a page at a time. */
  @Get(':id/audit')
  async listChanges(
    @CurrentUser() user: Principal,
    @Param('id', ParseIdPipe) id: number,
    @Query() query: ChangesQueryDto,
  ): Promise<ChangeView[]> {
    return (await this.segments.listChanges(user.organisationId, id, pageOf(query))).map(ChangeView.of);
  }

  /** Copy a segment. */
  @Post(':id/clone')
  async clone(
    @CurrentUser() user: Principal,
    @Param('id', ParseIdPipe) id: number,
    @Body() body: CloneSegmentDto,
  ): Promise<SegmentView> {
    return SegmentView.of(await this.segments.clone(user, id, body.name));
  }

  /** Make a segment. */
  @Post()
  async create(@CurrentUser() user: Principal, @Body() body: CreateSegmentDto): Promise<SegmentView> {
    return SegmentView.of(await this.segments.create(user, body));
  }

  /** Replace a segment's name and rule. */
  @Put(':id')
  async update(
    @CurrentUser() user: Principal,
    @Param('id', ParseIdPipe) id: number,
    @Body() body: UpdateSegmentDto,
  ): Promise<SegmentView> {
    return SegmentView.of(await this.segments.update(user, id, body.version, body));
  }
}
