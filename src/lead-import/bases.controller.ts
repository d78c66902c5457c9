import {
  Body,
  Controller,
  Get,
  HttpCode,
  Inject,
  Param,
  ParseIntPipe,
  Post,
  type StreamableFile,
} from '@nestjs/common';
import { ApiProduces } from '@nestjs/swagger';

import { Roles, type Principal } from '../auth/access.js';
import { CurrentUser } from '../auth/principal.decorator.js';
import { Problem } from '../common/problem.js';
import { LeadsService } from '../leads/leads.service.js';
import { BaseView, ExportBaseDto } from './import.dto.js';
import { csvFile } from './imports.controller.js';
import { LeadExportService } from './lead-export.service.js';
import { LeadImportService } from './lead-import.service.js';

/** Bases: sets of leads, with their source and cost. */
@Controller('bases')
@Roles('marketer', 'manager')
export class BasesController {
  constructor(
    @Inject(LeadsService) private readonly leads: LeadsService,
    @Inject(LeadImportService) private readonly imports: LeadImportService,
    @Inject(LeadExportService) private readonly exports: LeadExportService,
  ) {}

  /** All bases, newest first, each with its number of leads and its newest import. */
  @Get()
  async listBases(@CurrentUser() user: Principal): Promise<BaseView[]> {
    const bases = await this.leads.listBases(user.organisationId);
    const ids = bases.map((base) => base.id);
    const last = await this.imports.lastImports(user.organisationId, ids);
    return bases.map((base) => BaseView.of(base, last.get(base.id)));
  }

  /** One base. */
  @Get(':id')
  async getBase(@CurrentUser() user: Principal, @Param('id', ParseIntPipe) id: number): Promise<BaseView> {
    const base = await this.leads.getBase(user.organisationId, id);
    const last = await this.imports.lastImports(user.organisationId, [id]);
    return BaseView.of(base, last.get(id));
  }

  /** The people of a base as CSV that can be imported again. Numbers in full: for managers alone, with a reason, and noted. */
  @Post(':id/export')
  @HttpCode(200)
  @ApiProduces('text/csv')
  async exportBase(
    @CurrentUser() user: Principal,
    @Param('id', ParseIntPipe) id: number,
    @Body() { phones, reason }: ExportBaseDto,
  ): Promise<StreamableFile> {
    if (phones === 'full' && user.role !== 'manager')
      throw new Problem('export_forbidden', 403, 'Only managers take numbers out in full.', {
        field: 'phones',
        fix: 'Export with masked numbers, or ask a manager.',
      });
    const { fileName, lines } = await this.exports.exportBase(user, id, { phones, reason: reason ?? null });
    return csvFile(lines, `base-${id}.csv`, fileName);
  }
}
