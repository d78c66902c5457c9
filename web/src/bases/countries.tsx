/** Countries and territories (ISO 3166-1) whose numbers can be read. */
const COUNTRIES = (
  'AC AD AE AF AG AI AL AM AO AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BW BY BZ CA CC CD CF ' +
  'CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI FJ FK FM FO FR GA GB GD GE GF GG ' +
  'GH GI GL GM GN GP GQ GR GT GU GW GY HK HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE JM JO JP KE KG KH KI KM KN KP KR KW ' +
  'KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO MP MQ MR MS MT MU MV MW MX MY MZ NA NC NE NF ' +
  'NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PR PS PT PW PY QA RE RO RS RU RW SA SB SC SD SE SG SH SI SJ SK SL SM ' +
  'SN SO SR SS ST SV SX SY SZ TA TC TD TG TH TJ TK TL TM TN TO TR TT TV TW TZ UA UG US UY UZ VA VC VE VG VI VN VU WF WS XK ' +
  'YE YT ZA ZM ZW'
).split(' ');

/** Currencies that a base is likely to be paid in. */
export const CURRENCIES =
  'EUR USD GBP RUB VND AED AMD AZN BYN CHF CNY CZK GEL HUF INR JPY KGS KZT NOK PLN RON RSD SEK TRY UAH UZS'.split(' ');

const CURRENCY_OF: Record<string, string> = {
  GB: 'GBP',
  US: 'USD',
  RU: 'RUB',
  VN: 'VND',
  KZ: 'KZT',
  PL: 'PLN',
  UA: 'UAH',
  BY: 'BYN',
  UZ: 'UZS',
  CH: 'CHF',
};
const COUNTRY_OF_LANGUAGE: Record<string, string> = { en: 'GB', ru: 'RU', vi: 'VN' };

export const currencyOf = (country: string) => CURRENCY_OF[country] ?? 'EUR';
export const countryOf = (language: string) => COUNTRY_OF_LANGUAGE[language] ?? 'GB';

export function countryName(locale: string, code: string): string {
  return new Intl.DisplayNames(locale, { type: 'region' }).of(code) ?? code;
}

export function CountryOptions({ locale }: { locale: string }) {
  const names = new Intl.DisplayNames(locale, { type: 'region' });
  return COUNTRIES.map((code) => ({ code, name: names.of(code) ?? code }))
    .sort((a, b) => a.name.localeCompare(b.name, locale))
    .map(({ code, name }) => (
      <option key={code} value={code}>
        {name}
      </option>
    ));
}
