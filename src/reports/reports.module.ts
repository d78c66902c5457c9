import { Module } from '@nestjs/common';

import { ReportsRepository } from './reports.repository.js';
import { ReportsService } from './reports.service.js';

/** Read-only views across the modules. */
@Module({ providers: [ReportsRepository, ReportsService], exports: [ReportsService] })
export class ReportsModule {}
