import { Module } from '@nestjs/common';

import { AuditModule } from '../audit/audit.module.js';
import { loadMasterSecret } from '../config/master-secret.js';
import { SETTINGS, type Settings } from '../config/settings.js';
import { KeyCheckService } from './key-check.service.js';
import { LeadHistoryRepository } from './lead-history.repository.js';
import { LeadHistoryService } from './lead-history.service.js';
import { LeadsRepository } from './leads.repository.js';
import { LeadsService } from './leads.service.js';
import { NumberingPlansRepository } from './numbering-plans.repository.js';
import { NumberingPlansService } from './numbering-plans.service.js';
import { PhoneVault } from './phone-vault.js';

/** Bases, leads and their sealed phones. */
@Module({
  imports: [AuditModule],
  providers: [
    LeadsRepository,
    LeadsService,
    KeyCheckService,
    LeadHistoryRepository,
    LeadHistoryService,
    NumberingPlansRepository,
    NumberingPlansService,
    {
      provide: PhoneVault,
      inject: [SETTINGS],
      useFactory: (settings: Settings) => PhoneVault.fromSecret(loadMasterSecret(settings)),
    },
  ],
  exports: [LeadsService, LeadHistoryService, NumberingPlansService, PhoneVault],
})
export class LeadsModule {}
