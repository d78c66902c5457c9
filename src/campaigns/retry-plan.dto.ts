import { ApiExtraModels, ApiProperty } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  ArrayMinSize,
  ArrayUnique,
  IsArray,
  IsBoolean,
  IsIn,
  IsInt,
  IsNumber,
  IsObject,
  IsString,
  Length,
  Max,
  Min,
  ValidateIf,
  ValidateNested,
} from 'class-validator';

import type { Recycling, RetriedResult, RetryPlan } from './retry-settings.js';

/** Thirty days. */
const MOST_MINUTES = 43_200;

/** May be null; must be said. */
const OrNull = () => ValidateIf((_object, value) => value !== null);
/** May be left out. */
const Optional = () => ValidateIf((_object, value) => value !== undefined);

/** When whoever ended so is tried again. */
export class RetryDelayDto {
  /** Minutes before the second try. */
  @IsNumber({ maxDecimalPlaces: 1 })
  @Min(0)
  @Max(MOST_MINUTES)
  delayMinutes!: number;

  /** Each further delay is so many times as long as the one before. */
  @IsNumber({ maxDecimalPlaces: 2 })
  @Min(1)
  @Max(5)
  growth!: number;

  /** So often in a round, at most; null: as often as the campaign tries. */
  @OrNull()
  @IsInt()
  @Min(1)
  @Max(50)
  limit!: number | null;
}

/** After a result of the line. */
export class RetryRuleDto extends RetryDelayDto {
  /** `next`: another phone of the person, if there is one. The limit is one of each phone. */
  @IsIn(['same', 'next'])
  phone!: 'same' | 'next';
}

/** After an operator's outcome: in place of the delay that the outcome has in its set. */
export class OutcomeRetryDto extends RetryDelayDto {
  /** The outcome. */
  @IsString()
  @Length(1, 100)
  code!: string;
}

const Rule = () => (target: object, key: string) => {
  for (const decorate of [Optional(), IsObject(), ValidateNested(), Type(() => RetryRuleDto)]) decorate(target, key);
};

/** By result. What is left out is as in the standard plan. */
export class RetryResultsDto implements Partial<Record<RetriedResult, RetryRuleDto>> {
  @Rule()
  busy?: RetryRuleDto;
  @Rule()
  no_answer?: RetryRuleDto;
  @Rule()
  machine?: RetryRuleDto;
  /** Picked up, and hung up before anybody could speak. */
  @Rule()
  answered?: RetryRuleDto;
  /** At least 3 minutes. */
  @Rule()
  congestion?: RetryRuleDto;
  @Rule()
  failed?: RetryRuleDto;
  @Rule()
  cancelled?: RetryRuleDto;
  @Rule()
  indeterminate?: RetryRuleDto;
  /** Never sooner than the rules of the person's country ask after an abandoned call. */
  @Rule()
  abandoned?: RetryRuleDto;
}

/** People with more than one phone. */
export class RetryPhonesDto {
  /** After so many tries at one phone, the next; null: not for that. */
  @OrNull()
  @IsInt()
  @Min(1)
  @Max(10)
  triesEach!: number | null;

  /** After the last phone, the first again. */
  @IsBoolean()
  wrap!: boolean;

  /** Minutes before the first try at another phone. */
  @IsNumber({ maxDecimalPlaces: 1 })
  @Min(0)
  @Max(MOST_MINUTES)
  delayMinutes!: number;
}

/** A promised call that did not reach the person. */
export class RetryPromisesDto {
  /** Then the promise is missed. */
  @IsInt()
  @Min(1)
  @Max(10)
  tries!: number;

  /** Minutes between two tries. */
  @IsNumber({ maxDecimalPlaces: 1 })
  @Min(1)
  @Max(1_440)
  delayMinutes!: number;
}

/** Who comes back, and when. */
export class RecyclingRuleDto {
  /** How it ended: an outcome's code, or the result of the last try where tries were used up. */
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(20)
  @ArrayUnique()
  @IsString({ each: true })
  @Length(1, 100, { each: true })
  codes!: string[];

  /** Days since it was over. */
  @IsInt()
  @Min(1)
  @Max(365)
  afterDays!: number;
}

/** People whose calls are over come back, for another round. */
export class RecyclingDto implements Recycling {
  /** Once the list is worked out, by itself; else when a manager says so. */
  @IsBoolean()
  automatic!: boolean;

  /** So often, at most, each of them comes back. */
  @IsInt()
  @Min(1)
  @Max(9)
  rounds!: number;

  /** By how it ended. */
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(10)
  @ValidateNested({ each: true })
  @Type(() => RecyclingRuleDto)
  rules!: RecyclingRuleDto[];
}

/** When people are tried again, and on which phone. Laws and the house set floors that no plan goes under. */
@ApiExtraModels(RetryDelayDto)
export class RetryPlanDto implements RetryPlan {
  /** By result of the line. */
  @IsObject()
  @ValidateNested()
  @Type(() => RetryResultsDto)
  results!: RetryResultsDto;

  /** By operator's outcome. */
  @IsArray()
  @ArrayMaxSize(20)
  @ValidateNested({ each: true })
  @Type(() => OutcomeRetryDto)
  outcomes!: OutcomeRetryDto[];

  /** Growth ends there. */
  @IsNumber({ maxDecimalPlaces: 1 })
  @Min(1)
  @Max(MOST_MINUTES)
  longestDelayMinutes!: number;

  /** People with more than one phone. */
  @IsObject()
  @ValidateNested()
  @Type(() => RetryPhonesDto)
  phones!: RetryPhonesDto;

  /** Promised calls that did not reach the person. */
  @IsObject()
  @ValidateNested()
  @Type(() => RetryPromisesDto)
  promises!: RetryPromisesDto;

  /** Null: whose calls are over stays called. */
  @OrNull()
  @IsObject()
  @ValidateNested()
  @Type(() => RecyclingDto)
  @ApiProperty({ type: () => RecyclingDto, nullable: true })
  recycling!: RecyclingDto | null;
}

/** A plan without the marks of its transport, and with nothing in it that was not said. */
export function retryPlanOf(body: RetryPlanDto): RetryPlan {
  return JSON.parse(JSON.stringify(body)) as RetryPlan;
}
