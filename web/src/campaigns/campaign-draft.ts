import {
  WEEKDAYS,
  type Campaign,
  type CampaignInput,
  type Hours,
  type Instant,
  type Weekday,
} from '../api/contract.js';

/** What the form holds: everything that can be set, so that what is emptied is said to be empty. */
export type CampaignDraft = CampaignInput & { segments: { id: number; weight: number }[]; competitors: string[] };

/** A campaign that could be started as it is, once it knows whom to call. */
export const DEFAULTS: CampaignDraft = {
  name: '',
  segments: [],
  offerId: null,
  scriptId: null,
  mode: 'progressive',
  purpose: 'sales',
  ratio: 1.5,
  hours: {
    mon: ['09:00', '20:00'],
    tue: ['09:00', '20:00'],
    wed: ['09:00', '20:00'],
    thu: ['09:00', '20:00'],
    fri: ['09:00', '20:00'],
    sat: ['10:00', '18:00'],
  },
  maxAttempts: 5,
  maxAttemptsPerDay: 2,
  coolDownDays: 0,
  householdPauseHours: 24,
  phoneKinds: null,
  maxLines: 100,
  ringTimeoutMs: 22_000,
  wrapUpMs: 60_000,
  callerId: null,
  simulatedOperators: 0,
  listMode: 'snapshot',
  order: { by: 'priority' },
  retryShare: null,
  retryPlan: null,
  startsAt: null,
  endsAt: null,
  endAction: 'finish',
  goals: null,
  costPerDial: null,
  costPerMinute: null,
  currency: null,
  spendCeilingDaily: null,
  spendCeilingTotal: null,
  competitors: [],
};

export function draftOf(campaign: Campaign): CampaignDraft {
  return {
    name: campaign.name,
    segments: campaign.segments.map(({ id, weight }) => ({ id, weight })),
    offerId: campaign.offerId,
    scriptId: campaign.scriptId,
    outcomeSetId: campaign.outcomeSetId,
    mode: campaign.mode,
    purpose: campaign.purpose,
    ratio: campaign.ratio,
    hours: campaign.hours,
    maxAttempts: campaign.maxAttempts,
    maxAttemptsPerDay: campaign.maxAttemptsPerDay,
    coolDownDays: campaign.coolDownDays,
    householdPauseHours: campaign.householdPauseHours,
    phoneKinds: campaign.phoneKinds,
    maxLines: campaign.maxLines,
    ringTimeoutMs: campaign.ringTimeoutMs,
    wrapUpMs: campaign.wrapUpMs,
    callerId: campaign.callerId,
    simulatedOperators: campaign.simulatedOperators,
    listMode: campaign.listMode,
    order: campaign.order,
    retryShare: campaign.retryShare,
    retryPlan: campaign.retryPlan,
    startsAt: campaign.startsAt,
    endsAt: campaign.endsAt,
    endAction: campaign.endAction,
    goals: campaign.goals,
    costPerDial: campaign.costPerDial,
    costPerMinute: campaign.costPerMinute,
    currency: campaign.currency,
    spendCeilingDaily: campaign.spendCeilingDaily,
    spendCeilingTotal: campaign.spendCeilingTotal,
    competitors: campaign.competitors,
  };
}

/**
 * What is sent. Dates that nobody touched are left out: an instant that has passed since would be refused, and the form
 * knows minutes only.
 */
export function inputOf(draft: CampaignDraft, saved: Campaign | null): CampaignInput {
  const { startsAt, endsAt, goals, ...rest } = draft;
  const isEmpty = goals && goals.sales === undefined && goals.contacts === undefined && goals.budget === undefined;
  return {
    ...rest,
    goals: isEmpty ? null : goals,
    ...(startsAt !== (saved?.startsAt ?? null) && { startsAt }),
    ...(endsAt !== (saved?.endsAt ?? null) && { endsAt }),
  };
}

/** Share of the dials that a segment gets by its weight, 0 to 1. */
export function blendShare(segments: readonly { weight: number }[], weight: number): number {
  const sum = segments.reduce((total, segment) => total + segment.weight, 0);
  return sum > 0 ? weight / sum : 0;
}

export interface HoursGroup {
  from: Weekday;
  to: Weekday;
  open: string;
  close: string;
}

/** Days that follow one another and have the same hours, together. Days that are closed are left out. */
export function hoursGroups(hours: Hours): HoursGroup[] {
  const groups: HoursGroup[] = [];
  let last: HoursGroup | null = null;
  for (const day of WEEKDAYS) {
    const window = hours[day];
    if (!window) {
      last = null;
      continue;
    }
    const [open, close] = window;
    if (last && last.open === open && last.close === close) last.to = day;
    else groups.push((last = { from: day, to: day, open, close }));
  }
  return groups;
}

/** An instant as a field for date and time shows it, in the reader's own zone. */
export function localOf(instant: Instant | null | undefined): string {
  if (!instant) return '';
  const at = new Date(instant);
  const two = (value: number) => String(value).padStart(2, '0');
  const day = `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;
  return `${day}T${two(at.getHours())}:${two(at.getMinutes())}`;
}

/** The instant of what stands in such a field; null for none. */
export function instantOf(local: string): Instant | null {
  const at = new Date(local);
  return local === '' || Number.isNaN(at.getTime()) ? null : at.toISOString();
}

/** Names of a text with one to a line, or commas between them; each once. */
export function namesIn(text: string): string[] {
  const names = text
    .split(/[\n,;]/)
    .map((name) => name.trim())
    .filter(Boolean);
  return [...new Set(names)];
}
