import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  ArrayMinSize,
  ArrayUnique,
  IsArray,
  IsBoolean,
  IsIn,
  IsInt,
  IsObject,
  IsOptional,
  IsString,
  Length,
  Matches,
  Max,
  MaxLength,
  Min,
  ValidateBy,
  ValidateIf,
  ValidateNested,
} from 'class-validator';

import { LOCALES, type Locale } from '../auth/access.js';
import { MAX_ID } from '../common/parse-id.pipe.js';
import { LINT_CODES, type Finding, type LintCode } from './ad-law-linter.js';
import type { FilledScript } from './fill-script.js';
import { FIELD_TYPES, TEXT_PATTERNS, type Fault, type FormFieldType, type TextPattern } from './form-fields.js';
import { SCRIPT_PURPOSES, type ScriptContent, type ScriptDraft, type ScriptPurpose } from './script-content.js';
import type { ScriptReview } from './script-publishing.service.js';
import type { Script, ScriptVersion } from './script.entity.js';
import type { VersionRow } from './scripts.repository.js';

/** May be left out; no null gets in where it would be stored. */
const Optional = () => ValidateIf((_object, value) => value !== undefined);

/** Neither the null character nor half of a surrogate pair can be stored. */
const Storable = () =>
  Matches(/^[^\0\p{Surrogate}]*$/u, { message: '$property holds characters that no text can hold' });

const IsId = () => Matches(/^[A-Za-z0-9_-]{1,40}$/, { message: '$property must be 1 to 40 letters, digits, _ or -' });

const IsBound = () =>
  ValidateBy({
    name: 'isBound',
    validator: {
      validate: (value: unknown) => Number.isFinite(value) || (typeof value === 'string' && value.length <= 10),
      defaultMessage: () => '$property must be a number or a day such as 2026-03-31',
    },
  });

const ApiBound = (description: string) =>
  ApiPropertyOptional({ description, oneOf: [{ type: 'number' }, { type: 'string' }] });

/** A text in several languages. */
export class TextsDto {
  /** English. */
  @Optional()
  @IsString()
  @MaxLength(5000)
  @Storable()
  en?: string;

  /** Russian. */
  @Optional()
  @IsString()
  @MaxLength(5000)
  @Storable()
  ru?: string;

  /** Vietnamese. */
  @Optional()
  @IsString()
  @MaxLength(5000)
  @Storable()
  vi?: string;
}

/** What is said: `text` in the script's main language, or `texts` in several. */
export class WordsDto {
  /** In the first of the script's languages; `{{name}}`, `{{attribute}}`, `{{offer.price}}` and the like are filled in. */
  @Optional()
  @IsString()
  @MaxLength(5000)
  @Storable()
  text?: string;

  /** In several languages. */
  @Optional()
  @IsObject()
  @ValidateNested()
  @Type(() => TextsDto)
  texts?: TextsDto;
}

/** A field of an order or a questionnaire. */
export class FormFieldDto {
  /** By which its answer is kept; unique in the script. */
  @IsString()
  @IsId()
  id!: string;

  /** What is asked. */
  @IsString()
  @Length(1, 500)
  @Storable()
  label!: string;

  /** What kind of answer it takes. */
  @IsIn(FIELD_TYPES)
  type!: FormFieldType;

  /** It must be filled in. */
  @Optional()
  @IsBoolean()
  required?: boolean;

  @ApiBound('Least number, first day, or least length of a text.')
  @Optional()
  @IsBound()
  min?: number | string;

  @ApiBound('Greatest number, last day, or greatest length of a text.')
  @Optional()
  @IsBound()
  max?: number | string;

  /** What kind of text it takes. */
  @Optional()
  @IsIn(TEXT_PATTERNS)
  pattern?: TextPattern;

  /** What a choice is made from. */
  @Optional()
  @IsArray()
  @ArrayMaxSize(100)
  @IsString({ each: true })
  @Length(1, 200, { each: true })
  @Matches(/^[^\0\p{Surrogate}]*$/u, { each: true, message: '$property hold characters that no text can hold' })
  choices?: string[];
}

/** What the customer may answer. */
export class ScriptAnswerDto {
  /** On the operator's button. */
  @IsString()
  @Length(1, 200)
  @Storable()
  label!: string;

  /** Id of the step that follows, or `end`. */
  @IsString()
  @IsId()
  goto!: string;

  /** The customer refuses here: what belongs to an agreement need not have been said. */
  @Optional()
  @IsBoolean()
  refuses?: boolean;
}

/** One step of a script. */
export class ScriptStepDto extends WordsDto {
  /** Left out: given by its place. */
  @Optional()
  @IsString()
  @IsId()
  id?: string;

  /** Heading. */
  @IsString()
  @MaxLength(200)
  @Storable()
  title!: string;

  /** No call may end well without it. */
  @Optional()
  @IsBoolean()
  mustSay?: boolean;

  /** Asked at this step. */
  @Optional()
  @IsArray()
  @ArrayMaxSize(50)
  @ValidateNested({ each: true })
  @Type(() => FormFieldDto)
  fields?: FormFieldDto[];

  /** Left out: goes on to the next step, or from the last one to the end. */
  @Optional()
  @IsArray()
  @ArrayMaxSize(20)
  @ValidateNested({ each: true })
  @Type(() => ScriptAnswerDto)
  answers?: ScriptAnswerDto[];
}

/** What to say to a refusal. */
export class ScriptObjectionDto extends WordsDto {
  /** Code of the refusal reason. */
  @IsString()
  @Length(1, 64)
  @Storable()
  refusalReason!: string;

  /** Heading. */
  @IsString()
  @MaxLength(200)
  @Storable()
  title!: string;
}

/** A form to fill in during the call. */
export class ScriptFormDto {
  /** Unique in the script. */
  @IsString()
  @IsId()
  id!: string;

  /** What it is for. */
  @IsIn(['order', 'questionnaire'])
  kind!: 'order' | 'questionnaire';

  /** Heading. */
  @IsString()
  @Length(1, 200)
  @Storable()
  title!: string;

  /** In the order in which they are asked. */
  @IsArray()
  @ArrayMaxSize(100)
  @ValidateNested({ each: true })
  @Type(() => FormFieldDto)
  fields!: FormFieldDto[];
}

/** What the customer gets on paper. */
export class ScriptPrintDto extends WordsDto {
  /** Unique in the script. */
  @IsString()
  @IsId()
  id!: string;

  /** Heading on the paper. */
  @IsString()
  @Length(1, 200)
  @Storable()
  title!: string;
}

/** All parts of a script but its steps. */
export class ScriptPartsDto {
  /** What the call is made for. Left out: a sale. */
  @Optional()
  @IsIn(SCRIPT_PURPOSES)
  purpose?: ScriptPurpose;

  /** On whose behalf the call is made: `{{seller}}`. */
  @IsOptional()
  @IsString()
  @MaxLength(200)
  @Storable()
  seller?: string | null;

  /** Languages that every text must have, the main one first. Left out: whatever language the texts are in. */
  @Optional()
  @IsArray()
  @ArrayUnique()
  @IsIn(LOCALES, { each: true })
  languages?: Locale[];

  /** What to say to refusals. */
  @Optional()
  @IsArray()
  @ArrayMaxSize(100)
  @ValidateNested({ each: true })
  @Type(() => ScriptObjectionDto)
  objections?: ScriptObjectionDto[];

  /** Orders and questionnaires. */
  @Optional()
  @IsArray()
  @ArrayMaxSize(10)
  @ValidateNested({ each: true })
  @Type(() => ScriptFormDto)
  forms?: ScriptFormDto[];

  /** What the customer gets on paper. */
  @Optional()
  @IsArray()
  @ArrayMaxSize(20)
  @ValidateNested({ each: true })
  @Type(() => ScriptPrintDto)
  printed?: ScriptPrintDto[];
}

/** A new script. */
export class CreateScriptDto extends ScriptPartsDto {
  /** What people call it. */
  @IsString()
  @Length(1, 200)
  @Storable()
  name!: string;

  /** The first one opens the call. */
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(100)
  @ValidateNested({ each: true })
  @Type(() => ScriptStepDto)
  steps!: ScriptStepDto[];
}

/** A draft as it is from now on. What is left out is not there any more. */
export class UpdateScriptDto extends CreateScriptDto {
  /** The version that was edited. */
  @IsInt()
  @Min(1)
  version!: number;
}

/** Which draft to publish. */
export class PublishScriptDto {
  /** The version of the draft that was read. */
  @IsInt()
  @Min(1)
  version!: number;
}

/** What the linter is asked about: one text, or a whole script as it is being written. */
export class LintDto extends ScriptPartsDto {
  /** One text. */
  @ValidateIf((body: LintDto) => body.steps === undefined)
  @IsString()
  @MaxLength(100_000)
  text?: string;

  /** Language of the text. Left out: told by its letters. */
  @IsOptional()
  @IsIn(LOCALES)
  locale?: Locale | null;

  /** Steps of a script. */
  @Optional()
  @IsArray()
  @ArrayMaxSize(100)
  @ValidateNested({ each: true })
  @Type(() => ScriptStepDto)
  steps?: ScriptStepDto[];

  /** The script it belongs to: competitors of the campaigns that use it count. */
  @IsOptional()
  @IsInt()
  @Min(1)
  @Max(MAX_ID)
  scriptId?: number | null;

  /** The campaign it is for: its competitors count. */
  @IsOptional()
  @IsInt()
  @Min(1)
  @Max(MAX_ID)
  campaignId?: number | null;
}

/** A made-up lead. */
export class SampleLeadDto {
  /** `{{name}}` */
  @IsOptional()
  @IsString()
  @MaxLength(500)
  name?: string | null;

  /** `{{region}}` */
  @IsOptional()
  @IsString()
  @MaxLength(500)
  region?: string | null;

  /** `{{attribute}}` */
  @IsOptional()
  @IsObject()
  attributes?: Record<string, unknown>;
}

/** What to show of a script: that of the body where it has steps, else a saved one. */
export class PreviewScriptDto extends ScriptPartsDto {
  /** Steps of a script that is being written. */
  @Optional()
  @IsArray()
  @ArrayMaxSize(100)
  @ValidateNested({ each: true })
  @Type(() => ScriptStepDto)
  steps?: ScriptStepDto[];

  /** A saved script. */
  @ValidateIf((body: PreviewScriptDto) => body.steps === undefined)
  @IsInt()
  @Min(1)
  @Max(MAX_ID)
  scriptId?: number;

  /** One of its published versions. Left out: the draft. */
  @IsOptional()
  @IsInt()
  @Min(1)
  @Max(MAX_ID)
  version?: number | null;

  /** The language. Left out: that of the user. */
  @Optional()
  @IsIn(LOCALES)
  locale?: Locale;

  /** A lead of ours. */
  @IsOptional()
  @IsInt()
  @Min(1)
  @Max(Number.MAX_SAFE_INTEGER)
  leadId?: number | null;

  /** A made-up lead. Without either, fields show their names. */
  @Optional()
  @IsObject()
  @ValidateNested()
  @Type(() => SampleLeadDto)
  lead?: SampleLeadDto;

  /** The offer that is called with it. */
  @IsOptional()
  @IsInt()
  @Min(1)
  @Max(MAX_ID)
  offerId?: number | null;

  /** What has been filled in, by the field's id. */
  @Optional()
  @IsObject()
  answers?: Record<string, unknown>;
}

/** The parts of a body that make a script. */
export function draftOf(body: ScriptPartsDto & { steps?: ScriptStepDto[] }): ScriptDraft {
  const { purpose, seller, languages, steps, objections, forms, printed } = body;
  const parts = { purpose, seller, languages, objections, forms, printed };
  // Members that were left out are not there, rather than undefined.
  return JSON.parse(JSON.stringify({ ...parts, steps: steps ?? [] })) as ScriptDraft;
}

/** A script among others. */
export class ScriptSummaryView {
  /** Id of the script. */
  id!: number;
  /** What people call it. */
  name!: string;
  /** Grows with each change of the draft. */
  version!: number;
  /** The version that calls use; null: none yet. */
  publishedVersion!: number | null;
  /** What the call is made for. */
  purpose!: ScriptPurpose;
  /** Languages that it is written in; empty: not said. */
  languages!: Locale[];
  /** When it was made. */
  createdAt!: string;
  /** When its draft was last changed. */
  updatedAt!: string;

  static of(script: Script): ScriptSummaryView {
    const { id, name, version, publishedVersion, content, createdAt, updatedAt } = script;
    const { purpose, languages } = content;
    return Object.assign(new ScriptSummaryView(), {
      ...{ id, name, version, publishedVersion, purpose, languages },
      createdAt: createdAt.toISOString(),
      updatedAt: updatedAt.toISOString(),
    });
  }
}

/** A step as it is kept. */
export class ScriptStepView extends WordsDto {
  /** Unique in the script. */
  id!: string;
  /** Heading. */
  title!: string;
  /** No call may end well without it. */
  mustSay?: boolean;
  /** Asked at this step. */
  fields?: FormFieldDto[];
  /** Where the conversation goes from here. */
  answers!: ScriptAnswerDto[];
}

/** A script with its draft. */
export class ScriptView extends ScriptSummaryView {
  /** On whose behalf the call is made. */
  seller!: string | null;
  /** The first one opens the call. */
  steps!: ScriptStepView[];
  /** What to say to refusals. */
  objections!: ScriptObjectionDto[];
  /** Orders and questionnaires. */
  forms!: ScriptFormDto[];
  /** What the customer gets on paper. */
  printed!: ScriptPrintDto[];

  static override of(script: Script): ScriptView {
    return Object.assign(new ScriptView(), ScriptSummaryView.of(script), script.content);
  }
}

/** A published version among others. */
export class ScriptVersionSummaryView {
  /** From 1. */
  version!: number;
  /** When it was published. */
  publishedAt!: string;
  /** By whom; null: by the engine itself. */
  publishedBy!: string | null;

  static of({ version, publishedAt, publishedBy }: VersionRow): ScriptVersionSummaryView {
    const view = { version, publishedAt: publishedAt.toISOString(), publishedBy };
    return Object.assign(new ScriptVersionSummaryView(), view);
  }
}

/** A published version; it never changes. */
export class ScriptVersionView {
  /** Id of the script. */
  scriptId!: number;
  /** From 1. */
  version!: number;
  /** When it was published. */
  publishedAt!: string;
  /** What the call is made for. */
  purpose!: ScriptPurpose;
  /** Languages that it is written in; empty: not said. */
  languages!: Locale[];
  /** On whose behalf the call is made. */
  seller!: string | null;
  /** The first one opens the call. */
  steps!: ScriptStepView[];
  /** What to say to refusals. */
  objections!: ScriptObjectionDto[];
  /** Orders and questionnaires. */
  forms!: ScriptFormDto[];
  /** What the customer gets on paper. */
  printed!: ScriptPrintDto[];

  static of({ scriptId, version, publishedAt, content }: ScriptVersion): ScriptVersionView {
    const own = { scriptId, version, publishedAt: publishedAt.toISOString() };
    return Object.assign(new ScriptVersionView(), own, content satisfies ScriptContent);
  }
}

/** One thing that the linter marks. */
export class FindingView {
  /** What it is; the console says it in its language. */
  @ApiProperty({ enum: LINT_CODES })
  code!: LintCode;
  /** A script with one that blocks is not published. */
  severity!: 'blocks' | 'warns';
  /** Which text: `steps.2.texts.ru`; of a statement that is nowhere: `steps`. */
  path!: string;
  /** UTF-16 offset in that text. */
  from!: number;
  /** UTF-16 offset behind the last letter; as `from` where no word is meant. */
  to!: number;
  /** The words meant, as they are written there. */
  word!: string;
  /** Language in which it was found, or is missing. */
  locale!: Locale;
  /** One sentence. */
  message!: string;
  /** What to do about it. */
  fix!: string;
}

/** What keeps a script from being published. */
export class ScriptFaultView {
  /** Where: `steps.2.answers.0.goto`. */
  path!: string;
  /** What it is; the console says it in its language. */
  code!: string;
  /** One sentence. */
  message!: string;
}

/** Everything that publishing would say of a script. */
export class ScriptReviewView {
  /** Each of them keeps it from being published. Empty for a single text. */
  faults!: ScriptFaultView[];
  /** What the linter of advertising law marks. */
  findings!: FindingView[];

  static of({ faults, findings }: ScriptReview | { faults: Fault[]; findings: Finding[] }): ScriptReviewView {
    return Object.assign(new ScriptReviewView(), { faults, findings });
  }
}

/** A step as it is heard. */
export class FilledStepView {
  id!: string;
  title!: string;
  text!: string;
  mustSay!: boolean;
  fields!: FormFieldDto[];
  answers!: ScriptAnswerDto[];
}

/** What to say to a refusal, as it is heard. */
export class FilledObjectionView {
  refusalReason!: string;
  title!: string;
  text!: string;
}

/** What the customer gets on paper, filled in. */
export class FilledPrintView {
  id!: string;
  title!: string;
  text!: string;
}

/** A script as one lead will hear it: plain text, no markup. */
export class FilledScriptView {
  steps!: FilledStepView[];
  objections!: FilledObjectionView[];
  forms!: ScriptFormDto[];
  printed!: FilledPrintView[];

  static of(filled: FilledScript): FilledScriptView {
    return Object.assign(new FilledScriptView(), filled);
  }
}
