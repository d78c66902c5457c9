import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  ArrayUnique,
  IsArray,
  IsBoolean,
  IsIn,
  IsInt,
  IsNumber,
  IsObject,
  IsOptional,
  IsPositive,
  IsString,
  Length,
  Matches,
  Max,
  Min,
  ValidateBy,
  ValidateIf,
  ValidateNested,
} from 'class-validator';

import { MAX_ID } from '../common/parse-id.pipe.js';
import { PHONE_KINDS, type PhoneKind, type PhoneKinds } from '../compliance/phone-kinds.js';
import { PURPOSES, type Purpose } from '../compliance/profile.js';
import {
  DIAL_MODES,
  END_ACTIONS,
  LIST_MODES,
  LIST_ORDERS,
  type DialMode,
  type EndAction,
  type ListMode,
  type ListOrder,
} from './campaign.entity.js';
import { GOAL_ACTIONS, GOAL_KINDS, type CampaignGoals, type GoalAction, type GoalKind } from './campaign-goals.js';
import { campaignHoursOf, faultInHours, weekHoursOf, type CampaignHours } from './campaign-hours.js';
import type { CampaignState } from './campaign-states.js';
import type { CampaignDetails, ChosenSegments, NewCampaign } from './campaigns.service.js';
import { RetryPlanDto, retryPlanOf } from './retry-plan.dto.js';
import { PREFLIGHT_CODES, type PreflightCode, type PreflightFinding, type PreflightSeverity } from './preflight.js';

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

/** Is it a date that exists, with a time and its distance from UTC? */
const IsInstant = () =>
  ValidateBy({
    name: 'isInstant',
    validator: {
      validate: (value: unknown) => typeof value === 'string' && INSTANT.test(value) && instantOf(value) !== null,
      defaultMessage: (args) => `${args?.property} must be an instant such as 2026-03-02T09:00:00Z`,
    },
  });
const INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,3})?)?(Z|[+-]\d\d:\d\d)$/;

/** Null for a day that no month has, or an hour that no day has. */
function instantOf(text: string): Date | null {
  const at = new Date(text);
  // The thirtieth of February would be taken for a day in March.
  const day = new Date(`${text.slice(0, 10)}T00:00:00Z`);
  if (Number.isNaN(at.getTime()) || Number.isNaN(day.getTime())) return null;
  return day.toISOString().slice(0, 10) === text.slice(0, 10) ? at : null;
}

/** In which order leads of one rung of the ladder are called. */
export class ListOrderDto {
  /** Priority of the lead, age of the lead, an attribute of it, its score, or chance. */
  @IsIn(LIST_ORDERS)
  by!: ListOrder['by'];

  /** Key of the attribute, with `attribute`; with `score`, `score` when left out. */
  @Optional()
  @IsString()
  @Length(1, 100)
  attribute?: string;

  /** The greatest first. */
  @Optional()
  @IsBoolean()
  descending?: boolean;

  /** With `random`: the same seed makes the same order. */
  @Optional()
  @IsInt()
  @Min(0)
  @Max(2 ** 31 - 1)
  seed?: number;
}

/** Which phone of a lead is tried first, and when each kind is called. A phone that may be of either kind is called as both. */
export class PhoneKindsDto {
  /** The kind that comes first; null: phones in their order. */
  @OptionalOrNull()
  @IsIn(PHONE_KINDS)
  @ApiPropertyOptional({ enum: PHONE_KINDS, nullable: true })
  first?: PhoneKind | null;

  /** When mobile phones are called, within the campaign's hours; left out: at all of these. */
  @Optional()
  @IsHours()
  mobileHours?: HoursDto;

  /** When fixed lines are called, within the campaign's hours; left out: at all of these. */
  @Optional()
  @IsHours()
  fixedHours?: HoursDto;

  static of({ first, hours }: PhoneKinds): PhoneKindsDto {
    return Object.assign(new PhoneKindsDto(), {
      first: first ?? null,
      ...(hours?.mobile && { mobileHours: campaignHoursOf(hours.mobile) }),
      ...(hours?.fixed && { fixedHours: campaignHoursOf(hours.fixed) }),
    });
  }
}

/** As it is kept. */
function phoneKindsOf({ first, mobileHours, fixedHours }: PhoneKindsDto): PhoneKinds {
  const hours = {
    ...(mobileHours && { mobile: weekHoursOf(mobileHours) }),
    ...(fixedHours && { fixed: weekHoursOf(fixedHours) }),
  };
  return { first: first ?? null, ...(Object.keys(hours).length > 0 && { hours }) };
}

/** What a campaign is to reach. */
export class GoalsDto {
  /** Calls that ended in success. */
  @Optional()
  @IsInt()
  @Min(1)
  @Max(10_000_000)
  sales?: number;

  /** Dials that a live person answered. */
  @Optional()
  @IsInt()
  @Min(1)
  @Max(100_000_000)
  contacts?: number;

  /** Money spent on calls, in the campaign's currency. */
  @Optional()
  @IsNumber({ maxDecimalPlaces: 2 })
  @Min(0.01)
  @Max(1e12)
  budget?: number;

  /** Finish: the first goal that is reached ends the campaign. Alert: each is announced once. */
  @IsIn(GOAL_ACTIONS)
  action!: GoalAction;
}

/** A segment of a campaign, and how many of its leads are called for each lead of the others. */
export class WeightedSegmentDto {
  /** Id of the segment. */
  @IsInt()
  @IsPositive()
  @Max(MAX_ID)
  id!: number;

  /** From 1 to 100; 1 when left out. */
  @Optional()
  @IsInt()
  @Min(1)
  @Max(100)
  weight?: number;
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

  /** What the calls are for: the law asks less of those that serve a contract. */
  @Optional()
  @IsIn(PURPOSES)
  purpose?: Purpose;

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

  /** Dials at one number in 24 hours, by all campaigns together, at most. */
  @Optional()
  @IsInt()
  @Min(1)
  @Max(10)
  maxAttemptsPerDay?: number;

  /** Whoever refused in any campaign within so many days is not called in this one; 0: nobody is spared for that. */
  @Optional()
  @IsInt()
  @Min(0)
  @Max(3650)
  coolDownDays?: number;

  /** After a conversation, others who share the phone are left alone for so many hours; 0: they are not. */
  @Optional()
  @IsInt()
  @Min(0)
  @Max(720)
  householdPauseHours?: number;

  /** Which phone of a lead is tried first, and when each kind is called; null: in their order, at the campaign's hours. */
  @OptionalOrNull()
  @IsObject()
  @ValidateNested()
  @Type(() => PhoneKindsDto)
  @ApiPropertyOptional({ type: () => PhoneKindsDto, nullable: true })
  phoneKinds?: PhoneKindsDto | null;

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

  /** Outcomes and refusal reasons that operators choose from. */
  @Optional()
  @IsInt()
  @IsPositive()
  @Max(MAX_ID)
  outcomeSetId?: number;

  /** Snapshot: the list stays as it was built. Live: leads enter and leave it as they begin and cease to fit. */
  @Optional()
  @IsIn(LIST_MODES)
  listMode?: ListMode;

  /** In which order leads of one rung are called. */
  @Optional()
  @IsObject()
  @ValidateNested()
  @Type(() => ListOrderDto)
  order?: ListOrderDto;

  /** Share of dials that go to leads tried before, where there are both, 0 to 1; null: retries first. */
  @OptionalOrNull()
  @IsNumber({ maxDecimalPlaces: 2 })
  @Min(0)
  @Max(1)
  retryShare?: number | null;

  /** When people are tried again, and on which phone; null: as the standard plan says. */
  @OptionalOrNull()
  @IsObject()
  @ValidateNested()
  @Type(() => RetryPlanDto)
  @ApiPropertyOptional({ type: () => RetryPlanDto, nullable: true })
  retryPlan?: RetryPlanDto | null;

  /** When it starts by itself, once it is ready; null: by hand. */
  @OptionalOrNull()
  @IsInstant()
  startsAt?: string | null;

  /** When it ends by itself; null: by hand. */
  @OptionalOrNull()
  @IsInstant()
  endsAt?: string | null;

  /** What becomes of it at `endsAt`. */
  @Optional()
  @IsIn(END_ACTIONS)
  endAction?: EndAction;

  /** What it is to reach; null: nothing. */
  @IsOptional()
  @IsObject()
  @ValidateNested()
  @Type(() => GoalsDto)
  goals?: GoalsDto | null;

  /** What each dial costs, in `currency`. */
  @OptionalOrNull()
  @IsNumber({ maxDecimalPlaces: 4 })
  @Min(0)
  @Max(1e6)
  costPerDial?: number | null;

  /** What a minute of talk costs, in `currency`. */
  @OptionalOrNull()
  @IsNumber({ maxDecimalPlaces: 4 })
  @Min(0)
  @Max(1e6)
  costPerMinute?: number | null;

  /** ISO 4217; the offer's when left out. */
  @OptionalOrNull()
  @Matches(/^[A-Z]{3}$/, { message: 'currency must be three capital letters, such as EUR' })
  currency?: string | null;

  /** What may be spent on calls in a day of UTC, in `currency`; null: as much as it takes. */
  @OptionalOrNull()
  @IsNumber({ maxDecimalPlaces: 2 })
  @Min(0.01)
  @Max(1e12)
  spendCeilingDaily?: number | null;

  /** What may be spent on calls in all, in `currency`; null: as much as it takes. */
  @OptionalOrNull()
  @IsNumber({ maxDecimalPlaces: 2 })
  @Min(0.01)
  @Max(1e12)
  spendCeilingTotal?: number | null;

  /** Names of competitors: what is said of them the linter of advertising law looks at. */
  @Optional()
  @IsArray()
  @ArrayMaxSize(100)
  @ArrayUnique()
  @IsString({ each: true })
  @Length(1, 100, { each: true })
  competitors?: string[];

  /** Segments whose leads are called, with weights; instead of `segmentIds`. */
  @Optional()
  @IsArray()
  @ArrayMaxSize(50)
  @ArrayUnique((segment: WeightedSegmentDto) => segment?.id)
  @ValidateNested({ each: true })
  @Type(() => WeightedSegmentDto)
  segments?: WeightedSegmentDto[];
}

/** A new campaign. */
export class CreateCampaignDto extends CampaignSettingsDto {
  /** What people call it. */
  @IsString()
  @Length(1, 200)
  name!: string;

  /** Segments whose leads are called, each with weight 1. May be left out where `segments` are given. */
  @ValidateIf((body: CreateCampaignDto) => body.segmentIds !== undefined || body.segments === undefined)
  @IsArray()
  @ArrayMaxSize(50)
  @ArrayUnique()
  @IsInt({ each: true })
  @IsPositive({ each: true })
  @Max(MAX_ID, { each: true })
  segmentIds?: number[];

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

  /** Segments whose leads are called; those that stay keep their weight, others get 1. */
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

/** A name for the copy of a campaign. */
export class CloneCampaignDto {
  /** What people will call it; the same name with a number when left out. */
  @Optional()
  @IsString()
  @Length(1, 200)
  name?: string;
}

/** What a body says in other words than the service: the rest is handed on as it is. */
type Reworded = 'hours' | 'order' | 'startsAt' | 'endsAt' | 'goals' | 'segments' | 'retryPlan' | 'phoneKinds';

/** The settings of a body as the service takes them. The validator has seen to the form of each. */
export function settingsOf<Body extends CampaignSettingsDto>(
  body: Body,
): Omit<Body, Reworded> &
  Pick<NewCampaign, 'hours' | 'listOrder' | 'startsAt' | 'endsAt' | 'goals' | 'retryPlan' | 'phoneKinds'> &
  ChosenSegments {
  const { hours, order, startsAt, endsAt, goals, segments, retryPlan, phoneKinds, ...rest } = body;
  return {
    ...rest,
    ...(hours !== undefined && { hours: hours as CampaignHours }),
    ...(order !== undefined && { listOrder: plain(order) as ListOrder }),
    ...(startsAt !== undefined && { startsAt: startsAt === null ? null : new Date(startsAt) }),
    ...(endsAt !== undefined && { endsAt: endsAt === null ? null : new Date(endsAt) }),
    ...(goals !== undefined && { goals: goals === null ? null : (plain(goals) as CampaignGoals) }),
    ...(retryPlan !== undefined && { retryPlan: retryPlan === null ? null : retryPlanOf(retryPlan) }),
    ...(phoneKinds !== undefined && { phoneKinds: phoneKinds === null ? null : phoneKindsOf(phoneKinds) }),
    ...(segments !== undefined && { segments: segments.map(({ id, weight }) => ({ id, weight: weight ?? 1 })) }),
  };
}

/** What was said, without what was not. */
function plain(value: object): object {
  return Object.fromEntries(Object.entries(value).filter(([, member]) => member !== undefined));
}

/** A segment of a campaign. */
export class CampaignSegmentView {
  /** Id of the segment. */
  id!: number;
  /** What people call it. */
  name!: string;
  /** Leads of it for each lead of the others. */
  weight!: number;
}

/** How far a campaign is with one goal. */
export class GoalProgressView {
  /** Which goal. */
  @ApiProperty({ enum: GOAL_KINDS })
  goal!: GoalKind;
  /** What is counted so far. */
  value!: number;
  /** What is to be reached. */
  target!: number;
  /** `value / target`; above 1 when calling went on. */
  share!: number;
  /** When it was reached. */
  reachedAt!: string | null;
}

/** What a campaign is to reach. */
export class GoalsView {
  /** Calls that ended in success. */
  sales?: number;
  /** Dials that a live person answered. */
  contacts?: number;
  /** Money spent on calls. */
  budget?: number;
  /** What happens then. */
  @ApiProperty({ enum: GOAL_ACTIONS })
  action!: GoalAction;
}

/** In which order leads of one rung are called. */
export class ListOrderView {
  /** By what. */
  @ApiProperty({ enum: LIST_ORDERS })
  by!: ListOrder['by'];
  /** Key of the attribute. */
  attribute?: string;
  /** The greatest first. */
  descending?: boolean;
  /** The same seed makes the same order. */
  seed?: number;
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
  /** What the calls are for. */
  @ApiProperty({ enum: [...PURPOSES] })
  purpose!: Purpose;
  /** Calls in flight for each operator who waits, in mode `ratio`. */
  ratio!: number;
  /** The campaign's own calling hours. */
  hours!: HoursDto;
  /** Attempts at one lead in this campaign, at most. */
  maxAttempts!: number;
  /** Dials at one number in 24 hours, by all campaigns together, at most. */
  maxAttemptsPerDay!: number;
  /** Whoever refused in any campaign within so many days is not called in this one; 0: nobody is spared for that. */
  coolDownDays!: number;
  /** Hours for which others who share a phone are left alone after a conversation. */
  householdPauseHours!: number;
  /** Which phone of a lead is tried first, and when each kind is called. */
  @ApiProperty({ type: () => PhoneKindsDto, nullable: true })
  phoneKinds!: PhoneKindsDto | null;
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
  /** Outcomes and refusal reasons that operators choose from. */
  outcomeSetId!: number;
  /** Whether leads enter and leave the list while it runs. */
  @ApiProperty({ enum: LIST_MODES })
  listMode!: ListMode;
  /** In which order leads of one rung are called. */
  order!: ListOrderView;
  /** Share of dials that go to leads tried before. */
  retryShare!: number | null;
  /** When people are tried again; null: as the standard plan says. */
  @ApiProperty({ type: () => RetryPlanDto, nullable: true })
  retryPlan!: RetryPlanDto | null;
  /** When it starts by itself. */
  startsAt!: string | null;
  /** When it ends by itself. */
  endsAt!: string | null;
  /** What becomes of it then. */
  @ApiProperty({ enum: END_ACTIONS })
  endAction!: EndAction;
  /** Codes of what keeps it from starting at its time, as in the preflight. */
  startHeldBy!: string[];
  /** What it is to reach. */
  goals!: GoalsView | null;
  /** How far it is. */
  goalsProgress!: GoalProgressView[];
  /** When the first goal was reached. */
  goalReachedAt!: string | null;
  /** What each dial costs, in `currency`. */
  costPerDial!: number | null;
  /** What a minute of talk costs, in `currency`. */
  costPerMinute!: number | null;
  /** ISO 4217. */
  currency!: string | null;
  /** What may be spent in a day of UTC. */
  spendCeilingDaily!: number | null;
  /** What may be spent in all. */
  spendCeilingTotal!: number | null;
  /** Names of competitors. */
  competitors!: string[];
  /** The campaign that it is a copy of. */
  clonedFromId!: number | null;
  /** Entries of its calling list. */
  listed!: number;
  /** When it was made. */
  createdAt!: string;
  /** When it first started. */
  startedAt!: string | null;
  /** When it was finished. */
  finishedAt!: string | null;

  static of(campaign: CampaignDetails): CampaignView {
    const { organisationId, connectTimeoutMs, createdBy, updatedAt, ...rest } = campaign;
    const { listOrder, startedByScheduleAt, endedByScheduleAt, goalsReached, archivedAt, ...shown } = rest;
    void [organisationId, connectTimeoutMs, createdBy, updatedAt];
    void [startedByScheduleAt, endedByScheduleAt, goalsReached, archivedAt];
    const text = (at: Date | null) => at?.toISOString() ?? null;
    return Object.assign(new CampaignView(), {
      ...shown,
      hours: campaignHoursOf(campaign.hours),
      phoneKinds: campaign.phoneKinds && PhoneKindsDto.of(campaign.phoneKinds),
      order: listOrder,
      createdAt: campaign.createdAt.toISOString(),
      startedAt: text(campaign.startedAt),
      finishedAt: text(campaign.finishedAt),
      startsAt: text(campaign.startsAt),
      endsAt: text(campaign.endsAt),
      goalReachedAt: text(campaign.goalReachedAt),
    });
  }
}

/** Something that keeps a campaign from dialling, or from all of its leads. */
export class PreflightFindingView implements PreflightFinding {
  /** What it is. */
  @ApiProperty({ enum: PREFLIGHT_CODES })
  code!: PreflightCode;
  /** Blocks: nothing can be dialled while it stands. Warns: less than one would expect. */
  @ApiProperty({ enum: ['blocks', 'warns'] })
  severity!: PreflightSeverity;
  /** A sentence. */
  detail!: string;
  /** What to do about it. */
  fix!: string;
  /** Page of the console where it is done. */
  link!: string;
  /** What the sentence speaks of: numbers and names. */
  @ApiProperty({ type: 'object', additionalProperties: true })
  values!: Record<string, string | number>;
}

/** A reason for which people refuse. */
export class ReasonNameView {
  /** Stable code, such as `too_expensive`. */
  code!: string;
  /** Code of the reason that it makes more exact; null: of none. */
  parentCode!: string | null;
  /** What people call it; null: its code has a text of its own in every language. */
  label!: string | null;
}

/** A set of outcomes and refusal reasons. */
export class OutcomeSetNameView {
  /** Id of the set. */
  id!: number;
  /** What people call it. */
  name!: string;
  /** In the order in which they are shown. */
  refusalReasons!: ReasonNameView[];
}

/** A job that was asked for. */
export class JobAcceptedView {
  /** Id of the job: see `/jobs/{id}`. */
  jobId!: number;
}
