import { Module } from '@nestjs/common';

import { AuditModule } from '../audit/audit.module.js';
import { ComplianceRepository } from './compliance.repository.js';
import { ComplianceService } from './compliance.service.js';
import { SuppressionListsRepository } from './suppression-lists.repository.js';
import { SuppressionListsService } from './suppression-lists.service.js';

@Module({
  imports: [AuditModule],
  providers: [ComplianceRepository, ComplianceService, SuppressionListsRepository, SuppressionListsService],
  exports: [ComplianceService, SuppressionListsService],
})
export class ComplianceModule {}
