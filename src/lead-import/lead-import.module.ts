import { Module } from '@nestjs/common';

import { JobsModule } from '../jobs/jobs.module.js';
import { LeadsModule } from '../leads/leads.module.js';
import { ImportRunner } from './import-runner.js';
import { LeadImportRepository } from './lead-import.repository.js';
import { LeadImportService } from './lead-import.service.js';
import { UploadStore } from './upload-store.js';

/** Files into bases. */
@Module({
  imports: [JobsModule, LeadsModule],
  providers: [LeadImportRepository, ImportRunner, UploadStore, LeadImportService],
  exports: [LeadImportService, UploadStore],
})
export class LeadImportModule {}
