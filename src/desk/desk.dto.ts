import { Type } from 'class-transformer';
import {
  IsBoolean,
  IsInt,
  IsNumber,
  IsOptional,
  IsString,
  Matches,
  Max,
  MaxLength,
  Min,
  ValidateNested,
} from 'class-validator';

export class DeskSignInDto {
  /** The campaign whose calls to take. */
  @IsInt()
  @Min(1)
  campaignId!: number;
}

export class RefusalDetailDto {
  /** What they pay now, or would pay, in the offer's currency. */
  @IsOptional()
  @IsNumber({ maxDecimalPlaces: 2 })
  @Min(0)
  @Max(999_999_999_999)
  price?: number;

  @IsOptional()
  @IsString()
  @MaxLength(200)
  competitor?: string;

  /** A local date, `YYYY-MM-DD`. */
  @IsOptional()
  @Matches(/^\d{4}-\d{2}-\d{2}$/)
  date?: string;

  @IsOptional()
  @IsString()
  @MaxLength(2000)
  note?: string;
}

export class CallbackDto {
  /** `YYYY-MM-DDTHH:mm` in the customer's time. */
  @Matches(/^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])T([01]\d|2[0-3]):[0-5]\d$/)
  localTime!: string;

  /** One of the customer's possible zones (IANA); left out: the first of them. */
  @IsOptional()
  @IsString()
  @MaxLength(64)
  timeZone?: string;

  /** Only the operator who promises it; else any operator of the campaign. */
  @IsOptional()
  @IsBoolean()
  personal?: boolean;

  /** Another number to call, as the customer says it; left out: the one of this call. */
  @IsOptional()
  @IsString()
  @MaxLength(40)
  phone?: string;
}

export class DispositionDto {
  /** The call in hand. */
  @IsInt()
  @Min(1)
  attemptId!: number;

  /** Code of an outcome of the campaign. */
  @IsString()
  @MaxLength(64)
  outcome!: string;

  /** Code of a refusal reason, with an outcome that asks for one. */
  @IsOptional()
  @IsString()
  @MaxLength(64)
  refusalReason?: string;

  @IsOptional()
  @ValidateNested()
  @Type(() => RefusalDetailDto)
  refusalDetail?: RefusalDetailDto;

  @IsOptional()
  @ValidateNested()
  @Type(() => CallbackDto)
  callback?: CallbackDto;

  @IsOptional()
  @IsString()
  @MaxLength(4000)
  note?: string;

  /** Left out: as the outcome implies. */
  @IsOptional()
  @IsBoolean()
  rightParty?: boolean;
}

export class DeskPerson {
  id!: number;
  name!: string;
}

export class DeskCampaign {
  id!: number;
  name!: string;
  state!: string;
}

export class HistoryItem {
  at!: Date;
  campaignName!: string;
  /** System result of the attempt. */
  result!: string;
  outcome!: string | null;
  refusalReason!: string | null;
  note!: string | null;
  /** What was refused or bought in that call; null where nothing was, or no offer was recorded. */
  offerName!: string | null;
  /** Its price at that time, in `offerCurrency`. */
  offerPrice!: number | null;
  /** ISO 4217. */
  offerCurrency!: string | null;
  /** With a refusal: what they paid then, or would have paid. */
  price!: number | null;
  /** With a refusal: whose customer they were. */
  competitor!: string | null;
  /** With a refusal: when they would think again, a local date. */
  reconsiderOn!: string | null;
}

export class DeskLead {
  id!: number;
  name!: string | null;
  maskedPhone!: string;
  region!: string | null;
  baseName!: string;
  /** Zones where the person may be (IANA). */
  timeZones!: string[];
  /** `HH:mm` in the first of them. */
  localTime!: string;
  attributes!: Record<string, string>;
  history!: HistoryItem[];
}

export class DeskPromise {
  note!: string | null;
  promisedFor!: Date;
}

export class DeskOffer {
  name!: string;
  description!: string;
  price!: number | null;
  currency!: string | null;
}

export class DeskStep {
  title!: string;
  text!: string;
}

export class DeskCaption {
  outcome!: string;
  refusalReason!: string | null;
  competitor!: string | null;
  price!: number | null;
  /** For a callback: in how many minutes it would suit. */
  callbackInMinutes!: number | null;
}

export class DeskCall {
  attemptId!: number;
  answeredAt!: Date | null;
  bridgedAt!: Date | null;
  endedAt!: Date | null;
  lead!: DeskLead;
  /** The promise that this call keeps. */
  callback!: DeskPromise | null;
  offer!: DeskOffer | null;
  /** The script, its fields filled in; empty where there is none. */
  script!: DeskStep[];
  /** Which script it is; null: none. */
  scriptId!: number | null;
  /** Which of its published versions: the one that the call was reserved with. */
  scriptVersion!: number | null;
  /** On the simulated switch: what the customer has in mind. */
  caption!: DeskCaption | null;
}

export class DeskOutcome {
  code!: string;
  label!: string | null;
  category!: string;
  asks!: 'nothing' | 'refusal_reason' | 'callback';
  position!: number;
}

export class DeskRefusalReason {
  code!: string;
  parentCode!: string | null;
  label!: string | null;
  asks!: 'nothing' | 'price' | 'competitor' | 'date' | 'note';
  position!: number;
}

export class DeskToday {
  calls!: number;
  talkSeconds!: number;
  successes!: number;
}

/** A call that the operator has promised in person, and that is due soon or already. */
export class DeskReminder {
  id!: number;
  campaignName!: string;
  leadName!: string | null;
  maskedPhone!: string | null;
  /** `YYYY-MM-DDTHH:mm` as promised, in the customer's time. */
  localTime!: string;
  timeZone!: string;
  dueAt!: Date;
  callAt!: Date;
  note!: string | null;
}

/** All that an operator's screen shows. */
export class DeskView {
  operator!: DeskPerson;
  campaign!: DeskCampaign | null;
  state!: 'offline' | 'ready' | 'in_call' | 'wrap_up' | 'break';
  sinceAt!: Date | null;
  breakRequested!: boolean;
  wrapUpUntil!: Date | null;
  /** To run timers by the server's clock. */
  serverNow!: Date;
  call!: DeskCall | null;
  outcomes!: DeskOutcome[];
  refusalReasons!: DeskRefusalReason[];
  today!: DeskToday;
  /** Promises of the operator's own that come due within some minutes, the first one first. */
  reminders!: DeskReminder[];
}

/** An operator as the floor shows one. */
export class OperatorView {
  id!: number;
  name!: string;
  simulated!: boolean;
  state!: string;
  campaignId!: number | null;
  sinceAt!: Date | null;
}
