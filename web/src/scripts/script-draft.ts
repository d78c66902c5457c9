import type {
  FormField,
  Locale,
  ScriptAnswer,
  ScriptForm,
  ScriptInput,
  ScriptParts,
  ScriptPurpose,
  Texts,
} from '../api/contract.js';

/** `none`: the script does not say in which language its texts are. */
export type TextKey = Locale | 'none';
export type WordsDraft = Partial<Record<TextKey, string>>;

export interface StepDraft {
  id: string;
  title: string;
  words: WordsDraft;
  mustSay: boolean;
  fields: FormField[];
  answers: ScriptAnswer[];
}

export interface ObjectionDraft {
  key: string;
  refusalReason: string;
  title: string;
  words: WordsDraft;
}

export interface PrintDraft {
  id: string;
  title: string;
  words: WordsDraft;
}

/** A script as it is edited: each text by its language, however it is kept. */
export interface ScriptDraft {
  name: string;
  purpose: ScriptPurpose;
  seller: string;
  languages: Locale[];
  steps: StepDraft[];
  objections: ObjectionDraft[];
  forms: ScriptForm[];
  printed: PrintDraft[];
}

export const END = 'end';
/** The label of an answer that simply goes on. */
export const GO_ON = '→';

export const mainKey = (languages: readonly Locale[]): TextKey => languages[0] ?? 'none';
export const textKeys = (languages: readonly Locale[]): TextKey[] =>
  languages.length === 0 ? ['none'] : [...languages];

export function newScript(locale: Locale): ScriptDraft {
  return {
    name: '',
    purpose: 'sale',
    seller: '',
    languages: [locale],
    steps: [{ id: 's1', title: '', words: {}, mustSay: false, fields: [], answers: [{ label: GO_ON, goto: END }] }],
    objections: [],
    forms: [],
    printed: [],
  };
}

export function draftOf(name: string, parts: ScriptParts): ScriptDraft {
  const main = mainKey(parts.languages);
  const words = ({ text, texts }: { text?: string; texts?: Texts }): WordsDraft => ({
    ...texts,
    ...(text !== undefined && (main === 'none' || texts?.[main] === undefined) && { [main]: text }),
  });
  return {
    name,
    purpose: parts.purpose,
    seller: parts.seller ?? '',
    languages: parts.languages,
    steps: parts.steps.map((step) => ({
      id: step.id,
      title: step.title,
      words: words(step),
      mustSay: step.mustSay ?? false,
      fields: step.fields ?? [],
      answers: step.answers,
    })),
    objections: parts.objections.map((objection, at) => ({
      key: `o${at}`,
      refusalReason: objection.refusalReason,
      title: objection.title,
      words: words(objection),
    })),
    forms: parts.forms,
    printed: parts.printed.map((print) => ({ id: print.id, title: print.title, words: words(print) })),
  };
}

/** As it is sent and kept: one text where there is one language, else one for each. */
export function inputOf(draft: ScriptDraft): ScriptInput {
  const { languages } = draft;
  const words = (own: WordsDraft): { text?: string; texts?: Texts } =>
    languages.length > 1
      ? { texts: Object.fromEntries(languages.map((locale) => [locale, own[locale] ?? ''])) }
      : { text: own[mainKey(languages)] ?? '' };
  return {
    name: draft.name.trim(),
    purpose: draft.purpose,
    seller: draft.seller.trim() || null,
    languages,
    steps: draft.steps.map((step) => ({
      id: step.id,
      title: step.title,
      ...words(step.words),
      ...(step.mustSay && { mustSay: true }),
      ...(step.fields.length > 0 && { fields: step.fields }),
      answers: step.answers,
    })),
    objections: draft.objections.map(({ refusalReason, title, words: own }) => ({
      refusalReason,
      title,
      ...words(own),
    })),
    forms: draft.forms,
    printed: draft.printed.map(({ id, title, words: own }) => ({ id, title, ...words(own) })),
  };
}

/** The same whatever order the members of its objects are in: the server keeps them in one of its own. */
export function fingerprint(input: ScriptInput): string {
  return JSON.stringify(input, (_key, value: unknown) =>
    typeof value === 'object' && value !== null && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
      : value,
  );
}

/** What stands for a label that is still to be written: the server looks at no script that lacks one. */
const UNWRITTEN = '–';

/** The parts as the linter is asked about them, while labels may still be empty. Places stay the same. */
export function partsForReview(draft: ScriptDraft): ScriptParts {
  const { name: _name, ...parts } = inputOf(draft);
  const said = (text: string) => text || UNWRITTEN;
  const fields = (list: FormField[]) => list.map((field) => ({ ...field, label: said(field.label) }));
  return {
    ...parts,
    steps: parts.steps.map((step) => ({
      ...step,
      ...(step.fields && { fields: fields(step.fields) }),
      answers: step.answers.map((answer) => ({ ...answer, label: said(answer.label) })),
    })),
    forms: parts.forms.map((form) => ({ ...form, title: said(form.title), fields: fields(form.fields) })),
    printed: parts.printed.map((print) => ({ ...print, title: said(print.title) })),
  };
}

/** Where faults and marks of a text are looked for: under each of the names that its place has. */
export function textPaths(base: string, key: TextKey, languages: readonly Locale[]): string[] {
  if (languages.length <= 1) return [`${base}.text`];
  return [`${base}.texts.${key}`, ...(key === mainKey(languages) ? [`${base}.text`] : [])];
}

/** Language of the text at a place, where the place tells it. */
export function languageAt(path: string): Locale | null {
  const found = /\.texts\.(en|ru|vi)$/.exec(path)?.[1];
  return (found as Locale | undefined) ?? null;
}

/** The first of `prefix1`, `prefix2` … that is free. */
export function freeId(prefix: string, taken: Iterable<string>): string {
  const ids = new Set(taken);
  let number = 1;
  while (ids.has(`${prefix}${number}`)) number++;
  return `${prefix}${number}`;
}

/** Ids of all fields: one namespace, for answers are kept by them. */
export const fieldIds = (draft: ScriptDraft): string[] =>
  [...draft.steps, ...draft.forms].flatMap((holder) => holder.fields.map(({ id }) => id));

/** A new step after one: where that one simply went on, the way now leads through the new step. */
export function insertStep(draft: ScriptDraft, after: number): ScriptDraft {
  const id = freeId(
    's',
    draft.steps.map((step) => step.id),
  );
  const before = draft.steps[after];
  const only = before?.answers.length === 1 ? before.answers[0] : undefined;
  const goesOn = only !== undefined && only.label === GO_ON && !only.refuses;
  const next = goesOn ? only.goto : (draft.steps[after + 1]?.id ?? END);
  const step: StepDraft = {
    ...{ id, title: '', words: {}, mustSay: false, fields: [] },
    answers: [{ label: GO_ON, goto: next }],
  };
  const steps = draft.steps.map((one, at) =>
    at === after && goesOn ? { ...one, answers: [{ ...only, goto: id }] } : one,
  );
  return { ...draft, steps: [...steps.slice(0, after + 1), step, ...steps.slice(after + 1)] };
}

/** Without a step. A way that simply went on through it goes on without it; other answers that led to it lead nowhere. */
export function removeStep(draft: ScriptDraft, at: number): ScriptDraft {
  const gone = draft.steps[at];
  if (!gone) return draft;
  const only = gone.answers.length === 1 ? gone.answers[0] : undefined;
  const steps = draft.steps.filter((_, place) => place !== at);
  if (!only || only.goto === gone.id) return { ...draft, steps };
  return {
    ...draft,
    steps: steps.map((step) => ({
      ...step,
      answers: step.answers.map((answer) => (answer.goto === gone.id ? { ...answer, goto: only.goto } : answer)),
    })),
  };
}

/** Another choice of languages; texts that had no language, or only the old main one, become those of the new main one. */
export function withLanguages(draft: ScriptDraft, languages: Locale[]): ScriptDraft {
  const [before, after] = [mainKey(draft.languages), mainKey(languages)];
  if (before === after) return { ...draft, languages };
  const moved = <T extends { words: WordsDraft }>(one: T): T =>
    one.words[after] === undefined && one.words[before] !== undefined
      ? { ...one, words: { ...one.words, [after]: one.words[before] } }
      : one;
  // Where the old language stays beside the new one, its texts are no texts of the new one.
  const keeps = before !== 'none' && languages.includes(before);
  return {
    ...draft,
    languages,
    ...(!keeps && {
      steps: draft.steps.map(moved),
      objections: draft.objections.map(moved),
      printed: draft.printed.map(moved),
    }),
  };
}
