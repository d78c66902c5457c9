import { Inject, Injectable } from '@nestjs/common';

import { CallingListService } from '../campaigns/calling-list.service.js';
import { CampaignsService, type Actor } from '../campaigns/campaigns.service.js';
import { OffersService } from '../campaigns/offers.service.js';
import { CLOCK } from '../common/clock.js';
import { ORGANISATION_ID } from '../common/organisation.js';
import type { VirtualClock } from '../common/virtual-clock.js';
import { OperatorsService } from '../operators/operators.service.js';
import type { LeadImport } from '../lead-import/import.js';
import { LeadImportService } from '../lead-import/lead-import.service.js';
import type { PacingMode } from '../pacing/pacing-policy.js';
import { ReplayService } from '../scheduler/replay.service.js';
import { SegmentsService } from '../segmentation/segments.service.js';
import { ShiftRepository, type LedgerLaws, type ShiftJob, type ShiftProgress } from './shift.repository.js';
import { SimulatedFloorService } from './simulated-floor.service.js';

/** What must hold after any run. Each count is of violations. */
export interface LedgerChecks extends LedgerLaws {
  /** Decisions of the gate that their stored facts would not lead to again. */
  decisionsThatReplayDifferently: number;
}

export interface ShiftPlan {
  /** File of the lead base. */
  file: string;
  fileName: string;
  country: string;
  operators: number;
  shiftMs: number;
  startAt: Date;
  /** Share of first calls that a person answers. */
  answerRate: number;
  seed: string;
  mode: PacingMode;
  ratio: number;
}

export interface ShiftResult {
  campaignId: number;
  account: LeadImport;
  checks: LedgerChecks;
  from: Date;
  to: Date;
}

/** The engine itself asks. */
const ACTOR: Actor = { organisationId: ORGANISATION_ID, userId: null };
/** Between two looks of whoever watches, and two notes of how far it is. */
const SLICE_MS = 120_000;
/** Nobody talks longer than that after the shift. */
const LONGEST_DRAIN_MS = 3 * 3_600_000;

/**
 * A whole shift on a virtual clock, through the modules that serve people: import, segment, calling list, campaign, dialling,
 * outcomes. Progress is a row; a run that was killed goes on from there.
 */
@Injectable()
export class ShiftService {
  constructor(
    private readonly repository: ShiftRepository,
    private readonly imports: LeadImportService,
    private readonly segments: SegmentsService,
    private readonly campaigns: CampaignsService,
    private readonly offers: OffersService,
    private readonly callingList: CallingListService,
    private readonly floor: SimulatedFloorService,
    private readonly operators: OperatorsService,
    private readonly replay: ReplayService,
    @Inject(CLOCK) private readonly clock: VirtualClock,
  ) {}

  /** Run `plan` from wherever it is to its end. */
  async run(plan: ShiftPlan, tell: (line: string) => void): Promise<ShiftResult> {
    const job = await this.openJob(plan);
    if (job.progress.at !== null) {
      const last = await this.repository.findLastInstant();
      const from = new Date(Math.max(Date.parse(job.progress.at), last?.getTime() ?? 0));
      await this.clock.runUntil(from);
      tell(`Going on from ${from.toISOString()}, ${job.progress.phase}.`);
    }
    const account = await this.import(plan, job, tell);
    const campaignId = await this.prepare(plan, job, tell);
    const endAt = new Date(plan.startAt.getTime() + plan.shiftMs);
    await this.dial(campaignId, job, endAt, tell);
    await this.drain(campaignId, job, tell);
    const checks = await this.check(tell);
    await this.save(job, { phase: 'done' });
    return { campaignId, account, checks, from: plan.startAt, to: this.clock.now() };
  }

  private async check(tell: (line: string) => void): Promise<LedgerChecks> {
    const everything = { campaignId: null, since: null };
    const replayed = await this.replay.replay(ACTOR.organisationId, everything, (decisions) =>
      tell(`${decisions} decisions taken again.`),
    );
    return { ...(await this.repository.checkLedger()), decisionsThatReplayDifferently: replayed.different };
  }

  private async openJob(plan: ShiftPlan): Promise<ShiftJob> {
    const found = await this.repository.findJob();
    if (found) return found;
    const progress: ShiftProgress = { phase: 'import', baseId: null, importId: null, campaignId: null, at: null };
    const id = await this.repository.insertJob(plan, progress, this.clock.now());
    return { id, state: 'running', progress };
  }

  private async save(job: ShiftJob, news: Partial<ShiftProgress>): Promise<void> {
    job.progress = { ...job.progress, ...news, at: this.clock.now().toISOString() };
    await this.repository.saveProgress(job.id, job.progress, this.clock.now());
  }

  private async import(plan: ShiftPlan, job: ShiftJob, tell: (line: string) => void): Promise<LeadImport> {
    if (job.progress.importId === null) {
      // Killed between the two rows, the import is there without our note of it.
      const earlier = (await this.imports.listImports(ACTOR.organisationId))[0];
      const started = earlier ?? (await this.startImport(plan));
      await this.save(job, { importId: started.id, baseId: started.baseId });
    }
    const importId = job.progress.importId!;
    const current = await this.imports.getImport(ACTOR.organisationId, importId);
    if (current.state === 'done') return current;
    const account = await this.imports.runImport(importId, {});
    tell(`Imported ${account.imported} of ${account.rows} rows.`);
    return account;
  }

  private async startImport(plan: ShiftPlan): Promise<LeadImport> {
    const base = { name: plan.fileName, source: 'command line', country: plan.country };
    const file = { path: plan.file, fileName: plan.fileName };
    return this.imports.startImport(ACTOR, file, { base, generatePhones: true, seed: plan.seed }, { enqueue: false });
  }

  private async prepare(plan: ShiftPlan, job: ShiftJob, tell: (line: string) => void): Promise<number> {
    if (job.progress.campaignId === null) {
      const offer = await this.offers.create(ACTOR.organisationId, { name: 'Term deposit', price: 0, currency: 'EUR' });
      const segment = await this.segments.create(ACTOR, {
        name: `All of ${plan.fileName}`,
        rule: { field: 'base', is: 'equals', value: job.progress.baseId! },
      });
      const campaign = await this.campaigns.create(ACTOR, {
        name: `Shift of ${plan.startAt.toISOString().slice(0, 10)}`,
        segmentIds: [segment.id],
        offerId: offer.id,
        mode: plan.mode,
        ratio: plan.ratio,
        maxAttemptsPerDay: 3,
        maxLines: Math.max(100, 5 * plan.operators),
        simulatedOperators: plan.operators,
      });
      await this.save(job, { phase: 'list', campaignId: campaign.id });
    }
    const campaignId = job.progress.campaignId!;
    if (job.progress.phase === 'list') {
      const { added } = await this.callingList.buildList(campaignId, this.clock.now());
      tell(`${added} leads on the calling list.`);
      await this.clock.runUntil(plan.startAt);
      await this.campaigns.start(ACTOR, campaignId);
      await this.save(job, { phase: 'dialing' });
    }
    return campaignId;
  }

  private async dial(campaignId: number, job: ShiftJob, endAt: Date, tell: (line: string) => void): Promise<void> {
    if (job.progress.phase !== 'dialing') return;
    await this.floor.tend();
    while (this.clock.now() < endAt) {
      await this.clock.runUntil(new Date(Math.min(endAt.getTime(), this.clock.now().getTime() + SLICE_MS)));
      await this.save(job, {});
      const { dials, busy, signed_in } = await this.repository.readFloor(campaignId);
      tell(`${this.clock.now().toISOString().slice(0, 16)}  ${dials} dials, ${busy} of ${signed_in} operators busy`);
    }
    await this.campaigns.pause(ACTOR, campaignId);
    await this.save(job, { phase: 'draining' });
  }

  /** No new calls; those that are up end, their outcomes are put down, and everybody goes home. */
  private async drain(campaignId: number, job: ShiftJob, tell: (line: string) => void): Promise<void> {
    const latest = this.clock.now().getTime() + LONGEST_DRAIN_MS;
    for (;;) {
      const { live, busy } = await this.repository.readFloor(campaignId);
      if (live === 0 && busy === 0) break;
      if (this.clock.now().getTime() > latest)
        throw new Error(`${live} calls and ${busy} operators do not come to an end`);
      await this.clock.run(10_000);
    }
    for (const operator of await this.operators.listSimulatedAtWork())
      await this.operators.signOut(operator.operator_id);
    await this.save(job, {});
    tell('All calls have ended.');
  }
}
