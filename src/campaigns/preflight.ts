import type { RegistryFact } from '../compliance/decision.js';
import type { ListMode } from './campaign.entity.js';
import type { GoalProgress } from './campaign-goals.js';
import { isStartOver } from './campaign-schedule.js';
import { isOpenToChange, type CampaignState } from './campaign-states.js';

/** Blocks: nothing can be dialled while it stands. Warns: less than one would expect. */
export type PreflightSeverity = 'blocks' | 'warns';

/** What can be found before the first dial. */
export const PREFLIGHT_CODES = [
  'campaign_over',
  'segments_missing',
  'list_building',
  'list_empty',
  'list_worked_off',
  'base_importing',
  'all_suppressed',
  'hours_never_open',
  'hours_partly_closed',
  'registry_stale',
  'mode_forbidden',
  'consent_missing',
  'offer_missing',
  'script_missing',
  'script_unpublished',
  'caller_id_missing',
  'no_operators',
  'nobody_signed_in',
  'schedule_past',
  'goal_reached',
] as const;
export type PreflightCode = (typeof PREFLIGHT_CODES)[number];

/** Something that keeps a campaign from dialling, or from all of its leads. */
export interface PreflightFinding {
  code: PreflightCode;
  severity: PreflightSeverity;
  /** A sentence. */
  detail: string;
  /** What to do about it. */
  fix: string;
  /** Page of the console where it is done. */
  link: string;
  /** What the sentence speaks of, for a sentence in another language. */
  values: Record<string, string | number>;
}

/** Leads of one bucket that are still to be called. */
export interface PreflightBucket {
  country: string;
  leads: number;
  /** The first instant from the start on at which profile and campaign are both open there; null: none in sight. */
  opensAt: Date | null;
  /** How the law lets people there be dialled. */
  modes: readonly string[];
  /** The law there asks that a number is shown. */
  asksForCallerId?: boolean;
}

export interface PreflightFacts {
  campaign: {
    id: number;
    state: CampaignState;
    segments: number;
    offerId: number | null;
    scriptId: number | null;
    callerId: string | null;
    mode: string;
    simulatedOperators: number;
    listMode: ListMode;
    startsAt: Date | null;
    endsAt: Date | null;
    startedByScheduleAt: Date | null;
  };
  /** Null: no script, or scripts of which every version may be read out. */
  scriptPublished: boolean | null;
  list: { entries: number; buckets: readonly PreflightBucket[]; building: boolean };
  /** Bases whose leads the segments ask for and that are still on their way in. */
  importing: readonly { importId: number; baseName: string }[];
  /** How many open entries were looked at for one that may be called, and whether there is one. */
  suppression: { looked: number; callable: boolean };
  /** Leads for whom the law asks for consent: how many of them were looked at, and how many have none. Left out: no such. */
  consent?: { leads: number; looked: number; without: number };
  /** What the profiles ask for, by country, with the files that we have. */
  registries: ReadonlyMap<string, readonly RegistryFact[]>;
  operators: { able: number; signedIn: number };
  /** Goals whose reaching ends the campaign. */
  endingGoals: readonly GoalProgress[];
}

const DAY_MS = 24 * 3_600_000;

/** Everything that would keep a campaign from dialling, what blocks first; empty: nothing would. */
export function preflight(facts: PreflightFacts, now: Date): PreflightFinding[] {
  const { campaign } = facts;
  const page = `/campaigns/${campaign.id}`;
  if (!isOpenToChange(campaign.state)) {
    const detail = `The campaign is ${campaign.state}: it is not dialled again.`;
    return [
      {
        ...{ code: 'campaign_over', severity: 'blocks', detail, fix: 'Clone it, and start the clone.', link: page },
        values: { state: campaign.state },
      },
    ];
  }
  const found = [
    ...listFindings(facts, page),
    ...hoursFindings(facts, page, now),
    ...registryFindings(facts, now),
    ...lawFindings(facts, page),
    ...contentFindings(facts, page),
    ...operatorFindings(facts, page),
    ...scheduleFindings(facts, page, now),
  ];
  return [
    ...found.filter((finding) => finding.severity === 'blocks'),
    ...found.filter((finding) => finding.severity === 'warns'),
  ];
}

function listFindings({ campaign, list, importing, suppression }: PreflightFacts, page: string): PreflightFinding[] {
  const found: PreflightFinding[] = [];
  const open = list.buckets.reduce((sum, bucket) => sum + bucket.leads, 0);
  // A live list is filled by itself as soon as somebody fits; only a draft waits until it holds anybody.
  const waits = campaign.listMode === 'live' && campaign.segments > 0 && campaign.state !== 'draft';
  if (campaign.segments === 0)
    found.push({
      code: 'segments_missing',
      // A list that was built from segments which are gone is still called.
      severity: list.entries === 0 ? 'blocks' : 'warns',
      detail: 'The campaign has no segment: nobody says who is to be called.',
      fix: 'Choose at least one segment.',
      link: `${page}/edit`,
      values: {},
    });
  if (list.building)
    found.push({
      code: 'list_building',
      severity: list.entries === 0 ? 'blocks' : 'warns',
      detail: `The calling list is being built; ${list.entries} leads are on it so far.`,
      fix: 'Wait until it is done.',
      link: page,
      values: { leads: list.entries },
    });
  else if (list.entries === 0 && campaign.segments > 0)
    found.push({
      code: 'list_empty',
      severity: waits ? 'warns' : 'blocks',
      detail: 'There is nobody on the calling list.',
      fix: 'Build the calling list from segments that somebody fits.',
      link: page,
      values: {},
    });
  if (list.entries > 0 && open === 0)
    found.push({
      code: 'list_worked_off',
      severity: waits ? 'warns' : 'blocks',
      detail: `All ${list.entries} leads of the calling list are done with.`,
      fix: 'Add segments, or build the list anew for leads that came in since.',
      link: page,
      values: { leads: list.entries },
    });
  if (open > 0 && !suppression.callable)
    found.push({
      code: 'all_suppressed',
      severity: 'blocks',
      detail:
        suppression.looked >= open
          ? `All ${open} leads that are left may not be called: their numbers are suppressed.`
          : `None of the first ${suppression.looked} of ${open} leads may be called: their numbers are suppressed.`,
      fix: 'Choose other segments, or look at the lists of suppressed numbers.',
      link: '/suppression',
      values: { leads: open, looked: suppression.looked },
    });
  for (const { importId, baseName } of importing)
    found.push({
      code: 'base_importing',
      severity: 'warns',
      detail: `The base ${baseName} is still being imported: leads that come after the list was built are not on it.`,
      fix: 'Wait for the import, then build the list again.',
      link: `/imports/${importId}`,
      values: { base: baseName },
    });
  return found;
}

function hoursFindings({ campaign, list }: PreflightFacts, page: string, now: Date): PreflightFinding[] {
  const until = campaign.endsAt !== null && campaign.endsAt > now ? campaign.endsAt : null;
  const never = (bucket: PreflightBucket) =>
    bucket.opensAt === null || (until !== null && bucket.opensAt.getTime() >= until.getTime());
  const closed = list.buckets.filter(never);
  if (closed.length === 0) return [];
  const all = closed.length === list.buckets.length;
  const leads = closed.reduce((sum, bucket) => sum + bucket.leads, 0);
  const countries = [...new Set(closed.map((bucket) => bucket.country))].sort().join(', ');
  return [
    {
      code: all ? 'hours_never_open' : 'hours_partly_closed',
      severity: all ? 'blocks' : 'warns',
      detail: all
        ? 'The campaign’s hours and those of the law have no instant in common where any of its leads are.'
        : `The campaign’s hours and those of the law have no instant in common for ${leads} leads (${countries}).`,
      fix: 'Widen the calling hours, or the time between start and end.',
      link: `${page}/edit`,
      values: { leads, countries },
    },
  ];
}

function registryFindings({ list, registries }: PreflightFacts, now: Date): PreflightFinding[] {
  const isStale = ({ datedAt, maxAgeDays }: RegistryFact) =>
    datedAt === null || now.getTime() - datedAt.getTime() > maxAgeDays * DAY_MS;
  const staleOf = (country: string) => (registries.get(country) ?? []).filter(isStale);
  const held = list.buckets.filter((bucket) => staleOf(bucket.country).length > 0);
  const names = [...new Set(held.flatMap((bucket) => staleOf(bucket.country).map((fact) => fact.registry)))].sort();
  return names.map((registry) => {
    const leads = held
      .filter((bucket) => staleOf(bucket.country).some((fact) => fact.registry === registry))
      .reduce((sum, bucket) => sum + bucket.leads, 0);
    return {
      code: 'registry_stale',
      // Each bucket that is held back is held back by at least one of them: together they hold all.
      severity: held.length === list.buckets.length ? 'blocks' : 'warns',
      detail: `The file of the registry ${registry} is missing or too old, and ${leads} leads may not be called without it.`,
      fix: `Load a file of ${registry} that is fresh.`,
      link: '/suppression',
      values: { registry, leads },
    };
  });
}

/** What the law says of how people are called, and whom. */
function lawFindings({ campaign, list, consent }: PreflightFacts, page: string): PreflightFinding[] {
  const found: PreflightFinding[] = [];
  const forbidden = list.buckets.filter(({ modes }) => !modes.includes(campaign.mode));
  const sumOf = (buckets: readonly PreflightBucket[]) => buckets.reduce((sum, { leads }) => sum + leads, 0);
  for (const country of [...new Set(forbidden.map((bucket) => bucket.country))].sort()) {
    const there = forbidden.filter((bucket) => bucket.country === country);
    // Every mode that all of them allow.
    const modes = there[0]!.modes.filter((mode) => there.every((bucket) => bucket.modes.includes(mode))).join(', ');
    const leads = sumOf(there);
    found.push({
      code: 'mode_forbidden',
      severity: forbidden.length === list.buckets.length ? 'blocks' : 'warns',
      detail: `People in ${country} may not be dialled in mode ${campaign.mode}: ${leads} leads will not be called.`,
      fix: modes ? `Choose a mode that is allowed there: ${modes}.` : 'Leave them to another campaign.',
      link: '/calling-rules',
      values: { country, leads, mode: campaign.mode, modes },
    });
  }
  if (consent && consent.without > 0) {
    const { leads, looked, without } = consent;
    const nobody = without === looked && leads === sumOf(list.buckets);
    found.push({
      code: 'consent_missing',
      severity: nobody ? 'blocks' : 'warns',
      detail: `The law asks for consent from ${leads} leads; ${without} of the ${looked} that were looked at have given none that can be shown.`,
      fix: 'Record their consent with its proof, or call those who have given it.',
      link: page,
      values: { leads, looked, without },
    });
  }
  return found;
}

function contentFindings({ campaign, scriptPublished, list }: PreflightFacts, page: string): PreflightFinding[] {
  const found: PreflightFinding[] = [];
  const link = `${page}/edit`;
  if (campaign.offerId === null)
    found.push({
      code: 'offer_missing',
      severity: 'warns',
      detail: 'The campaign offers nothing: refusals will not say what was refused.',
      fix: 'Choose an offer.',
      link,
      values: {},
    });
  if (campaign.scriptId === null)
    found.push({
      code: 'script_missing',
      severity: 'warns',
      detail: 'The campaign has no script: operators are not told what to say.',
      fix: 'Choose a script.',
      link,
      values: {},
    });
  else if (scriptPublished === false)
    found.push({
      code: 'script_unpublished',
      severity: 'blocks',
      detail: 'No version of the script is published, so there is nothing to read out.',
      fix: 'Publish the script.',
      link: `/scripts/${campaign.scriptId}`,
      values: {},
    });
  if (campaign.callerId === null)
    found.push({
      code: 'caller_id_missing',
      // Where the law asks for a number nobody is dialled without one; elsewhere carriers may mind.
      severity:
        list.buckets.length > 0 && list.buckets.every(({ asksForCallerId }) => asksForCallerId) ? 'blocks' : 'warns',
      detail:
        'The campaign shows no number. Where the law asks for one nobody is called; elsewhere carriers may refuse.',
      fix: 'Set a caller ID.',
      link,
      values: {},
    });
  return found;
}

function operatorFindings({ campaign, operators }: PreflightFacts, page: string): PreflightFinding[] {
  if (campaign.simulatedOperators > 0) return [];
  if (operators.able === 0)
    return [
      {
        code: 'no_operators',
        severity: 'blocks',
        detail: 'There is nobody to take a call: no operator can sign in, and none is simulated.',
        fix: 'Let an operator be added, or set a number of simulated operators.',
        link: `${page}/edit`,
        values: {},
      },
    ];
  if (campaign.state !== 'running' || operators.signedIn > 0) return [];
  return [
    {
      code: 'nobody_signed_in',
      severity: 'warns',
      detail: `None of the ${operators.able} operators has signed in to this campaign.`,
      fix: 'Ask operators to sign in.',
      link: page,
      values: { operators: operators.able },
    },
  ];
}

function scheduleFindings({ campaign, endingGoals }: PreflightFacts, page: string, now: Date): PreflightFinding[] {
  const found: PreflightFinding[] = [];
  const link = `${page}/edit`;
  const { state, startsAt, endsAt } = campaign;
  const waits = state === 'draft' || state === 'ready';
  const schedule = (severity: PreflightSeverity, detail: string, fix: string, at: Date) =>
    found.push({ code: 'schedule_past', severity, detail, fix, link, values: { at: at.toISOString() } });
  if (endsAt !== null && endsAt <= now && waits)
    schedule('blocks', 'The end of the schedule has passed already.', 'Set an end that is to come, or none.', endsAt);
  else if (startsAt !== null && startsAt <= now && waits && campaign.startedByScheduleAt === null)
    if (isStartOver(campaign, now))
      schedule(
        'blocks',
        'The start of the schedule passed more than a day ago.',
        'Set a new start, or none.',
        startsAt,
      );
    else
      schedule(
        'warns',
        'The start of the schedule has passed: the campaign starts as soon as nothing keeps it from dialling.',
        'Take the start away if it is to start by hand.',
        startsAt,
      );
  for (const { goal, value, target } of endingGoals)
    if (value >= target)
      found.push({
        code: 'goal_reached',
        severity: 'blocks',
        detail: `The goal of ${target} (${goal}) is reached already, at ${value}: the campaign would end at once.`,
        fix: 'Raise the goal, or let it only alert.',
        link,
        values: { goal, value, target },
      });
  return found;
}

/**
 * Ids of the bases that rules name; null when a rule may reach leads of any base, because it names none or leaves it to
 * another segment. Reads the rule as plain data, for it only wants to know where to look.
 */
export function basesNamed(rules: readonly unknown[]): number[] | null {
  const ids = new Set<number>();
  for (const rule of rules) {
    const named = new Set<number>();
    collectBases(rule, named);
    if (named.size === 0) return null;
    for (const id of named) ids.add(id);
  }
  return [...ids].sort((a, b) => a - b);
}

function collectBases(rule: unknown, into: Set<number>): void {
  if (Array.isArray(rule)) return rule.forEach((each) => collectBases(each, into));
  if (typeof rule !== 'object' || rule === null) return;
  const { field, is, value } = rule as Record<string, unknown>;
  if (field === 'base') {
    if (is === 'equals' || is === 'one_of')
      for (const id of Array.isArray(value) ? (value as unknown[]) : [value]) if (typeof id === 'number') into.add(id);
    return;
  }
  // What a rule excludes says nothing of where it looks.
  for (const group of ['all', 'any']) collectBases((rule as Record<string, unknown>)[group], into);
}
