import i18next from 'i18next';
import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import type { TFunction } from 'i18next';
import { describeRule, type NameOf } from '../../../src/segmentation/describe-rule.js';
import { mapConditions } from '../../../src/segmentation/rule.js';
import { api } from '../api/client';
import type { Condition, Locale, Offer, Operator, OperatorName, Rule, Segment } from '../api/contract';
import { outcomeName, reasonName } from '../api/names';
import { countryName } from '../bases/countries';
import { useBases } from '../bases/queries';

/** What a value of a field is called, where it is a code; null: it stands for itself. */
export function codeName(t: TFunction, locale: string, field: string, value: string): string | null {
  switch (field) {
    case 'last_outcome':
      return outcomeName(t, value);
    case 'refusal_reason':
      return reasonName(t, value);
    case 'line_type':
      return t(`lineType.${value}`, { defaultValue: value });
    case 'country':
      return /^[A-Z]{2}$/.test(value) ? countryName(locale, value) : value;
    default:
      return null;
  }
}

const DAY = /^\d{4}-\d{2}-\d{2}$/;
const COMPARES_DAYS = ['before', 'after', 'between', 'equals', 'not_equals'];

/** A day as the language writes it; null for what is none. */
function dayName(locale: string, is: Operator, value: string | number): string | null {
  if (typeof value !== 'string' || !DAY.test(value) || !COMPARES_DAYS.includes(is)) return null;
  const day = new Date(`${value}T00:00:00Z`);
  if (Number.isNaN(day.getTime())) return null;
  const language = locale === 'en' ? 'en-GB' : locale;
  return new Intl.DateTimeFormat(language, { dateStyle: 'long', timeZone: 'UTC' }).format(day);
}

/**
 * The rule in words of a language, the way the audit trail has it; codes are named too. The texts of the language must
 * have been loaded.
 */
export function sentenceOf(rule: Rule, locale: Locale, nameOf: NameOf): string {
  const t = i18next.getFixedT(locale);
  const named = ({ field, is, value }: Condition): Condition => {
    const name = (one: string | number) =>
      is === 'contains' || is === 'starts_with'
        ? one
        : (codeName(t, locale, field, String(one)) ?? dayName(locale, is, one) ?? one);
    if (value === undefined) return { field, is };
    return { field, is, value: Array.isArray(value) ? value.map(name) : name(value) };
  };
  return describeRule(mapConditions(rule, named), locale, nameOf);
}

export interface Names {
  bases: { id: number; name: string }[];
  segments: { id: number; name: string }[];
  offers: { id: number; name: string }[];
  users: { id: number; name: string }[];
  nameOf: NameOf;
}

const NOTHING: { id: number; name: string }[] = [];

/** What the ids in rules are called. */
export function useNames(): Names {
  const bases = useBases().data ?? NOTHING;
  const segments = useQuery({ queryKey: ['segments'], queryFn: () => api.get<Segment[]>('/segments') }).data ?? NOTHING;
  const offers =
    useQuery({ queryKey: ['offers', 'all'], queryFn: () => api.get<Offer[]>('/offers?archived=true') }).data ?? NOTHING;
  const users =
    useQuery({ queryKey: ['operators'], queryFn: () => api.get<OperatorName[]>('/operators') }).data ?? NOTHING;
  return useMemo(() => {
    const lists = { base: bases, segment: segments, offer: offers, user: users };
    const maps = Object.fromEntries(
      Object.entries(lists).map(([kind, list]) => [kind, new Map(list.map(({ id, name }) => [id, name]))]),
    ) as Record<keyof typeof lists, Map<number, string>>;
    return { bases, segments, offers, users, nameOf: (kind, id) => maps[kind].get(id) ?? null };
  }, [bases, segments, offers, users]);
}
