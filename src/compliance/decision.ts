import { DateTime } from 'luxon';

import { openingAt, type Interval } from './calling-hours.js';
import { currentConsent, reviveConsents, type StoredConsent } from './consent.js';
import type { CapRule, ConsentRule, CoolDown, EffectiveRule, Purpose, RegistryRule } from './profile.js';

/** Why a dial may not be made. */
export const REFUSAL_CODES = [
  'clock_unsafe',
  'campaign_not_running',
  'lease_lost',
  'no_free_lines',
  'spend_ceiling',
  'mode_forbidden',
  'caller_id_missing',
  'caller_id_unauthorised',
  'registry_stale',
  'attempts_exhausted',
  'suppressed',
  'no_consent',
  'already_live',
  'abandoned_lately',
  'cooling_down',
  'household_spoken',
  'cap_reached',
  'outside_window',
] as const;
export type RefusalCode = (typeof REFUSAL_CODES)[number];

export interface Refusal {
  code: RefusalCode;
  sentence: string;
  /** When this reason ends by itself, where that is known. */
  nextAt: Date | null;
}

/** Why a number may not be called. */
export interface Ban {
  scope: string;
  reason: string;
  /** The suppression list that names it: the registry's code or the list's own name. */
  list?: string;
  /** When it ends by itself; left out: never. */
  until?: number;
}

/** A registry that must be at hand, and the date of the file that we have; null for none. */
export interface RegistryFact extends RegistryRule {
  datedAt: Date | null;
}

/** What an earlier attempt was, to add up. */
export const TRIED = {
  phone: 1,
  person: 2,
  campaign: 4,
  /** A person answered. */
  contact: 8,
  /** A person and an operator were connected. */
  spoken: 16,
  abandoned: 32,
} as const;

/** An earlier attempt at the phone or the person: when it was reserved, when it was over, and what it was (TRIED). */
export type Tried = readonly [at: number, overAt: number, what: number];

/** What is known of the number that is to be shown. */
export interface CallerIdFact {
  name: string;
  authority: string;
  mobile: boolean;
  /** Empty: everywhere. */
  countries: readonly string[];
  registered: boolean;
  validTo: number | null;
}

/**
 * Everything that a decision rests on. Stored with each one, so that it can be replayed: hence short, in JSON as it is, and
 * without what the rule does not ask for. Instants are milliseconds since the epoch.
 */
export interface DialFacts {
  /** Profiles that were met into the rule, as code@version#hash, signed overrides in them, and the stamp of all of it. */
  profiles: readonly string[];
  overrides?: readonly number[];
  stamp: number;
  campaign: {
    state: string;
    mode: string;
    maxAttempts: number;
    maxLines: number;
    linesInUse: number;
    /** Whoever asks still owns the campaign's loop. */
    leaseHeld: boolean;
  };
  /** Where there is a ceiling: what was spent, and when the day ends. */
  spending?: { today: number; total: number; daily: number | null; inTotal: number | null; dayEndsAt: number };
  /** Left out: any. */
  modes?: readonly string[];
  /** Left out: whatever number is shown, if any. */
  callerId?: {
    number: string | null;
    country: string;
    rule: EffectiveRule['callerId'];
    known: CallerIdFact | null;
  };
  /** Attempts at this lead in this campaign so far. */
  attempts: number;
  /** When the person asked for this call; null: nobody did. */
  promisedAt: number | null;
  suppressions: readonly Ban[];
  /** The phone or the person is in a call, or in another reservation. */
  live: boolean;
  /** Oldest first. What is too old for every rule is left out. */
  tried: readonly Tried[];
  caps: readonly CapRule[];
  /** Zones where the person may be, where a cap counts days of theirs. */
  zones?: readonly string[];
  coolDowns?: readonly CoolDown[];
  /** When the lead last refused to be called, in any campaign; left out where no rule asks for it. */
  declinedAt?: number | null;
  /** When the lead last refused an offer, for whatever reason, in any campaign; left out where the campaign spares nobody. */
  refusedAt?: number | null;
  /** Days for which the campaign spares those who refused. */
  sparedDays?: number;
  /** Hours that must pass after a call at this phone or person that we abandoned. */
  redialAfterHours: number;
  /** Hours for which others who share a phone are left alone after a conversation. */
  householdPauseHours: number;
  consent?: {
    form: Exclude<ConsentRule, 'none'>;
    maxAgeDays: number | null;
    campaignId: number;
    purpose: Purpose;
    ledger: readonly StoredConsent[];
  };
  registries: readonly (RegistryRule & { datedAt: number | null })[];
  /** Open instants for this phone: rules and campaign, every possible zone. The first one that is not over. */
  open: readonly Interval[];
  clockSafe: boolean;
}

export interface Decision {
  /** allow: now · defer: not now · deny: not in this campaign. */
  verdict: 'allow' | 'defer' | 'deny';
  reasons: Refusal[];
  /** The earliest instant at which no known reason stands; null when that cannot be told. */
  nextAt: Date | null;
}

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** Reasons after which there is no later, in this campaign. */
const FINAL: ReadonlySet<RefusalCode> = new Set(['suppressed', 'attempts_exhausted']);

/** Does it end the lead's calls in this campaign? */
export function isFinal(code: RefusalCode): boolean {
  return FINAL.has(code);
}

/** May this phone be called now? Every rule that says no is named, not the first alone. */
export function decide(facts: DialFacts, now: Date): Decision {
  const at = now.getTime();
  const reasons = [
    ...campaignRefusals(facts, at),
    ...ruleRefusals(facts, at),
    ...personRefusals(facts, at),
    ...capRefusals(facts, at),
    ...windowRefusals(facts, at),
  ];
  if (reasons.length === 0) return { verdict: 'allow', reasons, nextAt: null };
  // A suppression that ends by itself is waited for.
  const final = reasons.some((reason) => FINAL.has(reason.code) && reason.nextAt === null);
  const instants = reasons.map((reason) => reason.nextAt);
  const known = !final && instants.every((instant) => instant !== null);
  return {
    verdict: final ? 'deny' : 'defer',
    reasons,
    nextAt: known ? new Date(Math.max(...instants.map((instant) => instant!.getTime()))) : null,
  };
}

function no(code: RefusalCode, sentence: string, nextAt: number | null = null): Refusal {
  return { code, sentence, nextAt: nextAt === null ? null : new Date(nextAt) };
}

/** The campaign's own trouble: the lead can do nothing about it. */
function campaignRefusals({ campaign, spending, clockSafe }: DialFacts, at: number): Refusal[] {
  const reasons: Refusal[] = [];
  if (!clockSafe)
    reasons.push(
      no('clock_unsafe', 'Our clock and the database’s clock have parted; dialling waits until they agree.'),
    );
  if (campaign.state !== 'running') reasons.push(no('campaign_not_running', `The campaign is ${campaign.state}.`));
  if (!campaign.leaseHeld) reasons.push(no('lease_lost', 'Another process has taken over this campaign.'));
  if (campaign.linesInUse >= campaign.maxLines)
    reasons.push(no('no_free_lines', `All ${campaign.maxLines} lines are in use.`));
  if (spending) {
    const { today, total, daily, inTotal, dayEndsAt } = spending;
    if (inTotal !== null && total >= inTotal)
      reasons.push(no('spend_ceiling', `${total} of ${inTotal} is spent, which is all that the campaign may spend.`));
    else if (daily !== null && today >= daily && dayEndsAt > at)
      reasons.push(no('spend_ceiling', `${today} of ${daily} for today is spent.`, dayEndsAt));
  }
  return reasons;
}

/** What the law asks of whoever calls there. */
function ruleRefusals({ campaign, modes, callerId, registries }: DialFacts, at: number): Refusal[] {
  const reasons: Refusal[] = [];
  if (modes && !modes.includes(campaign.mode))
    reasons.push(
      no(
        'mode_forbidden',
        `People there may not be dialled in mode ${campaign.mode}: only ${modes.join(', ') || 'in none'}.`,
      ),
    );
  if (callerId) {
    const refusal = callerIdRefusal(callerId, at);
    if (refusal) reasons.push(refusal);
  }
  for (const registry of registries) {
    const sentence = staleness(registry, at);
    if (sentence) reasons.push(no('registry_stale', sentence));
  }
  return reasons;
}

function callerIdRefusal({ number, country, rule, known }: NonNullable<DialFacts['callerId']>, at: number) {
  if (number === null)
    return no('caller_id_missing', 'The campaign shows no number, and people there must be shown one.');
  const fault = () => {
    if (known === null) return 'is not among the numbers that we may show';
    if (known.validTo !== null && known.validTo <= at) return 'may not be shown any more: the right to it has run out';
    if (known.countries.length > 0 && !known.countries.includes(country)) return `may not be shown in ${country}`;
    if (known.mobile && !rule.mobileAllowed) return 'is a mobile one, which may not be shown there';
    if (rule.prefixes && !rule.prefixes.some((prefix) => number.slice(1).startsWith(prefix)))
      return `does not begin as it must there (${rule.prefixes.join(', ') || 'no beginning is allowed'})`;
    if (rule.registered && !known.registered) return 'is not registered with the carrier, as it must be there';
    return null;
  };
  const found = fault();
  return found && no('caller_id_unauthorised', `The number ${number} ${found}.`);
}

/** What is known of the person and the phone. */
function personRefusals(facts: DialFacts, at: number): Refusal[] {
  const { campaign, attempts, promisedAt, suppressions, refusedAt, sparedDays, consent, live } = facts;
  const reasons = suppressions.map(({ scope, reason, list, until }) =>
    no(
      'suppressed',
      `The number may not be called (${reason.replaceAll('_', ' ')}${list ? ` ${list}` : ''}, scope ${scope}).`,
      until,
    ),
  );
  if (attempts >= campaign.maxAttempts && promisedAt === null)
    reasons.push(
      no('attempts_exhausted', `The lead was tried ${attempts} times; the campaign allows ${campaign.maxAttempts}.`),
    );
  if (consent) {
    const sentence = consentMissing(consent, at);
    if (sentence) reasons.push(no('no_consent', sentence));
  }
  if (live) reasons.push(no('already_live', 'This number or person is being called right now.'));
  if (sparedDays && refusedAt && promisedAt === null) {
    const nextAt = refusedAt + sparedDays * DAY_MS;
    if (nextAt > at)
      reasons.push(
        no(
          'cooling_down',
          `The person refused an offer less than ${sparedDays} days ago, and the campaign leaves them alone.`,
          nextAt,
        ),
      );
  }
  return [...reasons, ...pauseRefusals(facts, at)];
}

/** What an earlier call asks for: that some time passes. */
function pauseRefusals(facts: DialFacts, at: number): Refusal[] {
  const { tried, promisedAt, declinedAt, coolDowns = [], redialAfterHours, householdPauseHours } = facts;
  const reasons: Refusal[] = [];
  const lastOf = (fits: (what: number) => boolean) =>
    Math.max(...tried.map(([, overAt, what]) => (fits(what) ? overAt : -Infinity)));
  /** Until when that many hours have passed since; null: they have. */
  const pause = (hours: number, last: number) => {
    const nextAt = last + hours * HOUR_MS;
    return nextAt > at ? { last, nextAt } : null;
  };
  const lockout = pause(
    redialAfterHours,
    lastOf((what) => (what & TRIED.abandoned) > 0),
  );
  // What the person asked for later on, counts.
  if (lockout && (promisedAt === null || promisedAt < lockout.last))
    reasons.push(
      no(
        'abandoned_lately',
        `A call at this number or person met no operator less than ${redialAfterHours} hours ago.`,
        lockout.nextAt,
      ),
    );
  for (const { after, hours, scope } of coolDowns) {
    // Within one campaign it was written as a suppression when it was said.
    if (after === 'refusal' && scope === 'campaign') continue;
    const must = (after === 'contact' ? TRIED.contact : TRIED.abandoned) | (scope === 'campaign' ? TRIED.campaign : 0);
    const last = after === 'refusal' ? (declinedAt ?? -Infinity) : lastOf((what) => (what & must) === must);
    const found = pause(hours, last);
    if (found && (promisedAt === null || promisedAt < found.last - PROMISED_AROUND_MS))
      reasons.push(no('cooling_down', `${AFTER[after]} less than ${hours} hours ago.`, found.nextAt));
  }
  if (householdPauseHours > 0 && promisedAt === null) {
    const found = pause(
      householdPauseHours,
      lastOf((what) => (what & TRIED.spoken) > 0 && (what & TRIED.phone) > 0 && (what & TRIED.person) === 0),
    );
    if (found)
      reasons.push(
        no(
          'household_spoken',
          `We spoke with another person at this number less than ${householdPauseHours} hours ago.`,
          found.nextAt,
        ),
      );
  }
  return reasons;
}

/** A promise is given while the two still talk, or in the operator's wrap-up. */
const PROMISED_AROUND_MS = HOUR_MS;
const AFTER = {
  refusal: 'The person refused to be called',
  abandoned: 'A call at this number or person met no operator',
  contact: 'We spoke with the person or somebody at this number',
} as const;

function capRefusals({ caps, tried, zones }: DialFacts, at: number): Refusal[] {
  return caps.flatMap((cap) => {
    const free = capFreeAt(cap, countedBy(cap, tried), zones ?? ['UTC'], at);
    if (free === null) return [];
    const whom = { phone: 'The number', person: 'The person', campaign: 'In this campaign the person' }[cap.key];
    const what = cap.count === 'attempts' ? 'tried' : 'reached';
    const window = 'hours' in cap.window ? `${cap.window.hours} hours` : `${cap.window.days} days`;
    return [no('cap_reached', `${whom} was ${what} ${cap.max} times in ${window}, which is the limit.`, free)];
  });
}

/** Instants of the attempts that a cap counts, oldest first. */
export function countedBy(cap: CapRule, tried: readonly Tried[]): number[] {
  const must =
    { phone: TRIED.phone, person: TRIED.person, campaign: TRIED.person | TRIED.campaign }[cap.key] |
    (cap.count === 'contacts' ? TRIED.contact : 0);
  return tried.filter(([, , what]) => (what & must) === must).map(([at]) => at);
}

/**
 * When the cap lets one more attempt through: null for now, else the instant at which the oldest that counts drops out. With
 * days: by the calendar of each zone where the recipient may be; all must let it through.
 */
export function capFreeAt(
  cap: CapRule,
  counted: readonly number[],
  zones: readonly string[],
  at: number,
): number | null {
  const freed = (since: number, dropsOut: (at: number) => number) => {
    const within = counted.filter((each) => each > since);
    return within.length < cap.max ? null : dropsOut(within[within.length - cap.max]!);
  };
  if ('hours' in cap.window) {
    const windowMs = cap.window.hours * HOUR_MS;
    return freed(at - windowMs, (each) => each + windowMs);
  }
  if (counted.length < cap.max) return null;
  const { days } = cap.window;
  const frees = zones.map((zone) => {
    const dayOf = (each: number) => DateTime.fromMillis(each, { zone }).startOf('day');
    const first = dayOf(at).minus({ days: days - 1 });
    return freed(first.toMillis() - 1, (each) => dayOf(each).plus({ days }).toMillis());
  });
  const last = Math.max(...frees.map((free) => free ?? -Infinity));
  return last === -Infinity ? null : last;
}

function windowRefusals({ open }: DialFacts, at: number): Refusal[] {
  const opening = openingAt(open, new Date(at));
  if (opening.open) return [];
  return [
    no('outside_window', 'It is outside calling hours where this person is.', opening.changesAt?.getTime() ?? null),
  ];
}

/** Null: there is one that holds. */
function consentMissing(consent: NonNullable<DialFacts['consent']>, at: number): string | null {
  const { form, maxAgeDays, campaignId, purpose, ledger } = consent;
  const entries = reviveConsents(ledger);
  const question = { at: new Date(at), campaignId, purpose, neededForm: form, maxAgeDays };
  if (currentConsent(entries, question)) return null;
  const needed = form === 'written' ? 'Written consent' : 'Consent';
  if (entries.length === 0) return `${needed} is asked for there, and none is known.`;
  return `${needed} is asked for there, and what is known does not hold: taken back, run out, unproven or for something else.`;
}

/** Null: the file from the registry is there, and no older than it may be. */
function staleness({ registry, maxAgeDays, datedAt }: DialFacts['registries'][number], at: number): string | null {
  if (datedAt === null)
    return `No file of the registry ${registry} is in force, and without one this number may not be called.`;
  const age = (at - datedAt) / DAY_MS;
  if (age <= maxAgeDays) return null;
  return `The file of the registry ${registry} is ${Math.floor(age)} days old; it may be ${maxAgeDays} days old at most.`;
}

/** Take a stored decision again. Facts of an older shape are read as what they meant. */
export function replay(stored: unknown, at: Date): Decision {
  return decide(factsFrom(stored), at);
}

/** Facts as they lie in the database. */
export function factsFrom(stored: unknown): DialFacts {
  const facts = stored as DialFacts | FormerFacts;
  return 'phone' in facts ? upgraded(facts) : facts;
}

/** What was stored before rules had profiles. */
interface FormerFacts {
  campaign: Omit<DialFacts['campaign'], 'mode'>;
  attempts: number;
  coolDown?: { days: number; refusedAt: string | null };
  promised: boolean;
  phone: { suppressions: readonly Ban[]; live: boolean; triedAt: readonly string[] };
  caps: readonly { max: number; windowMs: number }[];
  registries: readonly { registry: string; maxAgeDays: number; datedAt: string | null }[];
  open: readonly Interval[];
  clockSafe: boolean;
}

function upgraded({ phone, promised, coolDown, caps, registries, campaign, ...same }: FormerFacts): DialFacts {
  const ms = (text: string | null) => (text === null ? null : Date.parse(text));
  return {
    ...same,
    ...{ profiles: [], stamp: 0, redialAfterHours: 0, householdPauseHours: 0 },
    campaign: { ...campaign, mode: '' },
    promisedAt: promised ? 0 : null,
    suppressions: phone.suppressions,
    live: phone.live,
    tried: phone.triedAt.map((text) => [Date.parse(text), Date.parse(text), TRIED.phone] as const),
    caps: caps.map(({ max, windowMs }) => ({
      ...({ key: 'phone', count: 'attempts', max } as const),
      window: { hours: windowMs / HOUR_MS },
    })),
    registries: registries.map((registry) => ({ ...registry, datedAt: ms(registry.datedAt) })),
    ...(coolDown && { sparedDays: coolDown.days, refusedAt: ms(coolDown.refusedAt) }),
  };
}
