import { isPhoneFault, parsePhone, type ParsedPhone, type PhoneFault } from '../leads/phone-number.js';

/** The phones of one cell, and what of it is none. */
export interface PhoneCell {
  /** At least one. */
  phones: ParsedPhone[];
  /** Numbers beside valid ones that are none themselves, as they were written; null where there are none. */
  rest: string | null;
}

export function isPhoneCell(cell: PhoneCell | PhoneFault): cell is PhoneCell {
  return 'phones' in cell;
}

/** Shorter cells hold one number. */
const SHORTEST_PAIR = 13;
/** Longer ones are no cells of phones. */
const LONGEST_CELL = 500;
/** Digits of a number that can stand by itself. */
const FULL_DIGITS = 7;

/**
 * Read a cell that holds one phone or several: `+33… ::: +33…`, as Google Contacts exports them, or with a comma, a
 * semicolon, a slash or a line break between numbers that are full and valid each. `495 123-45-67/68` is one number.
 */
export function readPhoneCell(text: string, country: string): PhoneCell | PhoneFault {
  if (text.length >= SHORTEST_PAIR && text.length <= LONGEST_CELL) {
    const cell = text.includes(':::') ? labelledPhones(text, country) : listedPhones(text, country);
    if (cell) return cell;
  }
  const phone = parsePhone(text, country);
  return isPhoneFault(phone) ? phone : { phones: [phone], rest: null };
}

/** Any of them may be broken: the mark between them is nothing else. */
function labelledPhones(text: string, country: string): PhoneCell | null {
  const phones: ParsedPhone[] = [];
  const rest: string[] = [];
  for (const part of text.split(':::')) {
    const number = part.trim();
    if (number === '') continue;
    const phone = parsePhone(number, country);
    if (isPhoneFault(phone)) rest.push(number);
    else phones.push(phone);
  }
  return phones.length > 0 ? { phones, rest: rest.length > 0 ? rest.join(' ::: ') : null } : null;
}

function listedPhones(text: string, country: string): PhoneCell | null {
  if (!/[,;/\n]/.test(text)) return null;
  const phones: ParsedPhone[] = [];
  for (const part of text.split(/[,;/\n]/)) {
    const number = part.trim();
    if (number === '') continue;
    if (number.replace(/\D/g, '').length < FULL_DIGITS) return null;
    const phone = parsePhone(number, country);
    if (isPhoneFault(phone)) return null;
    phones.push(phone);
  }
  return phones.length > 1 ? { phones, rest: null } : null;
}
