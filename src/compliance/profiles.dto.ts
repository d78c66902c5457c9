import { ApiProperty } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  ArrayMinSize,
  IsArray,
  IsIn,
  IsInt,
  IsISO8601,
  IsObject,
  IsOptional,
  IsString,
  Length,
  Matches,
  Max,
  Min,
  ValidateNested,
} from 'class-validator';

import type { Holiday } from './holidays.js';
import { CELLS, type Cell, type LoadedProfile } from './profile-document.js';
import { PURPOSES, type EffectiveRule, type Purpose } from './profile.js';
import type { HolidayChangeRow, OverrideRow } from './profiles.repository.js';
import type { ProfileInForce, ProfileVersion, RuleInForce } from './profiles.service.js';

const REGION = /^[A-Z]{2}-[A-Z0-9]{1,3}$/;

/** A profile as its file has it. */
export class UploadProfileDto {
  /** The whole document; what is wrong with it is named place by place. */
  @IsObject()
  @ApiProperty({ type: 'object', additionalProperties: true })
  document!: Record<string, unknown>;
}

/** Why a profile is to hold no more. */
export class RetireProfileDto {
  /** Kept in the audit trail. */
  @IsString()
  @Length(1, 1000)
  @Matches(/\S/, { message: 'reason must not be blank' })
  reason!: string;
}

/** Which call. */
export class RuleQueryDto {
  /** Country of the number (ISO 3166-1). */
  @Matches(/^[A-Z]{2}$/, { message: 'country must be two capital letters, such as FR' })
  country!: string;

  /** Parts of countries (ISO 3166-2), with commas: of the number, and of where the person is said to live. */
  @IsOptional()
  @Matches(/^[A-Z]{2}-[A-Z0-9]{1,3}(,[A-Z]{2}-[A-Z0-9]{1,3}){0,4}$/, {
    message: 'regions must be codes such as US-FL, with commas between them',
  })
  regions?: string;

  /** What the calls are for. */
  @IsOptional()
  @IsIn(PURPOSES)
  purpose?: Purpose;
}

/** A departure from one rule of a profile, for a while. */
export class CreateOverrideDto {
  /** Code of the profile. */
  @Matches(/^[a-z][a-z0-9-]{1,39}$/, { message: 'profile must be the code of a profile, such as ru-sales' })
  profile!: string;

  /** The rule, by its place in the profile, such as `dialing.modes`. */
  @IsString()
  @Length(1, 60)
  cell!: string;

  /** What holds instead; of the kind that the rule has. Null where that means: none. */
  @IsOptional()
  @ApiProperty({ description: 'What holds instead, as the profile has it.', nullable: true })
  value!: unknown;

  /** The legal opinion that it rests on: whose, of when, and where it is kept. */
  @IsString()
  @Length(10, 2000)
  opinion!: string;

  /** When it begins; at once when left out. */
  @IsOptional()
  @IsISO8601({ strict: true })
  validFrom?: string;

  /** When it ends: in a year at the latest. */
  @IsISO8601({ strict: true })
  validTo!: string;
}

/** Holidays of which place and year. */
export class HolidaysQueryDto {
  /** ISO 3166-1. */
  @Matches(/^[A-Z]{2}$/, { message: 'country must be two capital letters, such as FR' })
  country!: string;

  /** ISO 3166-2; left out: not known, so that those of all regions count. */
  @IsOptional()
  @Matches(REGION, { message: 'region must be a code such as DE-BY' })
  region?: string;

  /** The year. */
  @Type(() => Number)
  @IsInt()
  @Min(2020)
  @Max(2100)
  year!: number;
}

/** A day that the calendar has otherwise. */
export class HolidayChangeDto {
  /** ISO 3166-1. */
  @Matches(/^[A-Z]{2}$/, { message: 'country must be two capital letters, such as RU' })
  country!: string;

  /** ISO 3166-2; left out: the whole country. */
  @IsOptional()
  @Matches(/^(|[A-Z]{2}-[A-Z0-9]{1,3})$/, { message: 'region must be a code such as RU-TA' })
  region?: string;

  /** The date there. */
  @Matches(/^\d{4}-\d{2}-\d{2}$/, { message: 'day must be a date, such as 2026-12-31' })
  @IsISO8601({ strict: true })
  day!: string;

  /** A further holiday; or one that is worked: the hours of its weekday hold. */
  @IsIn(['holiday', 'working'])
  kind!: 'holiday' | 'working';

  /** What it is called. */
  @IsOptional()
  @IsString()
  @Length(0, 200)
  name?: string;
}

/** Days that the calendar has otherwise; what is there for a day is replaced. */
export class PutHolidayChangesDto {
  /** The days. */
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(2000)
  @ValidateNested({ each: true })
  @Type(() => HolidayChangeDto)
  changes!: HolidayChangeDto[];
}

/** Which of those days. */
export class HolidayChangeQueryDto {
  /** ISO 3166-1. */
  @Matches(/^[A-Z]{2}$/, { message: 'country must be two capital letters, such as RU' })
  country!: string;

  /** ISO 3166-2; left out: the whole country. */
  @IsOptional()
  @Matches(/^(|[A-Z]{2}-[A-Z0-9]{1,3})$/, { message: 'region must be a code such as RU-TA' })
  region?: string;

  /** The date there. */
  @Matches(/^\d{4}-\d{2}-\d{2}$/, { message: 'day must be a date, such as 2026-12-31' })
  day!: string;
}

/** One rule of a profile. */
export class CellView {
  /** Its place in the profile. */
  @ApiProperty({ enum: [...CELLS] })
  cell!: string;
  /** What the profile says; null where it does not know, or where null is what it says. */
  @ApiProperty({ nullable: true })
  value!: unknown;
  /** It says something; else the house’s rule holds. */
  isKnown!: boolean;
  /** What holds: the profile’s value, or the house’s. */
  @ApiProperty({ nullable: true })
  holds!: unknown;
  /** Where it is from. */
  source!: string | null;
  /** When it was looked up. */
  date!: string | null;
  /** A: the primary text, B: a secondary source, R: recalled, house: our own. */
  confidence!: string | null;
  /** Since when it holds. */
  since!: string | null;
  /** What the value does not say. */
  note!: string | null;
}

/** A profile that holds. */
export class ProfileView {
  /** Its code. */
  code!: string;
  /** Its version. */
  version!: string;
  /** What it is about. */
  title!: string;
  /** Where it is from. */
  @ApiProperty({ enum: ['house', 'shipped', 'uploaded'] })
  origin!: ProfileInForce['origin'];
  /** SHA-256 of its canonical JSON. */
  hash!: string;
  /** Countries of which it speaks (ISO 3166-1). */
  countries!: string[];
  /** Parts of them (ISO 3166-2); empty: all. */
  regions!: string[];
  /** Purposes of which it speaks. */
  purposes!: string[];
  /** Who looked at it. */
  reviewedBy!: string;
  /** When. */
  reviewedAt!: string;
  /** Remarks on where it is from. */
  sources!: string[];
  /** Its rules, those that it does not know included. */
  @ApiProperty({ type: () => [CellView] })
  cells!: CellView[];

  static of({ profile, origin }: ProfileInForce, house: LoadedProfile): ProfileView {
    const { code, version, title, hash, appliesWhen, reviewed, sources } = profile;
    return Object.assign(new ProfileView(), {
      ...{ code, version, title, origin, hash },
      // The house speaks of whatever nobody else speaks of.
      countries: origin === 'house' ? [] : [...appliesWhen.countries],
      regions: [...appliesWhen.regions],
      purposes: [...appliesWhen.purposes],
      ...{ reviewedBy: reviewed.by, reviewedAt: reviewed.at },
      sources: [...sources],
      cells: CELLS.map((name) => cellView(name, profile.cells[name], house.cells[name])),
    });
  }
}

function cellView(name: string, cell: Cell | null, fallback: Cell | null): CellView {
  return Object.assign(new CellView(), {
    cell: name,
    value: cell?.value ?? null,
    isKnown: cell !== null,
    holds: (cell ?? fallback)?.value ?? null,
    source: cell?.source ?? null,
    date: cell?.date ?? null,
    confidence: cell?.confidence ?? null,
    since: cell?.since ?? null,
    note: cell?.note ?? null,
  });
}

/** A version of an organisation’s own profile. */
export class ProfileVersionView {
  /** Id of the version. */
  id!: number;
  /** Code of the profile. */
  code!: string;
  /** Its version. */
  version!: string;
  /** SHA-256 of its canonical JSON. */
  hash!: string;
  /** It is the one that holds. */
  isCurrent!: boolean;
  /** Who uploaded it. */
  createdBy!: string | null;
  /** When. */
  createdAt!: string;
  /** Since when it holds no more. */
  retiredAt!: string | null;

  static of(row: ProfileVersion): ProfileVersionView {
    return Object.assign(new ProfileVersionView(), {
      ...row,
      createdAt: row.createdAt.toISOString(),
      retiredAt: row.retiredAt?.toISOString() ?? null,
    });
  }
}

/** What holds for a call, the meet of all profiles that may apply. */
export class EffectiveRuleView {
  /** Code, version and hash of each profile that was met. */
  @ApiProperty({ type: 'array', items: { type: 'object', additionalProperties: true } })
  profiles!: { code: string; version: string; hash: string; title: string; unknown: string[] }[];
  /** Everything that holds. */
  @ApiProperty({ type: 'object', additionalProperties: true })
  rule!: Omit<EffectiveRule, 'profiles'>;

  static of({ rule, profiles }: RuleInForce): EffectiveRuleView {
    const { profiles: _, ...cells } = rule;
    return Object.assign(new EffectiveRuleView(), {
      rule: cells,
      profiles: profiles.map(({ code, version, hash, title, unknown }) => ({
        ...{ code, version, hash, title },
        unknown: [...unknown],
      })),
    });
  }
}

/** A departure from one rule of a profile. */
export class OverrideView {
  /** Id of the override. */
  id!: number;
  /** Code of the profile. */
  profile!: string;
  /** The rule. */
  cell!: string;
  /** What holds instead. */
  @ApiProperty({ nullable: true })
  value!: unknown;
  /** The legal opinion that it rests on. */
  opinion!: string;
  /** When it begins. */
  validFrom!: string;
  /** When it ends. */
  validTo!: string;
  /** It bears our signature; else it does not bind. */
  isGenuine!: boolean;
  /** Where it is in its life. */
  @ApiProperty({ enum: ['coming', 'holds', 'over', 'revoked', 'forged'] })
  state!: 'coming' | 'holds' | 'over' | 'revoked' | 'forged';
  /** Who signed it. */
  createdBy!: string | null;
  /** When. */
  createdAt!: string;
  /** When it was ended before its time. */
  revokedAt!: string | null;

  static of(row: OverrideRow & { isGenuine: boolean }, now: Date): OverrideView {
    const { id, profile, cell, value, opinion, validFrom, validTo, isGenuine, createdBy, createdAt, revokedAt } = row;
    const state = !isGenuine
      ? 'forged'
      : revokedAt
        ? 'revoked'
        : validTo <= now
          ? 'over'
          : validFrom > now
            ? 'coming'
            : 'holds';
    return Object.assign(new OverrideView(), {
      ...{ id, profile, cell, value, opinion, isGenuine, createdBy, state },
      validFrom: validFrom.toISOString(),
      validTo: validTo.toISOString(),
      createdAt: createdAt.toISOString(),
      revokedAt: revokedAt?.toISOString() ?? null,
    });
  }
}

/** A public holiday. */
export class HolidayView implements Holiday {
  /** The date there. */
  day!: string;
  /** What it is called. */
  name!: string;
  /** Which part of the country has it (ISO 3166-2); empty: all of it. */
  region!: string;
  /** It was added here. */
  imported!: boolean;
}

/** A day that the calendar has otherwise. */
export class HolidayChangeView {
  /** ISO 3166-1. */
  country!: string;
  /** ISO 3166-2; empty: the whole country. */
  region!: string;
  /** The date there. */
  day!: string;
  /** A further holiday, or one that is worked. */
  @ApiProperty({ enum: ['holiday', 'working'] })
  kind!: 'holiday' | 'working';
  /** What it is called. */
  name!: string;
  /** Who said so. */
  createdBy!: string | null;
  /** When. */
  createdAt!: string;

  static of(row: HolidayChangeRow): HolidayChangeView {
    return Object.assign(new HolidayChangeView(), { ...row, createdAt: row.createdAt.toISOString() });
  }
}
