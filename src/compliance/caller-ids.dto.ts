import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import {
  ArrayMaxSize,
  ArrayUnique,
  IsArray,
  IsIn,
  IsInt,
  IsISO8601,
  IsOptional,
  IsString,
  Length,
  Matches,
  Min,
} from 'class-validator';

import { AUTHORITIES, type Authority, type CallerIdRow } from './caller-ids.repository.js';
import type { CallerIdSettings } from './caller-ids.service.js';

/** A number that we may show to whom we call. */
export class CallerIdDto {
  /** In E.164, such as +33199000000. */
  @IsString()
  @Length(5, 40)
  number!: string;

  /** Of whom it is. */
  @IsString()
  @Length(1, 100)
  @Matches(/\S/, { message: 'name must not be blank' })
  name!: string;

  /** By what right it is shown: assigned to us, lent by a carrier under a contract, or of the client for whom we call. */
  @IsIn(AUTHORITIES)
  @ApiProperty({ enum: AUTHORITIES })
  authority!: Authority;

  /** By what that is shown, such as a contract's number. */
  @IsOptional()
  @IsString()
  @Length(0, 500)
  evidence?: string;

  /** Where it may be shown (ISO 3166-1); none: everywhere. */
  @IsOptional()
  @IsArray()
  @ArrayMaxSize(250)
  @ArrayUnique()
  @Matches(/^[A-Z]{2}$/, { each: true, message: 'countries must be codes of two capital letters, such as FR' })
  countries?: string[];

  /** What the carrier shows beside it, at most 32 characters; null: nothing is registered there. */
  @IsOptional()
  @IsString()
  @Length(0, 32)
  label?: string | null;

  /** From then on it may not be shown; null: no end is known. */
  @IsOptional()
  @IsISO8601({ strict: true, strictSeparator: true })
  @ApiPropertyOptional({ format: 'date-time', nullable: true })
  validTo?: string | null;

  static settingsOf(body: CallerIdDto): CallerIdSettings {
    const { number, name, authority, evidence, countries, label, validTo } = body;
    return {
      ...{ number, name, authority, label: label ?? null, validTo: validTo ? new Date(validTo) : null },
      ...(evidence !== undefined && { evidence }),
      ...(countries !== undefined && { countries }),
    };
  }
}

/** A changed one. */
export class UpdateCallerIdDto extends CallerIdDto {
  /** The version that was edited. */
  @IsInt()
  @Min(1)
  version!: number;
}

/** A campaign that shows the number. */
export class CallerIdCampaignView {
  /** Id of the campaign. */
  id!: number;
  /** What people call it. */
  name!: string;
}

/** A number that we may show to whom we call. */
export class CallerIdView {
  /** Id of the entry. */
  id!: number;
  /** In E.164. */
  number!: string;
  /** Of whom it is. */
  name!: string;
  /** By what right it is shown. */
  @ApiProperty({ enum: AUTHORITIES })
  authority!: Authority;
  /** By what that is shown. */
  evidence!: string;
  /** Where it may be shown; none: everywhere. */
  countries!: string[];
  /** `mobile`, `fixed_line` or another type of number. */
  lineType!: string;
  /** What the carrier shows beside it. */
  label!: string | null;
  /** From then on it may not be shown. */
  validTo!: string | null;
  /** Grows with each edit. */
  version!: number;
  /** Campaigns that show it and are not over. */
  campaigns!: CallerIdCampaignView[];

  static of({ createdAt, updatedAt, validTo, ...row }: CallerIdRow): CallerIdView {
    void [createdAt, updatedAt];
    return Object.assign(new CallerIdView(), { ...row, validTo: validTo?.toISOString() ?? null });
  }
}
