import { Module } from '@nestjs/common';

import { AuditModule } from '../audit/audit.module.js';
import { ComplianceModule } from '../compliance/compliance.module.js';
import { SegmentCountsRepository } from './segment-counts.repository.js';
import { SegmentCountsService } from './segment-counts.service.js';
import { SegmentsRepository } from './segments.repository.js';
import { SegmentsService } from './segments.service.js';

/** Segments, the compiler of their rules, and what they select. */
@Module({
  imports: [AuditModule, ComplianceModule],
  providers: [SegmentsRepository, SegmentsService, SegmentCountsRepository, SegmentCountsService],
  exports: [SegmentsService, SegmentCountsService],
})
export class SegmentationModule {}
