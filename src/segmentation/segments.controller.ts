import { Body, Controller, Get, HttpCode, Param, Post, Put, Query } from '@nestjs/common';

import { Roles, type Principal } from '../auth/access.js';
import { CurrentUser } from '../auth/principal.decorator.js';
import { ParseIdPipe } from '../common/parse-id.pipe.js';
import {
  CreateSegmentDto,
  ListFieldsDto,
  SegmentCountView,
  SegmentFieldView,
  SegmentSampleView,
  SegmentView,
  TryRuleDto,
  UpdateSegmentDto,
} from './segment.dto.js';
import { SegmentsService } from './segments.service.js';

/** Segments: rules that say whom to call. */
@Controller('segments')
@Roles('marketer', 'manager')
export class SegmentsController {
  constructor(private readonly segments: SegmentsService) {}

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

  /** How many leads fit a rule. */
  @Post('count')
  @HttpCode(200)
  count(@CurrentUser() user: Principal, @Body() body: TryRuleDto): Promise<SegmentCountView> {
    return this.segments.count(user.organisationId, body.rule);
  }

  /** A few leads that fit a rule. */
  @Post('sample')
  @HttpCode(200)
  async sample(@CurrentUser() user: Principal, @Body() body: TryRuleDto): Promise<SegmentSampleView> {
    return { leads: await this.segments.sample(user.organisationId, body.rule) };
  }

  /** One segment. */
  @Get(':id')
  async getSegment(@CurrentUser() user: Principal, @Param('id', ParseIdPipe) id: number): Promise<SegmentView> {
    return SegmentView.of(await this.segments.getSegment(user.organisationId, id));
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
