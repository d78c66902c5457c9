import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { DateTime } from 'luxon';

import { SeededRandom } from '../common/random.js';
import type { VirtualClock } from '../common/virtual-clock.js';
import { HOUSE_PROFILE, ruleOfProfile, WEEKDAYS, type CapRule, type WeekHours } from '../compliance/profile.js';
import { createTestDatabase, type TestDatabase } from '../../test/database.js';
import { createFloor, hashOf, MONDAY, type Floor } from '../../test/floor.js';

/** `ZVON_RACE=100000` runs the long form. */
const RESERVATIONS = Number(process.env['ZVON_RACE'] ?? 1_500);
const CLAIMANTS = 32;
const NODES = 8;
const HOUR = 3_600_000;
const ROUND_MS = 20 * 60_000;
const ZONE = 'Europe/Paris';
const ACTOR = { organisationId: 1, userId: null };

const week = (window: readonly [string, string]): WeekHours =>
  Object.fromEntries(WEEKDAYS.map((day) => [day, [window]]));
const LAWFUL = ['08:00', '22:00'] as const;
/** Of each campaign: the last is shorter than the law. */
const HOURS = [
  ['00:00', '24:00'],
  ['08:00', '22:00'],
  ['10:00', '18:00'],
] as const;
const CAPS: CapRule[] = [
  { key: 'phone', count: 'attempts', max: 2, window: { hours: 2 } },
  { key: 'phone', count: 'attempts', max: 6, window: { hours: 24 } },
  { key: 'person', count: 'attempts', max: 5, window: { hours: 24 } },
  { key: 'campaign', count: 'attempts', max: 3, window: { hours: 12 } },
  { key: 'phone', count: 'contacts', max: 2, window: { days: 1 } },
];
const REDIAL_HOURS = 3;
const PAUSE_HOURS = 1;
const RULE = {
  ...ruleOfProfile({ ...HOUSE_PROFILE, hours: week(LAWFUL), redialAfterAbandonHours: REDIAL_HOURS }),
  caps: CAPS,
};

interface Call {
  id: number;
  turn: number;
  campaign_id: number;
  lead_id: number;
  phone: string;
  fence: number;
  at: number;
  over: number;
  result: string;
  spoken: boolean;
}

/**
 * Many at one small list: 32 who ask, in eight processes that believe to own three campaigns, while numbers are suppressed,
 * campaigns paused and leases lost. What they left in the ledger is then held against the rules, one by one.
 */
describe('a race for a small list', () => {
  let test: TestDatabase;
  let floor: Floor;
  let clock: VirtualClock;
  let nodes: Floor[];
  let campaigns: number[];
  let calls: Call[];
  const random = new SeededRandom('race');
  const chance = (share: number) => random.next() < share;
  const pick = <T>(items: readonly T[]): T => items[Math.floor(random.next() * items.length)]!;

  beforeAll(async () => {
    test = await createTestDatabase();
    floor = createFloor(test);
    ({ clock } = floor);
    nodes = Array.from({ length: NODES }, () => createFloor(test, { clock }));
    for (const node of nodes) {
      jest.spyOn(node.compliance, 'profileOf').mockReturnValue({ ...HOUSE_PROFILE, hours: week(LAWFUL) });
      jest.spyOn(node.compliance, 'ruleOf').mockResolvedValue(RULE);
    }
    campaigns = [];
    for (const hours of HOURS)
      campaigns.push(
        await floor.insertCampaign({ hours: week(hours), maxAttempts: 50, maxAttemptsPerDay: 10, maxLines: 2000 }),
      );
    // Somebody to take the calls, or no campaign goes on.
    await floor.rows('update campaigns set simulated_operators = 1');
    await floor.rows(`update campaigns set household_pause_hours = $1`, [PAUSE_HOURS]);
    // The order in which Postgres let them in: everybody takes a number while they hold the locks.
    await floor.rows(`create sequence turns`);
    for (const table of ['attempts', 'suppressions', 'audit_trail'])
      await floor.rows(`alter table ${table} add column turn bigint default nextval('turns')`);
    await floor.rows(`create table fences (campaign_id integer, fence bigint, turn bigint default nextval('turns'))`);
    await fill();
    await race();
    calls = await floor.rows<Call>(
      `select id, turn, campaign_id, lead_id, encode(match_hash, 'hex') as phone, fence, result, bridged_at is not null as spoken,
         (extract(epoch from reserved_at) * 1000)::bigint as at, (extract(epoch from ended_at) * 1000)::bigint as over
       from attempts order by turn`,
    );
  }, 3_600_000);

  afterAll(() => test.drop());

  const number = (i: number) => `+3363998${String(i).padStart(4, '0')}`;

  /** 180 people on 150 phones: some share one, some have two; each is on one list or on two. */
  const fill = async () => {
    for (let i = 0; i < 180; i++) {
      const phones = [number(i % 140), ...(i % 9 === 0 ? [number(140 + (i % 10))] : [])];
      const entry = await floor.insertEntry(campaigns[i % 3]!, { phones, rank: i, tier: i % 4 === 0 ? 4 : 5 });
      if (i % 2 === 0)
        await floor.rows(
          `insert into calling_list_entries (campaign_id, lead_id, segment_id, bucket_id, state, tier, rank, due_at, phone_position)
           select $2, lead_id, 0, bucket_id, 'ready', tier, rank, due_at, $3 from calling_list_entries where id = $1`,
          [entry.entryId, campaigns[(i + 1) % 3], phones.length],
        );
    }
  };

  const race = async () => {
    let count = 0;
    let fences = campaigns.map(() => 1);
    for (let round = 0; count < RESERVATIONS; round++) {
      await floor.rows(`update campaign_loops set expires_at = $1`, [new Date(clock.now().getTime() + HOUR)]);
      const before = fences;
      if (chance(0.2)) fences = fences.map((fence) => fence + 1);
      const changed = fences !== before;
      const claims = Array.from({ length: CLAIMANTS }, async (_, who) => {
        const campaign = who % campaigns.length;
        // Half of them have not heard that they lost the campaign.
        const fence = (who % 2 === 0 ? before : fences)[campaign]!;
        const { reservations } = await nodes[who % NODES]!.reserve(campaigns[campaign]!, 1 + (who % 3), {
          fence,
          hours: week(HOURS[0]),
        });
        return reservations.length;
      });
      const events: Promise<unknown>[] = [
        ...(changed ? campaigns.map((id) => loseLease(id)) : []),
        ...(chance(0.3) ? [suppress()] : []),
      ];
      const paused = chance(0.15) ? pick(campaigns) : null;
      if (paused !== null) events.push(floor.campaigns.pause(ACTOR, paused));
      await Promise.all(events);
      for (const taken of await Promise.all(claims)) count += taken;
      if (paused !== null) await floor.campaigns.start(ACTOR, paused);
      await endAll();
      await clock.run(ROUND_MS);
      for (const id of campaigns) await floor.scheduler.promote(id);
    }
  };

  const loseLease = (campaignId: number) =>
    floor.rows(
      `with l as (select pg_advisory_xact_lock(1, $1::integer)),
       next as (update campaign_loops set fence = fence + 1 from l where campaign_id = $1 returning fence)
       insert into fences (campaign_id, fence) select $1::integer, fence from next`,
      [campaignId],
    );

  /** A number, for some hours. */
  const suppress = () =>
    floor.database.transaction((tx) =>
      floor.compliance.suppress(tx, {
        ...{
          organisationId: 1,
          scope: 'client',
          campaignId: null,
          matchHash: hashOf(number(Math.floor(random.next() * 150))),
        },
        ...{ reason: 'request', source: 'test', createdBy: null },
        validTo: new Date(clock.now().getTime() + 5 * HOUR),
      }),
    );

  /** Every call ends, one way or another, within its round; and all are to be called again. */
  const endAll = async () => {
    await floor.rows(
      `update attempts set state = 'ended', originated_at = reserved_at, ended_at = reserved_at + interval '3 minutes',
         result = (array['busy', 'no_answer', 'answered', 'abandoned', 'indeterminate'])[1 + abs(hashint8(id)) % 5],
         answered_by = case when abs(hashint8(id)) % 5 in (2, 3) then 'person' end,
         bridged_at = case when abs(hashint8(id)) % 5 = 2 then reserved_at end
       where state <> 'ended'`,
    );
    await floor.rows(
      `update calling_list_entries set state = 'ready', attempts = 0, due_at = $1 where state = 'in_progress'`,
      [clock.now()],
    );
    await floor.rows(
      `update calling_list_entries set state = 'ready', completed_code = null, due_at = $1
       where state = 'completed' and completed_code = 'suppressed' and lead_id % 3 = $2`,
      [clock.now(), Math.floor(random.next() * 3)],
    );
  };

  const grouped = (key: (call: Call) => string | number) => {
    const groups = new Map<string | number, Call[]>();
    for (const call of calls) groups.set(key(call), [...(groups.get(key(call)) ?? []), call]);
    return [...groups.values()];
  };

  it('made as many reservations as were asked for, of which nobody was called by two at once', () => {
    expect(calls.length).toBeGreaterThanOrEqual(RESERVATIONS);
    let doubles = 0;
    for (const key of [(call: Call) => call.phone, (call: Call) => call.lead_id])
      for (const group of grouped(key)) {
        const sorted = group.sort((a, b) => a.at - b.at || a.turn - b.turn);
        for (const [i, call] of sorted.entries()) if (i > 0 && call.at < sorted[i - 1]!.over) doubles++;
      }
    expect(doubles).toBe(0);
  });

  it.each(CAPS)('is over the cap of $max $count a $key in $window in no window there is', (cap) => {
    const keys = {
      phone: (call: Call) => call.phone,
      person: (call: Call) => call.lead_id,
      campaign: (call: Call) => `${call.campaign_id}/${call.lead_id}`,
    };
    const counts = (call: Call) => cap.count === 'attempts' || call.spoken || call.result === 'abandoned';
    let most = 0;
    for (const group of grouped(keys[cap.key])) {
      const counted = group.filter(counts);
      for (const first of counted) {
        const inside = (call: Call) => {
          if ('hours' in cap.window) return call.at >= first.at && call.at < first.at + cap.window.hours * HOUR;
          const from = DateTime.fromMillis(first.at, { zone: ZONE }).startOf('day');
          return call.at >= from.toMillis() && call.at < from.plus({ days: cap.window.days }).toMillis();
        };
        most = Math.max(most, counted.filter(inside).length);
      }
    }
    expect(most).toBeLessThanOrEqual(cap.max);
    // It was reached, so it was needed.
    expect(most).toBe(cap.max);
  });

  it('called nobody outside the hours of the law and of the campaign', () => {
    const outside = calls.filter((call) => {
      const time = DateTime.fromMillis(call.at, { zone: ZONE }).toFormat('HH:mm');
      const [opens, closes] = HOURS[campaigns.indexOf(call.campaign_id)]!;
      return time < LAWFUL[0] || time >= LAWFUL[1] || time < opens || time >= closes;
    });
    expect(outside).toEqual([]);
    expect(clock.now().getTime() - MONDAY.getTime()).toBeGreaterThan(24 * HOUR);
  });

  it('called nobody after their number was suppressed, in the order of commits', async () => {
    const bans = await floor.rows<{ turn: number; phone: string; to: number }>(
      `select turn, encode(match_hash, 'hex') as phone, (extract(epoch from valid_to) * 1000)::bigint as to from suppressions`,
    );
    expect(bans.length).toBeGreaterThan(3);
    const broken = bans.flatMap((ban) =>
      calls.filter((call) => call.phone === ban.phone && call.turn > ban.turn && call.at < ban.to),
    );
    expect(broken).toEqual([]);
  });

  it('made no call of a campaign after a pause, until it went on', async () => {
    const changes = await floor.rows<{ turn: number; id: number; action: string }>(
      `select turn, subject_id as id, action from audit_trail where subject_kind = 'campaign' order by turn`,
    );
    const pauses = changes.filter(({ action }) => action === 'campaign_paused');
    expect(pauses.length).toBeGreaterThan(2);
    for (const pause of pauses) {
      const until = changes.find(({ id, turn }) => id === pause.id && turn > pause.turn)?.turn ?? Infinity;
      expect(calls.filter(({ campaign_id: id, turn }) => id === pause.id && turn > pause.turn && turn < until)).toEqual(
        [],
      );
    }
  });

  it('let nobody reserve with a fence that another process had overtaken', async () => {
    const fences = await floor.rows<{ turn: number; campaign_id: number; fence: number }>(`select * from fences`);
    expect(fences.length).toBeGreaterThan(5);
    for (const { turn, campaign_id: id, fence } of fences)
      expect(calls.filter((call) => call.campaign_id === id && call.turn > turn && call.fence < fence)).toEqual([]);
  });

  it('left phones and persons alone after abandoned calls, and households after conversations', () => {
    let broken = 0;
    for (const key of [(call: Call) => call.phone, (call: Call) => call.lead_id])
      for (const group of grouped(key))
        for (const first of group)
          for (const call of group) {
            if (call.at < first.over) continue;
            const since = call.at - first.over;
            if (first.result === 'abandoned' && since < REDIAL_HOURS * HOUR) broken++;
            const isOther = first.phone === call.phone && first.lead_id !== call.lead_id;
            if (first.spoken && isOther && since < PAUSE_HOURS * HOUR) broken++;
          }
    expect(broken).toBe(0);
  });

  it('kept each decision with facts that lead to it', async () => {
    const stored = await floor.rows<{ count: number }>(
      `select count(*) as count from attempts a where not exists (select from decisions d where d.attempt_id = a.id and d.verdict = 'allow')`,
    );
    expect(stored).toEqual([{ count: 0 }]);
  });
});
