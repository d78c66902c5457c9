import { Body, Controller, Get, HttpCode, Param, Post, Query } from '@nestjs/common';

import { Roles, type Principal } from '../auth/access.js';
import { CurrentUser } from '../auth/principal.decorator.js';
import { ParseIdPipe } from '../common/parse-id.pipe.js';
import {
  AddedSuppressionView,
  AddSuppressionDto,
  ListSuppressionsDto,
  RevokeSuppressionDto,
  SuppressionView,
} from './suppression.dto.js';
import { SuppressionsService } from './suppressions.service.js';

/** Single numbers that may not be called. Operators add to them by the outcome of a call. */
@Controller('suppressions')
@Roles('marketer', 'manager')
export class SuppressionsController {
  constructor(private readonly suppressions: SuppressionsService) {}

  /** 50 of them, newest first. */
  @Get()
  async listSuppressions(
    @CurrentUser() user: Principal,
    @Query() { before, reason }: ListSuppressionsDto,
  ): Promise<SuppressionView[]> {
    const rows = await this.suppressions.list(user.organisationId, { before, reason });
    return rows.map((row) => SuppressionView.of(row));
  }

  /**
   * Let a number not be called any more, from now on and in every campaign that the scope reaches; a call that rings is
   * ended. A request and a complaint hold for all phones of the people who have the number, and take back what they agreed
   * to.
   */
  @Post()
  async addSuppression(@CurrentUser() user: Principal, @Body() body: AddSuppressionDto): Promise<AddedSuppressionView> {
    const { validTo, ...input } = body;
    const made = await this.suppressions.add(user, { ...input, validTo: validTo ? new Date(validTo) : null });
    return { suppression: SuppressionView.of(made[0]!), numbers: made.length };
  }

  /** Take one back, with what shows that the number may be called again. */
  @Post(':id/revoke')
  @Roles('manager')
  @HttpCode(200)
  async revokeSuppression(
    @CurrentUser() user: Principal,
    @Param('id', ParseIdPipe) id: number,
    @Body() { evidence }: RevokeSuppressionDto,
  ): Promise<SuppressionView> {
    return SuppressionView.of(await this.suppressions.revoke(user, id, evidence.trim()));
  }
}
