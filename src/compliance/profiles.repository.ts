import { Injectable } from '@nestjs/common';

import { Database, type Queryable } from '../database/database.js';
import { statement } from '../database/statement.js';
import type { HolidayChange } from './holidays.js';
import type { SignedOverride } from './override-seal.js';
import { readProfile, type CellName, type ProfileDocument } from './profile-document.js';

export interface ProfileVersionRow {
  id: number;
  code: string;
  version: string;
  /** Hexadecimal. */
  hash: string;
  document: unknown;
  createdBy: string | null;
  createdAt: Date;
  retiredAt: Date | null;
}

export interface OverrideRow extends SignedOverride {
  createdBy: string | null;
  createdAt: Date;
  revokedAt: Date | null;
}

export interface HolidayChangeRow extends HolidayChange {
  createdBy: string | null;
  createdAt: Date;
}

@Injectable()
export class ProfilesRepository {
  constructor(private readonly database: Database) {}

  /** 1 until something is changed. */
  async readStamp(on: Queryable, organisationId: number): Promise<number> {
    const [row] = await on.query<{ stamp: number }>(READ_STAMP, [organisationId]);
    return row?.stamp ?? 1;
  }

  /** In the transaction of each change, last: those who change at once wait for each other here. */
  async raiseStamp(on: Queryable, organisationId: number): Promise<void> {
    await on.query(RAISE_STAMP, [organisationId]);
  }

  /** The newest version of each code that binds. */
  async listCurrentDocuments(on: Queryable, organisationId: number): Promise<ProfileDocument[]> {
    const rows = await on.query<{ id: number; document: unknown; hash: string }>(LIST_CURRENT, [organisationId]);
    return rows.map(({ id, document, hash }) => {
      const reading = readProfile(document);
      // Nothing that holds may be left out in silence: calls wait until somebody has looked at it.
      if (!reading.ok) throw new Error(`The profile version ${id} can't be read: ${reading.faults[0]!.message}`);
      if (reading.profile.hash !== hash) throw new Error(`The profile version ${id} is not what was uploaded`);
      return reading.profile;
    });
  }

  /** Newest first, also those that bind no more. */
  listVersions(organisationId: number, on: Queryable = this.database): Promise<ProfileVersionRow[]> {
    return on.query<ProfileVersionRow>(LIST_VERSIONS, [organisationId]);
  }

  /** Null: there is such a version already. */
  async insertVersion(
    on: Queryable,
    p: { organisationId: number; profile: ProfileDocument; document: unknown; createdBy: number | null; at: Date },
  ): Promise<number | null> {
    const { code, version, hash } = p.profile;
    const values = [p.organisationId, code, version, hash, JSON.stringify(p.document), p.createdBy, p.at];
    const [row] = await on.query<{ id: number }>(INSERT_VERSION, values);
    return row?.id ?? null;
  }

  async retireVersions(on: Queryable, organisationId: number, code: string, at: Date): Promise<number> {
    return (await on.query(RETIRE_VERSIONS, [organisationId, code, at])).length;
  }

  /** Oldest first. */
  listOverrides(on: Queryable, organisationId: number): Promise<OverrideRow[]> {
    return on.query<OverrideRow>(LIST_OVERRIDES, [organisationId]);
  }

  async insertOverride(
    on: Queryable,
    p: Omit<SignedOverride, 'id'> & { createdBy: number | null; at: Date },
  ): Promise<number> {
    const [row] = await on.query<{ id: number }>(INSERT_OVERRIDE, [
      p.organisationId,
      p.profile,
      p.cell satisfies CellName,
      JSON.stringify(p.value),
      p.opinion,
      p.validFrom,
      p.validTo,
      p.signature,
      p.createdBy,
      p.at,
    ]);
    return row!.id;
  }

  /** False: there is none with this id that is in force or to come. */
  async revokeOverride(
    on: Queryable,
    organisationId: number,
    id: number,
    by: number | null,
    at: Date,
  ): Promise<boolean> {
    return (await on.query(REVOKE_OVERRIDE, [organisationId, id, by, at])).length > 0;
  }

  /** By country, region and day. */
  listHolidayChanges(on: Queryable, organisationId: number): Promise<HolidayChangeRow[]> {
    return on.query<HolidayChangeRow>(LIST_HOLIDAY_CHANGES, [organisationId]);
  }

  /** What is there for a day is replaced. */
  async putHolidayChanges(
    on: Queryable,
    p: { organisationId: number; changes: readonly HolidayChange[]; createdBy: number | null; at: Date },
  ): Promise<void> {
    await on.query(PUT_HOLIDAY_CHANGES, [p.organisationId, JSON.stringify(p.changes), p.createdBy, p.at]);
  }

  async deleteHolidayChange(
    on: Queryable,
    organisationId: number,
    place: { country: string; region: string; day: string },
  ): Promise<boolean> {
    const values = [organisationId, place.country, place.region, place.day];
    return (await on.query(DELETE_HOLIDAY_CHANGE, values)).length > 0;
  }
}

// Primary key.
const READ_STAMP = statement('profiles.read_stamp', `select stamp from rules_stamps where organisation_id = $1`);

const RAISE_STAMP = statement(
  'profiles.raise_stamp',
  `insert into rules_stamps (organisation_id, stamp) values ($1, 2)
   on conflict (organisation_id) do update set stamp = rules_stamps.stamp + 1`,
);

// The unique key (organisation_id, code, version); a few dozen rows.
const LIST_CURRENT = statement(
  'profiles.list_current',
  `select distinct on (code) id, document, encode(hash, 'hex') as hash from profile_versions
   where organisation_id = $1 and retired_at is null order by code, id desc`,
);

const LIST_VERSIONS = statement(
  'profiles.list_versions',
  `select p.id, p.code, p.version, encode(p.hash, 'hex') as hash, p.document, u.name as "createdBy",
     p.created_at as "createdAt", p.retired_at as "retiredAt"
   from profile_versions p left join users u on u.id = p.created_by
   where p.organisation_id = $1 order by p.id desc`,
);

const INSERT_VERSION = statement(
  'profiles.insert_version',
  `insert into profile_versions (organisation_id, code, version, hash, document, created_by, created_at)
   values ($1, $2, $3, decode($4, 'hex'), $5, $6, $7)
   on conflict (organisation_id, code, version) do nothing returning id`,
);

const RETIRE_VERSIONS = statement(
  'profiles.retire_versions',
  `update profile_versions set retired_at = $3 where organisation_id = $1 and code = $2 and retired_at is null
   returning id`,
);

// rule_overrides_organisation.
const LIST_OVERRIDES = statement(
  'profiles.list_overrides',
  `select o.id, o.organisation_id as "organisationId", o.profile, o.cell, o.value, o.opinion, o.valid_from as "validFrom",
     o.valid_to as "validTo", o.signature, u.name as "createdBy", o.created_at as "createdAt", o.revoked_at as "revokedAt"
   from rule_overrides o left join users u on u.id = o.created_by
   where o.organisation_id = $1 order by o.id`,
);

const INSERT_OVERRIDE = statement(
  'profiles.insert_override',
  `insert into rule_overrides
     (organisation_id, profile, cell, value, opinion, valid_from, valid_to, signature, created_by, created_at)
   values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) returning id`,
);

const REVOKE_OVERRIDE = statement(
  'profiles.revoke_override',
  `update rule_overrides set revoked_at = $4, revoked_by = $3
   where organisation_id = $1 and id = $2 and revoked_at is null and valid_to > $4 returning id`,
);

// Primary key.
const LIST_HOLIDAY_CHANGES = statement(
  'profiles.list_holiday_changes',
  `select h.country, h.region, to_char(h.day, 'YYYY-MM-DD') as day, h.kind, h.name, u.name as "createdBy",
     h.created_at as "createdAt"
   from holiday_changes h left join users u on u.id = h.created_by
   where h.organisation_id = $1 order by h.country, h.region, h.day`,
);

const PUT_HOLIDAY_CHANGES = statement(
  'profiles.put_holiday_changes',
  `insert into holiday_changes (organisation_id, country, region, day, kind, name, created_by, created_at)
   select $1, c.country, c.region, c.day, c.kind, c.name, $3, $4
   from jsonb_to_recordset($2::jsonb) as c(country text, region text, day date, kind text, name text)
   on conflict (organisation_id, country, region, day)
   do update set kind = excluded.kind, name = excluded.name, created_by = excluded.created_by,
     created_at = excluded.created_at`,
);

const DELETE_HOLIDAY_CHANGE = statement(
  'profiles.delete_holiday_change',
  `delete from holiday_changes where organisation_id = $1 and country = $2 and region = $3 and day = $4::date returning 1`,
);
