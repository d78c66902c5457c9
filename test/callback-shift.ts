import type { Clock, Timer, TimerTask } from '../src/common/clock.js';
import { SeededRandom, type Random } from '../src/common/random.js';
import { VirtualClock } from '../src/common/virtual-clock.js';
import { openIntervals, openingAt } from '../src/compliance/calling-hours.js';
import { HOUSE_PROFILE } from '../src/compliance/profile.js';
import type { Settings } from '../src/config/settings.js';
import { PacingRepository } from '../src/pacing/pacing.repository.js';
import { PacingService } from '../src/pacing/pacing.service.js';
import { LocalHub, type Hub, type HubListener, type Topic } from '../src/realtime/hub.js';
import type { SimulatedCall } from '../src/telephony/simulator/customer.js';
import type { TestDatabase } from './database.js';
import { createFloor, sealOf, type Floor } from './floor.js';
import { insertBase } from './lead-rows.js';

export interface CallbackShiftPlan {
  /** Promises that are there when the day begins. More are made in it. */
  promises: number;
  /** New leads beside them, of which there are enough to keep everybody busy. */
  newLeads: number;
  operators: number;
  /** Of the day. What people do in it is measured by its length: late by a tenth of it, on a break for a twentieth. */
  hours: number;
  seed: string;
  /** How many times the dialer's process ends, half of them without a word. */
  restarts: number;
}

export interface CallbackShiftReport {
  promised: number;
  /** Of those, the ones that were made in calls of this day. */
  promisedToday: number;
  byState: Record<string, number>;
  /** Open with nothing that would ever call, or of a state that its history does not end in. */
  lost: number;
  /** Calls to phones that were in another call, or for promises that had ended: must be none. */
  faults: number;
  dueToday: number;
  /** Promises that an operator and the window allowed to be offered, and that no rule put off. */
  allowed: number;
  /**
   * Of those: offered before an operator had been free for them, in their window, for 60 s altogether, and no later than 60 s
   * after a new lead was called instead of them.
   */
  onTime: number;
  onTimeRate: number;
  /** Those that no rule put off, whoever was there: offered within 60 s of the promised time. */
  withinMinuteRate: number;
  /** While they were due and nobody called them, a new lead was called by somebody who could have. */
  overtaken: number;
  /** Seconds from the promised time to the offer. */
  p50: number;
  p99: number;
  longest: number;
  /** Offered late although somebody was free: by how many seconds, the worst first. */
  worst: { id: number; waited: number }[];
  handedOver: number;
  escalated: number;
  keptOnTimeRate: number | null;
  dials: number;
  restarts: number;
  virtualHours: number;
}

/** Monday, 08:00 UTC: 9 in Paris, 10 in Athens; in Lisbon it is 8, and nobody may be called for another hour. */
const START = new Date('2026-03-02T08:00:00Z');
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const ZONES = ['Europe/Paris', 'Europe/Athens', 'Europe/Lisbon'];
/** Time at the end for what was promised last. */
const TAIL_MS = 10 * MINUTE;
const ALLOWED_MS = 60_000;
/** What came due is made ready by a pass a second. */
const HEARD_MS = 2_000;

/** A process that can die: from then on its tasks do not run and it hears nothing. */
class Mortal implements Clock, Hub {
  private alive = true;

  constructor(
    private readonly clock: Clock,
    private readonly hub: Hub,
  ) {}

  die(): void {
    this.alive = false;
  }

  now(): Date {
    return this.clock.now();
  }

  after(ms: number, task: TimerTask): Timer {
    return this.clock.after(ms, () => (this.alive ? task() : undefined));
  }

  every(ms: number, task: TimerTask): Timer {
    return this.clock.every(ms, () => (this.alive ? task() : undefined));
  }

  publish(topic: Topic): void {
    this.hub.publish(topic);
  }

  subscribe(listener: HubListener): () => void {
    return this.hub.subscribe((topic) => {
      if (this.alive) listener(topic);
    });
  }
}

interface Dialer {
  own: Mortal;
  pacing: PacingService;
  watch: ReturnType<Floor['newCallbackWatch']>;
}

/**
 * A day of promises on a virtual clock: two campaigns, operators who come late, take breaks, leave early or for good, calls
 * that ring out, promises that are made anew, and a dialer that is restarted, killed and started again. What came of it is
 * read from the ledger alone.
 */
export async function runCallbackShift(test: TestDatabase, plan: CallbackShiftPlan): Promise<CallbackShiftReport> {
  const clock = new VirtualClock(START);
  const hub = new LocalHub();
  const random = new SeededRandom(plan.seed);
  const floor = createFloor(test, { clock, hub, simulator: { customer: customers(random.fork('customers')) } });
  const campaigns = [
    await floor.insertCampaign({ leaseOwner: null, maxLines: 2_000 }),
    await floor.insertCampaign({ leaseOwner: null, maxLines: 2_000 }),
  ];
  const staff: { id: number; campaignId: number }[] = [];
  for (let i = 0; i < plan.operators; i++)
    staff.push({ id: await floor.insertOperator(`Operator ${i}`), campaignId: campaigns[i % 2]! });
  const endsAt = START.getTime() + plan.hours * HOUR;
  await fillLists(floor, campaigns, staff, plan, random.fork('lists'));
  answerCalls(floor, staff, endsAt - TAIL_MS, random.fork('outcomes'));
  for (const person of staff) planDay(floor, person, plan.hours * HOUR, random.fork(`day/${person.id}`));

  let dialer = await startDialer(floor, test, 0);
  const turns = random.fork('restarts');
  for (let i = 1; i <= plan.restarts; i++) {
    await clock.runUntil(
      new Date(START.getTime() + (plan.hours * HOUR * (i - turns.next() / 2)) / (plan.restarts + 1)),
    );
    if (i % 2 === 0) {
      await dialer.watch.beforeApplicationShutdown();
      await dialer.pacing.beforeApplicationShutdown();
    } else await floor.telephony.disconnect();
    dialer.own.die();
    // Half a minute at most until it is up again.
    await clock.run(turns.next() * 20_000);
    dialer = await startDialer(floor, test, i);
  }
  await clock.runUntil(new Date(endsAt + TAIL_MS));
  await dialer.watch.beforeApplicationShutdown();
  await dialer.pacing.beforeApplicationShutdown();
  return report(floor, campaigns, plan);
}

async function startDialer(floor: Floor, test: TestDatabase, number: number): Promise<Dialer> {
  const own = new Mortal(floor.clock, floor.hub);
  const pacing = new PacingService(
    ...([new PacingRepository(test.database), floor.gate, floor.scheduler] as const),
    ...([floor.newSwitchboard({ clock: own, hub: own }), floor.callbacks] as const),
    ...([{ nodeName: `dialer-${number}` } as Settings, own, own] as const),
  );
  const watch = floor.newCallbackWatch({ clock: own, hub: own });
  watch.onApplicationBootstrap();
  await pacing.onApplicationBootstrap();
  return { own, pacing, watch };
}

/** Promises due all day, a third of them personal, in three zones; and new leads. Written as sets. */
async function fillLists(
  floor: Floor,
  campaigns: readonly number[],
  staff: readonly { id: number; campaignId: number }[],
  plan: CallbackShiftPlan,
  random: Random,
): Promise<void> {
  const baseId = await insertBase(floor.database);
  const buckets = await floor.leads.bucketIds(ZONES.map((zone) => ({ country: 'FR', zones: [zone] })));
  const open = ZONES.map((zone) => openIntervals([HOUSE_PROFILE.hours], [zone], START, 3));
  const rows = Array.from({ length: plan.promises + plan.newLeads }, (_, i) => {
    const e164 = `+3363${String(10_000_000 + i).slice(1)}`;
    let zone = Math.floor(random.next() * ZONES.length);
    const campaignId = campaigns[i % 2]!;
    // People say a quarter past, or ten to; in a zone where the window is open then.
    const minutes = random.next() < 0.5 ? 15 : 1;
    const steps = Math.floor((random.next() * (plan.hours * HOUR - TAIL_MS)) / (minutes * MINUTE));
    const dueAt = i < plan.promises ? new Date(START.getTime() + steps * minutes * MINUTE) : START;
    if (i < plan.promises && !openingAt(open[zone]!, dueAt).open) zone = 0;
    const team = staff.filter((person) => person.campaignId === campaignId);
    const { sealed, matchHash } = sealOf(e164);
    return {
      ...{ i, campaignId, sealed: sealed.toString('hex'), hash: matchHash.toString('hex'), bucket: buckets[zone] },
      ...{ zone: ZONES[zone], dueAt, promised: i < plan.promises },
      owner: i < plan.promises && random.next() < 0.35 ? team[Math.floor(random.next() * team.length)]!.id : null,
    };
  });
  for (let from = 0; from < rows.length; from += 5_000)
    await floor.rows(
      `with row as materialized (
         select r.*, nextval(pg_get_serial_sequence('leads', 'id')) as lead_id from jsonb_to_recordset($1::jsonb) as
           r(i integer, "campaignId" integer, sealed text, hash text, bucket smallint, zone text, "dueAt" timestamptz,
             promised boolean, owner integer)
       ),
       lead as (
         insert into leads (id, organisation_id, base_id, import_id, name, created_at) overriding system value
         select lead_id, 1, $2::integer, (select max(id) from imports where base_id = $2), 'Lead ' || i, $3 from row
       ),
       phone as (
         insert into phones (organisation_id, lead_id, base_id, position, sealed, match_hash, country, line_type, bucket_id, last_digits)
         select 1, lead_id, $2, 1, decode(sealed, 'hex'), decode(hash, 'hex'), 'FR', 'mobile', bucket, '00' from row
       ),
       entry as (
         insert into calling_list_entries
           (campaign_id, lead_id, segment_id, bucket_id, state, tier, rank, due_at, owner_id)
         select "campaignId", lead_id, 0, bucket, case when promised then 'waiting' else 'ready' end,
           case when promised then 1 else 5 end, i, "dueAt", owner from row
         returning id, lead_id
       ),
       past as (
         insert into attempts (organisation_id, campaign_id, entry_id, lead_id, phone_id, match_hash, fence, mode, number,
           ring_timeout_ms, connect_timeout_ms, state, result, reserved_at, dial_before, originated_at, ended_at)
         select 1, "campaignId", entry.id, row.lead_id, 0, decode(hash, 'hex'), 1, 'progressive', 1, 22000, 2000, 'ended',
           'answered', $4::timestamptz, $4, $4, $4
         from row join entry using (lead_id) where promised
         returning id, entry_id
       ),
       promise as (
       insert into callbacks (organisation_id, campaign_id, entry_id, lead_id, promised_in_attempt_id, owner_id, promised_to_id,
         local_time, time_zone, due_at, call_at, state, created_at)
       select 1, "campaignId", entry.id, row.lead_id, past.id, owner, owner, "dueAt" at time zone zone, zone, "dueAt", "dueAt",
         'scheduled', $4
       from row join entry using (lead_id) join past on past.entry_id = entry.id order by i
       returning id
       )
       insert into callback_events (callback_id, at, event, to_state) select id, $4, 'promised', 'scheduled' from promise`,
      [JSON.stringify(rows.slice(from, from + 5_000)), baseId, START, new Date(START.getTime() - 30 * HOUR)],
    );
  await floor.rows(
    `update calling_list_entries e set callback_id = k.id from callbacks k where k.entry_id = e.id and e.callback_id is null`,
  );
  await floor.rows('analyze');
}

/** Comes, some late; takes a break now and then; goes, some early, a few for good in the middle of the day. */
function planDay(floor: Floor, person: { id: number; campaignId: number }, dayMs: number, random: Random): void {
  const { clock } = floor;
  const late = random.next() < 0.25 ? random.next() * 0.1 * dayMs : 0;
  const early = random.next() < 0.2 ? random.next() * 0.3 * dayMs : 0;
  const gone = random.next() < 0.05 ? (0.2 + 0.6 * random.next()) * dayMs : Infinity;
  const ends = Math.min(dayMs - early, gone);
  const at = (ms: number, task: () => Promise<unknown>) => clock.after(ms, () => patiently(floor, task));
  at(late, () => floor.operators.signIn(person.id, 1, person.campaignId));
  for (let next = late + random.next() * 0.2 * dayMs; next < ends - 0.05 * dayMs;) {
    const back = next + (0.01 + 0.04 * random.next()) * dayMs;
    const away = random.next() < 0.2;
    at(next, () => (away ? floor.operators.signOut(person.id) : floor.operators.takeBreak(person.id)));
    at(back, () =>
      away ? floor.operators.signIn(person.id, 1, person.campaignId) : floor.operators.becomeReady(person.id),
    );
    next = back + (0.1 + 0.2 * random.next()) * dayMs;
  }
  at(ends, () => floor.operators.signOut(person.id));
}

/** With a call in hand, again in a moment. */
async function patiently(floor: Floor, task: () => Promise<unknown>): Promise<void> {
  try {
    await task();
  } catch (error) {
    const code = (error as { code?: string }).code;
    if (code === 'operator_state' || code === 'call_in_hand') floor.clock.after(15_000, () => patiently(floor, task));
    else if (code !== 'operator_offline') throw error;
  }
}

/** Three of four pick up; what is said depends on the number and on how often it was called. */
function customers(random: Random): (to: string, past: { calls: number }) => SimulatedCall {
  return (to, past) => {
    const draw = random.fork(`${to}/${past.calls}`);
    const luck = draw.next();
    if (luck < 0.08) return { setUpMs: 500, kind: 'busy', afterMs: 1_000 };
    if (luck < 0.22) return { setUpMs: 500, kind: 'no_answer' };
    return {
      ...{ setUpMs: 500, kind: 'person', ringMs: 3_000 + draw.next() * 12_000, patienceMs: 8_000 },
      conversation: { outcome: 'sale', talkMs: 20_000 + draw.next() * 100_000 },
    };
  };
}

/** Operators put an outcome down a few seconds after the call; some customers want to be called again, today still. */
function answerCalls(floor: Floor, staff: readonly { id: number }[], until: number, random: Random): void {
  const ours = new Set(staff.map((person) => person.id));
  const planned = new Map<number, number>();
  floor.hub.subscribe((topic) => {
    if (topic.kind !== 'operator' || !ours.has(topic.id)) return;
    floor.clock.after(0, async () => {
      const operator = await floor.operators.findOperator(topic.id);
      if (operator?.state !== 'wrap_up' || operator.attempt_id === null) return;
      const attemptId = operator.attempt_id;
      if (planned.get(topic.id) === attemptId) return;
      planned.set(topic.id, attemptId);
      const draw = random.fork(`${attemptId}`);
      floor.clock.after(3_000 + draw.next() * 12_000, () => putDown(floor, topic.id, attemptId, until, draw));
    });
  });
}

async function putDown(
  floor: Floor,
  operatorId: number,
  attemptId: number,
  until: number,
  draw: Random,
): Promise<void> {
  const luck = draw.next();
  const say = (input: Parameters<Floor['dispositions']['record']>[2]) =>
    floor.dispositions.record(operatorId, attemptId, input);
  const left = until - floor.clock.now().getTime();
  if (luck < 0.06 && left > 10 * MINUTE) {
    const at = new Date(floor.clock.now().getTime() + 5 * MINUTE + draw.next() * (left - 5 * MINUTE));
    // Paris is an hour ahead of UTC on this day.
    const localTime = new Date(at.getTime() + HOUR).toISOString().slice(0, 16);
    try {
      return await say({
        outcome: 'callback',
        callback: { localTime, timeZone: 'Europe/Paris', personal: draw.next() < 0.5 },
      });
    } catch (error) {
      // Their day has ended by then.
      if ((error as { code?: string }).code !== 'callback_outside_hours') throw error;
    }
  }
  await say(luck > 0.97 ? { outcome: 'do_not_call' } : luck > 0.5 ? { outcome: 'sale' } : REFUSAL);
}

const REFUSAL = { outcome: 'refusal', refusalReason: 'too_expensive' };

interface PromiseRow {
  id: number;
  campaign_id: number;
  time_zone: string;
  state: string;
  due_at: Date;
  created_at: Date;
  offered_at: Date | null;
  ended_at: Date | null;
  late_reason: string | null;
  promised_to_id: number | null;
  handed_at: Date | null;
}

async function report(
  floor: Floor,
  campaigns: readonly number[],
  plan: CallbackShiftPlan,
): Promise<CallbackShiftReport> {
  const end = floor.clock.now();
  const rows = await floor.rows<PromiseRow>(
    `select k.*, (select v.at from callback_events v where v.callback_id = k.id and v.event = 'handed_over' order by v.id limit 1)
       as handed_at
     from callbacks k where campaign_id = any($1) order by id`,
    [campaigns],
  );
  const { lost } = await floor.one<{ lost: number }>(
    `select count(*) as lost from callbacks k
     where k.campaign_id = any($1) and (
       k.state is distinct from (select v.to_state from callback_events v where v.callback_id = k.id order by v.id desc limit 1)
       or (k.ended_at is null and not exists (select from calling_list_entries e
         where e.id = k.entry_id and e.callback_id = k.id and e.state in ('ready', 'waiting', 'in_progress'))))`,
    [campaigns],
  );
  const { faults } = await floor.one<{ faults: number }>(
    `select (select count(*) from (
         select reserved_at < lag(coalesce(ended_at, 'infinity')) over (partition by match_hash order by reserved_at, id) as collides
         from attempts) o where collides)
       + (select count(*) from attempts a join callbacks k on k.id = a.callback_id
          where a.originated_at is not null and k.ended_at < a.reserved_at)
       + (select count(*) from attempts where state <> 'ended')
       + (select count(*) from calling_list_entries e where e.state = 'in_progress'
          and not exists (select from attempts a where a.entry_id = e.id and a.state <> 'ended')) as faults`,
  );
  const freeOf = new Map<number, (from: number, to: number, ownerId: number | null) => number>();
  for (const id of campaigns) freeOf.set(id, await freeTime(floor, id, end.getTime()));
  const byState: Record<string, number> = {};
  for (const { state } of rows) byState[state] = (byState[state] ?? 0) + 1;

  const dueToday = rows.filter((row) => row.due_at.getTime() < START.getTime() + plan.hours * HOUR - TAIL_MS);
  const untouched = dueToday.filter(
    (row) => row.late_reason === null && (row.offered_at !== null || row.ended_at === null),
  );
  const newLeads = await floor.rows<{ campaign_id: number; operator_id: number | null; reserved_at: Date }>(
    `select campaign_id, operator_id, reserved_at from attempts
     where callback_id is null and reserved_at >= $1 order by reserved_at`,
    [START],
  );
  /** When a new lead was called while the promise was due, once everybody has had the time to hear of it. */
  const overtakenBy = (row: PromiseRow, sharedFrom: number, until: number): number | null => {
    const due = row.due_at.getTime() + HEARD_MS;
    const call = newLeads.find(({ campaign_id, operator_id, reserved_at }) => {
      const at = reserved_at.getTime();
      if (campaign_id !== row.campaign_id || at < due || at >= until) return false;
      return at >= sharedFrom + HEARD_MS || (row.promised_to_id !== null && operator_id === row.promised_to_id);
    });
    return call?.reserved_at.getTime() ?? null;
  };
  const waited = untouched.map((row) => {
    const until = (row.offered_at ?? end).getTime();
    const due = row.due_at.getTime();
    const free = freeOf.get(row.campaign_id)!;
    const handedAt = row.promised_to_id === null ? due : (row.handed_at ?? end).getTime();
    const own =
      row.promised_to_id === null ? 0 : free(due, Math.min(until, Math.max(due, handedAt)), row.promised_to_id);
    const all = free(Math.max(due, handedAt), until, null);
    const overtakenAt = overtakenBy(row, Math.max(due, handedAt), until);
    // From the moment on that somebody was given another call, an operator allowed it.
    const passedOver = overtakenAt === null ? 0 : until - overtakenAt;
    return { row, waited: Math.max(own + all, passedOver), delay: until - due, overtaken: overtakenAt !== null };
  });
  const allowed = waited.filter(({ row, waited: ms }) => row.offered_at !== null || ms > ALLOWED_MS);
  const onTime = allowed.filter(({ row, waited: ms }) => row.offered_at !== null && ms <= ALLOWED_MS);
  const delays = waited.map(({ delay }) => delay).sort((a, b) => a - b);
  const quantile = (q: number) =>
    Math.round((delays[Math.min(delays.length - 1, Math.floor(q * delays.length))] ?? 0) / 1_000);
  const kept = await floor.callbackLists.reportKept(1, START, new Date(START.getTime() + plan.hours * HOUR));
  const { handed, escalated, dials } = await floor.one<{ handed: number; escalated: number; dials: number }>(
    `select (select count(*) from callbacks where handed_over_at is not null) as handed,
       (select count(*) from callbacks where escalated_at is not null) as escalated,
       (select count(*) from attempts where originated_at >= $1) as dials`,
    [START],
  );
  return {
    promised: rows.length,
    promisedToday: rows.length - plan.promises,
    ...{ byState, lost, faults, dueToday: dueToday.length, allowed: allowed.length, onTime: onTime.length },
    onTimeRate: allowed.length === 0 ? 1 : onTime.length / allowed.length,
    withinMinuteRate: waited.filter(({ delay }) => delay <= ALLOWED_MS).length / Math.max(1, waited.length),
    overtaken: waited.filter(({ overtaken }) => overtaken).length,
    ...{ p50: quantile(0.5), p99: quantile(0.99), longest: quantile(1) },
    worst: waited
      .filter(({ waited: ms }) => ms > ALLOWED_MS)
      .sort((a, b) => b.waited - a.waited)
      .slice(0, 5)
      .map(({ row, waited: ms }) => ({ id: row.id, waited: Math.round(ms / 1_000) })),
    ...{ handedOver: handed, escalated, keptOnTimeRate: kept.total.keptOnTimeRate, dials, restarts: plan.restarts },
    virtualHours: (end.getTime() - START.getTime()) / HOUR,
  };
}

/**
 * How long in a span somebody was free: ready, with more people ready than calls under way to meet them. With an owner,
 * how long this one was.
 */
async function freeTime(
  floor: Floor,
  campaignId: number,
  end: number,
): Promise<(from: number, to: number, ownerId: number | null) => number> {
  const ready = await floor.rows<{ operator_id: number; from_at: Date; to_at: Date | null }>(
    `select operator_id, from_at, to_at from operator_intervals where campaign_id = $1 and state = 'ready' order by from_at`,
    [campaignId],
  );
  const flights = await floor.rows<{ from_at: Date; to_at: Date | null }>(
    `select reserved_at as from_at, coalesce(bridged_at, ended_at) as to_at from attempts
     where campaign_id = $1 and reserved_at >= $2 order by reserved_at`,
    [campaignId, START],
  );
  const changes = [
    ...ready.flatMap((row) => [
      { at: row.from_at.getTime(), by: 1 },
      { at: row.to_at?.getTime() ?? end, by: -1 },
    ]),
    ...flights.flatMap((row) => [
      { at: row.from_at.getTime(), by: -1 },
      { at: row.to_at?.getTime() ?? end, by: 1 },
    ]),
  ].sort((a, b) => a.at - b.at);
  const spans: { from: number; to: number }[] = [];
  let level = 0;
  for (const [i, change] of changes.entries()) {
    level += change.by;
    const until = changes[i + 1]?.at ?? end;
    if (level > 0 && until > change.at) spans.push({ from: change.at, to: until });
  }
  const overlap = (list: readonly { from: number; to: number }[], from: number, to: number) =>
    list.reduce((sum, span) => sum + Math.max(0, Math.min(to, span.to) - Math.max(from, span.from)), 0);
  const byOwner = new Map<number, { from: number; to: number }[]>();
  for (const row of ready) {
    const list = byOwner.get(row.operator_id) ?? [];
    byOwner.set(row.operator_id, list);
    for (const span of within(spans, row.from_at.getTime(), row.to_at?.getTime() ?? end)) list.push(span);
  }
  return (from, to, ownerId) =>
    to <= from ? 0 : overlap(ownerId === null ? within(spans, from, to) : (byOwner.get(ownerId) ?? []), from, to);
}

/** The parts of sorted spans that lie in another. */
function within(
  spans: readonly { from: number; to: number }[],
  from: number,
  to: number,
): { from: number; to: number }[] {
  let low = 0;
  for (let high = spans.length; low < high;) {
    const middle = (low + high) >> 1;
    if (spans[middle]!.to <= from) low = middle + 1;
    else high = middle;
  }
  const found: { from: number; to: number }[] = [];
  for (let i = low; i < spans.length && spans[i]!.from < to; i++)
    found.push({ from: Math.max(from, spans[i]!.from), to: Math.min(to, spans[i]!.to) });
  return found;
}
