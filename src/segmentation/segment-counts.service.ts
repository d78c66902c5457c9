import { Inject, Injectable } from '@nestjs/common';

import { CLOCK, type Clock } from '../common/clock.js';
import { Problem } from '../common/problem.js';
import { ComplianceService } from '../compliance/compliance.service.js';
import type { Purpose } from '../compliance/profile.js';
import { Database, type Tx } from '../database/database.js';
import { maskPhone } from '../leads/phone-number.js';
import { burnDown, type BurnDown, type BurnDownInput } from './burn-down.js';
import {
  SegmentCountsRepository,
  type CountCompiler,
  type CountryCap,
  type CountryConsent,
  type FunnelRow,
  type OverlapRow,
} from './segment-counts.repository.js';
import { readRule, SegmentsService } from './segments.service.js';

export interface LeadCount {
  count: number;
  /** False: reckoned from a share of the leads. */
  exact: boolean;
  elapsedMs: number;
}

export interface SampledLead {
  id: number;
  name: string | null;
  maskedPhone: string;
  region: string | null;
  attributes: Record<string, unknown>;
}

export interface BurnDownQuestion {
  /** Leads to call; or the rule that says which. */
  count?: number;
  rule?: unknown;
  operators: number;
  /** Left out: as measured so far. */
  contactRate?: number;
  hoursPerDay?: number;
}

export interface BurnDownAnswer extends Pick<BurnDown, 'days' | 'perDay'> {
  leads: number;
  /** What it was reckoned with, and where the contact rate is from. */
  assumptions: Omit<BurnDownInput, 'leads' | 'operators'> &
    Pick<BurnDown, 'attemptsPerLead' | 'reachRate'> & { contactRateFrom: 'given' | 'measured' | 'assumed' };
}

const DAY_MS = 24 * 3_600_000;
const SAMPLE_SIZE = 10;
/** An exact count that takes longer is given up. */
const COUNT_TIMEOUT_MS = 8_000;
const FUNNEL_TIMEOUT_MS = 25_000;
/** Leads looked at for an estimate; of no more than these times five, all are. */
const ESTIMATED_FROM = 10_000;
/** Dials before a measured contact rate says more than a guess. */
const MEASURED_FROM = 500;
const USUAL = {
  contactRate: 0.3,
  hoursPerDay: 6,
  maxAttempts: 5,
  maxAttemptsPerDay: 2,
  handleSeconds: 180,
  ringSeconds: 25,
  linesPerOperator: 1,
};

/** How many leads fit a rule, why some of them can't be called, and how long calling the others takes. */
@Injectable()
export class SegmentCountsService {
  constructor(
    private readonly database: Database,
    private readonly counts: SegmentCountsRepository,
    private readonly segments: SegmentsService,
    private readonly compliance: ComplianceService,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** How many leads fit: exactly, unless that takes too long. Throws rule_invalid and the like (422). */
  async count(organisationId: number, rule: unknown): Promise<LeadCount> {
    const startedAt = this.clock.now();
    const compile = await this.compilerOf(organisationId, rule);
    try {
      const count = await this.look(compile, COUNT_TIMEOUT_MS, (tx) => this.counts.countLeads(compile, tx));
      return { count, exact: true, elapsedMs: this.clock.now().getTime() - startedAt.getTime() };
    } catch (error) {
      if (!wasCancelled(error)) throw error;
      return this.estimate(organisationId, rule, startedAt);
    }
  }

  /**
   * The same at once: exact where leads are few, else reckoned from some of them. Throws rule_invalid and the like
   * (422), and count_timeout (503).
   */
  async estimate(organisationId: number, rule: unknown, startedAt = this.clock.now()): Promise<LeadCount> {
    const parsed = readRule(rule);
    const leads = await this.counts.estimateLeads();
    if (leads <= ESTIMATED_FROM * 5) {
      const compile = await this.segments.countCompilerFor(organisationId, parsed);
      const look = () => this.look(compile, COUNT_TIMEOUT_MS, (tx) => this.counts.countLeads(compile, tx));
      const count = await this.patiently(look);
      return { count, exact: true, elapsedMs: this.clock.now().getTime() - startedAt.getTime() };
    }
    const compile = await this.segments.compilerFor(organisationId, parsed);
    const { looked, matched } = await this.patiently(() =>
      this.database.transaction(async (tx) => {
        await this.counts.tune(tx, COUNT_TIMEOUT_MS);
        return this.counts.countSampled(organisationId, compile, ESTIMATED_FROM / leads, tx);
      }),
    );
    const count = looked === 0 ? 0 : Math.round((matched / looked) * leads);
    return { count, exact: false, elapsedMs: this.clock.now().getTime() - startedAt.getTime() };
  }

  /** The first ten that fit, phones masked. Throws rule_invalid and the like (422), and count_timeout (503). */
  async sample(organisationId: number, rule: unknown): Promise<SampledLead[]> {
    const compile = await this.compilerOf(organisationId, rule);
    const rows = await this.patiently(() =>
      this.look(compile, COUNT_TIMEOUT_MS, (tx) => this.counts.sampleLeads(compile, SAMPLE_SIZE, tx)),
    );
    return rows.map(({ country, lastDigits, ...lead }) => ({
      ...lead,
      maskedPhone: country && lastDigits ? maskPhone(country, lastDigits) : '',
    }));
  }

  /**
   * Of those who fit, whom something keeps from being called now; each is counted once, by the first of these that holds:
   * suppressed (all numbers are), noConsent (where the profile asks for it), noPhone, capped (the numbers that are left were
   * tried as often as is allowed), inOtherCampaign (waits on the list of another that calls or soon will). What is left is
   * callable: so the numbers sum to `matched`. `campaignId`: as seen from this campaign. Throws rule_invalid and the like
   * (422), and count_timeout (503).
   */
  async funnel(organisationId: number, rule: unknown, campaignId: number | null = null): Promise<FunnelRow> {
    const compile = await this.compilerOf(organisationId, rule);
    const now = this.clock.now();
    const countries = await this.counts.listCountries();
    const purpose = (campaignId !== null && (await this.counts.findPurpose(campaignId))) || 'sales';
    const consents = this.consentsOf(countries, purpose, now);
    const caps = this.capsOf(countries);
    const question = { organisationId, campaignId, now, caps, purpose, consents };
    return this.patiently(() =>
      this.look(compile, FUNNEL_TIMEOUT_MS, (tx) => this.counts.readFunnel(question, compile, tx)),
    );
  }

  /**
   * Campaigns that call, or soon will, with how many of those who fit wait on their lists, most first. Throws rule_invalid
   * and the like (422), and count_timeout (503).
   */
  async overlap(organisationId: number, rule: unknown): Promise<OverlapRow[]> {
    const compile = await this.compilerOf(organisationId, rule);
    return this.patiently(() =>
      this.look(compile, FUNNEL_TIMEOUT_MS, (tx) => this.counts.listOverlaps(organisationId, compile, tx)),
    );
  }

  /** How long it takes to call them all. Throws burn_down_unclear (422) when neither count nor rule is given. */
  async burnDown(organisationId: number, question: BurnDownQuestion): Promise<BurnDownAnswer> {
    const leads = await this.leadsOf(organisationId, question);
    const { contactRate, contactRateFrom } = await this.contactRateOf(organisationId, question.contactRate);
    const input = { ...USUAL, contactRate, hoursPerDay: question.hoursPerDay ?? USUAL.hoursPerDay };
    const { days, perDay, attemptsPerLead, reachRate } = burnDown({ ...input, leads, operators: question.operators });
    return { leads, days, perDay, assumptions: { ...input, attemptsPerLead, reachRate, contactRateFrom } };
  }

  private async leadsOf(organisationId: number, { count, rule }: BurnDownQuestion): Promise<number> {
    if (count !== undefined) return count;
    if (rule !== undefined) return (await this.count(organisationId, rule)).count;
    throw new Problem('burn_down_unclear', 422, 'Say how many leads are to be called, or by which rule.', {
      field: 'count',
    });
  }

  private async contactRateOf(
    organisationId: number,
    given: number | undefined,
  ): Promise<{ contactRate: number; contactRateFrom: 'given' | 'measured' | 'assumed' }> {
    if (given !== undefined) return { contactRate: given, contactRateFrom: 'given' };
    const { attempts, contacts } = await this.counts.readContacts(organisationId, this.database);
    if (attempts < MEASURED_FROM || contacts === 0)
      return { contactRate: USUAL.contactRate, contactRateFrom: 'assumed' };
    return { contactRate: contacts / attempts, contactRateFrom: 'measured' };
  }

  /** Countries with the same caps are named together. */
  private capsOf(countries: readonly string[]): CountryCap[] {
    const caps = new Map<string, { countries: string[]; max: number; windowMs: number }>();
    for (const country of countries)
      for (const { max, windowMs } of this.compliance.profileOf(country).caps) {
        const key = `${max}/${windowMs}`;
        if (!caps.has(key)) caps.set(key, { countries: [], max, windowMs });
        caps.get(key)!.countries.push(country);
      }
    return [...caps.values()];
  }

  /** Countries that ask for consent, by what is known of no more than the country. */
  private consentsOf(countries: readonly string[], purpose: Purpose, now: Date): CountryConsent[] {
    return countries.flatMap((country) => {
      const { consent, consentMaxAgeDays } = this.compliance.ruleFor({ country, regions: [] }, purpose);
      if (consent === 'none') return [];
      const since = new Date(consentMaxAgeDays === null ? 0 : now.getTime() - consentMaxAgeDays * DAY_MS);
      return [{ country, written: consent === 'written', since }];
    });
  }

  private compilerOf(organisationId: number, rule: unknown): Promise<CountCompiler> {
    return this.segments.countCompilerFor(organisationId, readRule(rule));
  }

  /** One look at many leads, which ends when it takes too long. */
  private look<T>(compile: CountCompiler, timeoutMs: number, work: (tx: Tx) => Promise<T>): Promise<T> {
    return this.database.transaction(async (tx) => {
      const { ruledOut, difference } = compile(1);
      await this.counts.tune(tx, timeoutMs, difference ? null : ruledOut);
      return work(tx);
    });
  }

  private async patiently<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      if (!wasCancelled(error)) throw error;
      throw new Problem('count_timeout', 503, 'Looking at all the leads took too long and was given up.', {
        fix: 'Try again when less is going on, or narrow the rule by a base.',
      });
    }
  }
}

/** The database's own code for a statement that was cancelled, also by its timeout. */
const QUERY_CANCELED = '57014';

function wasCancelled(error: unknown): boolean {
  const cause = (error as { driverError?: unknown }).driverError ?? error;
  return (cause as { code?: unknown }).code === QUERY_CANCELED;
}
