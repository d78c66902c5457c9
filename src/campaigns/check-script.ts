import { isKnownField, placeholdersIn } from './fill-script.js';
import { checkFields, type Fault } from './form-fields.js';
import { END, fieldsOf, textsOf, type ScriptContent, type Words } from './script-content.js';
import { ScriptGraph } from './script-graph.js';

/** What a script may refer to. */
export interface ScriptWorld {
  /** Names of attributes that leads have. */
  attributes: ReadonlySet<string>;
  /** Codes of refusal reasons that outcome sets have. */
  refusalReasons: ReadonlySet<string>;
}

/** At most this many faults are named: a hostile script must not make an endless answer. */
const MOST_FAULTS = 100;

/**
 * Everything that keeps a script from being published: ways that lead nowhere, words that are missing, names that nothing
 * answers to. In the order of the script.
 */
export function checkScript(content: ScriptContent, world: ScriptWorld): Fault[] {
  const ids = checkIds(content);
  // With two steps of one id nobody can tell where an answer leads.
  const isGraph = !ids.some(({ path }) => /^steps\.\d+\.id$/.test(path));
  const faults = [
    ...ids,
    ...(isGraph ? checkWays(content) : []),
    ...checkWords(content),
    ...checkNames(content, world),
    ...content.steps.flatMap((step, at) => checkFields(step.fields ?? [], `steps.${at}.fields`)),
    ...content.forms.flatMap((form, at) => checkFields(form.fields, `forms.${at}.fields`)),
  ];
  return faults.slice(0, MOST_FAULTS);
}

function checkIds(content: ScriptContent): Fault[] {
  const twice = (items: readonly { id: string }[], path: string): Fault[] =>
    items.flatMap(({ id }, at) =>
      items.findIndex((other) => other.id === id) < at
        ? [{ path: `${path}.${at}.id`, code: 'id_twice', message: `There is another one with the id ${id}.` }]
        : [],
    );
  const reserved = content.steps.flatMap(({ id }, at) =>
    id === END ? [{ path: `steps.${at}.id`, code: 'id_reserved', message: 'No step may have the id end.' }] : [],
  );
  // One namespace for all fields: answers are kept by the field's id alone.
  const seen = new Set<string>();
  const fields: Fault[] = [];
  for (const list of [
    ...content.steps.map((step, at) => ({ path: `steps.${at}.fields`, fields: step.fields ?? [] })),
    ...content.forms.map((form, at) => ({ path: `forms.${at}.fields`, fields: form.fields })),
  ])
    for (const [at, { id }] of list.fields.entries()) {
      const path = `${list.path}.${at}.id`;
      if (seen.has(id)) fields.push({ path, code: 'id_twice', message: `There is another field with the id ${id}.` });
      seen.add(id);
    }
  return [
    ...reserved,
    ...twice(content.steps, 'steps'),
    ...twice(content.forms, 'forms'),
    ...twice(content.printed, 'printed'),
    ...fields,
  ];
}

function checkWays({ steps }: ScriptContent): Fault[] {
  if (steps.length === 0) return [{ path: 'steps', code: 'no_steps', message: 'The script has no step.' }];
  const graph = new ScriptGraph(steps);
  const reachable = graph.reachable();
  const loops = graph.loops();
  const faults: Fault[] = [];
  const fault = (path: string, code: string, message: string) => void faults.push({ path, code, message });
  for (const [at, step] of steps.entries()) {
    if (!reachable.has(step.id)) fault(`steps.${at}`, 'step_unreachable', `No answer leads to the step ${step.id}.`);
    if (step.answers.length === 0)
      fault(`steps.${at}.answers`, 'dead_end', `Nothing follows the step ${step.id}: it has no answer.`);
    for (const [nth, { goto }] of step.answers.entries())
      if (!graph.leads(goto))
        fault(`steps.${at}.answers.${nth}.goto`, 'goto_nowhere', `The answer leads to ${goto}, which is no step.`);
    const loop = loops.find(([first]) => first === step.id);
    if (loop) fault(`steps.${at}`, 'endless_loop', `From here no answer ever leads to the end: ${loop.join(', ')}.`);
    const around = step.mustSay && reachable.has(step.id) ? graph.wayAround(step.id) : null;
    if (around) fault(`steps.${at}.mustSay`, 'must_say_bypassed', `A call can do without it: ${around.join(' → ')}.`);
  }
  return faults;
}

/** Every text is there, in every language of the script. */
function checkWords(content: ScriptContent): Fault[] {
  const [main, ...others] = content.languages;
  const missing = (path: string, { text, texts }: Words): Fault[] => {
    const inMain = main === undefined ? (text ?? Object.values(texts ?? {}).join('')) : (texts?.[main] ?? text);
    const faults: Fault[] = [];
    if (!inMain?.trim()) faults.push({ path: `${path}.text`, code: 'text_missing', message: 'There is no text.' });
    for (const locale of others)
      if (!texts?.[locale]?.trim())
        faults.push({
          path: `${path}.texts.${locale}`,
          code: 'translation_missing',
          message: `The text is missing in the language ${locale}.`,
        });
    return faults;
  };
  return [
    ...content.steps.flatMap((step, at) => missing(`steps.${at}`, step)),
    ...content.objections.flatMap((objection, at) => missing(`objections.${at}`, objection)),
    ...content.printed.flatMap((print, at) => missing(`printed.${at}`, print)),
  ];
}

/** Whatever is named exists: fields in braces, refusal reasons. */
function checkNames(content: ScriptContent, world: ScriptWorld): Fault[] {
  const fields = new Set(fieldsOf(content).map((field) => field.id));
  const headings = [
    ...content.steps.map((step, at) => ({ path: `steps.${at}.title`, text: step.title })),
    ...content.objections.map((objection, at) => ({ path: `objections.${at}.title`, text: objection.title })),
    ...content.forms.map((form, at) => ({ path: `forms.${at}.title`, text: form.title })),
  ];
  const unknown = [...textsOf(content), ...headings].flatMap(({ path, text }) =>
    [...new Set(placeholdersIn(text).map((placeholder) => placeholder.field))]
      .filter((field) => !isKnownField(field, world.attributes, fields))
      .map((field) => ({ path, code: 'field_unknown', message: `There is no field ${field} to fill in.` })),
  );
  const reasons = content.objections.flatMap(({ refusalReason }, at) =>
    world.refusalReasons.has(refusalReason)
      ? []
      : [
          {
            path: `objections.${at}.refusalReason`,
            code: 'refusal_reason_unknown',
            message: `There is no refusal reason ${refusalReason}.`,
          },
        ],
  );
  return [...unknown, ...reasons];
}
