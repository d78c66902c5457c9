import { isPhoneFault, parsePhone } from '../leads/phone-number.js';
import type { ImportPlan } from './import.js';
import { resolveMapping, type AskedMapping, type Mapping, type MappingProposal } from './mapping.js';
import type { FileRecord } from './record.js';
import type { RowFault } from './row.js';

const PREFIX_INVALID: Omit<RowFault, 'column'> = {
  code: 'prefix_invalid',
  detail: 'The beginning of a number has from 2 to 14 digits, with the country code first.',
};

/**
 * The rule by which the rows of a suppression list are read: the number in E.164, or for a list of beginnings their digits
 * with the country code first, without the plus.
 */
export function numberReader(
  plan: Pick<ImportPlan, 'columns' | 'mapping' | 'country'>,
  prefixes: boolean,
): (record: FileRecord) => string | RowFault {
  const column = plan.mapping.phones[0]!;
  const at = plan.columns.indexOf(column);
  return (record) => {
    if (record.fault) return { ...record.fault, column: null };
    const text = record.fields[at]?.trim() ?? '';
    if (prefixes) {
      const digits = text.replace(/^['+]+/, '').replace(/[\s().*x-]+/gi, '');
      return /^\d{2,14}$/.test(digits) ? digits : { ...PREFIX_INVALID, column };
    }
    const phone = parsePhone(text, plan.country);
    return isPhoneFault(phone) ? { ...phone, column } : phone.e164;
  };
}

/**
 * Which column holds the numbers of a list: the one that is asked for, else the only one, else what looks like phones.
 * Beginnings of numbers look like none. Throws column_unknown (422).
 */
export function numbersMapping(
  { reading, proposal }: { reading: { columns: string[] }; proposal: MappingProposal },
  asked: Pick<AskedMapping, 'phone' | 'phones'> | undefined,
): Mapping {
  const only = reading.columns.length === 1 ? { phones: [reading.columns[0]!] } : null;
  const mapping = resolveMapping(reading.columns, asked ?? only, true, proposal);
  return { ...mapping, phones: mapping.phones.slice(0, 1), attributes: [] };
}
