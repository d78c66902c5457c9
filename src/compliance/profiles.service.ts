import { Inject, Injectable } from '@nestjs/common';

import { AuditTrailService, type AuditState } from '../audit/audit-trail.service.js';
import { CLOCK, type Clock } from '../common/clock.js';
import { notFound, Problem } from '../common/problem.js';
import { Database, type Tx } from '../database/database.js';
import { isPhoneCountry } from '../leads/phone-number.js';
import type { Place } from './effective-rule.js';
import type { Holiday, HolidayChange } from './holidays.js';
import { OverrideSeal } from './override-seal.js';
import {
  cellFault,
  fillFrom,
  isCellName,
  readProfile,
  type CellName,
  type LoadedProfile,
  type ProfileDocument,
} from './profile-document.js';
import type { EffectiveRule, Purpose } from './profile.js';
import {
  ProfilesRepository,
  type HolidayChangeRow,
  type OverrideRow,
  type ProfileVersionRow,
} from './profiles.repository.js';
import { RulesService } from './rules.service.js';

/** Who changes the rules. */
interface Actor {
  organisationId: number;
  userId: number | null;
}

/** A profile that holds, and where it is from. */
export interface ProfileInForce {
  profile: LoadedProfile;
  origin: 'house' | 'shipped' | 'uploaded';
}

/** A version of an uploaded profile. */
export type ProfileVersion = Omit<ProfileVersionRow, 'document'> & { isCurrent: boolean };

/** What holds in a place, and of which profiles it is made. */
export interface RuleInForce {
  rule: EffectiveRule;
  profiles: readonly LoadedProfile[];
}

export interface NewOverride {
  profile: string;
  cell: string;
  value: unknown;
  opinion: string;
  /** Left out: at once. */
  validFrom?: Date;
  validTo: Date;
}

/** An opinion is asked for anew each year. */
const LONGEST_OVERRIDE_DAYS = 366;
const DAY_MS = 86_400_000;
/** Faults that an answer names. */
const NAMED_FAULTS = 20;

/** The rules of calling, as people see and change them. Each change binds the next gate. */
@Injectable()
export class ProfilesService {
  constructor(
    private readonly database: Database,
    private readonly repository: ProfilesRepository,
    private readonly audit: AuditTrailService,
    private readonly rules: RulesService,
    private readonly seal: OverrideSeal,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** All that hold: the house's first, the shipped ones, the organisation's own. */
  async listProfiles(organisationId: number): Promise<ProfileInForce[]> {
    const { house, documents } = this.rules.shipped;
    const own = await this.repository.listCurrentDocuments(this.database, organisationId);
    const load = (origin: ProfileInForce['origin']) => (document: ProfileDocument) => ({
      profile: fillFrom(house, document),
      origin,
    });
    return [load('house')(house), ...documents.map(load('shipped')), ...own.map(load('uploaded'))];
  }

  /** Versions that were uploaded, newest first, also those that bind no more. */
  async listVersions(organisationId: number): Promise<ProfileVersion[]> {
    const rows = await this.repository.listVersions(organisationId);
    const newest = new Set<string>();
    return rows.map(({ document: _, ...row }) => {
      const isCurrent = row.retiredAt === null && !newest.has(row.code);
      if (row.retiredAt === null) newest.add(row.code);
      return { ...row, isCurrent };
    });
  }

  /** Throws country_unknown (422). */
  async getRule(organisationId: number, place: Place, purpose: Purpose): Promise<RuleInForce> {
    checkCountry(place.country);
    await this.readNow(organisationId);
    return {
      rule: this.rules.ruleFor(place, purpose, organisationId),
      profiles: this.rules.profilesFor(place, purpose, organisationId),
    };
  }

  /**
   * A new profile of the organisation's own, or a new version of one. It is met with what holds without it, so that it
   * only ever narrows. Throws profile_invalid (422, with every fault), profile_code_taken and profile_version_taken (409).
   */
  async upload(actor: Actor, json: unknown): Promise<ProfileInForce> {
    const reading = readProfile(json);
    if (!reading.ok) {
      const [first] = reading.faults;
      throw new Problem('profile_invalid', 422, `The profile can’t be read: ${first!.path}: ${first!.message}`, {
        field: first!.path,
        fix: 'Mend what is named and upload it again.',
        more: { faults: reading.faults.slice(0, NAMED_FAULTS) },
      });
    }
    const { profile } = reading;
    const { house, documents } = this.rules.shipped;
    if ([house, ...documents].some(({ code }) => code === profile.code))
      throw new Problem('profile_code_taken', 409, `${profile.code} is the code of a profile that is shipped.`, {
        field: 'code',
        fix: 'Give yours a code of its own: both will hold.',
      });
    const at = this.clock.now();
    const { organisationId, userId } = actor;
    await this.change(actor, async (tx) => {
      const id = await this.repository.insertVersion(tx, {
        ...{ organisationId, profile, document: json, createdBy: userId, at },
      });
      if (id === null)
        throw new Problem('profile_version_taken', 409, `There is a version ${profile.version} of it already.`, {
          field: 'version',
          fix: 'A version is never changed: give the new one another name.',
        });
      const { code, version, hash } = profile;
      await this.record(tx, actor, 'profile_uploaded', 'profile', id, null, { code, version, hash });
    });
    return { profile: fillFrom(house, profile), origin: 'uploaded' };
  }

  /** The organisation's own profile holds no more. Throws profile_not_found (404). */
  async retire(actor: Actor, code: string, reason: string): Promise<void> {
    const at = this.clock.now();
    await this.change(actor, async (tx) => {
      const rows = await this.repository.listVersions(actor.organisationId, tx);
      const current = rows.find((row) => row.code === code && row.retiredAt === null);
      if (!current) throw notFound('profile', code);
      await this.repository.retireVersions(tx, actor.organisationId, code, at);
      const { version, hash } = current;
      await this.record(tx, actor, 'profile_retired', 'profile', current.id, { code, version, hash }, { reason });
    });
  }

  /** Newest first, also those that are over. */
  async listOverrides(organisationId: number): Promise<(OverrideRow & { isGenuine: boolean })[]> {
    const rows = await this.repository.listOverrides(this.database, organisationId);
    return rows.map((row) => ({ ...row, isGenuine: this.seal.isGenuine(row) })).reverse();
  }

  /**
   * Replace a cell of a profile for a while. Throws profile_not_found (404), cell_unknown, override_value_invalid,
   * override_term_invalid and override_opinion_missing (422).
   */
  async override(actor: Actor, input: NewOverride): Promise<number> {
    const { organisationId, userId } = actor;
    const at = this.clock.now();
    const known = await this.listProfiles(organisationId);
    if (!known.some(({ profile }) => profile.code === input.profile)) throw notFound('profile', input.profile);
    const cell = checkedCell(input);
    const opinion = input.opinion.trim();
    if (opinion.length < 10)
      throw new Problem('override_opinion_missing', 422, 'An override names the legal opinion that it rests on.', {
        field: 'opinion',
        fix: 'Say who gave it, when, and where it is kept.',
      });
    const validFrom = input.validFrom ?? at;
    const { validTo } = input;
    if (
      validTo <= at ||
      validTo <= validFrom ||
      validTo.getTime() - validFrom.getTime() > LONGEST_OVERRIDE_DAYS * DAY_MS
    )
      throw new Problem('override_term_invalid', 422, 'An override ends, in a year at the latest.', {
        field: 'validTo',
        fix: `Choose an end that is to come, at most ${LONGEST_OVERRIDE_DAYS} days after its beginning.`,
      });
    const content = { organisationId, profile: input.profile, cell, value: input.value, opinion, validFrom, validTo };
    return this.change(actor, async (tx) => {
      const signature = this.seal.sign(content);
      const id = await this.repository.insertOverride(tx, { ...content, signature, createdBy: userId, at });
      const after = { profile: input.profile, cell, value: input.value, opinion, validFrom, validTo };
      await this.record(tx, actor, 'rule_overridden', 'rule_override', id, null, after);
      return id;
    });
  }

  /** End an override before its time. Throws rule_override_not_found (404). */
  async revokeOverride(actor: Actor, id: number): Promise<void> {
    const at = this.clock.now();
    await this.change(actor, async (tx) => {
      const revoked = await this.repository.revokeOverride(tx, actor.organisationId, id, actor.userId, at);
      if (!revoked) throw notFound('rule_override', id);
      await this.record(tx, actor, 'rule_override_revoked', 'rule_override', id, null, null);
    });
  }

  /** Public holidays of a year, with what the organisation changed. Throws country_unknown (422). */
  async listHolidays(organisationId: number, place: Place, year: number): Promise<Holiday[]> {
    checkCountry(place.country);
    await this.readNow(organisationId);
    return this.rules.holidaysOf(organisationId).listHolidays(place, year);
  }

  listHolidayChanges(organisationId: number): Promise<HolidayChangeRow[]> {
    return this.repository.listHolidayChanges(this.database, organisationId);
  }

  /** Further holidays, and holidays that are worked. Throws country_unknown, holiday_region_invalid, holiday_day_twice (422). */
  async putHolidayChanges(actor: Actor, changes: readonly HolidayChange[]): Promise<void> {
    const { organisationId, userId } = actor;
    const seen = new Set<string>();
    for (const [place, { country, region, day }] of changes.entries()) {
      checkCountry(country, `changes.${place}.country`);
      if (region !== '' && !region.startsWith(`${country}-`))
        throw new Problem('holiday_region_invalid', 422, `${region} lies outside ${country}.`, {
          field: `changes.${place}.region`,
        });
      const key = `${country}/${region}/${day}`;
      if (seen.has(key))
        throw new Problem('holiday_day_twice', 422, `${day} is there twice for ${region || country}.`, {
          field: `changes.${place}.day`,
        });
      seen.add(key);
    }
    const at = this.clock.now();
    await this.change(actor, async (tx) => {
      await this.repository.putHolidayChanges(tx, { organisationId, changes, createdBy: userId, at });
      await this.record(tx, actor, 'holidays_changed', 'holidays', organisationId, null, { changes });
    });
  }

  /** Throws holiday_change_not_found (404). */
  async deleteHolidayChange(actor: Actor, place: { country: string; region: string; day: string }): Promise<void> {
    await this.change(actor, async (tx) => {
      if (!(await this.repository.deleteHolidayChange(tx, actor.organisationId, place)))
        throw notFound('holiday_change', `${place.region || place.country} ${place.day}`);
      await this.record(tx, actor, 'holiday_change_deleted', 'holidays', actor.organisationId, place, null);
    });
  }

  private async readNow(organisationId: number): Promise<void> {
    this.rules.expectChange(organisationId);
    await this.rules.lookNowAndThen(organisationId);
  }

  /** A change and the new stamp together: the next gate reads the rules anew. */
  private async change<T>({ organisationId }: Actor, work: (tx: Tx) => Promise<T>): Promise<T> {
    return this.database.transaction(async (tx) => {
      const done = await work(tx);
      await this.repository.raiseStamp(tx, organisationId);
      tx.afterCommit(() => this.rules.expectChange(organisationId));
      return done;
    });
  }

  private record(
    tx: Tx,
    { organisationId, userId }: Actor,
    action: string,
    kind: string,
    id: number,
    before: AuditState | null,
    after: AuditState | null,
  ): Promise<void> {
    const at = this.clock.now();
    return this.audit.note(tx, { organisationId, userId, action, subject: { kind, id }, before, after, at });
  }
}

function checkedCell({ cell, value }: NewOverride): CellName {
  if (!isCellName(cell))
    throw new Problem('cell_unknown', 422, `A profile has no rule ${cell}.`, {
      field: 'cell',
      fix: 'Give its place in the profile, such as dialing.modes.',
    });
  const wrong = cellFault(cell, value);
  if (wrong !== null) throw new Problem('override_value_invalid', 422, wrong, { field: 'value' });
  return cell;
}

function checkCountry(country: string, field = 'country'): void {
  if (isPhoneCountry(country)) return;
  throw new Problem('country_unknown', 422, `${country} is no country that has phone numbers.`, {
    field,
    fix: 'Give the two letters of ISO 3166-1, such as FR or VN.',
  });
}
