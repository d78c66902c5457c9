import { Inject, Injectable } from '@nestjs/common';

import { CLOCK, type Clock } from '../common/clock.js';
import { notFound } from '../common/problem.js';
import { openingAt } from '../compliance/calling-hours.js';
import { ComplianceService } from '../compliance/compliance.service.js';
import type { EffectiveRule } from '../compliance/profile.js';
import { Database } from '../database/database.js';
import { SegmentsService } from '../segmentation/segments.service.js';
import { goalsProgress, type GoalProgress } from './campaign-goals.js';
import { CampaignsRepository, type CampaignRow } from './campaigns.repository.js';
import { basesNamed, preflight, type PreflightFacts, type PreflightFinding } from './preflight.js';
import { PreflightRepository } from './preflight.repository.js';
import { ScriptsService } from './scripts.service.js';

/** Entries that are looked at for one that may be called, at most. */
const LOOKED_AT = 100_000;
/** Entries whose consent is looked at. */
const CONSENTS_LOOKED_AT = 5_000;

/** What would keep a campaign from dialling, before it does. */
@Injectable()
export class PreflightService {
  constructor(
    private readonly database: Database,
    private readonly repository: PreflightRepository,
    private readonly campaigns: CampaignsRepository,
    private readonly segments: SegmentsService,
    private readonly scripts: ScriptsService,
    private readonly compliance: ComplianceService,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** Everything that is found, what blocks first. Throws campaign_not_found. */
  async check(organisationId: number, campaignId: number): Promise<PreflightFinding[]> {
    const campaign = await this.campaigns.findCampaign(campaignId);
    if (!campaign || campaign.organisationId !== organisationId) throw notFound('campaign', campaignId);
    const segmentIds = await this.campaigns.listSegmentIds(campaignId);
    const now = this.clock.now();
    const floor = await this.repository.readFloor(organisationId, campaignId);
    const buckets = await this.openBuckets(campaign, now);
    const open = buckets.reduce((sum, bucket) => sum + bucket.leads, 0);
    const looked = Math.min(open, LOOKED_AT);
    const callable = open === 0 || (await this.repository.hasCallable(organisationId, campaignId, now, LOOKED_AT));
    const countries = buckets.map((bucket) => bucket.country);
    const consent = await this.consentOf(campaign, buckets, now);
    return preflight(
      {
        campaign: { ...campaign, segments: segmentIds.length },
        scriptPublished: await this.isScriptPublished(campaign),
        list: { entries: floor.entries, buckets, building: floor.building },
        importing: await this.importing(organisationId, segmentIds),
        suppression: { looked, callable },
        registries: await this.compliance.readRegistries(this.database, organisationId, countries, campaign.purpose),
        ...(consent && { consent }),
        operators: { able: floor.able, signedIn: floor.signedIn },
        endingGoals: await this.endingGoals(campaign),
      },
      now,
    );
  }

  /** What a campaign may not start with. Throws campaign_not_found. */
  async listBlockers(organisationId: number, campaignId: number): Promise<PreflightFinding[]> {
    return (await this.check(organisationId, campaignId)).filter(({ severity }) => severity === 'blocks');
  }

  /** From the start on, where it is to come. */
  private async openBuckets(campaign: CampaignRow, now: Date) {
    const from = campaign.startsAt && campaign.startsAt > now ? campaign.startsAt : now;
    const rows = await this.repository.listOpenBuckets(campaign.id);
    return Promise.all(
      rows.map(async ({ bucketId, country, leads }) => {
        const { purpose, organisationId } = campaign;
        const rule = await this.compliance.ruleOf(bucketId, purpose, organisationId);
        const intervals = await this.compliance.openIntervalsAround(
          ...([bucketId, campaign.hours, from, purpose, organisationId] as const),
        );
        const opening = openingAt(intervals, from);
        const opensAt = opening.open ? from : opening.changesAt;
        return { bucketId, country, leads, opensAt, modes: rule.modes, asksForCallerId: rule.callerId.required, rule };
      }),
    );
  }

  /** Of those who must have agreed to be called: how many have, among the first. */
  private async consentOf(
    campaign: CampaignRow,
    buckets: readonly { bucketId: number; leads: number; rule: EffectiveRule }[],
    now: Date,
  ): Promise<PreflightFacts['consent'] | null> {
    const asked = buckets.filter(({ rule }) => rule.consent !== 'none');
    if (asked.length === 0) return null;
    const terms = asked.map(({ bucketId, rule: { consent, consentMaxAgeDays: days } }) => ({
      bucketId,
      written: consent === 'written',
      since: days === null ? null : new Date(now.getTime() - days * 86_400_000).toISOString(),
    }));
    const counted = await this.repository.countWithoutConsent(campaign, terms, now, CONSENTS_LOOKED_AT);
    return { leads: asked.reduce((sum, { leads }) => sum + leads, 0), ...counted };
  }

  private async endingGoals(campaign: CampaignRow): Promise<GoalProgress[]> {
    const { id, goals, goalsReached } = campaign;
    if (goals?.action !== 'finish') return [];
    return goalsProgress(goals, await this.campaigns.readTally(id), campaign, goalsReached);
  }

  private async isScriptPublished({ organisationId, scriptId }: CampaignRow): Promise<boolean | null> {
    if (scriptId === null) return null;
    const script = await this.scripts.findScript(organisationId, scriptId);
    return script === null ? null : script.publishedVersion !== null;
  }

  private async importing(organisationId: number, segmentIds: readonly number[]) {
    if (segmentIds.length === 0) return [];
    const rules: unknown[] = [];
    for (const id of segmentIds) rules.push((await this.segments.getSegment(organisationId, id)).rule);
    return this.repository.listImporting(organisationId, basesNamed(rules));
  }
}
