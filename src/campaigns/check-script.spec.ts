import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { checkScript } from './check-script.js';
import { contentOf, END, GO_ON, type ScriptAnswer, type ScriptDraft } from './script-content.js';
import { ScriptGraph } from './script-graph.js';

const WORLD = { attributes: new Set(['city']), refusalReasons: new Set(['price']) };

const step = (id: string, ...to: (string | ScriptAnswer)[]) => ({
  ...{ id, title: id, text: `Text of ${id}` },
  answers: to.map((goto) => (typeof goto === 'string' ? { label: `to ${goto}`, goto } : goto)),
});
const check = (steps: ScriptDraft['steps'], more: Partial<ScriptDraft> = {}) =>
  checkScript(contentOf({ steps, ...more }), WORLD);
const faults = (...args: Parameters<typeof check>) => check(...args).map(({ path, code }) => `${code} ${path}`);

describe('a draft', () => {
  it('that is only steps in a row is a chain', () => {
    const content = contentOf({
      steps: [
        { title: 'A', text: 'a' },
        { id: 's1', title: 'B', text: 'b' },
      ],
    });
    expect(content.steps.map(({ id, answers }) => ({ id, answers }))).toEqual([
      { id: 's1x', answers: [{ label: GO_ON, goto: 's1' }] },
      { id: 's1', answers: [{ label: GO_ON, goto: END }] },
    ]);
    expect(checkScript(content, WORLD)).toEqual([]);
  });
});

describe('a script is not published', () => {
  it('unless there is no fault', () => {
    expect(faults([step('a', 'b', 'c'), step('b', 'c', END), step('c', 'a', END)])).toEqual([]);
  });

  it('without a step', () => {
    expect(faults([])).toEqual(['no_steps steps']);
  });

  it('with a dead end', () => {
    expect(faults([step('a', 'b', END), step('b')])).toEqual(['dead_end steps.1.answers']);
  });

  it('with an answer that leads nowhere', () => {
    expect(faults([step('a', END, 'x')])).toEqual(['goto_nowhere steps.0.answers.1.goto']);
  });

  it('with a step that nobody comes to', () => {
    expect(faults([step('a', END), step('b', 'c'), step('c', 'b', END)])).toEqual([
      'step_unreachable steps.1',
      'step_unreachable steps.2',
    ]);
  });

  it('with a loop that has no way out, told once', () => {
    const [fault, ...others] = check([step('a', 'b', END), step('b', 'c'), step('c', 'd'), step('d', 'b', 'c')]);
    expect(fault).toMatchObject({ path: 'steps.1', code: 'endless_loop' });
    expect(fault!.message).toContain('b, c, d');
    expect(others).toEqual([]);
  });

  it('with two loops, each told', () => {
    expect(faults([step('a', 'b', 'c', END), step('b', 'b'), step('c', 'c')])).toEqual([
      'endless_loop steps.1',
      'endless_loop steps.2',
    ]);
  });

  it('blames a dead end for itself, not the steps that lead to it', () => {
    expect(faults([step('a', 'b'), step('b')])).toEqual(['dead_end steps.1.answers']);
  });

  it('when what must be said can be left out, and says on which way', () => {
    const must = (id: string, ...to: (string | ScriptAnswer)[]) => ({ ...step(id, ...to), mustSay: true });
    const found = check([step('a', 'b', 'c'), must('b', 'c'), step('c', END)]);
    expect(found).toEqual([
      { path: 'steps.1.mustSay', code: 'must_say_bypassed', message: 'A call can do without it: a → c → end.' },
    ]);
    expect(faults([step('a', 'b'), must('b', 'c'), step('c', END)])).toEqual([]);
    const refusal = { label: 'No', goto: END, refuses: true };
    expect(faults([step('a', 'b', refusal), must('b', END)])).toEqual([]);
    // Were every end a refusal, nothing would have to be said at all.
    expect(faults([step('a', 'b', refusal), must('b', refusal)])).toEqual(['must_say_bypassed steps.1.mustSay']);
  });

  it('with fields that nothing answers to, wherever they stand', () => {
    expect(
      faults([{ ...step('a', END), title: '{{nobody}}', text: '{{city}} {{town}} {{town}} {{answer.f}}' }], {
        objections: [{ refusalReason: 'price', title: 'x', text: '{{attribute.x}}' }],
        forms: [{ id: 'o', kind: 'order', title: 'x', fields: [{ id: 'f', label: '{{y}}', type: 'text' }] }],
        printed: [{ id: 'p', title: '{{z}}', texts: { ru: '{{answer.g}}' } }],
      }),
    ).toEqual([
      'field_unknown steps.0.text',
      'field_unknown objections.0.text',
      'field_unknown forms.0.fields.0.label',
      'field_unknown printed.0.title',
      'field_unknown printed.0.texts.ru',
      'field_unknown steps.0.title',
    ]);
  });

  it('with answers to refusals that there are not', () => {
    const objections = [{ refusalReason: 'weather', title: 'x', text: 'y' }];
    expect(faults([step('a', END)], { objections })).toEqual(['refusal_reason_unknown objections.0.refusalReason']);
  });

  it('with two things of one id', () => {
    const field = { id: 'f', label: 'x', type: 'text' as const };
    expect(
      faults([{ ...step('a', END), fields: [field] }, step('a', END), step('end', END)], {
        forms: [{ id: 'o', kind: 'order', title: 'x', fields: [field] }],
      }),
    ).toEqual(['id_reserved steps.2.id', 'id_twice steps.1.id', 'id_twice forms.0.fields.0.id']);
  });

  it('with texts that are missing, in any of its languages', () => {
    const steps: ScriptDraft['steps'] = [
      { id: 'a', title: 'a', text: ' ', answers: [{ label: 'x', goto: 'b' }] },
      { id: 'b', title: 'b', texts: { ru: 'Да', en: 'Yes' } },
    ];
    expect(faults(steps)).toEqual(['text_missing steps.0.text']);
    expect(faults(steps, { languages: ['en', 'ru'] })).toEqual([
      'text_missing steps.0.text',
      'translation_missing steps.0.texts.ru',
    ]);
    expect(faults([{ id: 'a', title: 'a', text: 'Hello' }], { languages: ['en', 'vi'] })).toEqual([
      'translation_missing steps.0.texts.vi',
    ]);
  });
});

describe('the ways through a script', () => {
  const ids = ['a', 'b', 'c', 'd', 'e'];
  const steps = fc
    .array(fc.array(fc.constantFrom(...ids, END), { maxLength: 3 }), { minLength: 5, maxLength: 5 })
    .map((lists) => ids.map((id, at) => step(id, ...lists[at]!)));

  it('pass a step that cannot be avoided, however one walks', () => {
    fc.assert(
      fc.property(steps, fc.array(fc.nat(2), { maxLength: 30 }), (all, choices) => {
        const unavoidable = new ScriptGraph(all).unavoidable();
        const passed = new Set<string>();
        let at = 'a';
        for (const choice of choices) {
          passed.add(at);
          const { answers } = all.find((each) => each.id === at)!;
          if (answers.length === 0) return;
          at = answers[choice % answers.length]!.goto;
          if (at !== END) continue;
          expect([...unavoidable].filter((id) => !passed.has(id))).toEqual([]);
          return;
        }
      }),
      { numRuns: 500 },
    );
  });

  it('end, from every step of a script that is published', () => {
    fc.assert(
      fc.property(steps, (all) => {
        if (checkScript(contentOf({ steps: all }), WORLD).length > 0) return;
        for (const { id } of all) {
          const seen = new Set([id]);
          for (const each of seen)
            for (const { goto } of all.find((one) => one.id === each)?.answers ?? []) seen.add(goto);
          expect(seen.has(END)).toBe(true);
        }
      }),
      { numRuns: 500 },
    );
  });
});
