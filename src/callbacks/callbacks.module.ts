import { Module } from '@nestjs/common';

import { AuditModule } from '../audit/audit.module.js';
import { ComplianceModule } from '../compliance/compliance.module.js';
import { LeadsModule } from '../leads/leads.module.js';
import { CallbackListsService } from './callback-lists.service.js';
import { CallbacksRepository } from './callbacks.repository.js';
import { CallbacksService } from './callbacks.service.js';

@Module({
  imports: [AuditModule, ComplianceModule, LeadsModule],
  providers: [CallbacksRepository, CallbacksService, CallbackListsService],
  exports: [CallbacksService, CallbackListsService],
})
export class CallbacksModule {}
