import { Module } from '@nestjs/common';

import { AuditTrailRepository } from './audit-trail.repository.js';
import { AuditTrailService } from './audit-trail.service.js';

/** Who changed what. */
@Module({
  providers: [AuditTrailRepository, AuditTrailService],
  exports: [AuditTrailService],
})
export class AuditModule {}
