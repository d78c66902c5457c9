import { Module } from '@nestjs/common';

import { ComplianceRepository } from './compliance.repository.js';
import { ComplianceService } from './compliance.service.js';

@Module({ providers: [ComplianceRepository, ComplianceService], exports: [ComplianceService] })
export class ComplianceModule {}
