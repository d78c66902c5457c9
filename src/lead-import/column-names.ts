/** What a column may hold that the importer has a use for. Everything else is an attribute. */
export const NAMED_FIELDS = [
  'phone',
  'name',
  'firstName',
  'middleName',
  'lastName',
  'externalId',
  'region',
  'timeZone',
  'priority',
  'owner',
] as const;
export type NamedField = (typeof NAMED_FIELDS)[number];

/** Which of a person's phones, the one to ring first before the others. */
export const PHONE_KINDS = ['mobile', 'main', 'home', 'work', 'other'] as const;
export type PhoneKind = (typeof PHONE_KINDS)[number];

/** What a column's name says of its values. */
export type ColumnMeaning =
  | { field: 'phone'; kind: PhoneKind; certain: boolean }
  /** `rank`: of two columns for one field the one with the lower rank is meant. */
  | { field: Exclude<NamedField, 'phone'>; rank: number };

/**
 * What columns are called, in English, Russian and Vietnamese, Spanish and French where they are common, and in the exports
 * of VICIdial, Salesforce, HubSpot, Bitrix24, Google Contacts, Outlook and Thunderbird. The earlier name wins.
 */
// prettier-ignore
const NAMES: Readonly<Record<Exclude<NamedField, 'phone'>, readonly string[]>> = {
  name: [
    'name', 'full name', 'display name', 'contact name', 'customer name', 'client name', 'lead name', 'person', 'client',
    'customer',
    'фио', 'ф и о', 'полное имя', 'имя клиента', 'фио клиента', 'имя и фамилия', 'фамилия имя отчество', 'фамилия и имя',
    'клиент', 'контакт', 'абонент', 'отображаемое имя',
    'họ tên', 'họ và tên', 'tên khách hàng', 'khách hàng', 'tên đầy đủ', 'họ tên khách hàng',
    'nombre', 'nombre completo', 'nom complet', 'nome', 'nome completo', 'account name',
  ],
  firstName: ['first name', 'given name', 'имя', 'tên', 'prénom', 'nombres', 'primer nombre', 'fname'],
  middleName: [
    'middle name', 'middle initial', 'additional name', 'second name', 'patronymic', 'отчество', 'второе имя', 'tên đệm',
    'segundo nombre',
  ],
  lastName: [
    'last name', 'last', 'surname', 'family name', 'lname', 'фамилия', 'họ', 'họ đệm', 'họ và tên đệm', 'apellido',
    'apellidos', 'nom', 'nom de famille', 'sobrenome',
  ],
  externalId: [
    'external id', 'customer id', 'client id', 'contact id', 'vendor lead code', 'lead id', 'id', 'crm id', 'record id',
    'record id contact', 'person id', 'account number', 'id contact', 'primary id', 'user id', 'code',
    'внешний код', 'внешний ид', 'код клиента', 'id клиента', 'ид', 'айди', 'номер клиента', 'лицевой счет', 'код',
    'mã khách hàng', 'mã kh', 'mã', 'id khách hàng', 'id cliente',
  ],
  region: [
    'region', 'state', 'province', 'state province', 'state region', 'county', 'home state', 'mailing state',
    'billing state', 'business state', 'work state', 'address 1 region', 'département',
    'регион', 'область', 'край', 'субъект', 'субъект рф', 'республика', 'область край', 'область раб адрес',
    'область дом адрес',
    'tỉnh', 'tỉnh thành', 'tỉnh thành phố', 'tỉnh tp', 'khu vực', 'vùng', 'région', 'región', 'provincia', 'estado',
  ],
  timeZone: [
    'time zone', 'tz', 'iana time zone', 'часовой пояс', 'временная зона', 'таймзона', 'múi giờ', 'fuseau horaire',
    'zona horaria',
  ],
  priority: ['priority', 'rank', 'приоритет', 'độ ưu tiên', 'mức ưu tiên', 'ưu tiên', 'priorité', 'prioridad'],
  owner: [
    'owner', 'owner login', 'contact owner', 'lead owner', 'owner user username', 'assigned to', 'assigned user',
    'responsible', 'responsible person', 'agent',
    'ответственный', 'ответственный менеджер', 'владелец', 'менеджер',
    'người phụ trách', 'nhân viên phụ trách', 'phụ trách', 'responsable', 'propietario',
  ],
};

/** Other names that headers are made of. They tell a header from a row of values. */
// prettier-ignore
const OTHER_NAMES = [
  'email', 'mail', 'email address', 'primary email', 'secondary email', 'address', 'address 1', 'address 2', 'street',
  'city', 'town', 'zip', 'zip code', 'postal code', 'country', 'company', 'company name', 'organization', 'department',
  'title', 'job title', 'job', 'position', 'occupation', 'suffix', 'gender', 'sex', 'age', 'birthday', 'date of birth',
  'dob', 'notes', 'note', 'comment', 'comments', 'description', 'status', 'source', 'type', 'category', 'tag', 'tags',
  'labels', 'created', 'created at', 'create date', 'date', 'time', 'language', 'website', 'web page', 'balance',
  'amount', 'debt', 'sum', 'price', 'number', 'fax', 'fax number', 'pager', 'nickname', 'subject', 'custom', 'list id',
  'почта', 'эл почта', 'электронная почта', 'адрес', 'адрес эл почты', 'улица', 'дом', 'город', 'населенный пункт',
  'индекс', 'страна', 'компания', 'организация', 'отдел', 'должность', 'пол', 'возраст', 'дата рождения', 'дата',
  'время', 'день рождения', 'комментарий', 'комментарии', 'примечание', 'примечания', 'заметки', 'описание', 'статус',
  'источник', 'тип', 'категория', 'тег', 'теги', 'язык', 'сайт', 'веб страница', 'баланс', 'сумма', 'долг', 'цена',
  'остаток', 'тариф', 'договор', 'номер договора', 'дата создания', 'создан', 'п п', 'инн',
  'địa chỉ', 'đường', 'thành phố', 'quận', 'huyện', 'quận huyện', 'phường', 'quốc gia', 'công ty', 'tổ chức', 'chức vụ',
  'nghề nghiệp', 'giới tính', 'tuổi', 'ngày sinh', 'ngày', 'ghi chú', 'mô tả', 'trạng thái', 'nguồn', 'loại', 'nhóm',
  'ngôn ngữ', 'số tiền', 'dư nợ', 'stt', 'ngày tạo',
  'correo', 'dirección', 'ciudad', 'país', 'empresa', 'fecha', 'hora', 'edad', 'adresse', 'ville', 'pays', 'société',
];

/** Small letters and digits alone, without accents: `Số điện-thoại` and `so dien thoai` are one name. */
export function simplifyName(name: string): string {
  return plainLetters(name)
    .toLowerCase()
    .replace(/__c$/, '')
    .replace(/[^\p{L}\p{N}]+/gu, '');
}

function plainLetters(name: string): string {
  return name
    .normalize('NFD')
    .replace(/\p{M}+/gu, '')
    .replace(/đ/g, 'd')
    .replace(/Đ/g, 'D');
}

/** ` mobile phone 2 ` of `MobilePhone_2`: small letters, spaces between words and around. */
function wordsOf(name: string): string {
  const words = plainLetters(name)
    .replace(/(\p{Ll})(\p{Lu})/gu, '$1 $2')
    .toLowerCase()
    .match(/\p{L}+|\p{N}+/gu);
  return words ? ` ${words.join(' ')} ` : '';
}

const meanings = new Map<string, ColumnMeaning>();
for (const field of NAMED_FIELDS)
  if (field !== 'phone')
    NAMES[field].forEach((name, rank) => {
      const simple = simplifyName(name);
      if (!meanings.has(simple)) meanings.set(simple, { field, rank });
    });
const others = new Set(OTHER_NAMES.map(simplifyName));

/** What a column's name says of its values; null: nothing that the importer has a use for. */
export function meaningOf(column: string): ColumnMeaning | null {
  const known = meanings.get(simplifyName(column));
  // `Контакт` may head names or numbers; the values tell.
  if (known) return known;
  const words = wordsOf(column);
  const simple = words.replaceAll(' ', '');
  if (simple === '' || NOT_A_NUMBER.test(words)) return null;
  if (PHONE_STEM.test(simple) || PHONE_WORD.test(words)) return { field: 'phone', kind: kindOf(words), certain: true };
  if (MAYBE_PHONE.test(words)) return { field: 'phone', kind: kindOf(words), certain: false };
  return null;
}

/** Is it a name that headers are made of? A value may be one by chance. */
export function isUsualName(column: string): boolean {
  if (meaningOf(column) !== null) return true;
  const simple = simplifyName(column);
  return others.has(simple) || /^e?mail\d*|mail$|почт|fax|факс/.test(simple);
}

/** Does the name say that the values are codes, whose digits are no quantity? */
export function namesCode(column: string): boolean {
  return column.includes('№') || CODE_WORD.test(wordsOf(column));
}

/** One of some words, `_` for the space within one. */
const oneOf = (words: string) =>
  new RegExp(` (?:${plainLetters(words).trim().split(/\s+/).join('|').replaceAll('_', ' ')}) `);

/** Long enough to be one inside another word: `PHONENUMBER`, `Радиотелефон`. */
const PHONE_STEM = /phone(?!tic)|телефон|tele[fp]h?on|dienthoai|msisdn|whatsapp/;
const PHONE_WORD = oneOf(`
  tel mobile mob cell cellular gsm handy тел моб мобильный сотовый мобильник
  sdt sđt so_dt di_dong celular movil portable fijo fixe`);
/** A phone only if the values are phones. */
const MAYBE_PHONE =
  /^ (?:home|work|office|main|primary|number|phones?|contact|contact (?:number|info)|cid|caller id|ani|номер|номера|номер абонента|контактные данные|контакты|lien he|thong tin lien he|so lien he|contacto|numero) $/;
/** Beside a phone, or not to be called by a person: its label, its code, a fax. */
const NOT_A_NUMBER = oneOf(`
  type label kind code ext extension fax telefax telex tty tdd pager beeper status state verified valid carrier provider
  consent opt optin optout dnc date time count call calls called attempts notes note comment model brand area hash md5 sha256
  country region zone name price cost plan bill imei
  тип метка вид код доб добавочный факс номерфакса пейджер пейджера факса статус оператор оператора согласие дата время звонок звонка звонков
  комментарий примечание модель марка страна
  loai ma nhan ghi_chu trang_thai nha_mang fax tipo codigo`);
const CODE_WORD = oneOf(`
  id ids uid guid uuid code codes zip postal postcode pin number no account passport contract card inn iban ssn phone tel fax
  код коды индекс номер инн снилс паспорт договор договора счет карта карты телефон тел факс кпп огрн
  ma so cmnd cccd sdt stt codigo numero`);

const MOBILE = /mobile|cell|gsm|msisdn|handy|whatsapp|мобил|сотов|переносн|didong|celular|movil|portable| mob | моб /;
const WORK = oneOf(`
  work business office company corporate раб рабочий рабочего служебный организации офис co_quan cong_ty trabajo
  travail bureau`);
const HOME = oneOf(`home дом домашний городской nha nha_rieng casa fijo domicile fixe`);
const OTHER = oneOf(`
  other alt alternate alternative secondary second additional assistant radio car callback emergency spouse parent
  другой другие доп дополнительный второй радиотелефон машине помощника обратный khac phu otro autre`);

function kindOf(words: string): PhoneKind {
  if (OTHER.test(words) || words.includes('радио')) return 'other';
  if (MOBILE.test(words) || MOBILE.test(words.replaceAll(' ', ''))) return 'mobile';
  if (WORK.test(words)) return 'work';
  return HOME.test(words) ? 'home' : 'main';
}
