import { Body, Controller, Get, HttpCode, Param, Post } from '@nestjs/common';

import { Roles, type Principal } from '../auth/access.js';
import { CurrentUser } from '../auth/principal.decorator.js';
import { ParseIdPipe } from '../common/parse-id.pipe.js';
import { ClaimView, CreateClaimDto } from './advertising.dto.js';
import { AdvertisingService } from './advertising.service.js';

/** What advertising may claim, because there is proof. Who writes scripts does not also say what is proven. */
@Controller('claims')
@Roles('manager')
export class ClaimsController {
  constructor(private readonly advertising: AdvertisingService) {}

  /** All claims, newest first, the withdrawn and the outdated too. */
  @Get()
  @Roles('marketer', 'manager')
  async listClaims(@CurrentUser() user: Principal): Promise<ClaimView[]> {
    return (await this.advertising.listClaims(user.organisationId)).map(ClaimView.of);
  }

  /** Enter a claim with its proof. */
  @Post()
  async create(@CurrentUser() user: Principal, @Body() body: CreateClaimDto): Promise<ClaimView> {
    return ClaimView.of(await this.advertising.addClaim(user, body));
  }

  /** Withdraw a claim: from now on it allows nothing. */
  @Post(':id/withdraw')
  @HttpCode(200)
  async withdraw(@CurrentUser() user: Principal, @Param('id', ParseIdPipe) id: number): Promise<ClaimView> {
    return ClaimView.of(await this.advertising.withdrawClaim(user, id));
  }
}
