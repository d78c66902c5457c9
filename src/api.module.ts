import { Module } from '@nestjs/common';

import { AuthController } from './auth/auth.controller.js';
import { AuthModule } from './auth/auth.module.js';
import { CallbacksController } from './callbacks/callbacks.controller.js';
import { CallbacksModule } from './callbacks/callbacks.module.js';
import { OwnCallbacksController } from './callbacks/own-callbacks.controller.js';
import { CampaignsController } from './campaigns/campaigns.controller.js';
import { CampaignsModule } from './campaigns/campaigns.module.js';
import { ClaimsController } from './campaigns/claims.controller.js';
import { CompetitorsController } from './campaigns/competitors.controller.js';
import { OffersController } from './campaigns/offers.controller.js';
import { OutcomeSetsController } from './campaigns/outcome-sets.controller.js';
import { ScriptsController } from './campaigns/scripts.controller.js';
import { ComplianceModule } from './compliance/compliance.module.js';
import { ProfilesController } from './compliance/profiles.controller.js';
import { ConsentsController } from './compliance/consents.controller.js';
import { DossiersController } from './compliance/dossiers.controller.js';
import { CallerIdsController } from './compliance/caller-ids.controller.js';
import { SuppressionListsController } from './compliance/suppression-lists.controller.js';
import { SuppressionsController } from './compliance/suppressions.controller.js';
import { DeskController } from './desk/desk.controller.js';
import { DeskModule } from './desk/desk.module.js';
import { FloorController } from './desk/floor.controller.js';
import { ErasureModule } from './erasure/erasure.module.js';
import { ErasuresController } from './erasure/erasures.controller.js';
import { AboutController } from './health/about.controller.js';
import { JobsController } from './jobs/jobs.controller.js';
import { JobsModule } from './jobs/jobs.module.js';
import { BasesController } from './lead-import/bases.controller.js';
import { ImportsController } from './lead-import/imports.controller.js';
import { ListLoadsController } from './lead-import/list-loads.controller.js';
import { UploadsController } from './lead-import/uploads.controller.js';
import { LeadImportModule } from './lead-import/lead-import.module.js';
import { LeadsModule } from './leads/leads.module.js';
import { NumberingPlansController } from './leads/numbering-plans.controller.js';
import { OperatorsModule } from './operators/operators.module.js';
import { ReportsController } from './reports/reports.controller.js';
import { ReportsModule } from './reports/reports.module.js';
import { StockController } from './reports/stock.controller.js';
import { RecycleController } from './scheduler/recycle.controller.js';
import { SchedulerModule } from './scheduler/scheduler.module.js';
import { WhyController } from './scheduler/why.controller.js';
import { SegmentsController } from './segmentation/segments.controller.js';
import { SegmentationModule } from './segmentation/segmentation.module.js';

/** What browsers talk to: every controller, and the modules whose services they call. */
@Module({
  imports: [
    AuthModule,
    CallbacksModule,
    CampaignsModule,
    ComplianceModule,
    DeskModule,
    ErasureModule,
    JobsModule,
    LeadImportModule,
    LeadsModule,
    OperatorsModule,
    ReportsModule,
    SchedulerModule,
    SegmentationModule,
  ],
  controllers: [
    AboutController,
    AuthController,
    BasesController,
    CallbacksController,
    OwnCallbacksController,
    CampaignsController,
    ClaimsController,
    CompetitorsController,
    ConsentsController,
    DeskController,
    DossiersController,
    ErasuresController,
    FloorController,
    ImportsController,
    UploadsController,
    ListLoadsController,
    JobsController,
    NumberingPlansController,
    OffersController,
    ProfilesController,
    OutcomeSetsController,
    RecycleController,
    ReportsController,
    ScriptsController,
    StockController,
    WhyController,
    SegmentsController,
    CallerIdsController,
    SuppressionListsController,
    SuppressionsController,
  ],
})
export class ApiModule {}
