import { Body, Controller, HttpCode, Post } from '@nestjs/common';

import { Roles, type Principal } from '../auth/access.js';
import { CurrentUser } from '../auth/principal.decorator.js';
import { ConsentEntryView, GrantConsentDto, WithdrawConsentDto } from './consent.dto.js';
import { ConsentsService } from './consents.service.js';
import { NumberDto } from './suppression.dto.js';

/** Who agreed to be called. A ledger: entries are added, none is changed. */
@Controller('consents')
@Roles('marketer', 'manager')
export class ConsentsController {
  constructor(private readonly consents: ConsentsService) {}

  /** All entries of a number, oldest first. */
  @Post('find')
  @HttpCode(200)
  async findConsents(@CurrentUser() user: Principal, @Body() body: NumberDto): Promise<ConsentEntryView[]> {
    return (await this.consents.listOfNumber(user.organisationId, body)).map((row) => ConsentEntryView.of(row));
  }

  /** Somebody agreed, and it can be shown. */
  @Post()
  async grantConsent(@CurrentUser() user: Principal, @Body() body: GrantConsentDto): Promise<ConsentEntryView> {
    const { source, wording, at, validTo, ...input } = body;
    const row = await this.consents.grant(user, {
      ...input,
      text: { source: source.trim(), wording: wording.trim() },
      at: new Date(at),
      validTo: validTo ? new Date(validTo) : null,
    });
    return ConsentEntryView.of(row);
  }

  /** Somebody took it back. A call that rests on it and still rings is ended. */
  @Post('withdraw')
  @HttpCode(200)
  async withdrawConsent(@CurrentUser() user: Principal, @Body() body: WithdrawConsentDto): Promise<ConsentEntryView> {
    const { at, ...input } = body;
    return ConsentEntryView.of(await this.consents.withdraw(user, { ...input, at: at ? new Date(at) : null }));
  }
}
