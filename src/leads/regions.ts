/** A part of a country whose clock, holidays or law may be its own. */
export interface Region {
  /** ISO 3166-2. */
  code: string;
  /** IANA zones that are kept in it, sorted. */
  zones: readonly string[];
}

/** The regions that a text names, in any of the ways people and registers write them; empty: none that is known. */
export function regionsNamed(country: string, text: string): readonly Region[] {
  const names = tableOf(country);
  if (names === null) return [];
  const whole = names.get(nameKey(text));
  if (whole) return [whole];
  const found = new Map<string, Region>();
  // Of a place in a place in a region the last counts; of regions in a row all.
  for (const part of (text.split('|').at(-1) ?? '').split(/,| \* | и (?=[гГ]\.|[гГ]ород|[А-ЯЁ])| and /u)) {
    const region = names.get(nameKey(part));
    if (region) found.set(region.code, region);
    else if (part.trim() !== '') return [];
  }
  return [...found.values()];
}

/** By ISO 3166-2; null: not in the table. */
export function findRegion(code: string): Region | null {
  const table = tableOf(code.slice(0, 2));
  if (table === null) return null;
  return byCode.get(code) ?? null;
}

/** Are the country's regions known? */
export function hasRegions(country: string): boolean {
  return Object.hasOwn(TABLES, country);
}

const tables = new Map<string, Map<string, Region> | null>();
const byCode = new Map<string, Region>();

function tableOf(country: string): Map<string, Region> | null {
  const known = tables.get(country);
  if (known !== undefined) return known;
  const rows = Object.hasOwn(TABLES, country) ? TABLES[country]! : null;
  const table = rows === null ? null : new Map<string, Region>();
  for (const line of rows?.trim().split('\n') ?? []) {
    const [code, zones, ...names] = line.trim().split('|') as [string, string, ...string[]];
    const region = { code: `${country}-${code}`, zones: zones.split(' ').map(zoneNamed).sort() };
    byCode.set(region.code, region);
    for (const name of [code, region.code, ...names]) table!.set(nameKey(name), region);
  }
  tables.set(country, table);
  return table;
}

/** What kind of region it is says nothing of which: `обл.`, `Республика`, `Oblast`. */
const KIND =
  /(?<!\p{L})(?:область|обл|край|республика|респ|автономный округ|автономная|автономный|округ|ао|аобл|город|гор|г|oblast|region|krai|kray|republic|of|city|autonomous|okrug|state|province|the)(?!\p{L})/giu;

function nameKey(text: string): string {
  const plain = text.normalize('NFKC').toLowerCase();
  // Without accents, which not everybody types.
  const bare = (words: string) => words.normalize('NFKD').replace(/[^\p{L}\d]+/gu, '');
  return bare(plain.replace(KIND, ' ')) || bare(plain);
}

const SHORT: Readonly<Record<string, string>> = {
  E: 'America/New_York',
  C: 'America/Chicago',
  M: 'America/Denver',
  P: 'America/Los_Angeles',
  Toronto: 'America/Toronto',
  Halifax: 'America/Halifax',
  Winnipeg: 'America/Winnipeg',
  Edmonton: 'America/Edmonton',
  Vancouver: 'America/Vancouver',
  Msk: 'Europe/Moscow',
  Yek: 'Asia/Yekaterinburg',
  Kras: 'Asia/Krasnoyarsk',
  Vlad: 'Asia/Vladivostok',
};

function zoneNamed(name: string): string {
  return SHORT[name] ?? name;
}

/** code | zones | names. */
const TABLES: Readonly<Record<string, string>> = {
  /**
   * States by the zones that their counties keep (49 CFR 71). Parts of Indiana and Kentucky with a zone of their own today
   * keep Eastern or Central time.
   */
  US: `
    AL|C|Alabama
    AK|America/Anchorage America/Adak|Alaska
    AZ|America/Phoenix M|Arizona
    AR|C|Arkansas
    CA|P|California
    CO|M|Colorado
    CT|E|Connecticut
    DE|E|Delaware
    DC|E|District of Columbia|Washington DC|Washington D.C.
    FL|E C|Florida
    GA|E|Georgia
    HI|Pacific/Honolulu|Hawaii
    ID|M P|Idaho
    IL|C|Illinois
    IN|E C|Indiana
    IA|C|Iowa
    KS|C M|Kansas
    KY|E C|Kentucky
    LA|C|Louisiana
    ME|E|Maine
    MD|E|Maryland
    MA|E|Massachusetts
    MI|E C|Michigan
    MN|C|Minnesota
    MS|C|Mississippi
    MO|C|Missouri
    MT|M|Montana
    NE|C M|Nebraska
    NV|P M|Nevada
    NH|E|New Hampshire
    NJ|E|New Jersey
    NM|M|New Mexico
    NY|E|New York
    NC|E|North Carolina
    ND|C M|North Dakota
    OH|E|Ohio
    OK|C|Oklahoma
    OR|P M|Oregon
    PA|E|Pennsylvania
    RI|E|Rhode Island
    SC|E|South Carolina
    SD|C M|South Dakota
    TN|C E|Tennessee
    TX|C M|Texas
    UT|M|Utah
    VT|E|Vermont
    VA|E|Virginia
    WA|P|Washington
    WV|E|West Virginia
    WI|C|Wisconsin
    WY|M|Wyoming`,
  CA: `
    AB|Edmonton|Alberta
    BC|Vancouver Edmonton America/Dawson_Creek|British Columbia
    MB|Winnipeg|Manitoba
    NB|Halifax|New Brunswick|Nouveau-Brunswick
    NL|America/St_Johns Halifax|Newfoundland and Labrador|Newfoundland|Labrador
    NS|Halifax|Nova Scotia
    NT|Edmonton|Northwest Territories
    NU|Toronto Winnipeg Edmonton|Nunavut
    ON|Toronto Winnipeg|Ontario
    PE|Halifax|Prince Edward Island
    QC|Toronto Halifax|Quebec
    SK|America/Regina Edmonton|Saskatchewan
    YT|America/Whitehorse|Yukon`,
  /** By federal law 107-FZ on the reckoning of time, with its changes up to 2020. */
  RU: `
    AD|Msk|Адыгея|Adygea
    AL|Asia/Barnaul|Алтай|Республика Алтай|Altai Republic
    ALT|Asia/Barnaul|Алтайский|Altai Krai|Altaysky
    AMU|Asia/Yakutsk|Амурская|Amur
    ARK|Msk|Архангельская|Arkhangelsk
    AST|Europe/Astrakhan|Астраханская|Astrakhan
    BA|Yek|Башкортостан|Башкирия|Bashkortostan
    BEL|Msk|Белгородская|Belgorod
    BRY|Msk|Брянская|Bryansk
    BU|Asia/Irkutsk|Бурятия|Buryatia
    CE|Msk|Чеченская|Чечня|Chechnya|Chechen
    CHE|Yek|Челябинская|Chelyabinsk
    CHU|Asia/Anadyr|Чукотский|Чукотка|Chukotka
    CR|Europe/Simferopol|Крым|Crimea
    CU|Msk|Чувашская|Чувашская - Чувашия|Чувашия|Chuvashia
    DA|Msk|Дагестан|Dagestan
    IN|Msk|Ингушетия|Ingushetia
    IRK|Asia/Irkutsk|Иркутская|Irkutsk
    IVA|Msk|Ивановская|Ivanovo
    KAM|Asia/Kamchatka|Камчатский|Камчатка|Kamchatka
    KB|Msk|Кабардино-Балкарская|Кабардино-Балкария|Kabardino-Balkaria
    KC|Msk|Карачаево-Черкесская|Карачаево-Черкесия|Karachay-Cherkessia
    KDA|Msk|Краснодарский|Krasnodar
    KEM|Asia/Novokuznetsk|Кемеровская|Кемеровская - Кузбасс|Кузбасс|Kemerovo
    KGD|Europe/Kaliningrad|Калининградская|Kaliningrad
    KGN|Yek|Курганская|Kurgan
    KHA|Vlad|Хабаровский|Khabarovsk
    KHM|Yek|Ханты-Мансийский|Ханты-Мансийский - Югра|Югра|ХМАО|Khanty-Mansi|Khanty-Mansiysk|Yugra
    KIR|Europe/Kirov|Кировская|Kirov
    KK|Kras|Хакасия|Khakassia
    KL|Msk|Калмыкия|Kalmykia
    KLU|Msk|Калужская|Kaluga
    KO|Msk|Коми|Komi
    KOS|Msk|Костромская|Kostroma
    KR|Msk|Карелия|Karelia
    KRS|Msk|Курская|Kursk
    KYA|Kras|Красноярский|Krasnoyarsk
    LEN|Msk|Ленинградская|Leningrad
    LIP|Msk|Липецкая|Lipetsk
    MAG|Asia/Magadan|Магаданская|Magadan
    ME|Msk|Марий Эл|Mari El
    MO|Msk|Мордовия|Mordovia
    MOS|Msk|Московская|Moscow Oblast
    MOW|Msk|Москва|Moscow
    MUR|Msk|Мурманская|Murmansk
    NEN|Msk|Ненецкий|Nenets
    NGR|Msk|Новгородская|Novgorod
    NIZ|Msk|Нижегородская|Nizhny Novgorod
    NVS|Asia/Novosibirsk|Новосибирская|Novosibirsk
    OMS|Asia/Omsk|Омская|Omsk
    ORE|Yek|Оренбургская|Orenburg
    ORL|Msk|Орловская|Oryol|Orel
    PER|Yek|Пермский|Perm
    PNZ|Msk|Пензенская|Penza
    PRI|Vlad|Приморский|Приморье|Primorsky|Primorye
    PSK|Msk|Псковская|Pskov
    ROS|Msk|Ростовская|Rostov
    RYA|Msk|Рязанская|Ryazan
    SA|Asia/Yakutsk Vlad Asia/Srednekolymsk|Саха (Якутия)|Саха|Якутия|Sakha|Yakutia
    SAK|Asia/Sakhalin|Сахалинская|Sakhalin
    SAM|Europe/Samara|Самарская|Samara
    SAR|Europe/Saratov|Саратовская|Saratov
    SE|Msk|Северная Осетия - Алания|Северная Осетия|North Ossetia
    SEV|Europe/Simferopol|Севастополь|Sevastopol
    SMO|Msk|Смоленская|Smolensk
    SPE|Msk|Санкт-Петербург|Петербург|СПб|Saint Petersburg|St. Petersburg
    STA|Msk|Ставропольский|Stavropol
    SVE|Yek|Свердловская|Sverdlovsk
    TA|Msk|Татарстан|Tatarstan
    TAM|Msk|Тамбовская|Tambov
    TOM|Asia/Tomsk|Томская|Tomsk
    TUL|Msk|Тульская|Tula
    TVE|Msk|Тверская|Tver
    TY|Kras|Тыва|Тува|Tuva|Tyva
    TYU|Yek|Тюменская|Tyumen
    UD|Europe/Samara|Удмуртская|Удмуртия|Udmurtia
    ULY|Europe/Ulyanovsk|Ульяновская|Ulyanovsk
    VGG|Europe/Volgograd|Волгоградская|Volgograd
    VLA|Msk|Владимирская|Vladimir
    VLG|Msk|Вологодская|Vologda
    VOR|Msk|Воронежская|Voronezh
    YAN|Yek|Ямало-Ненецкий|ЯНАО|Yamal|Yamalo-Nenets
    YAR|Msk|Ярославская|Yaroslavl
    YEV|Vlad|Еврейская|Jewish
    ZAB|Asia/Chita|Забайкальский|Zabaykalsky|Transbaikal
    DPR|Msk|Донецкая Народная|Донецкая|Народная Донецкая|Донецкая Народная Республика
    LPR|Msk|Луганская Народная|Луганская
    ZPR|Msk|Запорожская
    KHR|Msk|Херсонская`,
  DE: `
    BB|Europe/Berlin|Brandenburg
    BE|Europe/Berlin|Berlin
    BW|Europe/Berlin|Baden-Württemberg|Baden-Wuerttemberg
    BY|Europe/Berlin|Bayern|Bavaria
    HB|Europe/Berlin|Bremen|Hansestadt Bremen
    HE|Europe/Berlin|Hessen|Hesse
    HH|Europe/Berlin|Hamburg|Hansestadt Hamburg
    MV|Europe/Berlin|Mecklenburg-Vorpommern
    NI|Europe/Berlin|Niedersachsen|Lower Saxony
    NW|Europe/Berlin|Nordrhein-Westfalen|NRW|North Rhine-Westphalia
    RP|Europe/Berlin|Rheinland-Pfalz
    SH|Europe/Berlin|Schleswig-Holstein
    SL|Europe/Berlin|Saarland
    SN|Europe/Berlin|Sachsen|Saxony
    ST|Europe/Berlin|Sachsen-Anhalt|Saxony-Anhalt
    TH|Europe/Berlin|Thüringen|Thueringen|Thuringia`,
  ES: `
    AN|Europe/Madrid|Andalucía|Andalusia
    AR|Europe/Madrid|Aragón
    AS|Europe/Madrid|Asturias|Principado de Asturias
    CB|Europe/Madrid|Cantabria
    CE|Europe/Madrid|Ceuta
    CL|Europe/Madrid|Castilla y León
    CM|Europe/Madrid|Castilla-La Mancha
    CN|Atlantic/Canary|Canarias|Islas Canarias|Canary Islands
    CT|Europe/Madrid|Cataluña|Catalunya|Catalonia
    EX|Europe/Madrid|Extremadura
    GA|Europe/Madrid|Galicia
    IB|Europe/Madrid|Illes Balears|Islas Baleares|Baleares
    MC|Europe/Madrid|Murcia|Región de Murcia
    MD|Europe/Madrid|Madrid|Comunidad de Madrid
    ML|Europe/Madrid|Melilla
    NC|Europe/Madrid|Navarra|Comunidad Foral de Navarra
    PV|Europe/Madrid|País Vasco|Euskadi
    RI|Europe/Madrid|La Rioja
    VC|Europe/Madrid|Comunidad Valenciana|Comunitat Valenciana|Valencia`,
  GB: `
    ENG|Europe/London|England
    NIR|Europe/London|Northern Ireland
    SCT|Europe/London|Scotland
    WLS|Europe/London|Wales`,
};
