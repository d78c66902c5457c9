import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import type { Instant } from '../api/contract';

const NONE = '–';

/** Numbers, money and times as the reader's language writes them. What is not known is a dash, never a zero. */
export function makeFormat(language: string) {
  // Times stand beside the customer's clock, which counts 24 hours, so English is written the British way.
  const locale = language === 'en' ? 'en-GB' : language;
  const number = new Intl.NumberFormat(locale, { maximumFractionDigits: 1 });
  const time = new Intl.DateTimeFormat(locale, { hour: '2-digit', minute: '2-digit' });
  const date = new Intl.DateTimeFormat(locale, { day: 'numeric', month: 'short', year: 'numeric' });
  const dateTime = new Intl.DateTimeFormat(locale, {
    day: 'numeric',
    month: 'short',
    hour: '2-digit',
    minute: '2-digit',
  });
  const weekday = new Intl.DateTimeFormat(locale, { weekday: 'short', timeZone: 'UTC' });
  const relative = new Intl.RelativeTimeFormat(locale);
  const list = new Intl.ListFormat(locale);
  const wall = new Intl.DateTimeFormat(locale, {
    weekday: 'short',
    day: 'numeric',
    month: 'short',
    hour: '2-digit',
    minute: '2-digit',
    timeZone: 'UTC',
  });
  const when = (formatter: Intl.DateTimeFormat, instant: Instant | null) =>
    instant === null ? NONE : formatter.format(new Date(instant));

  return {
    number: (value: number | null) => (value === null ? NONE : number.format(value)),
    /** A rate of 0 to 1 as percent. */
    percent: (rate: number | null, digits = 1) =>
      rate === null
        ? NONE
        : new Intl.NumberFormat(locale, {
            style: 'percent',
            minimumFractionDigits: digits,
            maximumFractionDigits: digits,
          }).format(rate),
    money: (amount: number | null, currency: string | null) => {
      if (amount === null) return NONE;
      if (!currency) return number.format(amount);
      return new Intl.NumberFormat(locale, {
        style: 'currency',
        currency,
        trailingZeroDisplay: 'stripIfInteger',
      }).format(amount);
    },
    bytes: (bytes: number) => {
      const units = ['byte', 'kilobyte', 'megabyte', 'gigabyte'];
      const power = Math.min(units.length - 1, bytes < 1000 ? 0 : Math.floor(Math.log10(bytes) / 3));
      return new Intl.NumberFormat(locale, {
        style: 'unit',
        unit: units[power],
        unitDisplay: 'short',
        maximumFractionDigits: power === 0 ? 0 : 1,
      }).format(bytes / 1000 ** power);
    },
    /** `one, two and three`. */
    list: (parts: string[]) => list.format(parts),
    time: (instant: Instant | null) => when(time, instant),
    date: (instant: Instant | null) => when(date, instant),
    dateTime: (instant: Instant | null) => when(dateTime, instant),
    /** `in 45 minutes`, `in 3 hours`, `in 2 days`: by the largest unit of which there are two or more. */
    inMinutes: (minutes: number) => {
      if (minutes < 120) return relative.format(Math.round(minutes), 'minute');
      if (minutes < 2880) return relative.format(Math.round(minutes / 60), 'hour');
      return relative.format(Math.round(minutes / 1440), 'day');
    },
    /** `10 min`, `1 hr 20 min`, `3 days`. */
    duration: (minutes: number) => {
      const unit = (value: number, name: string, digits = 0) =>
        new Intl.NumberFormat(locale, {
          ...({ style: 'unit', unit: name, unitDisplay: 'short', maximumFractionDigits: digits } as const),
        }).format(value);
      if (minutes < 60) return unit(minutes, 'minute', minutes < 10 ? 1 : 0);
      if (minutes >= 2_880) return unit(minutes / 1_440, 'day', 1);
      const rest = Math.round(minutes) % 60;
      const hours = unit((Math.round(minutes) - rest) / 60, 'hour');
      return rest === 0 ? hours : `${hours} ${unit(rest, 'minute')}`;
    },
    /** A local time `YYYY-MM-DDTHH:mm` of whatever zone, as it stands. */
    wallTime: (local: string) => wall.format(new Date(`${local}:00Z`)),
    /** Monday is 0. */
    weekday: (day: number) => weekday.format(new Date(Date.UTC(2024, 0, 1 + day))),
    /** `m:ss`, or `h:mm:ss` from an hour on. */
    clock: (milliseconds: number) => {
      const seconds = Math.max(0, Math.floor(milliseconds / 1000));
      const two = (value: number) => String(value).padStart(2, '0');
      const hours = Math.floor(seconds / 3600);
      const minutes = Math.floor((seconds % 3600) / 60);
      return hours > 0 ? `${hours}:${two(minutes)}:${two(seconds % 60)}` : `${minutes}:${two(seconds % 60)}`;
    },
  };
}

export type Format = ReturnType<typeof makeFormat>;

export function useFormat(): Format {
  const { i18n } = useTranslation();
  return useMemo(() => makeFormat(i18n.language), [i18n.language]);
}
