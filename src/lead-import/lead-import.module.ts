import { Module } from '@nestjs/common';

import { AuditModule } from '../audit/audit.module.js';
import { AuthModule } from '../auth/auth.module.js';
import { CampaignsModule } from '../campaigns/campaigns.module.js';
import { ComplianceModule } from '../compliance/compliance.module.js';
import { JobsModule } from '../jobs/jobs.module.js';
import { LeadsModule } from '../leads/leads.module.js';
import { FileAnalysisService } from './file-analysis.service.js';
import { ImportRunner } from './import-runner.js';
import { ImportUndoRepository } from './import-undo.repository.js';
import { ImportUndoService } from './import-undo.service.js';
import { LeadExportRepository } from './lead-export.repository.js';
import { LeadExportService } from './lead-export.service.js';
import { LeadImportRepository } from './lead-import.repository.js';
import { LeadImportService } from './lead-import.service.js';
import { UploadReceiver } from './upload-receiver.js';
import { UploadStore } from './upload-store.js';
import { UploadsService } from './uploads.service.js';

/** Files into bases. */
@Module({
  imports: [AuditModule, AuthModule, JobsModule, LeadsModule, ComplianceModule, CampaignsModule],
  providers: [
    LeadImportRepository,
    ImportRunner,
    UploadStore,
    UploadReceiver,
    UploadsService,
    LeadImportService,
    FileAnalysisService,
    ImportUndoRepository,
    ImportUndoService,
    LeadExportRepository,
    LeadExportService,
  ],
  exports: [
    LeadImportService,
    FileAnalysisService,
    ImportUndoService,
    LeadExportService,
    UploadsService,
    UploadReceiver,
    UploadStore,
  ],
})
export class LeadImportModule {}
