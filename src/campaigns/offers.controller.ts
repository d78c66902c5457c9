import { Body, Controller, Get, Post } from '@nestjs/common';

import { Roles, type Principal } from '../auth/access.js';
import { CurrentUser } from '../auth/principal.decorator.js';
import { CreateOfferDto, OfferView } from './offer.dto.js';
import { OffersService } from './offers.service.js';

/** What campaigns offer. */
@Controller('offers')
@Roles('marketer', 'manager')
export class OffersController {
  constructor(private readonly offers: OffersService) {}

  /** All offers, newest first. */
  @Get()
  async listOffers(@CurrentUser() user: Principal): Promise<OfferView[]> {
    return (await this.offers.listOffers(user.organisationId)).map(OfferView.of);
  }

  /** Make an offer. */
  @Post()
  async create(@CurrentUser() user: Principal, @Body() body: CreateOfferDto): Promise<OfferView> {
    return OfferView.of(await this.offers.create(user.organisationId, body));
  }
}
