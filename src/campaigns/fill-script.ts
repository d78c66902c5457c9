import type { Locale } from '../auth/access.js';
import type { FormField } from './form-fields.js';
import { wordsIn, type ScriptAnswer, type ScriptContent, type ScriptForm } from './script-content.js';

/** What a script may name of a lead, besides its attributes. */
export interface ScriptSubject {
  name: string | null;
  region: string | null;
  attributes: Readonly<Record<string, unknown>>;
}

/** What a script may name of an offer. */
export interface ScriptOffer {
  name: string;
  description: string;
  price: number | null;
  currency: string | null;
  attributes?: Readonly<Record<string, unknown>>;
}

/** Where the words come from that are filled in. */
export interface FillSources {
  lead: ScriptSubject;
  offer: ScriptOffer | null;
  /** What was filled in so far, by the field's id: `{{answer.floor}}`. */
  answers?: Readonly<Record<string, unknown>>;
  /** The language wanted; where the script does not have it, its main one. */
  locale: Locale;
}

/** A script as it is read to one person. All of it is plain text: whoever shows it must not treat it as markup. */
export interface FilledScript {
  steps: {
    id: string;
    title: string;
    text: string;
    mustSay: boolean;
    fields: FormField[];
    answers: ScriptAnswer[];
  }[];
  objections: { refusalReason: string; title: string; text: string }[];
  forms: ScriptForm[];
  printed: { id: string; title: string; text: string }[];
}

/** A field that a text names: `{{name}}`, or `{{name|there}}` with what is said where the lead has none. */
export interface Placeholder {
  field: string;
  otherwise: string;
}

// No nesting and no overlap, so this takes one pass over the text whatever it holds.
const PLACEHOLDER = /\{\{([^{}]{1,200})\}\}/g;

/** The longest that is filled in: a lead's field must not drown what the operator has to say. */
const LONGEST_VALUE = 500;

/** Controls, and marks that turn the direction of what follows: they would say something else than the script. */
const UNSPEAKABLE = /[\p{Cc}\u200e\u200f\u061c\u202a-\u202e\u2066-\u2069]+/gu;

export function placeholdersIn(text: string): Placeholder[] {
  return [...text.matchAll(PLACEHOLDER)].map(([, inside]) => readPlaceholder(inside!));
}

/** Does anything answer to a name that a text has in braces? `attributes` and `fields` are those that exist. */
export function isKnownField(field: string, attributes: ReadonlySet<string>, fields: ReadonlySet<string>): boolean {
  if (STANDARD.has(field) || attributes.has(field)) return true;
  if (field.startsWith('attribute.')) return attributes.has(field.slice('attribute.'.length));
  if (field.startsWith('answer.')) return fields.has(field.slice('answer.'.length));
  // Any offer may be called with this script: which attributes it has is known with the campaign only.
  return field.startsWith('offer.attribute.') && field.length > 'offer.attribute.'.length;
}

/**
 * Fill `{{name}}`, `{{region}}`, `{{attribute}}`, `{{seller}}`, `{{offer.price}}` and the like in every text of a script.
 * What there is not leaves nothing behind, or what the placeholder says for that case. What is filled in is never read
 * for placeholders again.
 */
export function fillScript(content: ScriptContent, sources: FillSources): FilledScript {
  const main = content.languages[0];
  const fill = (text: string) => fillText(text, content.seller, sources);
  const said = (words: Parameters<typeof wordsIn>[0]) => fill(wordsIn(words, sources.locale, main));
  return {
    steps: content.steps.map((step) => ({
      id: step.id,
      title: fill(step.title),
      text: said(step),
      mustSay: step.mustSay ?? false,
      fields: (step.fields ?? []).map((field) => ({ ...field, label: fill(field.label) })),
      answers: step.answers,
    })),
    objections: content.objections.map((objection) => ({
      refusalReason: objection.refusalReason,
      title: fill(objection.title),
      text: said(objection),
    })),
    forms: content.forms.map((form) => ({
      ...form,
      title: fill(form.title),
      fields: form.fields.map((field) => ({ ...field, label: fill(field.label) })),
    })),
    printed: content.printed.map((print) => ({ id: print.id, title: fill(print.title), text: said(print) })),
  };
}

function fillText(text: string, seller: string | null, sources: FillSources): string {
  return text.replace(PLACEHOLDER, (_match, inside: string) => {
    const { field, otherwise } = readPlaceholder(inside);
    return speakable(valueOf(field, seller, sources)) || otherwise;
  });
}

function readPlaceholder(inside: string): Placeholder {
  const bar = inside.indexOf('|');
  if (bar === -1) return { field: inside.trim(), otherwise: '' };
  return { field: inside.slice(0, bar).trim(), otherwise: inside.slice(bar + 1).trim() };
}

const STANDARD: ReadonlySet<string> = new Set([
  'name',
  'region',
  'seller',
  'offer.name',
  'offer.description',
  'offer.price',
  'offer.currency',
]);

function valueOf(field: string, seller: string | null, { lead, offer, answers, locale }: FillSources): unknown {
  switch (field) {
    case 'name':
      return lead.name;
    case 'region':
      return lead.region;
    case 'seller':
      return seller;
    case 'offer.name':
      return offer?.name;
    case 'offer.description':
      return offer?.description;
    case 'offer.price':
      return offer && priceOf(offer, locale);
    case 'offer.currency':
      return offer?.currency;
  }
  if (field.startsWith('offer.attribute.')) return own(offer?.attributes, field.slice('offer.attribute.'.length));
  if (field.startsWith('answer.')) return own(answers, field.slice('answer.'.length));
  return own(lead.attributes, field.startsWith('attribute.') ? field.slice('attribute.'.length) : field);
}

function own(values: Readonly<Record<string, unknown>> | undefined, key: string): unknown {
  return values && Object.hasOwn(values, key) ? values[key] : undefined;
}

function speakable(value: unknown): string {
  if (typeof value !== 'string' && typeof value !== 'number' && typeof value !== 'boolean') return '';
  const text = String(value).replace(UNSPEAKABLE, ' ').trim();
  // By characters, so that none is cut in two.
  return text.length <= LONGEST_VALUE ? text : `${[...text].slice(0, LONGEST_VALUE - 1).join('')}…`;
}

/** A price with its currency, as the language writes it: `49,90 €`. Whole amounts are said without cents. */
function priceOf({ price, currency }: ScriptOffer, locale: Locale): string {
  if (price === null) return '';
  const digits = { minimumFractionDigits: Number.isInteger(price) ? 0 : 2, maximumFractionDigits: 2 };
  const style = currency === null ? {} : { style: 'currency' as const, currency };
  return new Intl.NumberFormat(locale, { ...style, ...digits }).format(price);
}
