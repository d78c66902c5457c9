import { Controller, Get, Inject, Param } from '@nestjs/common';

import { Roles, type Principal } from '../auth/access.js';
import { CurrentUser } from '../auth/principal.decorator.js';
import { ParseIdPipe } from '../common/parse-id.pipe.js';
import { StockView } from './stock.dto.js';
import { StockService } from './stock.service.js';

/** What is left of campaigns' calling lists. */
@Controller('campaigns')
@Roles('manager', 'marketer')
export class StockController {
  constructor(@Inject(StockService) private readonly stock: StockService) {}

  /** How many are left, how many may be called now, what the others wait for, and why nobody is called right now. */
  @Get(':id/stock')
  getStock(@CurrentUser() user: Principal, @Param('id', ParseIdPipe) id: number): Promise<StockView> {
    return this.stock.stockOf(id, user.organisationId);
  }
}
