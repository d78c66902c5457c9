import { Module } from '@nestjs/common';

import { loadMasterSecret } from '../config/master-secret.js';
import { SETTINGS, type Settings } from '../config/settings.js';
import { KeyCheckService } from './key-check.service.js';
import { LeadHistoryRepository } from './lead-history.repository.js';
import { LeadHistoryService } from './lead-history.service.js';
import { LeadsRepository } from './leads.repository.js';
import { LeadsService } from './leads.service.js';
import { PhoneVault } from './phone-vault.js';

/** Bases, leads and their sealed phones. */
@Module({
  providers: [
    LeadsRepository,
    LeadsService,
    KeyCheckService,
    LeadHistoryRepository,
    LeadHistoryService,
    {
      provide: PhoneVault,
      inject: [SETTINGS],
      useFactory: (settings: Settings) => PhoneVault.fromSecret(loadMasterSecret(settings)),
    },
  ],
  exports: [LeadsService, LeadHistoryService, PhoneVault],
})
export class LeadsModule {}
