import i18next from 'i18next';
import { initReactI18next } from 'react-i18next';
import type { Locale } from '../api/contract';
import en from '../locales/en.json';

export const LANGUAGES: { locale: Locale; name: string }[] = [
  { locale: 'en', name: 'English' },
  { locale: 'ru', name: 'Русский' },
  { locale: 'vi', name: 'Tiếng Việt' },
];

const KEY = 'zvon.locale';

const LOADERS: Record<Locale, () => Promise<object>> = {
  en: async () => en,
  ru: async () => (await import('../locales/ru.json')).default,
  vi: async () => (await import('../locales/vi.json')).default,
};

function firstLocale(): Locale {
  const wanted = [localStorage.getItem(KEY), ...navigator.languages.map((tag) => tag.slice(0, 2))];
  for (const tag of wanted) {
    const known = LANGUAGES.find(({ locale }) => locale === tag);
    if (known) return known.locale;
  }
  return 'en';
}

export function currentLocale(): Locale {
  return LANGUAGES.find(({ locale }) => locale === i18next.language)?.locale ?? 'en';
}

/** Loads a language's texts, where they are not there yet. */
export async function load(locale: Locale): Promise<void> {
  if (!i18next.hasResourceBundle(locale, 'translation')) {
    i18next.addResourceBundle(locale, 'translation', await LOADERS[locale]());
  }
}

/** Shows the page in a language; kept for the next visit. */
export async function speak(locale: Locale): Promise<void> {
  await load(locale);
  await i18next.changeLanguage(locale);
  localStorage.setItem(KEY, locale);
  document.documentElement.lang = locale;
}

export async function startLanguage(): Promise<void> {
  await i18next.use(initReactI18next).init({
    resources: { en: { translation: en } },
    lng: 'en',
    fallbackLng: 'en',
    interpolation: { escapeValue: false },
    returnNull: false,
  });
  await speak(firstLocale());
}
