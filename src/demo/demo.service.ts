import { Inject, Injectable, type OnApplicationBootstrap } from '@nestjs/common';

import { USER_ROLES } from '../auth/access.js';
import { UsersService } from '../auth/users.service.js';
import { CallingListService } from '../campaigns/calling-list.service.js';
import { CAMPAIGN_STATES } from '../campaigns/campaign-states.js';
import { CampaignsService } from '../campaigns/campaigns.service.js';
import { OffersService } from '../campaigns/offers.service.js';
import { ScriptPublishingService } from '../campaigns/script-publishing.service.js';
import { ScriptsService } from '../campaigns/scripts.service.js';
import { CLOCK, type Clock } from '../common/clock.js';
import { ORGANISATION_ID } from '../common/organisation.js';
import { projectPath } from '../common/project-folder.js';
import { SETTINGS, type Settings } from '../config/settings.js';
import { Database } from '../database/database.js';
import { JobsService } from '../jobs/jobs.service.js';
import { LeadImportService } from '../lead-import/lead-import.service.js';
import { LeadsService } from '../leads/leads.service.js';
import { SegmentsService } from '../segmentation/segments.service.js';
import { ALL_HOURS, DEMO_CAMPAIGN, DEMO_OFFER, DEMO_PEOPLE, DEMO_SCRIPT } from './demo-content.js';

export const DEMO_SEED_JOB = 'demo-seed';
const BASE_NAME = 'Demo households';

/**
 * The demonstration: three people to sign in as, a base of made-up households, and a campaign that is ready to start. Put
 * into a new installation only; each step looks for what is there, so that one that was broken off goes on.
 */
@Injectable()
export class DemoService implements OnApplicationBootstrap {
  constructor(
    private readonly database: Database,
    private readonly users: UsersService,
    private readonly jobs: JobsService,
    private readonly leads: LeadsService,
    private readonly imports: LeadImportService,
    private readonly segments: SegmentsService,
    private readonly offers: OffersService,
    private readonly scripts: ScriptsService,
    private readonly scriptPublishing: ScriptPublishingService,
    private readonly campaigns: CampaignsService,
    private readonly lists: CallingListService,
    @Inject(SETTINGS) private readonly settings: Settings,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    if (!this.settings.demo) return;
    if ((await this.users.countUsers(ORGANISATION_ID)) === 0)
      await this.database.transaction(async (tx) => {
        for (const role of USER_ROLES)
          await this.users.createUser(
            {
              organisationId: ORGANISATION_ID,
              login: role,
              name: DEMO_PEOPLE[role],
              role,
              password: this.settings.demoPasswords[role],
            },
            tx,
          );
        await this.jobs.enqueue(tx, {
          organisationId: ORGANISATION_ID,
          kind: DEMO_SEED_JOB,
          payload: {},
          createdBy: null,
        });
      });
    // What the environment says now holds, also for people who were made before.
    for (const role of USER_ROLES)
      await this.users.ensurePassword(ORGANISATION_ID, role, this.settings.demoPasswords[role]);
  }

  /** The base, the segment, the offer, the script and the campaign with its list. */
  async seed(): Promise<void> {
    const actor = { organisationId: ORGANISATION_ID, userId: null };
    const baseId = await this.seedBase(actor);
    if ((await this.campaigns.listCampaigns(ORGANISATION_ID, CAMPAIGN_STATES)).length > 0) return;
    const segment = await this.segments.create(actor, {
      name: 'Households paying over 60 €',
      rule: {
        all: [
          { field: 'base', is: 'equals', value: baseId },
          { field: 'attribute.monthly_bill_eur', is: 'greater_than', value: 60 },
        ],
      },
    });
    const offer = await this.offers.create(ORGANISATION_ID, DEMO_OFFER);
    const script = await this.scripts.create(actor, DEMO_SCRIPT);
    await this.scriptPublishing.publish(actor, script.id, script.version);
    const campaign = await this.campaigns.create(actor, {
      ...DEMO_CAMPAIGN,
      segmentIds: [segment.id],
      offerId: offer.id,
      scriptId: script.id,
      hours: ALL_HOURS,
    });
    await this.lists.buildList(campaign.id, this.clock.now());
  }

  private async seedBase(actor: { organisationId: number; userId: null }): Promise<number> {
    const known = (await this.leads.listBases(ORGANISATION_ID)).find((base) => base.name === BASE_NAME);
    const earlier = known && (await this.imports.lastImports(ORGANISATION_ID, [known.id])).get(known.id);
    const started =
      earlier ??
      (await this.imports.startImport(
        actor,
        { path: projectPath('fixtures', 'demo-base.csv'), fileName: 'demo-base.csv' },
        { base: { name: BASE_NAME, source: 'Demonstration', cost: 480, currency: 'EUR', country: 'FR' } },
        { enqueue: false },
      ));
    await this.imports.runImport(started.id);
    return started.baseId!;
  }
}
