import { Logger } from '@nestjs/common';

import { AuditTrailRepository } from '../src/audit/audit-trail.repository.js';
import { AuditTrailService } from '../src/audit/audit-trail.service.js';
import { CallbackListsService } from '../src/callbacks/callback-lists.service.js';
import { CallbackWatchService } from '../src/callbacks/callback-watch.service.js';
import { CallbacksRepository } from '../src/callbacks/callbacks.repository.js';
import { CallbacksService } from '../src/callbacks/callbacks.service.js';
import { CallingListRepository } from '../src/campaigns/calling-list.repository.js';
import { CallingListService } from '../src/campaigns/calling-list.service.js';
import { CampaignsRepository } from '../src/campaigns/campaigns.repository.js';
import { CampaignsService } from '../src/campaigns/campaigns.service.js';
import { OffersRepository } from '../src/campaigns/offers.repository.js';
import { OffersService } from '../src/campaigns/offers.service.js';
import { OutcomeSetsRepository } from '../src/campaigns/outcome-sets.repository.js';
import { OutcomeSetsService } from '../src/campaigns/outcome-sets.service.js';
import { PreflightRepository } from '../src/campaigns/preflight.repository.js';
import { PreflightService } from '../src/campaigns/preflight.service.js';
import { ScriptsRepository } from '../src/campaigns/scripts.repository.js';
import { ScriptsService } from '../src/campaigns/scripts.service.js';
import type { Clock } from '../src/common/clock.js';
import { SeededRandom } from '../src/common/random.js';
import { VirtualClock } from '../src/common/virtual-clock.js';
import { ComplianceRepository } from '../src/compliance/compliance.repository.js';
import { ComplianceService } from '../src/compliance/compliance.service.js';
import { ConsentsRepository } from '../src/compliance/consents.repository.js';
import { ConsentsService } from '../src/compliance/consents.service.js';
import { DossierRepository } from '../src/compliance/dossier.repository.js';
import { DossierService } from '../src/compliance/dossier.service.js';
import { DialFactsService } from '../src/compliance/dial-facts.service.js';
import { OverrideSeal } from '../src/compliance/override-seal.js';
import { ProfilesRepository } from '../src/compliance/profiles.repository.js';
import { RulesService } from '../src/compliance/rules.service.js';
import { SuppressionListsRepository } from '../src/compliance/suppression-lists.repository.js';
import { SuppressionListsService } from '../src/compliance/suppression-lists.service.js';
import { SuppressionsRepository } from '../src/compliance/suppressions.repository.js';
import { SuppressionsService } from '../src/compliance/suppressions.service.js';
import type { WeekHours } from '../src/compliance/profile.js';
import { HOUSE_PROFILE } from '../src/compliance/profile.js';
import type { RuleSource } from '../src/config/settings.js';
import { statement } from '../src/database/statement.js';
import { DialingRepository } from '../src/dialing/dialing.repository.js';
import { DialingService } from '../src/dialing/dialing.service.js';
import { SwitchboardService } from '../src/dialing/switchboard.service.js';
import { DispositionsRepository } from '../src/dispositions/dispositions.repository.js';
import { DispositionsService } from '../src/dispositions/dispositions.service.js';
import { ClockWatch } from '../src/health/clock-watch.js';
import { MetricsService } from '../src/health/metrics.service.js';
import { HealthRepository } from '../src/health/health.repository.js';
import { JobsRepository } from '../src/jobs/jobs.repository.js';
import { JobsService } from '../src/jobs/jobs.service.js';
import { LocalWaker } from '../src/jobs/local-waker.js';
import { LeadHistoryRepository } from '../src/leads/lead-history.repository.js';
import { LeadHistoryService } from '../src/leads/lead-history.service.js';
import { LeadsRepository } from '../src/leads/leads.repository.js';
import { LeadsService } from '../src/leads/leads.service.js';
import { PhoneVault } from '../src/leads/phone-vault.js';
import { OperatorsRepository } from '../src/operators/operators.repository.js';
import { OperatorsService } from '../src/operators/operators.service.js';
import { LocalHub, type Hub } from '../src/realtime/hub.js';
import { GateService } from '../src/scheduler/gate.service.js';
import { RecycleRepository } from '../src/scheduler/recycle.repository.js';
import { RecycleService } from '../src/scheduler/recycle.service.js';
import { SchedulerRepository } from '../src/scheduler/scheduler.repository.js';
import { SchedulerService } from '../src/scheduler/scheduler.service.js';
import { SegmentsRepository } from '../src/segmentation/segments.repository.js';
import { SegmentsService } from '../src/segmentation/segments.service.js';
import { SimulatedTelephony, type SimulatorOptions } from '../src/telephony/simulator/simulator.js';
import type { TestDatabase } from './database.js';
import { insertBase } from './lead-rows.js';

/** A Monday, 11:00 in Paris: the house's calling hours. */
export const MONDAY = new Date('2026-03-02T10:00:00Z');
export const FENCE = 1;

const VAULT = PhoneVault.fromSecret(Buffer.alloc(32, 7));

export interface CampaignRow {
  state?: string;
  hours?: WeekHours;
  maxAttempts?: number;
  maxAttemptsPerDay?: number;
  maxLines?: number;
  connectTimeoutMs?: number;
  /** Who holds the loop's lease, under fence 1, for an hour; null: nobody. */
  leaseOwner?: string | null;
}

export interface EntryRow {
  /** In E.164; more than one are the lead's phones in order, none is a lead without a phone. Unless told, one of its own. */
  phones?: readonly string[];
  zones?: readonly string[];
  /** Zones of the phones by position, where they differ. */
  zonesOfPhones?: readonly (readonly string[])[];
  state?: string;
  tier?: number;
  rank?: number;
  dueAt?: Date;
  attempts?: number;
  ownerId?: number | null;
}

export interface Entry {
  entryId: number;
  leadId: number;
  matchHash: Buffer;
}

/** What a process has of its own: when it dies, its clock stands still and it hears nothing any more. */
export interface Process {
  clock: Clock;
  hub: Hub;
}

/** Faults are what many of these tests are about; what is logged of them is of no use to who reads the result. */
Logger.overrideLogger(false);

/** The dialling core by hand, on a test's database, a virtual clock and the simulated switch. */
export function createFloor(
  test: TestDatabase,
  options: { clock?: VirtualClock; hub?: LocalHub; simulator?: SimulatorOptions; profiles?: RuleSource } = {},
) {
  const { database } = test;
  const clock = options.clock ?? new VirtualClock(MONDAY);
  const hub = options.hub ?? new LocalHub();
  const random = new SeededRandom('floor');
  const audit = new AuditTrailService(new AuditTrailRepository(database));
  const listsRepository = new SuppressionListsRepository(database);
  const lists = new SuppressionListsService(database, listsRepository, audit, clock, hub);
  const seal = OverrideSeal.fromSecret(Buffer.alloc(32, 7));
  const rules = new RulesService(database, new ProfilesRepository(database), seal, clock);
  const profiles = options.profiles ?? 'house';
  const complianceRepository = new ComplianceRepository(database);
  const compliance = new ComplianceService(complianceRepository, listsRepository, clock, hub, { profiles }, rules);
  const dialFacts = new DialFactsService(complianceRepository, compliance);
  const history = new LeadHistoryService(new LeadHistoryRepository(), clock);
  const suppressionRows = new SuppressionsRepository(database);
  const ledger = new ConsentsRepository(database);
  const consents = new ConsentsService(
    ...([database, ledger, suppressionRows, audit, history, VAULT, clock, hub] as const),
  );
  const suppressions = new SuppressionsService(database, suppressionRows, audit, consents, VAULT, clock, hub);
  const dossiers = new DossierService(
    ...([database, new DossierRepository(database), suppressionRows, ledger, audit, lists, VAULT, clock] as const),
  );
  const leads = new LeadsService(new LeadsRepository(database), VAULT, clock);
  const callbacksRepository = new CallbacksRepository(database);
  const callbacks = new CallbacksService(
    ...([database, callbacksRepository, compliance, leads, history, clock, hub] as const),
  );
  const callbackLists = new CallbackListsService(database, callbacksRepository, audit, clock);
  const newCallbackWatch = (own: Process = { clock, hub }) =>
    new CallbackWatchService(database, callbacksRepository, callbacks, own.clock, own.hub);
  const schedulerRepository = new SchedulerRepository(database);
  const scheduler = new SchedulerService(schedulerRepository, compliance, callbacks, clock);
  const clockWatch = new ClockWatch(clock, new HealthRepository(database));
  const operators = new OperatorsService(database, new OperatorsRepository(database), clock, hub);
  const outcomeSets = new OutcomeSetsService(database, new OutcomeSetsRepository(database));
  const dispositions = new DispositionsService(
    database,
    new DispositionsRepository(database),
    outcomeSets,
    scheduler,
    callbacks,
    compliance,
    suppressions,
    operators,
    history,
    clock,
    hub,
  );
  const segments = new SegmentsService(database, new SegmentsRepository(database), audit, clock);
  const offers = new OffersService(database, new OffersRepository(database), audit, clock);
  const scripts = new ScriptsService(new ScriptsRepository(database), audit, clock);
  const campaignsRepository = new CampaignsRepository(database);
  const preflight = new PreflightService(
    database,
    new PreflightRepository(database),
    campaignsRepository,
    segments,
    scripts,
    compliance,
    clock,
  );
  const campaigns = new CampaignsService(
    database,
    campaignsRepository,
    audit,
    outcomeSets,
    offers,
    scripts,
    segments,
    hub,
    clock,
    preflight,
  );
  const jobs = new JobsService(new JobsRepository(database), new LocalWaker(), hub, clock);
  const callingLists = new CallingListService(database, new CallingListRepository(), campaigns, segments, jobs);
  const recycling = new RecycleService(database, new RecycleRepository(database), audit, campaigns, jobs, clock, hub);
  const gate = new GateService(
    database,
    schedulerRepository,
    compliance,
    dialFacts,
    callbacks,
    callingLists,
    clockWatch,
    clock,
  );
  const telephony = new SimulatedTelephony(clock, random, options.simulator);
  const dialing = new DialingService(new DialingRepository(database), clock, hub);
  const newSwitchboard = (own: Process = { clock, hub }) =>
    new SwitchboardService(
      database,
      new DialingRepository(database),
      scheduler,
      operators,
      dispositions,
      campaigns,
      leads,
      history,
      compliance,
      lists,
      telephony,
      own.clock,
      own.hub,
      new MetricsService(),
    );

  const rows = <Row = Record<string, unknown>>(sql: string, values: readonly unknown[] = []): Promise<Row[]> =>
    database.query<Row>(statement('', sql), values);
  const one = async <Row = Record<string, unknown>>(sql: string, values: readonly unknown[] = []): Promise<Row> => {
    const [row] = await rows<Row>(sql, values);
    if (!row) throw new Error(`No row: ${sql}`);
    return row;
  };

  const insertCampaign = async (row: CampaignRow = {}): Promise<number> => {
    const outcomeSetId = await outcomeSets.ensureStandardOutcomeSet(1);
    const { id } = await one<{ id: number }>(
      `insert into campaigns (organisation_id, name, outcome_set_id, state, hours, max_attempts, max_attempts_per_day, max_lines,
         connect_timeout_ms, created_at, updated_at)
       values (1, 'A campaign', $1, $2, $3, $4, $5, $6, $7, $8, $8) returning id`,
      [
        ...[
          outcomeSetId,
          row.state ?? 'running',
          JSON.stringify(row.hours ?? HOUSE_PROFILE.hours),
          row.maxAttempts ?? 5,
        ],
        ...[row.maxAttemptsPerDay ?? 3, row.maxLines ?? 100, row.connectTimeoutMs ?? 2_000, MONDAY],
      ],
    );
    if (row.leaseOwner !== null)
      await rows(`insert into campaign_loops (campaign_id, owner, fence, expires_at) values ($1, $2, $3, $4)`, [
        ...[id, row.leaseOwner ?? 'test', FENCE, new Date(clock.now().getTime() + 100 * 3_600_000)],
      ]);
    return id;
  };

  let baseId: number | null = null;
  const insertEntry = async (campaignId: number, row: EntryRow = {}): Promise<Entry> => {
    baseId ??= await insertBase(database);
    const { id: leadId } = await one<{ id: number }>(
      `insert into leads (organisation_id, base_id, import_id, name, created_at)
       values (1, $1, (select max(id) from imports where base_id = $1), 'A lead', $2) returning id`,
      [baseId, MONDAY],
    );
    const phones = row.phones ?? [numberOf(leadId)];
    const zonesOf = (place: number) => row.zonesOfPhones?.[place] ?? row.zones ?? ['Europe/Paris'];
    const bucketIds = await leads.bucketIds(
      [0, ...phones.keys()].map((place) => ({ country: 'FR', zones: zonesOf(place) })),
    );
    for (const [place, number] of phones.entries()) {
      const { sealed, matchHash } = VAULT.seal(1, number);
      await rows(
        `insert into phones (organisation_id, lead_id, base_id, position, sealed, match_hash, country, line_type,
           bucket_id, last_digits)
         values (1, $1::bigint, $2, $3::smallint, $4, $5, 'FR', 'mobile', $6, '00')`,
        [leadId, baseId, place + 1, sealed, matchHash, bucketIds[place + 1]],
      );
    }
    const { id: entryId } = await one<{ id: number }>(
      `insert into calling_list_entries (campaign_id, lead_id, segment_id, bucket_id, state, tier, rank, due_at, attempts, owner_id)
       values ($1, $2, 0, $3, $4, $5, $6, $7, $8, $9) returning id`,
      [
        ...[campaignId, leadId, bucketIds[0], row.state ?? 'ready', row.tier ?? 5, row.rank ?? 0],
        ...[row.dueAt ?? MONDAY, row.attempts ?? 0, row.ownerId ?? null],
      ],
    );
    return { entryId, leadId, matchHash: VAULT.matchHash(1, phones[0] ?? numberOf(leadId)) };
  };

  const insertOperator = async (name = 'An operator', simulated = false): Promise<number> => {
    const { id } = await one<{ id: number }>(
      `insert into users (organisation_id, login, name, role, simulated, created_at)
       values (1, gen_random_uuid()::text, $1, 'operator', $2, $3) returning id`,
      [name, simulated, MONDAY],
    );
    return id;
  };

  /** An attempt of the past that reached nobody. Returns its id. */
  const insertAttempt = async (campaignId: number, entry: Entry, at: Date): Promise<number> => {
    const { id } = await one<{ id: number }>(
      `insert into attempts (organisation_id, campaign_id, entry_id, lead_id, phone_id, match_hash, fence, mode, number,
         ring_timeout_ms, connect_timeout_ms, state, result, reserved_at, dial_before, originated_at, ended_at)
       values (1, $1, $2, $3, 0, $4, 1, 'progressive', 1, 22000, 2000, 'ended', 'busy', $5, $5, $5, $5) returning id`,
      [campaignId, entry.entryId, entry.leadId, entry.matchHash, at],
    );
    return id;
  };

  /** A promise made in an earlier attempt, with the entry waiting for it. Returns its id. */
  const insertCallback = async (
    campaignId: number,
    entry: Entry,
    dueAt: Date,
    ownerId: number | null = null,
  ): Promise<number> => {
    const attemptId = await insertAttempt(campaignId, entry, new Date(MONDAY.getTime() - 30 * 3_600_000));
    const { id } = await one<{ id: number }>(
      `insert into callbacks (organisation_id, campaign_id, entry_id, lead_id, promised_in_attempt_id, owner_id, local_time,
         time_zone, due_at, call_at, state, created_at, promised_to_id)
       values (1, $1, $2, $3, $4, $5, $6::timestamptz at time zone 'Europe/Paris', 'Europe/Paris', $6, $6, 'scheduled', $7, $5)
       returning id`,
      [campaignId, entry.entryId, entry.leadId, attemptId, ownerId, dueAt, MONDAY],
    );
    await rows(`update calling_list_entries set callback_id = $2, owner_id = $3, due_at = $4, tier = 1 where id = $1`, [
      ...[entry.entryId, id, ownerId, dueAt],
    ]);
    return id;
  };

  const getEntry = (entryId: number) =>
    one<{
      state: string;
      tier: number;
      due_at: Date;
      attempts: number;
      phone_position: number;
      bucket_id: number;
      owner_id: number | null;
      callback_id: number | null;
      last_result: string | null;
      completed_code: string | null;
    }>(`select * from calling_list_entries where id = $1`, [entryId]);

  /** Ask the gate, as the owner of the lease. */
  const reserve = (
    campaignId: number,
    wanted: number,
    more: { fence?: number; readyOperatorIds?: number[]; hours?: WeekHours } = {},
  ) => gate.reserve({ campaignId, wanted, fence: FENCE, readyOperatorIds: [], hours: HOUSE_PROFILE.hours, ...more });

  /** A call of the entry that was reserved at the gate and in which the operator, who was ready, now talks. Returns the attempt. */
  const connectCall = async (campaignId: number, operatorId: number): Promise<number> => {
    const { reservations } = await reserve(campaignId, 1, { readyOperatorIds: [operatorId] });
    const attemptId = reservations[0]!.attemptId;
    await database.transaction(async (tx) => {
      const operator = await operators.assign(tx, campaignId, attemptId, operatorId);
      if (operator?.operator_id !== operatorId) throw new Error(`Operator ${operatorId} was not ready`);
      await tx.query(
        statement(
          '',
          `update attempts set state = 'bridged', operator_id = $2, originated_at = $3, answered_at = $3,
        answered_by = 'person', bridged_at = $3 where id = $1`,
        ),
        [attemptId, operatorId, clock.now()],
      );
    });
    return attemptId;
  };

  /** The call is over, the operator in wrap-up. */
  const endCall = (attemptId: number, operatorId: number) =>
    database.transaction(async (tx) => {
      await tx.query(
        statement('', `update attempts set state = 'ended', result = 'answered', ended_at = $2 where id = $1`),
        [...[attemptId, clock.now()]],
      );
      await operators.startWrapUp(tx, operatorId, attemptId, 60_000);
    });

  return {
    ...{ connectCall, endCall },
    ...{
      database,
      clock,
      hub,
      audit,
      compliance,
      rules,
      seal,
      lists,
      consents,
      suppressions,
      dossiers,
      history,
      callingLists,
      callbacks,
      callbackLists,
      newCallbackWatch,
      scheduler,
      recycling,
      jobs,
      gate,
      operators,
      outcomeSets,
      dispositions,
      campaigns,
      preflight,
      offers,
      scripts,
      segments,
    },
    ...{
      leads,
      telephony,
      dialing,
      newSwitchboard,
      rows,
      one,
      insertCampaign,
      insertEntry,
      insertOperator,
      insertAttempt,
    },
    ...{ insertCallback, getEntry, reserve },
  };
}

export type Floor = ReturnType<typeof createFloor>;

/** A number of a lead's own, from the range that France keeps for fiction. */
export function numberOf(leadId: number): string {
  return `+3363998${String(leadId).padStart(4, '0')}`;
}

/** A number as it lies in the database. */
export function sealOf(e164: string): { sealed: Buffer; matchHash: Buffer } {
  return VAULT.seal(1, e164);
}

export function hashOf(e164: string): Buffer {
  return VAULT.matchHash(1, e164);
}
