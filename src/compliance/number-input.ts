import { Problem } from '../common/problem.js';
import { isPhoneFault, parsePhone, type ParsedPhone } from '../leads/phone-number.js';

/** A number as somebody types it. */
export interface NumberInput {
  number: string;
  /** Of a number that is written without one (ISO 3166-1). */
  country?: string | null;
}

/** Read a number that somebody typed. Throws phone_missing, phone_invalid, phone_too_short, phone_too_long (422). */
export function readNumber({ number, country }: NumberInput): ParsedPhone {
  const parsed = parsePhone(number, country ?? '');
  if (!isPhoneFault(parsed)) return parsed;
  const detail =
    parsed.code === 'phone_invalid' ? 'There is no such number, or its country is missing.' : parsed.detail;
  throw new Problem(parsed.code, 422, detail, {
    field: 'number',
    fix: 'Give it with a plus and the code of its country.',
  });
}
