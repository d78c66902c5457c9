import {
  ATTRIBUTE_PREFIX,
  membersOf,
  typeOfField,
  type Condition,
  type FieldType,
  type Operator,
  type Rule,
  type StandardField,
} from './rule.js';

export const RULE_LOCALES = ['en', 'ru', 'vi'] as const;
export type RuleLocale = (typeof RULE_LOCALES)[number];

/** What ids are called: `nameOf('base', 3)`. Null: not known, and the id is said. */
export type NameOf = (kind: 'base' | 'segment' | 'offer' | 'user', id: number) => string | null;

/**
 * A rule as a sentence, for people: `Leads for whom all of this holds: base is “May”; age is greater than 40.` Values stand
 * as they were typed, in quotation marks of the language.
 */
export function describeRule(rule: Rule, locale: RuleLocale, nameOf: NameOf = () => null): string {
  const words = WORDS[locale];
  return `${new Describer(words, nameOf).top(rule)}.`;
}

interface Words {
  leads: string;
  everybody: string;
  nobody: string;
  always: string;
  never: string;
  all: string;
  any: string;
  none: string;
  allOf: string;
  anyOf: string;
  noneOf: string;
  quote: (text: string) => string;
  or: string;
  unnamed: Record<'base' | 'segment' | 'offer' | 'user', (id: number) => string>;
  attribute: (name: string) => string;
  fields: Record<StandardField, string>;
  /** `{field}`, `{value}`, and of bounds `{low}` and `{high}`. */
  operators: Record<Operator, string>;
  days: (count: number) => string;
}

class Describer {
  constructor(
    private readonly words: Words,
    private readonly nameOf: NameOf,
  ) {}

  top(rule: Rule): string {
    const { words } = this;
    const members = membersOf(rule);
    if (members === null) return `${words.leads} ${words.all}: ${this.condition(rule as Condition)}`;
    if (members.length === 0) return 'any' in rule ? words.nobody : words.everybody;
    if ('none' in rule) return `${words.leads} ${words.none}: ${this.list(members)}`;
    if (members.length === 1) return this.top(members[0]!);
    return `${words.leads} ${'all' in rule ? words.all : words.any}: ${this.list(members)}`;
  }

  private list(rules: readonly Rule[]): string {
    return rules.map((rule) => this.inner(rule)).join('; ');
  }

  private inner(rule: Rule): string {
    const { words } = this;
    if (!('all' in rule || 'any' in rule || 'none' in rule)) return this.condition(rule);
    const members = membersOf(rule)!;
    const say = 'all' in rule ? words.allOf : 'any' in rule ? words.anyOf : words.noneOf;
    if (members.length === 0) return 'any' in rule ? words.never : words.always;
    if (members.length === 1 && !('none' in rule)) return this.inner(members[0]!);
    return `${say} (${this.list(members)})`;
  }

  private condition({ field, is, value }: Condition): string {
    const { words } = this;
    const type = typeOfField(field);
    const relative = is === 'in_last_days' || is === 'more_than_days_ago' || is === 'in_next_days';
    const [low, high] = Array.isArray(value) ? value : [];
    const said: Record<string, string> = {
      field:
        type === 'attribute'
          ? words.attribute(field.slice(ATTRIBUTE_PREFIX.length))
          : words.fields[field as StandardField],
      value: relative ? words.days(value as number) : this.values(type, value),
      low: low === undefined ? '' : this.single(type, low),
      high: high === undefined ? '' : this.single(type, high),
    };
    // In one pass: what a value holds is never taken for a place to fill.
    return words.operators[is].replace(/\{(field|value|low|high)\}/g, (_place, name: string) => said[name]!);
  }

  private values(type: FieldType | null, value: Condition['value']): string {
    if (value === undefined) return '';
    if (!Array.isArray(value)) return this.single(type, value);
    return value.map((each) => this.single(type, each)).join(this.words.or);
  }

  private single(type: FieldType | null, value: string | number): string {
    const kind = type === 'offers' ? 'offer' : type;
    if (kind === 'base' || kind === 'segment' || kind === 'offer' || kind === 'user') {
      const name = this.nameOf(kind, value as number);
      return name === null ? this.words.unnamed[kind](value as number) : this.words.quote(name);
    }
    return typeof value === 'number' ? String(value) : this.words.quote(value);
  }
}

const EN: Words = {
  leads: 'Leads',
  everybody: 'All leads',
  nobody: 'No leads',
  always: 'always',
  never: 'never',
  all: 'for whom all of this holds',
  any: 'for whom any of this holds',
  none: 'for whom none of this holds',
  allOf: 'all of',
  anyOf: 'any of',
  noneOf: 'none of',
  quote: (text) => `“${text}”`,
  or: ' or ',
  unnamed: {
    base: (id) => `base ${id}`,
    segment: (id) => `segment ${id}`,
    offer: (id) => `offer ${id}`,
    user: (id) => `user ${id}`,
  },
  attribute: (name) => `“${name}”`,
  fields: {
    base: 'base',
    segment: 'the lead',
    name: 'name',
    region: 'region',
    external_id: 'external id',
    country: 'country',
    line_type: 'line type',
    zone: 'time zone',
    phone_count: 'number of phones',
    priority: 'priority',
    owner: 'owner',
    consent: 'consent',
    loaded_at: 'day of loading',
    last_outcome: 'last outcome',
    refusal_reason: 'refusal reason',
    refusal_price: 'price named in the refusal',
    refusal_currency: 'currency of the refusal',
    refusal_competitor: 'competitor',
    reconsider_on: 'day to reconsider',
    refused_offer: 'refused offer',
    refused_offer_price: 'price of the refused offer',
    attempts: 'number of attempts',
    contacts: 'number of contacts',
    last_attempt_at: 'last attempt',
    last_contact_at: 'last contact',
    talked_seconds: 'longest talk in seconds',
    callback_pending: 'pending callback',
    bought_offer: 'bought offers',
    complained: 'complaint',
  },
  operators: {
    equals: '{field} is {value}',
    not_equals: '{field} is not {value}',
    one_of: '{field} is {value}',
    contains: '{field} contains {value}',
    starts_with: '{field} starts with {value}',
    greater_than: '{field} is greater than {value}',
    less_than: '{field} is less than {value}',
    between: '{field} is from {low} to {high}',
    before: '{field} is before {value}',
    after: '{field} is after {value}',
    in_last_days: '{field} was within the last {value}',
    more_than_days_ago: '{field} was more than {value} ago',
    in_next_days: '{field} is within the next {value}',
    has: '{field} include {value}',
    is_true: '{field}: yes',
    is_false: '{field}: no',
    empty: '{field} is missing',
    not_empty: '{field} is known',
    in: '{field} is in {value}',
    not_in: '{field} is not in {value}',
  },
  days: (count) => `${count} ${count === 1 ? 'day' : 'days'}`,
};

const RU: Words = {
  leads: 'Лиды,',
  everybody: 'Все лиды',
  nobody: 'Ни один лид',
  always: 'всегда',
  never: 'никогда',
  all: 'для которых верно всё это',
  any: 'для которых верно хотя бы одно',
  none: 'для которых неверно ничего из этого',
  allOf: 'всё из',
  anyOf: 'хотя бы одно из',
  noneOf: 'ничего из',
  quote: (text) => `«${text}»`,
  or: ' или ',
  unnamed: {
    base: (id) => `база ${id}`,
    segment: (id) => `сегмент ${id}`,
    offer: (id) => `предложение ${id}`,
    user: (id) => `пользователь ${id}`,
  },
  attribute: (name) => `«${name}»`,
  fields: {
    base: 'база',
    segment: 'лид',
    name: 'имя',
    region: 'регион',
    external_id: 'внешний номер',
    country: 'страна',
    line_type: 'тип линии',
    zone: 'часовой пояс',
    phone_count: 'число телефонов',
    priority: 'приоритет',
    owner: 'ответственный',
    consent: 'согласие',
    loaded_at: 'день загрузки',
    last_outcome: 'последний итог',
    refusal_reason: 'причина отказа',
    refusal_price: 'цена, названная при отказе',
    refusal_currency: 'валюта отказа',
    refusal_competitor: 'конкурент',
    reconsider_on: 'день, когда подумает снова',
    refused_offer: 'отклонённое предложение',
    refused_offer_price: 'цена отклонённого предложения',
    attempts: 'число попыток',
    contacts: 'число разговоров',
    last_attempt_at: 'последняя попытка',
    last_contact_at: 'последний разговор',
    talked_seconds: 'самый долгий разговор в секундах',
    callback_pending: 'назначенный перезвон',
    bought_offer: 'купленные предложения',
    complained: 'жалоба',
  },
  operators: {
    equals: '{field} — {value}',
    not_equals: '{field} — не {value}',
    one_of: '{field} — {value}',
    contains: '{field} содержит {value}',
    starts_with: '{field} начинается с {value}',
    greater_than: '{field} больше {value}',
    less_than: '{field} меньше {value}',
    between: '{field} от {low} до {high}',
    before: '{field} раньше {value}',
    after: '{field} позже {value}',
    in_last_days: '{field} не раньше чем {value} назад',
    more_than_days_ago: '{field} раньше чем {value} назад',
    in_next_days: '{field} не позже чем через {value}, начиная с сегодня',
    has: '{field} включают {value}',
    is_true: '{field}: да',
    is_false: '{field}: нет',
    empty: '{field}: не указано',
    not_empty: '{field}: указано',
    in: '{field} входит в {value}',
    not_in: '{field} не входит в {value}',
  },
  days: (count) => `${count} ${russianDays(count)}`,
};

const VI: Words = {
  leads: 'Khách hàng',
  everybody: 'Tất cả khách hàng',
  nobody: 'Không khách hàng nào',
  always: 'luôn luôn',
  never: 'không bao giờ',
  all: 'thỏa mãn tất cả',
  any: 'thỏa mãn ít nhất một điều',
  none: 'không thỏa mãn điều nào',
  allOf: 'tất cả',
  anyOf: 'ít nhất một trong',
  noneOf: 'không điều nào trong',
  quote: (text) => `“${text}”`,
  or: ' hoặc ',
  unnamed: {
    base: (id) => `tệp dữ liệu ${id}`,
    segment: (id) => `phân khúc ${id}`,
    offer: (id) => `ưu đãi ${id}`,
    user: (id) => `người dùng ${id}`,
  },
  attribute: (name) => `“${name}”`,
  fields: {
    base: 'tệp dữ liệu',
    segment: 'khách hàng',
    name: 'tên',
    region: 'khu vực',
    external_id: 'mã ngoài',
    country: 'quốc gia',
    line_type: 'loại thuê bao',
    zone: 'múi giờ',
    phone_count: 'số điện thoại hiện có (số lượng)',
    priority: 'độ ưu tiên',
    owner: 'người phụ trách',
    consent: 'sự đồng ý',
    loaded_at: 'ngày nhập',
    last_outcome: 'kết quả gần nhất',
    refusal_reason: 'lý do từ chối',
    refusal_price: 'giá nêu khi từ chối',
    refusal_currency: 'loại tiền khi từ chối',
    refusal_competitor: 'đối thủ cạnh tranh',
    reconsider_on: 'ngày cân nhắc lại',
    refused_offer: 'ưu đãi đã từ chối',
    refused_offer_price: 'giá của ưu đãi đã từ chối',
    attempts: 'số lần gọi',
    contacts: 'số lần nói chuyện',
    last_attempt_at: 'lần gọi gần nhất',
    last_contact_at: 'lần nói chuyện gần nhất',
    talked_seconds: 'cuộc nói chuyện dài nhất (giây)',
    callback_pending: 'lịch hẹn gọi lại',
    bought_offer: 'các ưu đãi đã mua',
    complained: 'khiếu nại',
  },
  operators: {
    equals: '{field} là {value}',
    not_equals: '{field} không phải là {value}',
    one_of: '{field} là {value}',
    contains: '{field} chứa {value}',
    starts_with: '{field} bắt đầu bằng {value}',
    greater_than: '{field} lớn hơn {value}',
    less_than: '{field} nhỏ hơn {value}',
    between: '{field} từ {low} đến {high}',
    before: '{field} trước {value}',
    after: '{field} sau {value}',
    in_last_days: '{field} trong {value} vừa qua',
    more_than_days_ago: '{field} cách đây hơn {value}',
    in_next_days: '{field} trong {value} tới',
    has: '{field} gồm có {value}',
    is_true: '{field}: có',
    is_false: '{field}: không',
    empty: '{field}: chưa có',
    not_empty: '{field}: đã có',
    in: '{field} thuộc {value}',
    not_in: '{field} không thuộc {value}',
  },
  days: (count) => `${count} ngày`,
};

/** 1 день, 2 дня, 5 дней. */
function russianDays(count: number): string {
  const [tens, ones] = [count % 100, count % 10];
  if (ones === 1 && tens !== 11) return 'день';
  return ones >= 2 && ones <= 4 && !(tens >= 12 && tens <= 14) ? 'дня' : 'дней';
}

const WORDS: Readonly<Record<RuleLocale, Words>> = { en: EN, ru: RU, vi: VI };
