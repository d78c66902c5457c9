import { Module } from '@nestjs/common';

import { ImportUndoProcessor } from './import-undo.processor.js';
import { LeadImportModule } from './lead-import.module.js';
import { LeadImportProcessor } from './lead-import.processor.js';

/** Running imports, in processes that work. */
@Module({
  imports: [LeadImportModule],
  providers: [LeadImportProcessor, ImportUndoProcessor],
  exports: [LeadImportProcessor, ImportUndoProcessor],
})
export class LeadImportJobsModule {}
