import { Controller, Get, Inject, Param, ParseIntPipe } from '@nestjs/common';

import { Roles, type Principal } from '../auth/access.js';
import { CurrentUser } from '../auth/principal.decorator.js';
import { LeadsService } from '../leads/leads.service.js';
import { BaseView } from './import.dto.js';
import { LeadImportService } from './lead-import.service.js';

/** Bases: sets of leads, with their source and cost. */
@Controller('bases')
@Roles('marketer', 'manager')
export class BasesController {
  constructor(
    @Inject(LeadsService) private readonly leads: LeadsService,
    @Inject(LeadImportService) private readonly imports: LeadImportService,
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
}
