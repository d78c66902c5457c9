import { ApiPropertyOptional } from '@nestjs/swagger';
import {
  ArrayMaxSize,
  ArrayUnique,
  IsArray,
  IsIn,
  IsInt,
  IsNumber,
  IsPositive,
  IsString,
  Length,
  Matches,
  Max,
  Min,
  ValidateBy,
  ValidateIf,
} from 'class-validator';

import { MAX_ID } from '../common/parse-id.pipe.js';
import { DIAL_MODES, type DialMode } from './campaign.entity.js';
import { campaignHoursOf, faultInHours, type CampaignHours } from './campaign-hours.js';
import type { CampaignState } from './campaign-states.js';
import type { CampaignDetails } from './campaigns.service.js';

/** May be left out. Unlike IsOptional it lets no null through where the field's other rules do not. */
const Optional = () => ValidateIf((_object, value) => value !== undefined);
/** May be left out, and null takes it away. */
const OptionalOrNull = () => ValidateIf((_object, value) => value !== undefined && value !== null);

const IsHours = () =>
  ValidateBy({
    name: 'isHours',
    validator: {
      validate: (value: unknown) => faultInHours(value) === null,
      defaultMessage: (args) => `hours: ${faultInHours(args?.value)}`,
    },
  });

/** Two strings; the plugin cannot tell a pair from its type. */
const ApiHours = () =>
  ApiPropertyOptional({
    description: 'Opening and closing, `HH:mm`; the close may be `24:00`.',
    type: [String],
    minItems: 2,
    maxItems: 2,
    example: ['09:00', '20:00'],
  });

/** When a campaign calls, in the called person's time. A day that is left out is closed. */
export class HoursDto {
  @ApiHours()
  mon?: [string, string];
  @ApiHours()
  tue?: [string, string];
  @ApiHours()
  wed?: [string, string];
  @ApiHours()
  thu?: [string, string];
  @ApiHours()
  fri?: [string, string];
  @ApiHours()
  sat?: [string, string];
  @ApiHours()
  sun?: [string, string];
}

/** What may be said of a campaign, at creation and later. */
export class CampaignSettingsDto {
  /** What is offered. */
  @OptionalOrNull()
  @IsInt()
  @IsPositive()
  @Max(MAX_ID)
  offerId?: number | null;

  /** What the operator says. */
  @OptionalOrNull()
  @IsInt()
  @IsPositive()
  @Max(MAX_ID)
  scriptId?: number | null;

  /** Calls in flight for each operator who waits, in mode `ratio`. */
  @Optional()
  @IsNumber({ maxDecimalPlaces: 2 })
  @Min(1)
  @Max(5)
  ratio?: number;

  /** The campaign's own calling hours; the rules of the called person's country narrow them further. */
  @Optional()
  @IsHours()
  hours?: HoursDto;

  /** Attempts at one lead in this campaign, at most. */
  @Optional()
  @IsInt()
  @Min(1)
  @Max(50)
  maxAttempts?: number;

  /** Attempts at one lead in 24 hours, at most. */
  @Optional()
  @IsInt()
  @Min(1)
  @Max(10)
  maxAttemptsPerDay?: number;

  /** Calls in flight at once, at most. */
  @Optional()
  @IsInt()
  @Min(1)
  @Max(2000)
  maxLines?: number;

  /** How long it rings before we give up, in milliseconds. */
  @Optional()
  @IsInt()
  @Min(15_000)
  @Max(60_000)
  ringTimeoutMs?: number;

  /** Time for work after a call, in milliseconds. */
  @Optional()
  @IsInt()
  @Min(5000)
  @Max(1_800_000)
  wrapUpMs?: number;

  /** The number that is shown, in E.164. */
  @OptionalOrNull()
  @IsString()
  @Matches(/^\+[1-9][0-9]{6,14}$/, { message: 'callerId must be a number in E.164, such as +33199000000' })
  callerId?: string | null;

  /** Operators who are simulated and sign in by themselves. */
  @Optional()
  @IsInt()
  @Min(0)
  @Max(200)
  simulatedOperators?: number;
}

/** A new campaign. */
export class CreateCampaignDto extends CampaignSettingsDto {
  /** What people call it. */
  @IsString()
  @Length(1, 200)
  name!: string;

  /** Segments whose leads are called. */
  @IsArray()
  @ArrayMaxSize(50)
  @ArrayUnique()
  @IsInt({ each: true })
  @IsPositive({ each: true })
  @Max(MAX_ID, { each: true })
  segmentIds!: number[];

  /** Progressive: one call for each operator who waits. Ratio: `ratio` calls for each. */
  @IsIn(DIAL_MODES)
  mode!: DialMode;
}

/** Changes of a campaign, in force on the next dial. What is left out stays. */
export class UpdateCampaignDto extends CampaignSettingsDto {
  /** The version that was edited. */
  @IsInt()
  @Min(1)
  version!: number;

  /** What people call it. */
  @Optional()
  @IsString()
  @Length(1, 200)
  name?: string;

  /** Segments whose leads are called; acts when the list is next built. */
  @Optional()
  @IsArray()
  @ArrayMaxSize(50)
  @ArrayUnique()
  @IsInt({ each: true })
  @IsPositive({ each: true })
  @Max(MAX_ID, { each: true })
  segmentIds?: number[];

  /** Progressive: one call for each operator who waits. Ratio: `ratio` calls for each. */
  @Optional()
  @IsIn(DIAL_MODES)
  mode?: DialMode;
}

/** The settings of a body as the service takes them. The validator has seen to the form of the hours. */
export function settingsOf<Body extends CampaignSettingsDto>(
  body: Body,
): Omit<Body, 'hours'> & { hours?: CampaignHours } {
  return body as Omit<Body, 'hours'> & { hours?: CampaignHours };
}

/** A segment of a campaign. */
export class CampaignSegmentView {
  /** Id of the segment. */
  id!: number;
  /** What people call it. */
  name!: string;
}

/** What a campaign offers. */
export class CampaignOfferView {
  /** Id of the offer. */
  id!: number;
  /** What people call it. */
  name!: string;
  /** What is in it. */
  description!: string;
  /** In `currency`. */
  price!: number | null;
  /** ISO 4217. */
  currency!: string | null;
}

/** A campaign with what it uses. */
export class CampaignView {
  /** Id of the campaign. */
  id!: number;
  /** What people call it. */
  name!: string;
  /** Where it is in its life. */
  state!: CampaignState;
  /** Grows with each edit. */
  version!: number;
  /** Segments whose leads are called. */
  segmentIds!: number[];
  /** The same, with names. */
  segments!: CampaignSegmentView[];
  /** What is offered. */
  offerId!: number | null;
  /** The same, in full. */
  offer!: CampaignOfferView | null;
  /** What the operator says. */
  scriptId!: number | null;
  /** How calls are paced. */
  mode!: DialMode;
  /** Calls in flight for each operator who waits, in mode `ratio`. */
  ratio!: number;
  /** The campaign's own calling hours. */
  hours!: HoursDto;
  /** Attempts at one lead in this campaign, at most. */
  maxAttempts!: number;
  /** Attempts at one lead in 24 hours, at most. */
  maxAttemptsPerDay!: number;
  /** Calls in flight at once, at most. */
  maxLines!: number;
  /** How long it rings before we give up, in milliseconds. */
  ringTimeoutMs!: number;
  /** Time for work after a call, in milliseconds. */
  wrapUpMs!: number;
  /** The number that is shown. */
  callerId!: string | null;
  /** Operators who are simulated. */
  simulatedOperators!: number;
  /** Entries of its calling list. */
  listed!: number;
  /** When it was made. */
  createdAt!: string;
  /** When it first started. */
  startedAt!: string | null;
  /** When it was finished. */
  finishedAt!: string | null;

  static of(campaign: CampaignDetails): CampaignView {
    const { organisationId, outcomeSetId, connectTimeoutMs, createdBy, updatedAt, ...shown } = campaign;
    void [organisationId, outcomeSetId, connectTimeoutMs, createdBy, updatedAt];
    return Object.assign(new CampaignView(), {
      ...shown,
      hours: campaignHoursOf(campaign.hours),
      createdAt: campaign.createdAt.toISOString(),
      startedAt: campaign.startedAt?.toISOString() ?? null,
      finishedAt: campaign.finishedAt?.toISOString() ?? null,
    });
  }
}

/** A job that was asked for. */
export class JobAcceptedView {
  /** Id of the job: see `/jobs/{id}`. */
  jobId!: number;
}
