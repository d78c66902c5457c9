import type { DialFacts } from '../compliance/decision.js';

type Spending = NonNullable<DialFacts['spending']>;

/** Dials, and time in which a customer and an operator were connected. */
export interface Usage {
  dials: number;
  talkMs: number;
}

/** What calls cost, in the campaign's currency. Null: nothing. */
export interface CallCosts {
  costPerDial: number | null;
  costPerMinute: number | null;
}

/** What a campaign may spend, and what calls cost, in its currency. */
export interface SpendingRule extends CallCosts {
  daily: number | null;
  inTotal: number | null;
}

/** What a campaign used since an instant, told apart by what may still change. */
export interface UsageSince {
  /** Attempts that were reserved before are over (milliseconds since the epoch). */
  edge: number;
  dials: number;
  talk_ms: number;
  /** Of the day at hand. */
  day_dials: number;
  day_talk_ms: number;
  /** The same from the edge on. */
  open_dials: number;
  open_talk_ms: number;
  open_day_dials: number;
  open_day_talk_ms: number;
}

const DAY_MS = 24 * 3_600_000;
/** What was spent is read this often; dials of our own are added as they are reserved. */
const FRESH_MS = 5_000;
const NOTHING: Usage = { dials: 0, talkMs: 0 };

/** Start of the day of a ceiling. Days are those of UTC: money has no recipient. */
export function dayStart(at: number): number {
  return Math.floor(at / DAY_MS) * DAY_MS;
}

/** What the gate holds against the ceilings, in whole hundredths. */
export function spendingOf(rule: SpendingRule, today: Usage, total: Usage, at: number): Spending {
  const { daily, inTotal } = rule;
  return { today: costOf(rule, today), total: costOf(rule, total), daily, inTotal, dayEndsAt: dayStart(at) + DAY_MS };
}

/** The same after so many dials more. */
export function withDials(spending: Spending, { costPerDial }: CallCosts, dials: number): Spending {
  const more = Math.round(dials * (costPerDial ?? 0) * 100) / 100;
  return { ...spending, today: spending.today + more, total: spending.total + more };
}

function costOf({ costPerDial, costPerMinute }: CallCosts, { dials, talkMs }: Usage): number {
  return Math.round((dials * (costPerDial ?? 0) + (talkMs / 60_000) * (costPerMinute ?? 0)) * 100) / 100;
}

/** What a campaign has used, read piece by piece: what is over is added up once. */
export class SpendingMeter {
  today = NOTHING;
  total = NOTHING;
  private folded = { today: NOTHING, total: NOTHING };
  private foldedTo = 0;
  private day = -Infinity;
  private readAt = -Infinity;

  /** `read` gives what was used of attempts reserved from an instant on. */
  async refresh(at: number, read: (since: number, day: number) => Promise<UsageSince>): Promise<void> {
    const day = dayStart(at);
    if (day === this.day && at >= this.readAt && at - this.readAt < FRESH_MS) return;
    // What was added up so far lies before the new day.
    if (day !== this.day) this.folded.today = NOTHING;
    const row = await read(this.foldedTo, day);
    this.folded = {
      today: sum(this.folded.today, { dials: row.day_dials, talkMs: row.day_talk_ms }),
      total: sum(this.folded.total, { dials: row.dials, talkMs: row.talk_ms }),
    };
    this.foldedTo = row.edge;
    this.today = sum(this.folded.today, { dials: row.open_day_dials, talkMs: row.open_day_talk_ms });
    this.total = sum(this.folded.total, { dials: row.open_dials, talkMs: row.open_talk_ms });
    this.day = day;
    this.readAt = at;
  }

  /** Dials of our own, until they are read. */
  add(dials: number): void {
    this.today = sum(this.today, { dials, talkMs: 0 });
    this.total = sum(this.total, { dials, talkMs: 0 });
  }
}

function sum(a: Usage, b: Usage): Usage {
  return { dials: a.dials + b.dials, talkMs: a.talkMs + b.talkMs };
}
