import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { pickWeighted, SeededRandom } from '../common/random.js';
import { VirtualClock } from '../common/virtual-clock.js';
import { statement } from '../database/statement.js';
import { createTestDatabase, type TestDatabase } from '../../test/database.js';
import { insertBase, insertLeads } from '../../test/lead-rows.js';
import type { Report } from './report.js';
import { ReportsRepository } from './reports.repository.js';
import { ReportsService } from './reports.service.js';

const START = new Date('2026-03-02T09:00:00Z');
const MINUTE = 60_000;
const at = (minutes: number) => new Date(START.getTime() + Math.round(minutes * MINUTE));

/** Rows as the tables hold them; what a plain reader of them may compute from. */
interface Attempt {
  id: number;
  campaign_id: number;
  entry_id: number;
  lead_id: number;
  state: string;
  result: string | null;
  answered_by: string | null;
  operator_id: number | null;
  reserved_at: Date;
  originated_at: Date | null;
  answered_at: Date | null;
  bridged_at: Date | null;
  ended_at: Date | null;
}
interface Disposition {
  attempt_id: number;
  outcome_code: string;
  category: string;
  result: string;
  right_party: boolean;
  refusal_reason: string | null;
  superseded_at: Date | null;
}
interface Entry {
  id: number;
  campaign_id: number;
  state: string;
  attempts: number;
  completed_code: string | null;
}
interface Interval {
  campaign_id: number;
  state: string;
  from_at: Date;
  to_at: Date | null;
}
interface Callback {
  campaign_id: number;
  state: string;
  due_at: Date;
  created_at: Date;
  kept_in_attempt_id: number | null;
}

describe('a campaign report', () => {
  let test: TestDatabase;
  let service: ReportsService;
  let clock: VirtualClock;
  let campaignId: number;
  let otherId: number;

  beforeAll(async () => {
    test = await createTestDatabase();
    clock = new VirtualClock(at(480));
    service = new ReportsService(new ReportsRepository(test.database), clock);
    await generate();
  });

  afterAll(() => test.drop());

  const query = <Row>(text: string, values: unknown[] = []) => test.database.query<Row>(statement('', text), values);

  async function insert(table: string, rows: Record<string, unknown>[]): Promise<number[]> {
    if (rows.length === 0) return [];
    const columns = [...new Set(rows.flatMap((row) => Object.keys(row)))];
    const inserted = await query<{ id: number }>(
      `insert into ${table} (${columns.join(', ')})
       select ${columns.join(', ')} from jsonb_populate_recordset(null::${table}, $1) returning *`,
      [JSON.stringify(rows)],
    );
    return inserted.map((row) => row.id);
  }

  /** A day of two campaigns, with every kind of call, corrections, lapsed reservations, and calls that are still up. */
  async function generate(): Promise<void> {
    const random = new SeededRandom('a day');
    const baseId = await insertBase(test.database);
    const leadIds = await insertLeads(
      test.database,
      baseId,
      Array.from({ length: 300 }, (_, i) => ({ name: `Lead ${i}` })),
    );
    const [setId] = await insert('outcome_sets', [{ organisation_id: 1, name: 'Set' }]);
    const campaign = { organisation_id: 1, outcome_set_id: setId, hours: {}, created_at: START, updated_at: START };
    const settings = {
      mode: 'progressive',
      ratio: 1,
      max_attempts: 5,
      max_attempts_per_day: 2,
      max_lines: 10,
      ring_timeout_ms: 22_000,
      connect_timeout_ms: 2000,
      wrap_up_ms: 60_000,
      simulated_operators: 0,
      version: 1,
    };
    [campaignId, otherId] = (await insert('campaigns', [
      { ...campaign, ...settings, name: 'One', state: 'running' },
      { ...campaign, ...settings, name: 'Two', state: 'paused' },
    ])) as [number, number];
    const operatorIds = await insert(
      'users',
      ['ann', 'bob', 'cyd'].map((login) => ({
        organisation_id: 1,
        login,
        name: login,
        role: 'operator',
        locale: 'en',
        simulated: login !== 'ann',
        created_at: START,
      })),
    );

    for (const id of [campaignId, otherId]) {
      const entries = leadIds.slice(0, id === campaignId ? 300 : 80).map((lead_id) => {
        const state = pickWeighted(random, { ready: 3, waiting: 3, in_progress: 1, completed: 3 });
        return {
          campaign_id: id,
          lead_id,
          segment_id: 1,
          bucket_id: 1,
          state,
          tier: 5,
          rank: 0,
          due_at: START,
          attempts: Math.floor(random.next() * 4),
          phone_position: 1,
          completed_code: state === 'completed' ? pickWeighted(random, { sale: 1, refusal: 3, max_attempts: 2 }) : null,
        };
      });
      const entryIds = await insert('calling_list_entries', entries);
      await generateCalls(random, id, entryIds, leadIds, operatorIds);
    }
    await insert(
      'operator_intervals',
      [campaignId, otherId].flatMap((campaign_id, shift) =>
        operatorIds.flatMap((operator_id, place) => {
          let minute = shift * 500 + random.next() * 20;
          return Array.from({ length: 40 }, (_, i) => {
            const from_at = at(minute);
            minute += random.next() * 20;
            const state = pickWeighted(random, { ready: 3, in_call: 4, wrap_up: 3, break: 1 });
            // One interval of each operator is still open, in the campaign where the day ended.
            const isOpen = shift === 1 && i === 39;
            return {
              operator_id,
              campaign_id,
              state,
              attempt_id: place,
              from_at,
              to_at: isOpen ? null : at(minute),
            };
          });
        }),
      ),
    );
    await insert(
      'operator_states',
      operatorIds.map((operator_id, i) => ({
        operator_id,
        organisation_id: 1,
        campaign_id: campaignId,
        state: ['ready', 'break', 'offline'][i],
        since_at: at(479),
        break_requested: false,
        seen_at: at(480),
      })),
    );
  }

  async function generateCalls(
    random: SeededRandom,
    campaign_id: number,
    entryIds: number[],
    leadIds: number[],
    operatorIds: number[],
  ): Promise<void> {
    const attempts = Array.from({ length: 1500 }, (_, i) => {
      const place = Math.floor(random.next() * entryIds.length);
      const reserved = random.next() * 480;
      const kind = pickWeighted(random, {
        lapsed: 3,
        refused: 1,
        unclear: 2,
        no_answer: 40,
        busy: 10,
        machine: 10,
        abandoned: 4,
        gone: 3,
        talk: 30,
      });
      const isLive = i < 6;
      const answered = ['machine', 'abandoned', 'gone', 'talk'].includes(kind);
      const result = {
        lapsed: 'cancelled',
        refused: 'failed',
        unclear: 'indeterminate',
        gone: 'answered',
        talk: 'answered',
      };
      return {
        organisation_id: 1,
        campaign_id,
        entry_id: entryIds[place],
        lead_id: leadIds[place],
        phone_id: place + 1,
        match_hash: `\\x${(campaign_id * 100_000 + i).toString(16).padStart(32, '0')}`,
        fence: 1,
        mode: 'progressive',
        number: 1,
        ring_timeout_ms: 22_000,
        connect_timeout_ms: 2000,
        state: isLive ? ['reserved', 'dialing', 'ringing', 'ringing', 'answered', 'bridged'][i] : 'ended',
        result: isLive ? null : (result[kind as keyof typeof result] ?? kind),
        answered_by: isLive
          ? i > 3
            ? 'person'
            : null
          : answered
            ? kind === 'machine'
              ? 'machine'
              : kind === 'abandoned' && random.next() < 0.5
                ? 'unknown'
                : 'person'
            : null,
        operator_id: kind === 'talk' && !isLive ? operatorIds[i % operatorIds.length] : null,
        reserved_at: at(reserved),
        dial_before: at(reserved + 0.1),
        originated_at:
          (isLive && i > 0) || (!isLive && kind !== 'lapsed' && kind !== 'unclear') ? at(reserved + 0.01) : null,
        answered_at: (isLive ? i > 3 : answered) ? at(reserved + 0.2) : null,
        bridged_at: (isLive ? i > 4 : kind === 'talk') ? at(reserved + 0.22) : null,
        ended_at: isLive ? null : at(reserved + 3),
      };
    });
    const ids = await insert('attempts', attempts);
    const dispositions: Record<string, unknown>[] = [];
    const callbacks: Record<string, unknown>[] = [];
    for (const [i, attempt] of attempts.entries()) {
      if (attempt['state'] !== 'ended' || attempt['answered_at'] === null) continue;
      const say = (superseded: boolean) => {
        const outcome = attempt['bridged_at']
          ? pickWeighted(random, { sale: 2, refusal: 8, callback: 4, wrong_person: 2, silent: 1 })
          : String(attempt['result'] === 'answered' ? 'hung_up_before' : attempt['result']);
        dispositions.push({
          organisation_id: 1,
          campaign_id,
          attempt_id: ids[i],
          lead_id: attempt['lead_id'],
          outcome_code: outcome,
          category: outcome === 'sale' ? 'success' : attempt['bridged_at'] ? outcome : 'automatic',
          result: outcome === 'sale' ? 'success' : outcome === 'refusal' ? 'failure' : 'neutral',
          right_party: ['sale', 'refusal', 'callback'].includes(outcome),
          refusal_reason:
            outcome === 'refusal' ? pickWeighted(random, { no_need: 3, too_expensive: 2, distrust: 1 }) : null,
          automatic: !attempt['bridged_at'],
          at: attempt['ended_at'],
          superseded_at: superseded ? attempt['ended_at'] : null,
        });
        if (!superseded && outcome === 'callback')
          callbacks.push(promise(random, campaign_id, attempt, ids[i]!, ids[Math.floor(random.next() * ids.length)]!));
      };
      if (attempt['bridged_at'] && random.next() < 0.1) say(true);
      say(false);
    }
    await insert('dispositions', dispositions);
    await insert('callbacks', unique(callbacks));
  }

  function promise(
    random: SeededRandom,
    campaign_id: number,
    attempt: Record<string, unknown>,
    id: number,
    keptIn: number,
  ) {
    const state = pickWeighted(random, { scheduled: 2, kept: 5, missed: 1, cancelled: 1 });
    const due = at(random.next() * 480);
    return {
      organisation_id: 1,
      campaign_id,
      entry_id: attempt['entry_id'],
      lead_id: attempt['lead_id'],
      promised_in_attempt_id: id,
      local_time: '2026-03-02T12:00:00',
      time_zone: 'Europe/Paris',
      due_at: due,
      call_at: due,
      state,
      kept_in_attempt_id: state === 'kept' ? keptIn : null,
      created_at: attempt['ended_at'],
      ended_at: state === 'scheduled' ? null : at(481),
    };
  }

  /** One open callback an entry. */
  function unique(callbacks: Record<string, unknown>[]): Record<string, unknown>[] {
    const open = new Set<unknown>();
    return callbacks.filter((callback) => {
      if (callback['state'] !== 'scheduled') return true;
      if (open.has(callback['entry_id'])) return false;
      open.add(callback['entry_id']);
      return true;
    });
  }

  /** The definitions once more, in plain code over plain rows. */
  async function recompute(id: number, from: Date | null, to: Date) {
    const inPeriod = (instant: Date) => (from === null || instant >= from) && instant <= to;
    const attempts = (await query<Attempt>('select * from attempts')).filter((a) => a.campaign_id === id);
    const dials = attempts.filter((a) => {
      const placed = a.originated_at !== null || a.result === 'indeterminate';
      return placed && inPeriod(a.reserved_at);
    });
    const inForce = new Map<number, Disposition>();
    for (const disposition of await query<Disposition>('select * from dispositions'))
      if (disposition.superseded_at === null) inForce.set(disposition.attempt_id, disposition);
    const connections = dials.filter((a) => a.answered_at !== null);
    const contacts = connections.filter(
      (a) => a.answered_by === 'person' || a.bridged_at !== null || a.result === 'abandoned',
    );
    const abandoned = dials.filter((a) => a.result === 'abandoned');
    const bridged = dials.filter((a) => a.bridged_at !== null);
    const said = dials.flatMap((a) => inForce.get(a.id) ?? []);
    const successes = said.filter((d) => d.result === 'success').length;
    const rightParty = said.filter((d) => d.right_party).length;
    const entries = (await query<Entry>('select * from calling_list_entries')).filter((e) => e.campaign_id === id);
    const completed = entries.filter((e) => e.state === 'completed');
    const open = entries.filter((e) => e.state === 'ready' || e.state === 'waiting');
    const seconds = { in_call: 0, wrap_up: 0, ready: 0, break: 0 } as Record<string, number>;
    for (const interval of await query<Interval>('select * from operator_intervals')) {
      if (interval.campaign_id !== id) continue;
      const begin = Math.max(interval.from_at.getTime(), from?.getTime() ?? -Infinity);
      const end = Math.min(interval.to_at?.getTime() ?? Infinity, to.getTime());
      seconds[interval.state]! += Math.max(0, end - begin) / 1000;
    }
    const talk = seconds['in_call']!;
    const wrapUp = seconds['wrap_up']!;
    const signedIn = seconds['ready']! + talk + wrapUp;
    const callbacks = (await query<Callback>('select * from callbacks')).filter(
      (k) => k.campaign_id === id && inPeriod(k.created_at),
    );
    const originated = new Map((await query<Attempt>('select * from attempts')).map((a) => [a.id, a.originated_at]));
    const onTime = callbacks.filter((k) => {
      const dialled = k.state === 'kept' ? originated.get(k.kept_in_attempt_id!) : null;
      return dialled instanceof Date && dialled.getTime() <= k.due_at.getTime() + 10 * MINUTE;
    });
    const leadsAttempted = new Set(dials.map((a) => a.lead_id)).size;
    const ratio = (a: number, b: number) => (b > 0 ? a / b : null);
    const count = (names: (string | null)[]) => {
      const counts: Record<string, number> = {};
      for (const name of names) if (name !== null) counts[name] = (counts[name] ?? 0) + 1;
      return counts;
    };
    return {
      dials: dials.length,
      connections: connections.length,
      contacts: contacts.length,
      rightParty,
      abandoned: abandoned.length,
      bridged: bridged.length,
      successes,
      leadsAttempted,
      connectionRate: ratio(connections.length, dials.length),
      contactRate: ratio(contacts.length, dials.length),
      rightPartyRate: ratio(rightParty, contacts.length),
      abandonmentRate: ratio(abandoned.length, contacts.length),
      conversionRate: ratio(successes, contacts.length),
      successesPerLeadAttempted: ratio(successes, leadsAttempted),
      penetrationRate: ratio(leadsAttempted, entries.length),
      talkSeconds: talk,
      wrapUpSeconds: wrapUp,
      signedInSeconds: signedIn,
      talkMinutesPerOperatorHour: ratio(talk / 60, signedIn / 3600),
      occupancyRate: ratio(talk + wrapUp, signedIn),
      ahtSeconds: ratio(talk + wrapUp, bridged.length),
      list: {
        total: entries.length,
        completed: completed.length,
        available: entries.length - completed.length,
        notYetDialled: open.filter((e) => e.attempts === 0).length,
        toBeRedialled: open.filter((e) => e.attempts > 0).length,
        inProgress: entries.filter((e) => e.state === 'in_progress').length,
        ready: entries.filter((e) => e.state === 'ready').length,
        waiting: entries.filter((e) => e.state === 'waiting').length,
        byCompletedCode: count(completed.map((e) => e.completed_code)),
      },
      results: count(dials.map((a) => a.result)),
      outcomes: count(said.map((d) => `${d.category}/${d.outcome_code}`)),
      refusalReasons: count(said.map((d) => d.refusal_reason)),
      callbacks: {
        promised: callbacks.length,
        kept: callbacks.filter((k) => k.state === 'kept').length,
        keptOnTime: onTime.length,
        missed: callbacks.filter((k) => k.state === 'missed').length,
        open: callbacks.filter((k) => k.state === 'scheduled').length,
        cancelled: callbacks.filter((k) => k.state === 'cancelled').length,
      },
    };
  }

  /** The report with its lists as counts by name and its seconds to the microsecond, to compare. */
  function comparable({ campaign, from, to, formulas, ...report }: Report) {
    void [campaign, from, to, formulas];
    const byName = (rows: { count: number }[], nameOf: (row: never) => string) =>
      Object.fromEntries(rows.map((row) => [nameOf(row as never), row.count]));
    return {
      ...report,
      list: {
        ...report.list,
        byCompletedCode: byName(report.list.byCompletedCode, (row: { code: string }) => row.code),
      },
      results: byName(report.results, (row: { result: string }) => row.result),
      outcomes: byName(report.outcomes, (row: { code: string; category: string }) => `${row.category}/${row.code}`),
      refusalReasons: byName(report.refusalReasons, (row: { code: string }) => row.code),
    };
  }

  function closeTo<T>(value: T): unknown {
    if (typeof value === 'number' && !Number.isInteger(value)) return expect.closeTo(value, 6);
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, closeTo(inner)]));
  }

  const periods: [string, number | null, number][] = [
    ['the whole life', null, 480],
    ['a morning', 0, 180],
    ['an hour in the middle', 200.5, 260.25],
    ['a time before anything', -600, -1],
  ];

  it.each(periods)('over %s says what plain code finds in the rows', async (_name, from, to) => {
    const fromAt = from === null ? null : at(from);
    for (const id of [campaignId, otherId]) {
      const report = await service.campaignReport(id, { from: fromAt, to: at(to) });
      expect(comparable(report)).toEqual(closeTo(await recompute(id, fromAt, at(to))));
    }
  });

  it('has something of everything to count', async () => {
    const report = await service.campaignReport(campaignId, { to: at(480) });
    const { dials, connections, contacts, rightParty, abandoned, bridged, successes, callbacks } = report;
    for (const figure of [dials, connections, contacts, rightParty, abandoned, bridged, successes])
      expect(figure).toBeGreaterThan(10);
    for (const figure of Object.values(callbacks)) expect(figure).toBeGreaterThan(0);
    expect(report.results.map((row) => row.result)).toContain('indeterminate');
    expect(report.results.map((row) => row.result)).not.toContain('cancelled');
    expect(report).toMatchObject({ campaign: { id: campaignId, name: 'One', state: 'running' }, from: null });
    expect(Object.keys(report.formulas).length).toBeGreaterThan(9);
  });

  it('is of one organisation’s campaign only', async () => {
    const missing = { code: 'campaign_not_found', status: 404 };
    await expect(service.campaignReport(campaignId, { to: at(480) }, 2)).rejects.toMatchObject(missing);
    await expect(service.campaignReport(999_999, { to: at(480) })).rejects.toMatchObject(missing);
  });

  it('agrees with the overview of campaigns', async () => {
    const summaries = await service.listSummaries(1);
    expect(summaries.map((summary) => summary.id)).toEqual([otherId, campaignId]);
    for (const summary of summaries) {
      const report = await service.campaignReport(summary.id, { to: at(480) });
      const { dials, contacts, successes, conversionRate } = report;
      expect(summary).toMatchObject({ dials, contacts, successes, conversionRate, listed: report.list.total });
    }
    expect(summaries[1]).toMatchObject({
      operators: { ready: 1, inCall: 0, wrapUp: 0, break: 1 },
      idle: { code: 'not_running' },
    });
    expect(summaries[0]!.idle).toMatchObject({ code: 'paused' });
    expect(await service.listSummaries(2)).toEqual([]);
  });

  it('comes with the floor, the lines, the last calls and the last minutes in the live view', async () => {
    const idle = { code: 'no_free_lines', sentence: 'All lines are in use.', until: null };
    const decision = { dials: 0, reason: { code: idle.code, sentence: idle.sentence }, idle };
    await query(
      `insert into campaign_loops (campaign_id, owner, fence, expires_at, decided_at, decision) values ($1, 'me', 1, $2, $3, $4)`,
      [campaignId, at(481), at(479.9), decision],
    );
    const live = await service.liveView(campaignId);
    const raw = (await query<Attempt>('select * from attempts where campaign_id = $1', [campaignId])).filter(
      (a) => a.originated_at !== null || a.result === 'indeterminate',
    );
    expect(live).toMatchObject({
      at: at(480).toISOString(),
      campaign: { id: campaignId, ratio: 1 },
      lines: { ringing: 2, dialing: 2, waiting: 1, bridged: 1 },
      pacing: { dials: 0, reason: 'All lines are in use.', decidedAt: at(479.9).toISOString() },
      idle,
      dialsPerMinute: raw.filter((a) => a.reserved_at > at(479)).length,
    });
    expect(live.report.dials).toBe(raw.length);
    expect(live.operators.map(({ name, state, simulated }) => [name, state, simulated])).toEqual([
      ['ann', 'ready', false],
      ['bob', 'break', true],
    ]);
    const minutes = new Map(live.series.map((row) => [row.minute, row.dials]));
    expect(minutes.size).toBe(30);
    for (const [minute, dials] of minutes) {
      const from = new Date(minute).getTime();
      const inMinute = raw.filter((a) => a.reserved_at.getTime() >= from && a.reserved_at.getTime() < from + MINUTE);
      expect(dials).toBe(inMinute.length);
    }
    expect(live.recent).toHaveLength(12);
    const ended = live.recent.map((call) => call.at);
    expect(ended).toEqual([...ended].sort().reverse());
    for (const call of live.recent) {
      expect(call.leadName).toMatch(/^Lead \d+$/);
      expect(call.maskedPhone).toMatch(/^\+33 ••• •• \d\d$/);
    }
  });
});
