import { Module } from '@nestjs/common';

import { CampaignsModule } from '../campaigns/campaigns.module.js';
import { ComplianceModule } from '../compliance/compliance.module.js';
import { ReportsRepository } from './reports.repository.js';
import { ReportsService } from './reports.service.js';
import { StockRepository } from './stock.repository.js';
import { StockService } from './stock.service.js';

/** Read-only views across the modules. */
@Module({
  imports: [CampaignsModule, ComplianceModule],
  providers: [ReportsRepository, ReportsService, StockRepository, StockService],
  exports: [ReportsService, StockService],
})
export class ReportsModule {}
