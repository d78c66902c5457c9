import { Type } from 'class-transformer';
import { ArrayMaxSize, ArrayMinSize, IsArray, IsString, Length, MaxLength, ValidateNested } from 'class-validator';

import type { Script } from './script.entity.js';

/** One step of a script. */
export class ScriptStepDto {
  /** Heading. */
  @IsString()
  @MaxLength(200)
  title!: string;

  /** What to say; `{{name}}`, `{{region}}` and `{{attribute}}` are filled in. */
  @IsString()
  @Length(1, 5000)
  text!: string;
}

/** A new script. */
export class CreateScriptDto {
  /** What people call it. */
  @IsString()
  @Length(1, 200)
  name!: string;

  /** In the order in which they are read. */
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(100)
  @ValidateNested({ each: true })
  @Type(() => ScriptStepDto)
  steps!: ScriptStepDto[];
}

/** A script. */
export class ScriptView {
  /** Id of the script. */
  id!: number;
  /** What people call it. */
  name!: string;
  /** Grows with each change. */
  version!: number;
  /** In the order in which they are read. */
  steps!: ScriptStepDto[];
  /** When it was made. */
  createdAt!: string;

  static of(script: Script): ScriptView {
    const { id, name, version, steps, createdAt } = script;
    return Object.assign(new ScriptView(), { id, name, version, steps, createdAt: createdAt.toISOString() });
  }
}
