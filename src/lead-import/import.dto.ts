import { ApiPropertyOptional } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  IsArray,
  IsBoolean,
  IsIn,
  IsInt,
  IsISO8601,
  IsNumber,
  IsObject,
  IsOptional,
  IsString,
  IsUUID,
  Length,
  Matches,
  Max,
  MaxLength,
  Min,
  ValidateIf,
  ValidateNested,
} from 'class-validator';

import type { BaseRow } from '../leads/base.entity.js';
import { ATTRIBUTE_TYPES, DATE_ORDERS, type AttributeType, type DateOrder } from './attribute-types.js';
import { DELIMITERS, ENCODINGS, type Delimiter, type Encoding } from './csv-dialect.js';
import type { FileReport } from './file-analysis.service.js';
import type { FileFormat } from './file-format.js';
import {
  CONSENT_FORMS,
  DEDUPE_ACTIONS,
  DEDUPE_KEYS,
  DEDUPE_SCOPES,
  givesConsent,
  importStates,
  type Consent,
  type Dedupe,
  type ImportKind,
  type ImportState,
  type LeadImport,
} from './import.js';
import type { Upload } from './lead-import.repository.js';

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

/** One column that becomes an attribute. */
export class AttributeDto {
  /** Name of the column. */
  @IsString()
  column!: string;

  /** What it is called with the lead; the column's name when left out. */
  @IsOptional()
  @IsString()
  @Length(1, 200)
  name?: string;

  /** What its values are; guessed when left out. */
  @IsOptional()
  @IsIn(ATTRIBUTE_TYPES)
  type?: AttributeType;

  /** Of dates such as 03/04/2026: which part comes first. */
  @IsOptional()
  @IsIn(DATE_ORDERS)
  dateOrder?: DateOrder;
}

/** Names of the columns that hold what. */
export class ImportMappingDto {
  /** Phones: short for `phones` with one column. */
  @IsOptional()
  @IsString()
  phone?: string | null;

  /** Phones, the main one first. */
  @IsOptional()
  @IsArray()
  @ArrayMaxSize(9)
  @IsString({ each: true })
  phones?: string[];

  /** Names of people. */
  @IsOptional()
  @IsString()
  name?: string | null;

  /** Columns that make up the name together. */
  @IsOptional()
  @IsArray()
  @ArrayMaxSize(5)
  @IsString({ each: true })
  nameParts?: string[];

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

  /** Logins of the operators whose customers they are. */
  @IsOptional()
  @IsString()
  owner?: string | null;

  /** What else is kept; left out: every other column. */
  @IsOptional()
  @IsArray()
  @ArrayMaxSize(500)
  @ValidateNested({ each: true })
  @Type(() => AttributeDto)
  attributes?: AttributeDto[];
}

/** How a text is read, where it is guessed wrong. */
export class DialectDto {
  /** Of its characters. */
  @IsOptional()
  @IsIn(ENCODINGS)
  encoding?: Encoding;

  /** Between its values. */
  @IsOptional()
  @IsIn(DELIMITERS)
  delimiter?: Delimiter;

  /** Around values; null: none. */
  @IsOptional()
  @IsIn(['"', "'"])
  quote?: '"' | "'" | null;
}

/** Who counts as there already, and what becomes of the row then. */
export class DedupeDto {
  /** Told by the main phone, or by the id in the system that the file comes from. */
  @IsIn(DEDUPE_KEYS)
  key!: Dedupe['key'];

  /** Looked for in this file, in the base, or in all bases. */
  @IsIn(DEDUPE_SCOPES)
  scope!: Dedupe['scope'];

  /** Leave the row out, write it over who is there, or make a second lead. */
  @IsIn(DEDUPE_ACTIONS)
  action!: Dedupe['action'];
}

/** What people agreed to. */
export class ConsentDto {
  /** Where it was given. */
  @IsString()
  @Length(1, 200)
  source!: string;

  /** What was agreed to, word for word. */
  @IsString()
  @Length(1, 5_000)
  wording!: string;

  /** Where the proof lies. Without it this is kept as a claim, and nobody counts as having agreed. */
  @IsOptional()
  @IsString()
  @MaxLength(2_000)
  proof?: string | null;

  /** written: signed, on paper or by machine; prior, unless told: said yes before the call. */
  @IsOptional()
  @IsIn(CONSENT_FORMS)
  form?: 'prior' | 'written' | null;

  /** The day on which all of them gave it. */
  @IsOptional()
  @Matches(/^\d{4}-\d\d-\d\d$/)
  givenOn?: string | null;

  /** Instead of that, the attribute of the type date that holds each one's day. With neither this is a claim too. */
  @IsOptional()
  @IsString()
  @Length(1, 200)
  dateAttribute?: string | null;
}

/** How a file is read, where it is guessed wrong. */
export class ReadingDto {
  /** Of a text. */
  @IsOptional()
  @IsObject()
  @ValidateNested()
  @Type(() => DialectDto)
  dialect?: DialectDto;

  /** Of a workbook: the name of the sheet. */
  @IsOptional()
  @IsString()
  @MaxLength(100)
  sheet?: string;

  /** Place of the header among the records, from 0; null: the file has none. Left out: it is looked for. */
  @IsOptional()
  @IsInt()
  @Min(0)
  @Max(499)
  headerAt?: number | null;

  /** Of numbers that are written without one (ISO 3166-1). */
  @IsOptional()
  @Matches(/^[A-Z]{2}$/)
  country?: string;
}

/** What is to be known of a file before it is imported. */
export class AnalysisRequestDto extends ReadingDto {
  /** Guessed when left out. */
  @IsOptional()
  @IsObject()
  @ValidateNested()
  @Type(() => ImportMappingDto)
  mapping?: ImportMappingDto;

  /** The base that it may go into. */
  @IsOptional()
  @IsInt()
  @Min(1)
  baseId?: number;

  /** By phone, in the base, skipped, when left out. */
  @IsOptional()
  @IsObject()
  @ValidateNested()
  @Type(() => DedupeDto)
  dedupe?: DedupeDto;

  /** Numbers that must not be called, for this list, and not people. */
  @IsOptional()
  @IsInt()
  @Min(1)
  listId?: number;
}

/** How a file is to be imported. */
export class ImportOptionsDto extends ReadingDto {
  /** Where the rows go. */
  @IsObject()
  @ValidateNested()
  @Type(() => ImportBaseDto)
  base!: ImportBaseDto;

  /** Guessed when left out: from the last import with this header, else from names and contents. */
  @IsOptional()
  @IsObject()
  @ValidateNested()
  @Type(() => ImportMappingDto)
  mapping?: ImportMappingDto;

  /** Short for `dialect.delimiter`. */
  @IsOptional()
  @IsIn(DELIMITERS)
  delimiter?: Delimiter;

  /** By phone, in the base, skipped, when left out. */
  @IsOptional()
  @IsObject()
  @ValidateNested()
  @Type(() => DedupeDto)
  dedupe?: DedupeDto;

  /** What these people agreed to; null or left out: nothing that we know of. */
  @IsOptional()
  @IsObject()
  @ValidateNested()
  @Type(() => ConsentDto)
  consent?: ConsentDto | null;

  // Said in full: the plugin reads no limit below zero.
  @ApiPropertyOptional({ description: 'Of rows that state none.', type: 'integer', minimum: -32_768, maximum: 32_767 })
  @IsOptional()
  @IsInt()
  @Min(-32_768)
  @Max(32_767)
  priority?: number;

  /** The operator whose customers they are. */
  @IsOptional()
  @IsInt()
  @Min(1)
  ownerId?: number | null;

  /** They go on this campaign's calling list when the import is done. */
  @IsOptional()
  @IsInt()
  @Min(1)
  campaignId?: number | null;

  /** Give each row a number that is reserved for fiction when no column holds phones. */
  @IsOptional()
  @IsBoolean()
  generatePhones?: boolean;
}

/** An import of a file that was uploaded before. */
export class StartImportDto {
  /** Id of the upload. */
  @IsUUID()
  uploadId!: string;

  /** How the file is to be imported. */
  @IsObject()
  @ValidateNested()
  @Type(() => ImportOptionsDto)
  options!: ImportOptionsDto;
}

/** A file of numbers that must not be called. */
export class LoadListDto extends ReadingDto {
  /** Id of the upload. */
  @IsUUID()
  uploadId!: string;

  /** In place of what the list holds, or besides it. */
  @IsIn(['replace', 'add'])
  mode!: 'replace' | 'add';

  /** When the registry gave it out; now when left out. */
  @IsOptional()
  @IsISO8601()
  datedAt?: string;

  /** Which column holds the numbers; guessed when left out. */
  @IsOptional()
  @IsObject()
  @ValidateNested()
  @Type(() => ImportMappingDto)
  mapping?: ImportMappingDto;
}

/** How the people of a base are taken out. */
export class ExportBaseDto {
  /** Numbers as they are shown on the screen, or in full: that is for managers, and noted. */
  @IsIn(['masked', 'full'])
  phones!: 'masked' | 'full';

  /** What the numbers are needed for. */
  @IsOptional()
  @IsString()
  @MaxLength(500)
  reason?: string;
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

/** One column that becomes an attribute. */
export class MappedAttributeView {
  /** Name of the column. */
  column!: string;
  /** What it is called with the lead. */
  name!: string;
  /** What its values are. */
  type!: AttributeType;
  /** Of dates: which part comes first. */
  dateOrder?: DateOrder;
}

/** Which column was taken for what. */
export class ImportMappingView {
  /** Phones, the main one first; none when they were generated. */
  phones!: string[];
  /** Names of people. */
  name!: string | null;
  /** Columns that make up the name where no single one holds it. */
  nameParts!: string[];
  /** Ids in the system that the file comes from. */
  externalId!: string | null;
  /** Regions. */
  region!: string | null;
  /** Time zones. */
  timeZone!: string | null;
  /** Priorities. */
  priority!: string | null;
  /** Logins of the operators whose customers they are. */
  owner!: string | null;
  /** What else is kept. */
  attributes!: MappedAttributeView[];
}

/** Who counts as there already, and what becomes of the row then. */
export class DedupeView {
  /** Told by phone or by id. */
  key!: Dedupe['key'];
  /** Where it is looked for. */
  scope!: Dedupe['scope'];
  /** What becomes of the row. */
  action!: Dedupe['action'];
}

/** What people agreed to. */
export class ConsentView {
  /** Where it was given. */
  source!: string;
  /** What was agreed to. */
  wording!: string;
  /** Where the proof lies. */
  proof!: string | null;
  /** prior or written. */
  form!: 'prior' | 'written';
  /** The day on which all of them gave it. */
  givenOn!: string | null;
  /** The attribute that holds each one's day. */
  dateAttribute!: string | null;
  /** It is kept as a claim and gives no consent: there is no proof, or no day. */
  isClaim!: boolean;

  static of(consent: Consent): ConsentView {
    const { source, wording, proof, form, givenOn, dateAttribute } = consent;
    return Object.assign(new ConsentView(), {
      ...{ source, wording, proof: proof ?? null, form: form ?? 'prior' },
      ...{ givenOn: givenOn ?? null, dateAttribute: dateAttribute ?? null },
      isClaim: !givesConsent(consent),
    });
  }
}

/** The account of one file: imported + updated + duplicate + suppressed + rejected = rows. */
export class ImportView {
  /** Id of the import. */
  id!: number;
  /** What its rows become: people of a base, or numbers that must not be called. */
  kind!: ImportKind;
  /** The base that the rows go into. */
  baseId!: number | null;
  /** Its name. */
  baseName!: string | null;
  /** The suppression list that they go into. */
  listId!: number | null;
  /** Its name. */
  listName!: string | null;
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
  /** Rows that became leads, or numbers of the list. */
  imported!: number;
  /** Rows that changed leads which were there. */
  updated!: number;
  /** Rows of people who were there already. */
  duplicate!: number;
  /** Rows whose phone may not be called. */
  suppressed!: number;
  /** Rows that can't be read. */
  rejected!: number;
  /** Rejected rows by reason. */
  rejectsByCode!: RejectCountView[];
  /** Set when it failed, or when something that should follow from it could not be done. */
  problem!: ImportProblemView | null;
  /** The file has no phones: each row got a number that is reserved for fiction. */
  generatedPhones!: boolean;
  /** Leads that the undo took out. */
  removed!: number;
  /** Leads that the undo put back as they were. */
  restored!: number;
  /** Leads that the undo left alone: they have been called, or a later import changed them. */
  kept!: number;
  /** Can it be undone now? */
  canUndo!: boolean;
  /** When it was asked for. */
  createdAt!: Date;
  /** When its first row was read. */
  startedAt!: Date | null;
  /** When it ended. */
  finishedAt!: Date | null;
  /** Who asked for it. */
  createdBy!: string | null;
  /** Who had it undone. */
  undoneBy!: string | null;
  /** Which column was taken for what. */
  mapping!: ImportMappingView;
  /** Who counts as there already. */
  dedupe!: DedupeView;
  /** Country of numbers that are written without one. */
  country!: string;
  /** What these people agreed to. */
  consent!: ConsentView | null;
  /** Priority of rows that state none. */
  priority!: number;
  /** The operator whose customers they are. */
  ownerId!: number | null;
  /** The campaign on whose calling list they go. */
  campaignId!: number | null;

  static of(row: LeadImport): ImportView {
    const { mapping, dedupe, country, consent, priority, ownerId, campaignId, generate } = row.options;
    return Object.assign(new ImportView(), {
      id: row.id,
      kind: row.kind,
      baseId: row.baseId,
      baseName: row.baseName,
      listId: row.listId,
      listName: row.listName,
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
      generatedPhones: generate !== null,
      removed: row.removed,
      restored: row.restored,
      kept: row.kept,
      canUndo: row.kind === 'leads' && row.imported + row.updated > 0 && importStates.can(row.state, 'undoing'),
      createdAt: row.createdAt,
      startedAt: row.startedAt,
      finishedAt: row.finishedAt,
      createdBy: row.createdBy,
      undoneBy: row.undoneBy,
      mapping,
      dedupe,
      country,
      consent: consent && ConsentView.of(consent),
      priority,
      ownerId,
      campaignId,
    });
  }
}

/** A file that waits for somebody to say how it is to be imported. */
export class UploadView {
  /** Its id. */
  id!: string;
  /** As its owner calls it. */
  fileName!: string;
  /** Size of the file. */
  fileBytes!: number;
  /** When it came. */
  createdAt!: Date;

  static of({ id, fileName, fileBytes, createdAt }: Upload): UploadView {
    return Object.assign(new UploadView(), { id, fileName, fileBytes, createdAt });
  }
}

/** How a text is read. */
export class DialectView {
  /** Of its characters. */
  encoding!: Encoding;
  /** Between its values. */
  delimiter!: Delimiter;
  /** Around values; null: none. */
  quote!: string | null;
  /** How a quote inside a value is written. */
  escape!: 'double' | 'backslash';
  /** What ends its lines. */
  lineEnding!: 'lf' | 'cr';
}

/** Where the header is; both null when the file has none. */
export class HeaderView {
  /** Place among the records, from 0. */
  at!: number | null;
  /** Line of the file. */
  line!: number | null;
}

/** Something about the header that the importer should know. */
export class NoticeView {
  /** Stable code. */
  code!: string;
  /** A sentence. */
  detail!: string;
  /** Columns that it speaks of. */
  columns?: string[];
  /** Records that it speaks of. */
  lines?: number;
}

/** One column, as far as the first rows tell. */
export class ColumnView {
  /** Its name. */
  name!: string;
  /** What it seems to hold. */
  field!: string;
  /** How sure that is, 0 to 1. */
  confidence!: number;
  /** What tells: its name, its values, an earlier import with the same header, or nothing. */
  by!: 'header' | 'content' | 'saved' | 'none';
  /** What its values are, as an attribute. */
  type!: AttributeType;
  /** Share of the rows that have a value there. */
  filledRate!: number;
  /** Up to three values; phones masked. */
  examples!: string[];
}

/** One of the first rows. */
export class FirstRowView {
  /** Line of the file. */
  line!: number;
  /** Its values; phones masked. */
  values!: string[];
  /** Why it would be rejected, or null. */
  fault!: string | null;
  /** The same as a sentence. */
  faultDetail!: string | null;
}

/** What would become of the rows: valid + duplicate + suppressed + rejected = rows. */
export class EstimateView {
  /** Data rows. */
  rows!: number;
  /** Was every row looked at? */
  exact!: boolean;
  /** Rows that were looked at. */
  sampledRows!: number;
  /** Rows that would make leads. */
  valid!: number;
  /** Rows of people who are there already. */
  duplicate!: number;
  /** Rows whose phone may not be called. */
  suppressed!: number;
  /** Rows that can't be read. */
  rejected!: number;
  /** Rejected rows by reason. */
  rejectsByCode!: RejectCountView[];
}

/** Leads who may be in several time zones at once. */
export class WorstZonesView {
  /** Their country. */
  country!: string;
  /** Where they may be. */
  zones!: string[];
  /** How many. */
  leads!: number;
  /** Callable hours a week. */
  hours!: number;
}

/** How many leads have a certain time zone, and what it costs that others have not. */
export class ZonesView {
  /** Leads with one zone. */
  certain!: number;
  /** Leads with several possible zones: all of them must be open. */
  ambiguous!: number;
  /** Callable hours a week of a lead with one zone. */
  certainHours!: number;
  /** Callable hours a week of a lead with several. */
  ambiguousHours!: number;
  /** The largest groups of the latter. */
  worst!: WorstZonesView[];
}

/** An earlier import of the very same file. */
export class SameFileView {
  /** Id of that import. */
  importId!: number;
  /** Where its rows went. */
  baseName!: string | null;
  /** When. */
  createdAt!: Date;
}

/** What was understood of a file, and what would become of its rows. */
export class AnalysisView {
  /** What kind of file it is. */
  format!: FileFormat;
  /** Sheets of a workbook. */
  sheets!: string[];
  /** The one that is read; null: the first one with rows. */
  sheet!: string | null;
  /** Null for a workbook. */
  dialect!: DialectView | null;
  /** How sure the encoding is, 0 to 1. */
  encodingConfidence!: number;
  /** Where the header is. */
  header!: HeaderView;
  /** What the importer should know. */
  notices!: NoticeView[];
  /** One a column, in their order. */
  columns!: ColumnView[];
  /** The first 20 rows. */
  firstRows!: FirstRowView[];
  /** Proposed, or as asked for. */
  mapping!: ImportMappingView;
  /** When a file with this header was imported last, if the proposal is that of then. */
  savedMappingAt!: Date | null;
  /** Country of numbers that are written without one; empty when nobody said. */
  country!: string;
  /** What would become of the rows. */
  estimate!: EstimateView;
  /** What is known of where people are. */
  zones!: ZonesView;
  /** Set when this very file was imported before. */
  sameFile!: SameFileView | null;

  static of(report: FileReport): AnalysisView {
    const { reading } = report.file;
    const { sameFile } = report;
    return Object.assign(new AnalysisView(), {
      format: reading.format,
      sheets: reading.sheets,
      sheet: reading.sheet,
      dialect: reading.dialect,
      encodingConfidence: reading.encodingConfidence,
      header: { at: reading.header?.at ?? null, line: reading.header?.line ?? null },
      notices: reading.notices,
      columns: report.columns.map(({ name, field, confidence, by, type, filledRate, examples }) => ({
        name,
        field,
        confidence,
        by,
        type,
        filledRate,
        examples,
      })),
      firstRows: report.firstRows,
      mapping: report.mapping,
      savedMappingAt: report.savedMappingAt,
      country: report.country,
      estimate: report.estimate,
      zones: report.zones,
      sameFile: sameFile && {
        importId: sameFile.id,
        baseName: sameFile.baseName,
        createdAt: sameFile.createdAt,
      },
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
