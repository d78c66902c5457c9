import { Body, Controller, Get, HttpCode, Param, Post, Put, Query } from '@nestjs/common';

import { ChangesQueryDto, ChangeView, pageOf } from '../audit/audit.dto.js';
import { Roles, type Principal } from '../auth/access.js';
import { CurrentUser } from '../auth/principal.decorator.js';
import { ParseIdPipe } from '../common/parse-id.pipe.js';
import {
  CreateScriptDto,
  draftOf,
  FilledScriptView,
  LintDto,
  PreviewScriptDto,
  PublishScriptDto,
  ScriptReviewView,
  ScriptSummaryView,
  ScriptVersionSummaryView,
  ScriptVersionView,
  ScriptView,
  UpdateScriptDto,
} from './script.dto.js';
import { ScriptPublishingService } from './script-publishing.service.js';
import { readContent, ScriptsService } from './scripts.service.js';

/** What operators say. */
@Controller('scripts')
@Roles('marketer', 'manager')
export class ScriptsController {
  constructor(
    private readonly scripts: ScriptsService,
    private readonly publishing: ScriptPublishingService,
  ) {}

  /** All scripts, newest first. */
  @Get()
  async listScripts(@CurrentUser() user: Principal): Promise<ScriptSummaryView[]> {
    return (await this.scripts.listScripts(user.organisationId)).map(ScriptSummaryView.of);
  }

  /** Make a script, as a draft. */
  @Post()
  async create(@CurrentUser() user: Principal, @Body() body: CreateScriptDto): Promise<ScriptView> {
    return ScriptView.of(await this.scripts.create(user, { name: body.name, ...draftOf(body) }));
  }

  /** Marks of a text, or all that publishing would say of a script that is being written. */
  @Post('lint')
  @HttpCode(200)
  async lint(@CurrentUser() user: Principal, @Body() body: LintDto): Promise<ScriptReviewView> {
    const { scriptId, campaignId, text, locale } = body;
    const scope = { scriptId, campaignId };
    if (body.steps)
      return ScriptReviewView.of(await this.publishing.review(user.organisationId, readContent(draftOf(body)), scope));
    const findings = await this.publishing.lint(user.organisationId, text ?? '', locale ?? null, scope);
    return ScriptReviewView.of({ faults: [], findings });
  }

  /** A script as one lead will hear it. */
  @Post('preview')
  @HttpCode(200)
  async preview(@CurrentUser() user: Principal, @Body() body: PreviewScriptDto): Promise<FilledScriptView> {
    const { leadId, lead, offerId, answers, locale = user.locale } = body;
    const content = await this.contentOf(user.organisationId, body);
    return FilledScriptView.of(
      await this.publishing.preview(user.organisationId, {
        ...{ content, locale, leadId, offerId },
        ...(lead && { lead }),
        ...(answers && { answers }),
      }),
    );
  }

  /** One script with its draft. */
  @Get(':id')
  async getScript(@CurrentUser() user: Principal, @Param('id', ParseIdPipe) id: number): Promise<ScriptView> {
    return ScriptView.of(await this.scripts.getScript(user.organisationId, id));
  }

  /** Who changed what, newest first; a page at a time. */
  @Get(':id/audit')
  async listChanges(
    @CurrentUser() user: Principal,
    @Param('id', ParseIdPipe) id: number,
    @Query() query: ChangesQueryDto,
  ): Promise<ChangeView[]> {
    return (await this.scripts.listChanges(user.organisationId, id, pageOf(query))).map(ChangeView.of);
  }

  /** Replace the draft; what is published stays as it is. */
  @Put(':id')
  async update(
    @CurrentUser() user: Principal,
    @Param('id', ParseIdPipe) id: number,
    @Body() body: UpdateScriptDto,
  ): Promise<ScriptView> {
    const { name, version } = body;
    return ScriptView.of(await this.scripts.update(user, id, version, { name, ...draftOf(body) }));
  }

  /** Make the draft what calls use, from the next dial on. */
  @Post(':id/publish')
  @HttpCode(200)
  async publish(
    @CurrentUser() user: Principal,
    @Param('id', ParseIdPipe) id: number,
    @Body() body: PublishScriptDto,
  ): Promise<ScriptView> {
    return ScriptView.of(await this.publishing.publish(user, id, body.version));
  }

  /** Its published versions, newest first. */
  @Get(':id/versions')
  async listVersions(
    @CurrentUser() user: Principal,
    @Param('id', ParseIdPipe) id: number,
  ): Promise<ScriptVersionSummaryView[]> {
    return (await this.scripts.listVersions(user.organisationId, id)).map(ScriptVersionSummaryView.of);
  }

  /** One published version, word for word. */
  @Get(':id/versions/:version')
  async getVersion(
    @CurrentUser() user: Principal,
    @Param('id', ParseIdPipe) id: number,
    @Param('version', ParseIdPipe) version: number,
  ): Promise<ScriptVersionView> {
    return ScriptVersionView.of(await this.scripts.getVersion(user.organisationId, id, version));
  }

  private async contentOf(organisationId: number, body: PreviewScriptDto) {
    if (body.steps) return readContent(draftOf(body));
    const { scriptId, version } = body;
    if (version) return (await this.scripts.getVersion(organisationId, scriptId!, version)).content;
    return (await this.scripts.getScript(organisationId, scriptId!)).content;
  }
}
