import { Module } from '@nestjs/common';

import { LeadImportModule } from './lead-import.module.js';
import { LeadImportProcessor } from './lead-import.processor.js';

/** Running imports, in processes that work. */
@Module({ imports: [LeadImportModule], providers: [LeadImportProcessor], exports: [LeadImportProcessor] })
export class LeadImportJobsModule {}
