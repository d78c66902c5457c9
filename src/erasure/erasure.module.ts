import { Module } from '@nestjs/common';

import { AuditModule } from '../audit/audit.module.js';
import { CallbacksModule } from '../callbacks/callbacks.module.js';
import { ComplianceModule } from '../compliance/compliance.module.js';
import { JobsModule } from '../jobs/jobs.module.js';
import { LeadsModule } from '../leads/leads.module.js';
import { ErasureProcessor } from './erasure.processor.js';
import { ErasuresRepository } from './erasures.repository.js';
import { ErasuresService } from './erasures.service.js';

/** Taking people out on their wish. */
@Module({
  imports: [AuditModule, CallbacksModule, ComplianceModule, JobsModule, LeadsModule],
  providers: [ErasuresRepository, ErasuresService, ErasureProcessor],
  exports: [ErasuresService, ErasureProcessor],
})
export class ErasureModule {}
