import { Injectable } from '@nestjs/common';

import type { Queryable } from '../database/database.js';
import {
  ComplianceRepository,
  type AskedEntry,
  type CampaignSettings,
  type DialFactsRow,
} from './compliance.repository.js';
import { ComplianceService } from './compliance.service.js';
import type { StoredConsent } from './consent.js';
import type { DialFacts, Tried } from './decision.js';
import { hoursOf } from './phone-kinds.js';
import type { CapRule, EffectiveRule } from './profile.js';

/** A campaign as the gate obeys it. */
export type CampaignFacts = CampaignSettings & Pick<DialFactsRow, 'fence' | 'lease_until' | 'lines_in_use' | 'stamp'>;

/** Facts of a campaign and of some phones, as they were read together. */
export interface ReadFacts {
  campaign: CampaignFacts;
  /** By lead. */
  rows: ReadonlyMap<number, DialFactsRow>;
}

/** A phone that may be dialled, as far as the facts depend on it. */
export interface DialledPhone {
  bucketId: number;
  country: string;
  lineType: string;
  matchHash: Buffer;
  /** Attempts at the lead in this campaign so far. */
  attempts: number;
}

/** What only the gate knows. */
export interface GateKnowledge {
  /** When the person asked for this call; null: nobody did. */
  promisedAt: number | null;
  /** Consents by number, of those whose rule asks for one. */
  ledgers: ReadonlyMap<string, readonly StoredConsent[]>;
  leaseHeld: boolean;
  clockSafe: boolean;
  spending: DialFacts['spending'] | null;
}

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** Cool-downs and days of the calendar end within this of their hours. */
const SLACK_MS = 2 * DAY_MS;

/** Everything that a decision rests on: read by the gate under its locks, or to explain. */
@Injectable()
export class DialFactsService {
  /** Campaigns' settings and their versions, so that they need not be sent each time. */
  private readonly settings = new Map<number, { version: string; settings: CampaignSettings }>();

  constructor(
    private readonly repository: ComplianceRepository,
    private readonly compliance: ComplianceService,
  ) {}

  /** Of the entries that this transaction has just claimed, or of those given. Null: no campaign, or no entries. */
  async read(
    on: Queryable,
    campaignId: number,
    at: Date,
    entries: readonly AskedEntry[] | null,
  ): Promise<ReadFacts | null> {
    const rows = await this.repository.readDialFacts(on, campaignId, at, entries);
    const first = rows[0];
    if (!first) return null;
    const { version, fence, lease_until, lines_in_use, stamp } = first;
    let known = this.settings.get(campaignId);
    if (known?.version !== version) {
      known = { version, settings: await this.repository.readCampaignSettings(on, campaignId) };
      this.settings.set(campaignId, known);
    }
    return {
      campaign: { ...known.settings, fence, lease_until, lines_in_use, stamp },
      rows: new Map(rows.map((row) => [row.lead_id, row])),
    };
  }

  /** What the persons have agreed to, where the rule asks for it. Under the phones' locks. */
  async readLedgers(
    on: Queryable,
    { organisation_id: organisationId, purpose }: CampaignFacts,
    phones: readonly Pick<DialledPhone, 'bucketId' | 'matchHash'>[],
  ): Promise<GateKnowledge['ledgers']> {
    const asked: Buffer[] = [];
    for (const { bucketId, matchHash } of phones)
      if ((await this.compliance.ruleOf(bucketId, purpose, organisationId)).consent !== 'none') asked.push(matchHash);
    if (asked.length === 0) return new Map();
    const ledgers = await this.repository.readConsents(on, organisationId, asked);
    return new Map(asked.map((hash, place) => [hashKey(hash), ledgers[place]!]));
  }

  /** When promises were given, by their ids. */
  readPromises(on: Queryable, callbackIds: readonly number[]): Promise<Map<number, number>> {
    return this.repository.readPromises(on, callbackIds);
  }

  /** Have the rules read that the facts speak of: a change of them binds the decision at hand. */
  async obeyNewRules(on: Queryable, { campaign }: ReadFacts): Promise<void> {
    await this.compliance.refreshRules(on, campaign.organisation_id, campaign.stamp ?? 0);
  }

  /** The facts of one phone, without what its rule does not ask for. */
  async compose(
    campaign: CampaignFacts,
    row: DialFactsRow,
    campaignId: number,
    phone: DialledPhone,
    known: GateKnowledge,
    at: Date,
  ): Promise<DialFacts> {
    const { purpose, organisation_id: organisationId } = campaign;
    const rule = await this.compliance.ruleOf(phone.bucketId, purpose, organisationId);
    const hours = hoursOf(campaign.hours, campaign.phone_kinds, phone.lineType);
    const open = await this.compliance.openIntervalsOf(phone.bucketId, hours, purpose, organisationId);
    const next = open.find((interval) => interval.end > at.getTime());
    const caps: CapRule[] = [
      ...rule.caps,
      { key: 'phone', count: 'attempts', max: campaign.max_attempts_per_day, window: { hours: 24 } },
    ];
    const byDays = caps.some((cap) => 'days' in cap.window);
    return {
      ...rulesCited(rule, campaign.stamp ?? 0),
      campaign: {
        state: campaign.state,
        mode: campaign.mode,
        maxAttempts: campaign.max_attempts,
        maxLines: campaign.max_lines,
        linesInUse: campaign.lines_in_use,
        leaseHeld: known.leaseHeld,
      },
      ...(known.spending && { spending: known.spending }),
      ...(!(rule.modes as readonly string[]).includes(campaign.mode) && { modes: rule.modes }),
      ...(asksForNumber(rule) && {
        callerId: {
          number: campaign.caller_id,
          country: phone.country,
          rule: rule.callerId,
          known: campaign.caller,
        },
      }),
      attempts: phone.attempts,
      promisedAt: known.promisedAt,
      suppressions: row.suppressions.map(({ list, ...ban }) => (list === null ? ban : { ...ban, list })),
      live: row.live,
      tried: row.tried.filter(isWithin(caps, rule, campaign, at)).sort(([a], [b]) => a - b),
      caps,
      ...(byDays && { zones: (await this.compliance.getBucket(phone.bucketId)).zones }),
      ...(rule.coolDowns.length > 0 && { coolDowns: rule.coolDowns }),
      ...(rule.coolDowns.some(({ after }) => after === 'refusal') && { declinedAt: row.declined_at }),
      ...(campaign.cool_down_days > 0 && { sparedDays: campaign.cool_down_days, refusedAt: row.refused_at }),
      redialAfterHours: rule.abandon.redialAfterHours,
      householdPauseHours: campaign.household_pause_hours,
      ...(rule.consent !== 'none' && {
        consent: {
          form: rule.consent,
          maxAgeDays: rule.consentMaxAgeDays,
          campaignId,
          purpose,
          ledger: known.ledgers.get(hashKey(phone.matchHash))!,
        },
      }),
      registries: rule.registries.map((registry) => ({
        ...registry,
        datedAt: campaign.registries[registry.registry] ?? null,
      })),
      open: next ? [next] : [],
      clockSafe: known.clockSafe,
    };
  }
}

function hashKey(hash: Buffer): string {
  return hash.toString('latin1');
}

function rulesCited(
  { profiles, overrides }: EffectiveRule,
  stamp: number,
): Pick<DialFacts, 'profiles' | 'overrides' | 'stamp'> {
  return {
    profiles: profiles.map(({ code, version, hash }) => `${code}@${version}${hash && `#${hash.slice(0, 12)}`}`),
    ...(overrides.length > 0 && { overrides: overrides.map(({ id }) => id) }),
    stamp,
  };
}

function asksForNumber({ callerId }: EffectiveRule): boolean {
  return callerId.required || !callerId.mobileAllowed || callerId.prefixes !== null || callerId.registered;
}

/** Attempts that some rule may still count. */
function isWithin(caps: readonly CapRule[], rule: EffectiveRule, campaign: CampaignFacts, at: Date) {
  const windows = caps.map(({ window }) => ('hours' in window ? window.hours : window.days * 24));
  const pauses = [rule.abandon.redialAfterHours, campaign.household_pause_hours];
  const hours = Math.max(...windows, ...pauses, ...rule.coolDowns.map((coolDown) => coolDown.hours));
  const since = at.getTime() - hours * HOUR_MS - SLACK_MS;
  return ([, overAt]: Tried) => overAt > since;
}
