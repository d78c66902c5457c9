import { Module } from '@nestjs/common';

import { SegmentsRepository } from './segments.repository.js';
import { SegmentsService } from './segments.service.js';

/** Segments, and the compiler of their rules. */
@Module({
  providers: [SegmentsRepository, SegmentsService],
  exports: [SegmentsService],
})
export class SegmentationModule {}
