import { Type } from 'class-transformer';
import {
  IsBoolean,
  IsIn,
  IsInt,
  IsNumber,
  IsObject,
  IsOptional,
  IsString,
  Length,
  Matches,
  Max,
  MaxLength,
  Min,
  ValidateIf,
  ValidateNested,
} from 'class-validator';

import type { BaseRow } from '../leads/base.entity.js';
import { DELIMITERS, type Delimiter } from './csv-dialect.js';
import type { ImportState, LeadImport } from './import.js';

/** The base that the rows go into: an existing one by its id, or a new one by its name. */
export class ImportBaseDto {
  /** Id of an existing base. */
  @IsOptional()
  @IsInt()
  @Min(1)
  id?: number;

  /** Name of a new base. */
  @ValidateIf((base: ImportBaseDto) => base.id === undefined)
  @IsString()
  @Length(1, 200)
  name?: string;

  /** Where the new base comes from. */
  @IsOptional()
  @IsString()
  @MaxLength(200)
  source?: string | null;

  /** What the new base cost. */
  @IsOptional()
  @IsNumber({ maxDecimalPlaces: 2 })
  @Min(0)
  @Max(999_999_999_999)
  cost?: number | null;

  /** Currency of the cost (ISO 4217). */
  @IsOptional()
  @Matches(/^[A-Z]{3}$/)
  currency?: string | null;

  /** Country of numbers that are written without one (ISO 3166-1). */
  @ValidateIf((base: ImportBaseDto) => base.id === undefined)
  @Matches(/^[A-Z]{2}$/)
  country?: string;
}

/** Names of the columns that hold what. */
export class ImportMappingDto {
  /** Phones. */
  @IsOptional()
  @IsString()
  phone?: string | null;

  /** Names of people. */
  @IsOptional()
  @IsString()
  name?: string | null;

  /** Ids of people in the system that the file comes from. */
  @IsOptional()
  @IsString()
  externalId?: string | null;

  /** Regions. */
  @IsOptional()
  @IsString()
  region?: string | null;

  /** IANA time zones. */
  @IsOptional()
  @IsString()
  timeZone?: string | null;

  /** Whole numbers; higher is called earlier. */
  @IsOptional()
  @IsString()
  priority?: string | null;
}

/** How a file is to be imported. */
export class ImportOptionsDto {
  /** Where the rows go. */
  @IsObject()
  @ValidateNested()
  @Type(() => ImportBaseDto)
  base!: ImportBaseDto;

  /** Guessed from the header when left out. */
  @IsOptional()
  @IsObject()
  @ValidateNested()
  @Type(() => ImportMappingDto)
  mapping?: ImportMappingDto;

  /** Guessed when left out. */
  @IsOptional()
  @IsIn(DELIMITERS)
  delimiter?: Delimiter;

  /** Give each row a number that is reserved for fiction when no column holds phones. */
  @IsOptional()
  @IsBoolean()
  generatePhones?: boolean;
}

/** The parts of an upload besides the file. */
export class ImportRequestDto {
  /** How the file is to be imported. */
  @ValidateNested()
  @Type(() => ImportOptionsDto)
  options!: ImportOptionsDto;
}

/** How many rows were rejected for one reason. */
export class RejectCountView {
  /** The reason. */
  code!: string;
  /** Rows. */
  count!: number;
}

/** Why an import failed. */
export class ImportProblemView {
  /** Stable code. */
  code!: string;
  /** A sentence. */
  detail!: string;
  /** What to do about it. */
  fix?: string;
}

/** Which column was taken for what. */
export class ImportMappingView {
  /** Phones; null when they were generated. */
  phone!: string | null;
  /** Names of people. */
  name!: string | null;
  /** Ids in the system that the file comes from. */
  externalId!: string | null;
  /** Regions. */
  region!: string | null;
  /** Time zones. */
  timeZone!: string | null;
  /** Priorities. */
  priority!: string | null;
  /** Columns that make up the name where no single one holds it. */
  nameParts!: string[];
}

/** The account of one file: imported + updated + duplicate + suppressed + rejected = rows. */
export class ImportView {
  /** Id of the import. */
  id!: number;
  /** The base that the rows go into. */
  baseId!: number;
  /** Its name. */
  baseName!: string;
  /** Name of the file. */
  fileName!: string;
  /** Size of the file. */
  fileBytes!: number;
  /** How much of it has been read. */
  bytesRead!: number;
  /** Where it is in its life. */
  state!: ImportState;
  /** Data rows read. */
  rows!: number;
  /** Rows that became leads. */
  imported!: number;
  /** Rows that changed leads which were there. */
  updated!: number;
  /** Rows whose phone is in the base already. */
  duplicate!: number;
  /** Rows whose phone may not be called. */
  suppressed!: number;
  /** Rows that can't be read. */
  rejected!: number;
  /** Rejected rows by reason. */
  rejectsByCode!: RejectCountView[];
  /** Set when it failed. */
  problem!: ImportProblemView | null;
  /** The file has no phones: each row got a number that is reserved for fiction. */
  generatedPhones!: boolean;
  /** When it was asked for. */
  createdAt!: Date;
  /** When its first row was read. */
  startedAt!: Date | null;
  /** When it ended. */
  finishedAt!: Date | null;
  /** Who asked for it. */
  createdBy!: string | null;
  /** Which column was taken for what. */
  mapping!: ImportMappingView;

  static of(row: LeadImport): ImportView {
    return Object.assign(new ImportView(), {
      id: row.id,
      baseId: row.baseId,
      baseName: row.baseName,
      fileName: row.fileName,
      fileBytes: row.fileBytes,
      bytesRead: row.bytesRead,
      state: row.state,
      rows: row.rows,
      imported: row.imported,
      updated: row.updated,
      duplicate: row.duplicate,
      suppressed: row.suppressed,
      rejected: row.rejected,
      rejectsByCode: row.rejectsByCode,
      problem: row.problem,
      generatedPhones: row.options.generate !== null,
      createdAt: row.createdAt,
      startedAt: row.startedAt,
      finishedAt: row.finishedAt,
      createdBy: row.createdBy,
      mapping: row.options.mapping,
    });
  }
}

/** A set of leads, with its source and cost. */
export class BaseView {
  /** Id of the base. */
  id!: number;
  /** What it is called. */
  name!: string;
  /** Where it comes from. */
  source!: string | null;
  /** What it cost. */
  cost!: number | null;
  /** Currency of the cost (ISO 4217). */
  currency!: string | null;
  /** Country of numbers that are written without one (ISO 3166-1). */
  country!: string;
  /** When it was made. */
  createdAt!: Date;
  /** People in it. */
  leads!: number;
  /** The newest file that was imported into it. */
  lastImport!: ImportView | null;

  static of(row: BaseRow, last: LeadImport | undefined): BaseView {
    const { id, name, source, cost, currency, country, createdAt, leads } = row;
    const lastImport = last ? ImportView.of(last) : null;
    return Object.assign(new BaseView(), { id, name, source, cost, currency, country, createdAt, leads, lastImport });
  }
}
