import { Type } from 'class-transformer';
import {
  IsIn,
  IsInt,
  IsISO8601,
  IsObject,
  IsOptional,
  IsString,
  Length,
  Matches,
  Max,
  MaxLength,
  Min,
  ValidateNested,
} from 'class-validator';

import { MAX_ID } from '../common/parse-id.pipe.js';
import type { ConsentForm, ConsentKind, ConsentScope } from './consent.js';
import { PROOF_KINDS, type ConsentProof, type ConsentRow } from './consents.repository.js';
import { NumberDto } from './suppression.dto.js';

const SCOPES = ['campaign', 'client', 'company'] as const;
const FORMS = ['prior', 'written'] as const;
const PURPOSES = ['sales', 'service'] as const;

/** How far what somebody said reaches. */
export class ConsentReachDto extends NumberDto {
  /** How far it reaches. */
  @IsIn(SCOPES)
  scope!: ConsentScope;

  /** With scope `campaign` only. */
  @IsOptional()
  @IsInt()
  @Min(1)
  @Max(MAX_ID)
  campaignId?: number | null;

  /** Left out or null: whatever the purpose. */
  @IsOptional()
  @IsIn(PURPOSES)
  purpose?: 'sales' | 'service' | null;
}

/** By what a consent can be shown. */
export class ConsentProofDto {
  /** What it is. */
  @IsIn(PROOF_KINDS)
  kind!: ConsentProof['kind'];

  /** Where it lies: id of a recording, number of a form, row of a file. */
  @IsString()
  @Length(1, 2_000)
  @Matches(/\S/, { message: 'reference must not be blank' })
  reference!: string;

  /** SHA-256 of it, in hexadecimal, where it is a file. */
  @IsOptional()
  @Matches(/^[0-9a-f]{64}$/, { message: 'hash must be 64 hexadecimal digits' })
  hash?: string | null;
}

/** Somebody agreed to be called. */
export class GrantConsentDto extends ConsentReachDto {
  /** prior: said yes before the call. written: signed, on paper or by machine. */
  @IsIn(FORMS)
  form!: ConsentForm;

  /** Where it was given, such as the name of a form. */
  @IsString()
  @Length(1, 200)
  @Matches(/\S/, { message: 'source must not be blank' })
  source!: string;

  /** What was agreed to, word for word. */
  @IsString()
  @Length(1, 5_000)
  @Matches(/\S/, { message: 'wording must not be blank' })
  wording!: string;

  /** Without proof it would be a claim. */
  @IsObject()
  @ValidateNested()
  @Type(() => ConsentProofDto)
  proof!: ConsentProofDto;

  /** When it was given. */
  @IsISO8601({ strict: true })
  @MaxLength(40)
  at!: string;

  /** Until when; left out or null: no end was agreed. */
  @IsOptional()
  @IsISO8601({ strict: true })
  @MaxLength(40)
  validTo?: string | null;
}

/** Somebody took it back. */
export class WithdrawConsentDto extends ConsentReachDto {
  /** How we know. */
  @IsString()
  @Length(1, 2_000)
  @Matches(/\S/, { message: 'source must not be blank' })
  source!: string;

  /** When; now when left out. */
  @IsOptional()
  @IsISO8601({ strict: true })
  @MaxLength(40)
  at?: string | null;
}

/** A call that rests on a consent. */
export class ConsentUseView {
  /** Id of the attempt. */
  attemptId!: number;
  /** When it was reserved. */
  at!: string;
}

/** One entry of a number's consent ledger. */
export class ConsentEntryView {
  /** Id of the entry. */
  id!: number;
  /** Given, given again, taken back, or over. */
  kind!: ConsentKind;
  /** Null where it ends a consent. */
  form!: ConsentForm | null;
  /** How far it reaches. */
  scope!: ConsentScope;
  /** With scope `campaign` only. */
  campaignId!: number | null;
  /** Null: whatever the purpose. */
  purpose!: 'sales' | 'service' | null;
  /** It can be shown, and its import was not undone: it counts. */
  proven!: boolean;
  /** When it was said. */
  at!: string;
  /** Until when; null: no end was agreed. */
  validTo!: string | null;
  /** Where it was given. */
  textSource!: string | null;
  /** What was agreed to. */
  wording!: string | null;
  /** By what it can be shown. */
  proof!: ConsentProofDto | null;
  /** Of an import: where the proof of all its people lies. */
  proofPlace!: string | null;
  /** A disposition, an import or a person. */
  source!: string;
  /** Whose number it was. */
  leadId!: number | null;
  /** The call in which it was said. */
  attemptId!: number | null;
  /** Name of who recorded it; null for the engine itself. */
  recordedBy!: string | null;
  /** When it was written down. */
  createdAt!: string;
  /** Calls that rest on it. */
  uses!: ConsentUseView[];

  static of(row: ConsentRow): ConsentEntryView {
    return Object.assign(new ConsentEntryView(), {
      ...row,
      at: row.at.toISOString(),
      validTo: row.validTo?.toISOString() ?? null,
      createdAt: row.createdAt.toISOString(),
      uses: row.uses.map(({ attemptId, at }) => ({ attemptId, at: at.toISOString() })),
    });
  }
}
