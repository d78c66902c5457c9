import { Module } from '@nestjs/common';

import { AuditModule } from '../audit/audit.module.js';
import { loadMasterSecret } from '../config/master-secret.js';
import { SETTINGS, type Settings } from '../config/settings.js';
import { LeadsModule } from '../leads/leads.module.js';
import { CallerIdsRepository } from './caller-ids.repository.js';
import { CallerIdsService } from './caller-ids.service.js';
import { ComplianceRepository } from './compliance.repository.js';
import { ComplianceService } from './compliance.service.js';
import { ConsentsRepository } from './consents.repository.js';
import { ConsentsService } from './consents.service.js';
import { DialFactsService } from './dial-facts.service.js';
import { DossierRepository } from './dossier.repository.js';
import { DossierService } from './dossier.service.js';
import { OverrideSeal } from './override-seal.js';
import { ProfilesRepository } from './profiles.repository.js';
import { ProfilesService } from './profiles.service.js';
import { RulesService } from './rules.service.js';
import { SuppressionListsRepository } from './suppression-lists.repository.js';
import { SuppressionListsService } from './suppression-lists.service.js';
import { SuppressionsRepository } from './suppressions.repository.js';
import { SuppressionsService } from './suppressions.service.js';

@Module({
  imports: [AuditModule, LeadsModule],
  providers: [
    CallerIdsRepository,
    CallerIdsService,
    ComplianceRepository,
    ComplianceService,
    ConsentsRepository,
    ConsentsService,
    DialFactsService,
    DossierRepository,
    DossierService,
    ProfilesRepository,
    ProfilesService,
    RulesService,
    SuppressionListsRepository,
    SuppressionListsService,
    SuppressionsRepository,
    SuppressionsService,
    {
      provide: OverrideSeal,
      inject: [SETTINGS],
      useFactory: (settings: Settings) => OverrideSeal.fromSecret(loadMasterSecret(settings)),
    },
  ],
  exports: [
    CallerIdsService,
    ComplianceService,
    DialFactsService,
    ProfilesService,
    SuppressionListsService,
    ConsentsService,
    SuppressionsService,
    DossierService,
  ],
})
export class ComplianceModule {}
