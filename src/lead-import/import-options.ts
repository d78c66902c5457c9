import { plainToInstance } from 'class-transformer';
import { validateSync } from 'class-validator';

import { Problem } from '../common/problem.js';
import { validationProblem } from '../common/validation.js';
import { ImportRequestDto, StartImportDto, type ImportOptionsDto } from './import.dto.js';
import type { ImportOptions } from './lead-import.service.js';

/** The options of an upload from their JSON. Throws options_invalid (422), validation_failed (422) with every fault in them. */
export function readImportOptions(json: string | null): ImportOptions {
  return importOptionsOf(checked(plainToInstance(ImportRequestDto, { options: parsed(json) })).options);
}

/** The body of a request for an import of an upload. Throws validation_failed (422). */
export function readStartImport(body: unknown): StartImportDto {
  return checked(plainToInstance(StartImportDto, body ?? {}));
}

/** The same of options that have been checked. */
export function importOptionsOf({ base, delimiter, dialect, ...rest }: ImportOptionsDto): ImportOptions {
  const reading = delimiter === undefined ? { dialect } : { dialect: { ...dialect, delimiter } };
  if (base.id !== undefined) return { ...rest, ...reading, base: { id: base.id } };
  return { ...rest, ...reading, base: { ...base, name: base.name!, country: base.country! } };
}

function checked<T extends object>(request: T): T {
  const faults = validateSync(request, { whitelist: true, forbidNonWhitelisted: true });
  if (faults.length > 0) throw validationProblem(faults);
  return request;
}

function parsed(json: string | null): object {
  let value: unknown;
  try {
    value = JSON.parse(json ?? 'null');
  } catch (error) {
    throw Object.assign(notAnObject(), { cause: error });
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw notAnObject();
  return value;
}

function notAnObject(): Problem {
  return new Problem('options_invalid', 422, 'The part options is no JSON object.', {
    field: 'options',
    fix: 'Send at least {"base": {"name": "…", "country": "…"}}.',
  });
}
