import type {} from '@fastify/multipart';
import { Controller, Get, HttpCode, Post, Req } from '@nestjs/common';
import { ApiBody, ApiConsumes } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';

import { Roles, type Principal } from '../auth/access.js';
import { CurrentUser } from '../auth/principal.decorator.js';
import { Problem } from '../common/problem.js';
import { LoadedPlanView, NumberingPlanView } from './numbering-plans.dto.js';
import { LARGEST_REGISTER_BYTES, NumberingPlansService } from './numbering-plans.service.js';

/** Registers of numbering plans, by which imports tell where a number is. */
@Controller('numbering-plans')
@Roles('marketer', 'manager')
export class NumberingPlansController {
  constructor(private readonly plans: NumberingPlansService) {}

  /** What is loaded. */
  @Get()
  async listPlans(): Promise<NumberingPlanView[]> {
    return (await this.plans.listPlans()).map((row) => NumberingPlanView.of(row));
  }

  /** Load a file of the Russian register (part `file`). Imports from now on go by it. */
  @Post()
  @Roles('manager')
  @HttpCode(200)
  @ApiConsumes('multipart/form-data')
  @ApiBody({
    schema: { type: 'object', required: ['file'], properties: { file: { type: 'string', format: 'binary' } } },
  })
  async load(@CurrentUser() user: Principal, @Req() request: FastifyRequest): Promise<LoadedPlanView> {
    if (!request.isMultipart())
      throw new Problem('not_multipart', 415, 'An upload comes as multipart/form-data.', {
        fix: 'Send the part file.',
      });
    const part = await request.file({ limits: { fileSize: LARGEST_REGISTER_BYTES }, throwFileSizeLimit: false });
    if (!part)
      throw new Problem('file_missing', 422, 'The upload has no file.', { field: 'file', fix: 'Choose a file.' });
    const file = await part.toBuffer();
    if (part.file.truncated)
      throw new Problem('register_too_large', 413, 'The file is too large for a register of numbers.', {
        field: 'file',
      });
    return LoadedPlanView.of(await this.plans.loadRussian(user, part.filename, file));
  }
}
