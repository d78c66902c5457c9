import { Inject, Injectable, Logger } from '@nestjs/common';

import { CLOCK, type Clock } from '../common/clock.js';
import { Database, type Queryable } from '../database/database.js';
import { meetAll, profilesFor, ruleOf, type Place } from './effective-rule.js';
import { HolidayBook, type HolidayChange } from './holidays.js';
import { OverrideSeal, type SignedOverride } from './override-seal.js';
import { withCell, type LoadedProfile, fillFrom, type ProfileDocument } from './profile-document.js';
import type { EffectiveRule, OverrideMark, Purpose } from './profile.js';
import { ProfilesRepository } from './profiles.repository.js';
import { loadShippedProfiles, type ShippedProfiles } from './shipped-profiles.js';

/** What one organisation's calls rest on, as it was last read. */
interface OrganisationRules {
  stamp: number;
  uploaded: readonly ProfileDocument[];
  overrides: readonly SignedOverride[];
  holidays: HolidayBook;
  /** Until an override begins or ends: milliseconds since the epoch. */
  until: number;
  /** Rules by place and purpose, met since. */
  rules: Map<string, EffectiveRule>;
  profiles: { house: LoadedProfile; shipped: readonly LoadedProfile[]; uploaded: readonly LoadedProfile[] };
  /** Another one for each reading: what was compiled from an older one is no good. */
  generation: number;
}

/** Word of a change is also looked for this often, by whoever does not stand at the gate. */
const LOOK_AGAIN_MS = 20_000;

/** The profiles that hold, and what follows from them for a place and a purpose. */
@Injectable()
export class RulesService {
  private readonly log = new Logger(RulesService.name);
  private readonly byOrganisation = new Map<number, OrganisationRules>();
  private readonly lookedAt = new Map<number, number>();
  private shippedProfiles: ShippedProfiles | null = null;
  private generations = 0;

  constructor(
    private readonly database: Database,
    private readonly repository: ProfilesRepository,
    private readonly seal: OverrideSeal,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** Read from the files once. Throws what is wrong with a file, since nobody may be called by half of the law. */
  get shipped(): ShippedProfiles {
    return (this.shippedProfiles ??= loadShippedProfiles());
  }

  /** What holds for calls there, as far as this process knows. */
  ruleFor(place: Place, purpose: Purpose, organisationId: number): EffectiveRule {
    const known = this.known(organisationId);
    const key = `${purpose}/${place.country}/${place.regions.join()}`;
    let rule = known.rules.get(key);
    if (!rule) {
      const now = this.clock.now();
      const profiles = profilesFor(known.profiles, place, purpose);
      rule = meetAll(profiles.map((profile) => ruleOf(profile, marksOf(known.overrides, profile.code, now))));
      known.rules.set(key, rule);
    }
    return rule;
  }

  /** The profiles that `ruleFor` meets. */
  profilesFor(place: Place, purpose: Purpose, organisationId: number): LoadedProfile[] {
    return profilesFor(this.known(organisationId).profiles, place, purpose);
  }

  /** The holidays of an organisation's calendar. */
  holidaysOf(organisationId: number): HolidayBook {
    return this.known(organisationId).holidays;
  }

  /** Changes whenever what was read before is out of date. */
  generationOf(organisationId: number): number {
    return this.known(organisationId).generation;
  }

  /** Stamp of what this process knows; 0 for nothing but what is shipped. */
  stampOf(organisationId: number): number {
    return this.byOrganisation.get(organisationId)?.stamp ?? 0;
  }

  /** Read the rules anew unless they are those of the stamp, or of a later one. */
  async refresh(on: Queryable, organisationId: number, stamp: number): Promise<void> {
    const known = this.byOrganisation.get(organisationId);
    if (known && known.stamp >= stamp) return;
    await this.read(on, organisationId);
  }

  /** Learn of changes now and then, where no gate asks. */
  async lookNowAndThen(organisationId: number): Promise<void> {
    const now = this.clock.now().getTime();
    if (now - (this.lookedAt.get(organisationId) ?? -Infinity) < LOOK_AGAIN_MS) return;
    this.lookedAt.set(organisationId, now);
    await this.refresh(this.database, organisationId, await this.repository.readStamp(this.database, organisationId));
  }

  /** Look again the next time that anybody asks: something was changed. */
  expectChange(organisationId: number): void {
    this.lookedAt.delete(organisationId);
  }

  private known(organisationId: number): OrganisationRules {
    const known = this.byOrganisation.get(organisationId);
    if (!known) return this.compile(organisationId, 0, [], [], []);
    if (this.clock.now().getTime() < known.until) return known;
    // An override has begun or ended.
    return this.compile(organisationId, known.stamp, known.uploaded, known.overrides, known.holidays.changes);
  }

  private async read(on: Queryable, organisationId: number): Promise<void> {
    // The stamp first: what comes in between is read again.
    const stamp = await this.repository.readStamp(on, organisationId);
    const uploaded = await this.repository.listCurrentDocuments(on, organisationId);
    const overrides = await this.repository.listOverrides(on, organisationId);
    const holidays = await this.repository.listHolidayChanges(on, organisationId);
    const signed = overrides.filter((override) => {
      if (override.revokedAt !== null) return false;
      if (this.seal.isGenuine(override)) return true;
      this.log.error(`Override ${override.id} does not bear our signature: it does not bind`);
      return false;
    });
    this.compile(organisationId, stamp, uploaded, signed, holidays);
  }

  private compile(
    organisationId: number,
    stamp: number,
    uploaded: readonly ProfileDocument[],
    overrides: readonly SignedOverride[],
    changes: readonly HolidayChange[],
  ): OrganisationRules {
    const now = this.clock.now();
    const { house, documents } = this.shipped;
    const load = (document: ProfileDocument) =>
      overrides
        .filter(({ profile, validFrom, validTo }) => profile === document.code && validFrom <= now && now < validTo)
        .reduce((changed, { cell, value }) => withCell(changed, cell, value), document);
    const filled = (document: ProfileDocument) => fillFrom(house, load(document));
    const boundaries = overrides
      .flatMap(({ validFrom, validTo }) => [validFrom.getTime(), validTo.getTime()])
      .filter((at) => at > now.getTime());
    const made: OrganisationRules = {
      stamp,
      uploaded,
      overrides,
      holidays: new HolidayBook(changes),
      until: Math.min(Infinity, ...boundaries),
      rules: new Map(),
      profiles: { house: filled(house), shipped: documents.map(filled), uploaded: uploaded.map(filled) },
      generation: ++this.generations,
    };
    this.byOrganisation.set(organisationId, made);
    return made;
  }
}

function marksOf(overrides: readonly SignedOverride[], code: string, now: Date): OverrideMark[] {
  return overrides
    .filter(({ profile, validFrom, validTo }) => profile === code && validFrom <= now && now < validTo)
    .map(({ id, profile, cell, opinion, validTo }) => ({ id, profile, cell, opinion, validTo }));
}
