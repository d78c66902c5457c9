import { Body, Controller, Get, HttpCode, Param, Post, Put, Query } from '@nestjs/common';

import { ChangesQueryDto, ChangeView, pageOf } from '../audit/audit.dto.js';
import { Roles, type Principal } from '../auth/access.js';
import { CurrentUser } from '../auth/principal.decorator.js';
import { ParseIdPipe } from '../common/parse-id.pipe.js';
import { CreateOfferDto, ListOffersDto, offerOf, OfferView, UpdateOfferDto } from './offer.dto.js';
import { OffersService } from './offers.service.js';
import { BuildWinBackDto, WinBackOptionsDto, WinBackProposalView, WinBackView } from './win-back.dto.js';
import { WinBackService } from './win-back.service.js';

/** What campaigns offer, and whom it may win back. */
@Controller('offers')
@Roles('marketer', 'manager')
export class OffersController {
  constructor(
    private readonly offers: OffersService,
    private readonly winBack: WinBackService,
  ) {}

  /** All offers, newest first; those that were put away only when asked for. */
  @Get()
  async listOffers(@CurrentUser() user: Principal, @Query() query: ListOffersDto): Promise<OfferView[]> {
    return (await this.offers.listOffers(user.organisationId, query.archived)).map(OfferView.of);
  }

  /** One offer. */
  @Get(':id')
  async getOffer(@CurrentUser() user: Principal, @Param('id', ParseIdPipe) id: number): Promise<OfferView> {
    return OfferView.of(await this.offers.getOffer(user.organisationId, id));
  }

  /** Who changed what, newest first; a page at a time. */
  @Get(':id/audit')
  async listChanges(
    @CurrentUser() user: Principal,
    @Param('id', ParseIdPipe) id: number,
    @Query() query: ChangesQueryDto,
  ): Promise<ChangeView[]> {
    return (await this.offers.listChanges(user.organisationId, id, pageOf(query))).map(ChangeView.of);
  }

  /** Make an offer. */
  @Post()
  async create(@CurrentUser() user: Principal, @Body() body: CreateOfferDto): Promise<OfferView> {
    return OfferView.of(await this.offers.create(user.organisationId, offerOf(body), user.userId));
  }

  /** Replace what is said of an offer. Outcomes that were given keep the price of their time. */
  @Put(':id')
  async update(
    @CurrentUser() user: Principal,
    @Param('id', ParseIdPipe) id: number,
    @Body() body: UpdateOfferDto,
  ): Promise<OfferView> {
    return OfferView.of(await this.offers.update(user, id, body.version, offerOf(body)));
  }

  /** Put an offer away. Campaigns that have it go on. */
  @Post(':id/archive')
  @HttpCode(200)
  async archive(@CurrentUser() user: Principal, @Param('id', ParseIdPipe) id: number): Promise<OfferView> {
    return OfferView.of(await this.offers.archive(user, id));
  }

  /** Bring an offer back that was put away. */
  @Post(':id/restore')
  @HttpCode(200)
  async restore(@CurrentUser() user: Principal, @Param('id', ParseIdPipe) id: number): Promise<OfferView> {
    return OfferView.of(await this.offers.restore(user, id));
  }

  /** Whom the offer may win back: those who said no for a reason that it answers. */
  @Get(':id/win-back')
  async listProposals(
    @CurrentUser() user: Principal,
    @Param('id', ParseIdPipe) id: number,
    @Query() query: WinBackOptionsDto,
  ): Promise<WinBackProposalView[]> {
    return (await this.winBack.listProposals(user.organisationId, id, query)).map(WinBackProposalView.of);
  }

  /** Make the segment and the campaign that win them back, and have its calling list filled. */
  @Post(':id/win-back')
  @HttpCode(202)
  build(
    @CurrentUser() user: Principal,
    @Param('id', ParseIdPipe) id: number,
    @Body() body: BuildWinBackDto,
  ): Promise<WinBackView> {
    return this.winBack.build(user, id, body);
  }
}
