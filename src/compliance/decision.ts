import { openingAt, type Interval } from './calling-hours.js';
import type { Cap, RegistryRule } from './profile.js';

/** Why a dial may not be made. */
export type RefusalCode =
  | 'suppressed'
  | 'attempts_exhausted'
  | 'outside_window'
  | 'cap_reached'
  | 'cooling_down'
  | 'registry_stale'
  | 'already_live'
  | 'no_free_lines'
  | 'campaign_not_running'
  | 'lease_lost'
  | 'clock_unsafe';

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
}

/** A registry that must be at hand, and the date of the file that we have; null for none. */
export interface RegistryFact extends RegistryRule {
  datedAt: Date | null;
}

/** Everything that a decision rests on. Stored with it, so that it can be replayed. */
export interface DialFacts {
  campaign: {
    state: string;
    maxAttempts: number;
    maxLines: number;
    linesInUse: number;
    /** Whoever asks still owns the campaign's loop. */
    leaseHeld: boolean;
  };
  /** Attempts at this lead in this campaign so far. */
  attempts: number;
  /** Where the campaign spares those who refused lately: for how many days, and when the lead last did. */
  coolDown?: { days: number; refusedAt: Date | null };
  /** The person asked for this call: the campaign's limit of attempts and its cool-down, which are ours and not the law's, do not hold. */
  promised: boolean;
  phone: {
    suppressions: readonly Ban[];
    live: boolean;
    /** When this phone was tried lately, in all campaigns of the company, oldest first. */
    triedAt: readonly Date[];
  };
  caps: readonly Cap[];
  /** What the phone's profile asks for. */
  registries: readonly RegistryFact[];
  /** Open instants for this phone's bucket: profile and campaign, every possible zone. */
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

const DAY_MS = 24 * 3_600_000;

/** Reasons after which there is no later, in this campaign. */
const FINAL: ReadonlySet<RefusalCode> = new Set(['suppressed', 'attempts_exhausted']);

/** May this phone be called now? Every rule that says no is named, not the first alone. */
export function decide(facts: DialFacts, now: Date): Decision {
  const reasons = [...campaignRefusals(facts), ...leadRefusals(facts, now), ...phoneRefusals(facts, now)];
  if (reasons.length === 0) return { verdict: 'allow', reasons, nextAt: null };
  const final = reasons.some((reason) => FINAL.has(reason.code));
  const instants = reasons.map((reason) => reason.nextAt);
  const known = !final && instants.every((at) => at !== null);
  return {
    verdict: final ? 'deny' : 'defer',
    reasons,
    nextAt: known ? new Date(Math.max(...instants.map((at) => at!.getTime()))) : null,
  };
}

function campaignRefusals({ campaign, attempts, promised, clockSafe }: DialFacts): Refusal[] {
  const reasons: Refusal[] = [];
  const no = (code: RefusalCode, sentence: string) => reasons.push({ code, sentence, nextAt: null });
  if (!clockSafe)
    no('clock_unsafe', 'Our clock and the database’s clock have parted; dialling waits until they agree.');
  if (campaign.state !== 'running') no('campaign_not_running', `The campaign is ${campaign.state}.`);
  if (!campaign.leaseHeld) no('lease_lost', 'Another process has taken over this campaign.');
  if (campaign.linesInUse >= campaign.maxLines) no('no_free_lines', `All ${campaign.maxLines} lines are in use.`);
  if (attempts >= campaign.maxAttempts && !promised)
    no('attempts_exhausted', `The lead was tried ${attempts} times; the campaign allows ${campaign.maxAttempts}.`);
  return reasons;
}

function leadRefusals({ coolDown, promised }: DialFacts, now: Date): Refusal[] {
  if (!coolDown?.refusedAt || promised) return [];
  const nextAt = new Date(coolDown.refusedAt.getTime() + coolDown.days * DAY_MS);
  if (nextAt <= now) return [];
  const sentence = `The person refused an offer less than ${coolDown.days} days ago, and the campaign leaves them alone.`;
  return [{ code: 'cooling_down', sentence, nextAt }];
}

function phoneRefusals({ phone, caps, registries, open }: DialFacts, now: Date): Refusal[] {
  const reasons: Refusal[] = phone.suppressions.map(({ scope, reason, list }) => ({
    code: 'suppressed',
    sentence: `The number may not be called (${reason.replaceAll('_', ' ')}${list ? ` ${list}` : ''}, scope ${scope}).`,
    nextAt: null,
  }));
  for (const registry of registries) {
    const sentence = staleness(registry, now);
    if (sentence) reasons.push({ code: 'registry_stale', sentence, nextAt: null });
  }
  if (phone.live)
    reasons.push({ code: 'already_live', sentence: 'This number is being called right now.', nextAt: null });
  for (const cap of caps) {
    const free = capFreeAt(cap, phone.triedAt, now);
    if (free)
      reasons.push({
        code: 'cap_reached',
        sentence: `The number was tried ${cap.max} times in ${cap.windowMs / 3_600_000} hours, which is the limit.`,
        nextAt: free,
      });
  }
  const opening = openingAt(open, now);
  if (!opening.open)
    reasons.push({
      code: 'outside_window',
      sentence: 'It is outside calling hours where this person is.',
      nextAt: opening.changesAt,
    });
  return reasons;
}

/** Null: the file from the registry is there, and no older than it may be. */
function staleness({ registry, maxAgeDays, datedAt }: RegistryFact, now: Date): string | null {
  if (datedAt === null)
    return `No file of the registry ${registry} is in force, and without one this number may not be called.`;
  const age = (now.getTime() - datedAt.getTime()) / DAY_MS;
  if (age <= maxAgeDays) return null;
  return `The file of the registry ${registry} is ${Math.floor(age)} days old; it may be ${maxAgeDays} days old at most.`;
}

/** When the cap lets one more attempt through: null for now, else the instant at which the oldest that counts drops out. */
export function capFreeAt(cap: Cap, triedAt: readonly Date[], now: Date): Date | null {
  const within = triedAt.filter((at) => at.getTime() > now.getTime() - cap.windowMs);
  if (within.length < cap.max) return null;
  return new Date(within[within.length - cap.max]!.getTime() + cap.windowMs);
}
