import { Body, Controller, Get, Post } from '@nestjs/common';

import { Roles, type Principal } from '../auth/access.js';
import { CurrentUser } from '../auth/principal.decorator.js';
import { CreateScriptDto, ScriptView } from './script.dto.js';
import { ScriptsService } from './scripts.service.js';

/** What operators say. */
@Controller('scripts')
@Roles('marketer', 'manager')
export class ScriptsController {
  constructor(private readonly scripts: ScriptsService) {}

  /** All scripts, newest first. */
  @Get()
  async listScripts(@CurrentUser() user: Principal): Promise<ScriptView[]> {
    return (await this.scripts.listScripts(user.organisationId)).map(ScriptView.of);
  }

  /** Make a script. */
  @Post()
  async create(@CurrentUser() user: Principal, @Body() body: CreateScriptDto): Promise<ScriptView> {
    return ScriptView.of(await this.scripts.create(user.organisationId, body));
  }
}
