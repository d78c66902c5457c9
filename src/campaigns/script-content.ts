import type { Locale } from '../auth/access.js';
import type { FormField } from './form-fields.js';

/** Languages in which a script may be written. */
export const SCRIPT_LANGUAGES = ['en', 'ru', 'vi'] as const satisfies readonly Locale[];

/** What a call is made for; the law asks more of a sale than of a survey. */
export const SCRIPT_PURPOSES = ['sale', 'survey', 'service'] as const;
export type ScriptPurpose = (typeof SCRIPT_PURPOSES)[number];

/** Where an answer may lead besides a step. */
export const END = 'end';
/** The one answer of a step that simply goes on; a sign, since it is read in every language. */
export const GO_ON = '→';

/** Words in one language, which is the first of the script, or in several. */
export interface Words {
  text?: string;
  texts?: Partial<Record<Locale, string>>;
}

/** What the customer may answer, and which step follows. */
export interface ScriptAnswer {
  label: string;
  /** Id of a step, or `end`. */
  goto: string;
  /** The customer says no here: a call that ends by it owes no words that belong to an agreement. */
  refuses?: boolean;
}

export interface ScriptStep extends Words {
  id: string;
  title: string;
  /** No call may end well without it. */
  mustSay?: boolean;
  /** Asked at this step. */
  fields?: FormField[];
  answers: ScriptAnswer[];
}

/** What to say to a refusal, by its reason. */
export interface ScriptObjection extends Words {
  /** Code of a refusal reason of the outcome set. */
  refusalReason: string;
  title: string;
}

export interface ScriptForm {
  id: string;
  kind: 'order' | 'questionnaire';
  title: string;
  fields: FormField[];
}

/** What the customer gets on paper. */
export interface ScriptPrint extends Words {
  id: string;
  title: string;
}

/** All that a script says. The first step opens the call. */
export interface ScriptContent {
  purpose: ScriptPurpose;
  /** On whose behalf the call is made. */
  seller: string | null;
  /** Languages that every text must have, the main one first; none: whatever language the texts are in. */
  languages: Locale[];
  steps: ScriptStep[];
  objections: ScriptObjection[];
  forms: ScriptForm[];
  printed: ScriptPrint[];
}

/** A script as somebody wrote it down: steps may lack ids, and answers where the next step simply follows. */
export interface ScriptDraft extends Partial<Omit<ScriptContent, 'steps'>> {
  steps: (Omit<ScriptStep, 'id' | 'answers'> & { id?: string; answers?: ScriptAnswer[] })[];
}

/** The whole of a draft: ids where there are none, and steps without answers lead to the next one, the last to the end. */
export function contentOf(draft: ScriptDraft): ScriptContent {
  const taken = new Set(draft.steps.map((step) => step.id));
  const ids = draft.steps.map((step, at) => step.id ?? freeId(`s${at + 1}`, taken));
  return {
    purpose: draft.purpose ?? 'sale',
    seller: draft.seller?.trim() || null,
    languages: draft.languages ?? [],
    steps: draft.steps.map(({ answers, ...step }, at) => ({
      ...step,
      id: ids[at]!,
      answers: answers ?? [{ label: GO_ON, goto: ids[at + 1] ?? END }],
    })),
    objections: draft.objections ?? [],
    forms: draft.forms ?? [],
    printed: draft.printed ?? [],
  };
}

function freeId(wanted: string, taken: Set<string | undefined>): string {
  let id = wanted;
  while (taken.has(id)) id += 'x';
  taken.add(id);
  return id;
}

/** One text of a script, and where it stands: `steps.2.texts.ru`. */
export interface PlacedText {
  path: string;
  text: string;
  /** Null where the script does not say in which language it is. */
  locale: Locale | null;
  /** Place of the step that says it; null for what no step says. */
  step: number | null;
}

/** Everything that is said, asked or printed. Headings and answers are not: only the operator reads them. */
export function textsOf(content: ScriptContent): PlacedText[] {
  const main = content.languages[0] ?? null;
  const words = (path: string, { text, texts }: Words, step: number | null): PlacedText[] => [
    ...(text === undefined ? [] : [{ path: `${path}.text`, text, locale: main, step }]),
    ...SCRIPT_LANGUAGES.flatMap((locale) => {
      const own = texts?.[locale];
      return own === undefined ? [] : [{ path: `${path}.texts.${locale}`, text: own, locale, step }];
    }),
  ];
  const labels = (path: string, fields: readonly FormField[], step: number | null): PlacedText[] =>
    fields.map((field, at) => ({ path: `${path}.fields.${at}.label`, text: field.label, locale: main, step }));
  return [
    ...content.steps.flatMap((step, at) => [
      ...words(`steps.${at}`, step, at),
      ...labels(`steps.${at}`, step.fields ?? [], at),
    ]),
    ...content.objections.flatMap((objection, at) => words(`objections.${at}`, objection, null)),
    ...content.forms.flatMap((form, at) => labels(`forms.${at}`, form.fields, null)),
    ...content.printed.flatMap((print, at) => [
      { path: `printed.${at}.title`, text: print.title, locale: main, step: null },
      ...words(`printed.${at}`, print, null),
    ]),
  ];
}

/** The words in a language, or else in the script's main one, or in whichever there is. */
export function wordsIn({ text, texts }: Words, wanted: Locale, main: Locale | undefined): string {
  const own = texts?.[wanted];
  if (own !== undefined) return own;
  if (text !== undefined) return text;
  return (main && texts?.[main]) ?? SCRIPT_LANGUAGES.map((locale) => texts?.[locale]).find(Boolean) ?? '';
}

/** Every field that the script asks, of steps and of forms. */
export function fieldsOf(content: ScriptContent): FormField[] {
  return [...content.steps.flatMap((step) => step.fields ?? []), ...content.forms.flatMap((form) => form.fields)];
}
