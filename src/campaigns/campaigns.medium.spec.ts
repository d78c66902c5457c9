import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';

import { AuditTrailRepository } from '../audit/audit-trail.repository.js';
import { AuditTrailService } from '../audit/audit-trail.service.js';
import { VirtualClock } from '../common/virtual-clock.js';
import { ComplianceRepository } from '../compliance/compliance.repository.js';
import { ComplianceService } from '../compliance/compliance.service.js';
import { OverrideSeal } from '../compliance/override-seal.js';
import { ProfilesRepository } from '../compliance/profiles.repository.js';
import { RulesService } from '../compliance/rules.service.js';
import { SuppressionListsRepository } from '../compliance/suppression-lists.repository.js';
import { statement } from '../database/statement.js';
import { JobsRepository } from '../jobs/jobs.repository.js';
import { JobsService } from '../jobs/jobs.service.js';
import { LocalWaker } from '../jobs/local-waker.js';
import type { Turn } from '../jobs/job-processor.js';
import { LocalHub, type Topic } from '../realtime/hub.js';
import { SegmentsRepository } from '../segmentation/segments.repository.js';
import { SegmentsService } from '../segmentation/segments.service.js';
import { createTestDatabase, type TestDatabase } from '../../test/database.js';
import { insertBase, insertLeads } from '../../test/lead-rows.js';
import { BuildListProcessor } from './build-list.processor.js';
import { CallingListRepository } from './calling-list.repository.js';
import { CallingListService } from './calling-list.service.js';
import { CampaignsRepository } from './campaigns.repository.js';
import { CampaignsService, type NewCampaign } from './campaigns.service.js';
import { OffersRepository } from './offers.repository.js';
import { OffersService } from './offers.service.js';
import { OutcomeSetsRepository } from './outcome-sets.repository.js';
import { OutcomeSetsService } from './outcome-sets.service.js';
import { PreflightRepository } from './preflight.repository.js';
import { PreflightService } from './preflight.service.js';
import { ScriptsRepository } from './scripts.repository.js';
import { ScriptsService } from './scripts.service.js';
import { STANDARD_OUTCOMES, STANDARD_REFUSAL_REASONS } from './standard-outcomes.js';

const NOW = new Date('2026-03-02T09:00:00Z');
const actor = { organisationId: 1, userId: null };

const WAITING = statement(
  '',
  `select from pg_locks l join pg_database d on d.oid = l.database
   where d.datname = current_database() and l.locktype = 'advisory' and not l.granted`,
);

describe('campaigns', () => {
  let test: TestDatabase;
  let clock: VirtualClock;
  let campaigns: CampaignsService;
  let lists: CallingListService;
  let segments: SegmentsService;
  let outcomeSets: OutcomeSetsService;
  let offers: OffersService;
  let processor: BuildListProcessor;
  let jobs: JobsService;
  let heard: Topic[];
  let baseId: number;
  let leadIds: number[];

  beforeAll(async () => {
    test = await createTestDatabase();
    baseId = await insertBase(test.database);
    leadIds = await insertLeads(test.database, baseId, [
      { region: 'North', priority: 1 },
      { region: 'South', priority: 2 },
      { region: 'North', country: null },
      { region: 'North', priority: 3 },
      { region: null },
    ]);
  });

  afterAll(() => test.drop());

  beforeEach(() => {
    const { database } = test;
    clock = new VirtualClock(NOW);
    const hub = new LocalHub();
    heard = [];
    hub.subscribe((topic) => heard.push(topic));
    const audit = new AuditTrailService(new AuditTrailRepository(database));
    segments = new SegmentsService(database, new SegmentsRepository(database), audit, clock);
    outcomeSets = new OutcomeSetsService(database, new OutcomeSetsRepository(database));
    offers = new OffersService(database, new OffersRepository(database), audit, clock);
    const scripts = new ScriptsService(new ScriptsRepository(database), audit, clock);
    const repository = new CampaignsRepository(database);
    const suppression = new SuppressionListsRepository(database);
    const rules = new RulesService(
      database,
      new ProfilesRepository(database),
      OverrideSeal.fromSecret(Buffer.alloc(32, 7)),
      clock,
    );
    const complianceRepository = new ComplianceRepository(database);
    const compliance = new ComplianceService(
      complianceRepository,
      suppression,
      clock,
      hub,
      { profiles: 'house' },
      rules,
    );
    const preflight = new PreflightService(
      database,
      new PreflightRepository(database),
      repository,
      segments,
      scripts,
      compliance,
      clock,
    );
    campaigns = new CampaignsService(
      database,
      repository,
      audit,
      outcomeSets,
      offers,
      scripts,
      segments,
      hub,
      clock,
      preflight,
    );
    jobs = new JobsService(new JobsRepository(database), new LocalWaker(), hub, clock);
    lists = new CallingListService(database, new CallingListRepository(), campaigns, segments, jobs);
    processor = new BuildListProcessor(database, lists, clock);
  });

  const north = () =>
    segments.create(actor, { name: 'North', rule: { field: 'region', is: 'equals', value: 'North' } });
  const everybody = () => segments.create(actor, { name: 'All', rule: { field: 'base', is: 'equals', value: baseId } });

  async function draft(input: Partial<NewCampaign> = {}) {
    const segmentIds = input.segmentIds ?? [(await north()).id];
    return campaigns.create(actor, { name: 'Spring', mode: 'progressive', ...input, segmentIds });
  }

  /** With everything that a start needs. */
  async function readyOne() {
    const campaign = await draft({ simulatedOperators: 1 });
    await lists.buildList(campaign.id, NOW);
    return campaigns.getDetails(campaign.id, 1);
  }

  const entriesOf = (campaignId: number) =>
    test.database.query<{ lead_id: number; state: string; tier: number; rank: number; segment_id: number }>(
      statement('', 'select * from calling_list_entries where campaign_id = $1 order by id'),
      [campaignId],
    );

  const trailOf = (campaignId: number) =>
    test.database.query<{ action: string; before: unknown; after: unknown }>(
      statement('', `select * from audit_trail where subject_kind = 'campaign' and subject_id = $1 order by id`),
      [campaignId],
    );

  it('start as drafts with the house defaults and the standard outcomes', async () => {
    const offer = await offers.create(1, { name: 'Gold', price: 9.5, currency: 'EUR' });
    const campaign = await draft({ offerId: offer.id });
    expect(campaign).toMatchObject({
      state: 'draft',
      version: 1,
      maxAttempts: 5,
      maxAttemptsPerDay: 2,
      ringTimeoutMs: 22_000,
      hours: { mon: [['09:00', '20:00']], sat: [['10:00', '18:00']] },
      offer: { name: 'Gold', price: 9.5, currency: 'EUR' },
      segments: [{ name: 'North' }],
      listed: 0,
      startedAt: null,
    });
    expect(campaign.hours).not.toHaveProperty('sun');
    const set = await outcomeSets.getOutcomeSet(campaign.id);
    expect(set.outcomes.map((outcome) => ({ ...outcome, id: 0, outcomeSetId: 0 }))).toEqual(
      STANDARD_OUTCOMES.map((outcome) => ({ ...outcome, id: 0, outcomeSetId: 0 })),
    );
    expect(set.refusalReasons.map((reason) => reason.code)).toEqual(
      STANDARD_REFUSAL_REASONS.map((reason) => reason.code),
    );
    expect(heard).toContainEqual({ kind: 'campaign', id: campaign.id });
  });

  it('share one standard outcome set, also when two are made at once for the first time', async () => {
    await test.database.query(statement('', `insert into organisations (id, name) values (7, 'Seventh')`));
    const ids = await Promise.all([1, 2, 3].map(() => outcomeSets.ensureStandardOutcomeSet(7)));
    expect(new Set(ids).size).toBe(1);
  });

  it('refuse segments, offers and scripts that do not exist, and are then not made', async () => {
    const segment = await north();
    for (const [input, code] of [
      [{ segmentIds: [999_999] }, 'segment_not_found'],
      [{ segmentIds: [segment.id], offerId: 999_999 }, 'offer_not_found'],
      [{ segmentIds: [segment.id], scriptId: 999_999 }, 'script_not_found'],
    ] as const) {
      const name = `Unfit ${code}`;
      const input_ = { name, ...input, segmentIds: [...input.segmentIds] };
      await expect(campaigns.create(actor, input_)).rejects.toMatchObject({ code, status: 422 });
      const rows = await test.database.query(statement('', 'select from campaigns where name = $1'), [name]);
      expect(rows).toHaveLength(0);
    }
  });

  it('are not found by another organisation', async () => {
    const campaign = await draft();
    await expect(campaigns.getDetails(campaign.id, 2)).rejects.toMatchObject({ code: 'campaign_not_found' });
    const stranger = { organisationId: 2, userId: null };
    await expect(campaigns.start(stranger, campaign.id)).rejects.toMatchObject({ code: 'campaign_not_found' });
  });

  it('change only at the version that was read, and the trail says who, before and after', async () => {
    const campaign = await draft();
    const changed = await campaigns.update(actor, campaign.id, 1, {
      maxLines: 7,
      name: 'Spring',
      hours: { tue: ['10:00', '24:00'] },
    });
    expect(changed).toMatchObject({ version: 2, maxLines: 7, hours: { tue: [['10:00', '24:00']] } });
    await expect(campaigns.update(actor, campaign.id, 1, { maxLines: 8 })).rejects.toMatchObject({
      code: 'version_conflict',
      status: 409,
    });
    expect((await campaigns.getDetails(campaign.id, 1)).maxLines).toBe(7);
    const trail = await trailOf(campaign.id);
    expect(trail.map((row) => row.action)).toEqual(['campaign_created', 'campaign_changed']);
    expect(trail[1]).toMatchObject({ before: { maxLines: 100 }, after: { maxLines: 7 } });
    expect(trail[1]!.after).not.toHaveProperty('name');
  });

  it('replace their segments', async () => {
    const campaign = await draft();
    const [one, two] = [await north(), await everybody()];
    const changed = await campaigns.update(actor, campaign.id, 1, { segmentIds: [two.id, one.id] });
    expect(changed.segmentIds).toEqual([one.id, two.id]);
  });

  it('put every fitting lead that has a phone on the list once, in the order of the list, and are ready then', async () => {
    const [one, two] = [await north(), await everybody()];
    const campaign = await draft({ segmentIds: [one.id, two.id] });
    expect(await lists.buildList(campaign.id, NOW)).toEqual({ added: 4 });
    const [a, b, , d, e] = leadIds;
    expect(await entriesOf(campaign.id)).toMatchObject([
      { lead_id: d, segment_id: one.id, state: 'ready', tier: 5, rank: 0.5 },
      { lead_id: b, segment_id: two.id, state: 'ready', tier: 5, rank: 0.5 },
      { lead_id: a, segment_id: one.id, state: 'ready', tier: 5, rank: 1.5 },
      { lead_id: e, segment_id: two.id, state: 'ready', tier: 5, rank: 1.5 },
    ]);
    expect(await campaigns.getDetails(campaign.id, 1)).toMatchObject({ state: 'ready', listed: 4 });
  });

  it('leave entries alone when the list is built again', async () => {
    const campaign = await readyOne();
    await test.database.query(
      statement(
        '',
        `update calling_list_entries set state = 'completed', completed_code = 'sale' where campaign_id = $1`,
      ),
      [campaign.id],
    );
    expect(await lists.buildList(campaign.id, NOW)).toEqual({ added: 0 });
    const states = (await entriesOf(campaign.id)).map((entry) => entry.state);
    expect(states).toEqual(['completed', 'completed']);
  });

  it('stay drafts when nobody fits, and do not start', async () => {
    const nobody = await segments.create(actor, { name: 'Nobody', rule: { any: [] } });
    const campaign = await draft({ segmentIds: [nobody.id] });
    await lists.buildList(campaign.id, NOW);
    expect((await campaigns.getCampaign(campaign.id)).state).toBe('draft');
    await expect(campaigns.start(actor, campaign.id)).rejects.toMatchObject({
      code: 'campaign_list_empty',
      status: 409,
    });
  });

  it('are built by a job that goes on where the last turn committed', async () => {
    const campaign = await draft();
    const { jobId } = await lists.requestBuild(actor, campaign.id);
    const job = await jobs.getJob(1, jobId);
    expect(job).toMatchObject({ kind: 'build-list', payload: { campaignId: campaign.id }, state: 'queued' });
    const stopped = new AbortController();
    const progress: Record<string, unknown>[] = [];
    const turn: Turn = {
      signal: stopped.signal,
      cancelRequested: false,
      advance: async (_tx, made) => {
        progress.push(made);
        stopped.abort();
      },
    };
    // The first turn is stopped after its first step, which numbers; the next gets what that one recorded.
    expect(await processor.run(job as never, turn)).toBe('again');
    const rest: Turn = { ...turn, signal: new AbortController().signal };
    expect(await processor.run({ ...job, progress: progress[0]! } as never, rest)).toBe('done');
    expect(progress.map((made) => [made['added'], made['total']])).toEqual([
      [0, 2],
      [2, 2],
    ]);
    expect((await campaigns.getCampaign(campaign.id)).state).toBe('ready');
  });

  it('cannot have a list built of no segment', async () => {
    const campaign = await draft({ segmentIds: [] });
    await expect(lists.requestBuild(actor, campaign.id)).rejects.toMatchObject({ code: 'campaign_segments_missing' });
  });

  it('run, pause, go on and finish, each change in the trail, and repeat without harm', async () => {
    const { id } = await readyOne();
    expect(await campaigns.start(actor, id)).toMatchObject({ state: 'running', startedAt: NOW });
    await clock.run(60_000);
    expect(await campaigns.start(actor, id)).toMatchObject({ state: 'running', startedAt: NOW });
    expect(await campaigns.pause(actor, id)).toMatchObject({ state: 'paused' });
    expect(await campaigns.start(actor, id)).toMatchObject({ state: 'running', startedAt: NOW });
    const finishedAt = new Date(NOW.getTime() + 60_000);
    expect(await campaigns.finish(actor, id)).toMatchObject({ state: 'finished', finishedAt });
    const actions = (await trailOf(id)).map((row) => row.action);
    expect(actions.slice(1)).toEqual([
      'campaign_ready',
      'campaign_running',
      'campaign_paused',
      'campaign_running',
      'campaign_finished',
    ]);
  });

  it('refuse moves and edits that their state does not allow', async () => {
    const { id, version } = await readyOne();
    await expect(campaigns.pause(actor, id)).rejects.toMatchObject({ code: 'campaign_state', status: 409 });
    await campaigns.start(actor, id);
    await campaigns.finish(actor, id);
    await expect(campaigns.start(actor, id)).rejects.toMatchObject({ code: 'campaign_state' });
    await expect(campaigns.update(actor, id, version, { maxLines: 3 })).rejects.toMatchObject({
      code: 'campaign_state',
    });
    await expect(lists.buildList(id, NOW)).rejects.toMatchObject({ code: 'campaign_state' });
  });

  it('wait with a pause for a reservation that is under way, and hold back those that come after', async () => {
    const { id } = await readyOne();
    await campaigns.start(actor, id);
    const order: string[] = [];
    const lockShared = statement('', 'select pg_advisory_xact_lock_shared(1, $1::integer)');
    let release!: () => void;
    const released = new Promise<void>((resolve) => (release = resolve));
    let locked!: () => void;
    const held = new Promise<void>((resolve) => (locked = resolve));
    const reservation = test.database.transaction(async (tx) => {
      await tx.query(lockShared, [id]);
      locked();
      await released;
      order.push((await campaigns.getCampaign(id, 1, tx)).state);
    });
    await held;
    const pause = campaigns.pause(actor, id).then(() => order.push('paused by then'));
    // Until the pause waits for the lock (or, were it not to wait, is through): each look asks the server.
    while (order.length === 0 && (await test.database.query(WAITING)).length === 0);
    release();
    await Promise.all([reservation, pause]);
    expect(order).toEqual(['running', 'paused by then']);
  });

  it('list those that operators may join', async () => {
    const running = await readyOne();
    await campaigns.start(actor, running.id);
    const still = await draft();
    const ids = (await campaigns.listJoinable(1)).map((campaign) => campaign.id);
    expect(ids).toContain(running.id);
    expect(ids).not.toContain(still.id);
  });
});
