import { Problem } from '../common/problem.js';

/** Which column holds what. A column that none of them names becomes an attribute. */
export interface Mapping {
  phone: string | null;
  name: string | null;
  externalId: string | null;
  region: string | null;
  timeZone: string | null;
  priority: string | null;
  /** Columns that make up the name, where no column holds all of it: first name before last name. */
  nameParts: string[];
}

/** What the importer may ask for: column names. */
export type AskedMapping = Partial<Record<MappedField, string | null>>;

export const MAPPED_FIELDS = ['phone', 'name', 'externalId', 'region', 'timeZone', 'priority'] as const;
export type MappedField = (typeof MAPPED_FIELDS)[number];

/**
 * What columns are called, in English, Russian and Vietnamese, Spanish and French where they are common, and in the exports
 * of VICIdial, Salesforce, HubSpot, Bitrix24, Google Contacts, Outlook and Thunderbird. The earlier name wins.
 */
// prettier-ignore
const NAMES: Readonly<Record<MappedField, readonly string[]>> = {
  phone: [
    'phone', 'phone number', 'telephone', 'telephone number', 'tel', 'mobile', 'mobile phone', 'mobile number', 'cell',
    'cell phone', 'msisdn', 'primary phone', 'contact phone', 'contact number', 'phone 1 value', 'phone 1', 'phone1',
    'main phone', 'home phone', 'business phone', 'work phone', 'home', 'other phone', 'company main phone',
    'телефон', 'номер телефона', 'тел', 'мобильный', 'мобильный телефон', 'моб телефон', 'сотовый', 'сотовый телефон',
    'контактный телефон', 'основной телефон', 'телефон переносной', 'рабочий телефон', 'домашний телефон',
    'другой телефон', 'телефон 1', 'номер',
    'điện thoại', 'số điện thoại', 'sđt', 'sdt', 'di động', 'số di động', 'điện thoại di động', 'số đt', 'số phone',
    'telefono', 'teléfono', 'celular', 'movil', 'téléphone', 'numéro de téléphone', 'portable', 'telefone', 'telefon',
  ],
  name: [
    'name', 'full name', 'fullname', 'display name', 'contact name', 'customer name', 'client name', 'lead name',
    'фио', 'ф и о', 'полное имя', 'имя клиента', 'клиент', 'контакт',
    'họ tên', 'họ và tên', 'tên khách hàng', 'khách hàng', 'tên đầy đủ',
    'nombre', 'nombre completo', 'nom complet', 'nome', 'account name',
  ],
  externalId: [
    'external id', 'externalid', 'customer id', 'client id', 'contact id', 'lead id', 'vendor lead code', 'id', 'crm id',
    'account number', 'id contact', 'primary id', 'code', 'record id',
    'внешний код', 'внешний ид', 'код клиента', 'ид', 'айди', 'номер клиента', 'код',
    'mã khách hàng', 'mã kh', 'mã', 'id khách hàng',
  ],
  region: [
    'region', 'state', 'province', 'state province', 'county', 'home state', 'business state', 'address 1 region', 'département',
    'регион', 'область', 'край', 'субъект', 'республика', 'область раб адрес',
    'tỉnh', 'tỉnh thành', 'tỉnh thành phố', 'khu vực', 'vùng', 'région', 'región', 'provincia', 'estado',
  ],
  timeZone: ['time zone', 'timezone', 'tz', 'часовой пояс', 'таймзона', 'múi giờ', 'fuseau horaire', 'zona horaria'],
  priority: ['priority', 'rank', 'приоритет', 'độ ưu tiên', 'ưu tiên', 'priorité', 'prioridad'],
};

const FIRST_NAMES = ['first name', 'firstname', 'given name', 'имя', 'tên', 'prénom', 'nombres'];
const LAST_NAMES = ['last name', 'lastname', 'last', 'surname', 'family name', 'фамилия', 'họ', 'apellido', 'nom'];

const ranks = Object.fromEntries(
  MAPPED_FIELDS.map((field) => [
    field,
    new Map(NAMES[field].map((name, rank) => [simplify(name), rank]).reverse() as [string, number][]),
  ]),
) as Record<MappedField, Map<string, number>>;
const firstNames = new Set(FIRST_NAMES.map(simplify));
const lastNames = new Set(LAST_NAMES.map(simplify));

/** Small letters and digits alone, without accents: `Số điện-thoại` and `so dien thoai` are one name. */
function simplify(name: string): string {
  return name
    .normalize('NFD')
    .toLowerCase()
    .replace(/đ/g, 'd')
    .replace(/[^\p{L}\p{N}]+/gu, '');
}

/** What the header's names tell. A column is used once. */
export function proposeMapping(columns: readonly string[]): Mapping {
  const simple = columns.map(simplify);
  const used = new Set<number>();
  const best = (field: MappedField): string | null => {
    let chosen = -1;
    let rank = Infinity;
    simple.forEach((name, i) => {
      const found = ranks[field].get(name);
      if (found !== undefined && found < rank && !used.has(i)) [chosen, rank] = [i, found];
    });
    if (chosen < 0) return null;
    used.add(chosen);
    return columns[chosen]!;
  };
  const mapping: Mapping = {
    phone: best('phone'),
    name: best('name'),
    externalId: best('externalId'),
    region: best('region'),
    timeZone: best('timeZone'),
    priority: best('priority'),
    nameParts: [],
  };
  const first = columns[simple.findIndex((name) => firstNames.has(name))];
  const last = columns[simple.findIndex((name) => lastNames.has(name))];
  if (mapping.name === null) mapping.nameParts = [first, last].filter((part) => part !== undefined);
  // A whole name beside its parts is a given name: `nombre` and `apellido`.
  else if (last !== undefined && first === undefined) mapping.nameParts = [mapping.name, last];
  return mapping;
}

/**
 * The mapping that was asked for, or the proposed one. Throws column_unknown (422) for a column that the file has not,
 * phone_column_missing (422) when no column holds phones and none are to be generated.
 */
export function resolveMapping(
  columns: readonly string[],
  asked: AskedMapping | null,
  generatePhones: boolean,
): Mapping {
  const mapping = asked ? askedMapping(columns, asked) : proposeMapping(columns);
  if (mapping.phone === null && !generatePhones)
    throw new Problem('phone_column_missing', 422, `None of the columns seems to hold phones: ${listed(columns)}.`, {
      field: 'options.mapping.phone',
      fix: 'Say which column holds the phones. With simulated telephony, generatePhones gives each row a number that is reserved for fiction.',
    });
  return mapping;
}

function askedMapping(columns: readonly string[], asked: AskedMapping): Mapping {
  const column = (field: MappedField): string | null => {
    const name = asked[field]?.trim();
    if (!name) return null;
    if (columns.includes(name)) return name;
    throw new Problem('column_unknown', 422, `The file has no column "${name}". It has: ${listed(columns)}.`, {
      field: `options.mapping.${field}`,
      fix: 'Write the name as it is in the header.',
    });
  };
  const [phone, name, externalId, region, timeZone, priority] = MAPPED_FIELDS.map(column);
  return {
    phone: phone!,
    name: name!,
    externalId: externalId!,
    region: region!,
    timeZone: timeZone!,
    priority: priority!,
    nameParts: [],
  };
}

/** Most columns that a file may have. */
export const MAX_COLUMNS = 500;

/**
 * The names of the columns from the header's fields; those without a name are called by their place. Throws
 * duplicate_headers (422), too_many_columns (422).
 */
export function readHeader(fields: readonly string[]): string[] {
  const columns = fields.map((field, i) => tidyName(field) || `column ${i + 1}`);
  if (columns.length > MAX_COLUMNS)
    throw new Problem('too_many_columns', 422, `The file has ${columns.length} columns; ${MAX_COLUMNS} are allowed.`, {
      field: 'file',
      fix: 'Leave out what nobody will look at.',
    });
  const seen = new Set<string>();
  const twice = new Set(columns.filter((name) => seen.has(name.toLowerCase()) || !seen.add(name.toLowerCase())));
  if (twice.size > 0)
    throw new Problem('duplicate_headers', 422, `Columns have the same name: ${listed([...twice])}.`, {
      field: 'file',
      fix: 'Give each column a name of its own: of two values under one name, one would be lost.',
    });
  return columns;
}

function tidyName(field: string): string {
  return field.replace(/\0/g, '').replace(/\s+/g, ' ').trim().slice(0, 200);
}

function listed(columns: readonly string[]): string {
  const shown = columns.slice(0, 20).join(', ');
  return columns.length > 20 ? `${shown} and ${columns.length - 20} more` : shown;
}
