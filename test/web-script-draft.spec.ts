import { describe, expect, it } from '@jest/globals';

import type { ScriptParts } from '../web/src/api/contract.js';
import { blocks, notesAt, piecesOf } from '../web/src/scripts/marks.js';
import {
  draftOf,
  fingerprint,
  freeId,
  inputOf,
  insertStep,
  languageAt,
  newScript,
  partsForReview,
  removeStep,
  textPaths,
  withLanguages,
} from '../web/src/scripts/script-draft.js';

const PARTS: ScriptParts = {
  purpose: 'sale',
  seller: 'Bank',
  languages: ['en', 'ru'],
  steps: [
    {
      id: 's1',
      title: 'Hello',
      texts: { en: 'Hello', ru: 'Привет' },
      mustSay: true,
      answers: [{ label: '→', goto: 's2' }],
    },
    {
      ...{ id: 's2', title: 'Offer', texts: { en: 'Offer', ru: 'Вот' } },
      fields: [{ id: 'f1', label: 'How much', type: 'number', min: 1 }],
      answers: [
        { label: 'Yes', goto: 'end' },
        { label: 'No', goto: 'end', refuses: true },
      ],
    },
  ],
  objections: [{ refusalReason: 'price', title: 'Dear', texts: { en: 'Well', ru: 'Ну' } }],
  forms: [{ id: 'form1', kind: 'order', title: 'Order', fields: [] }],
  printed: [{ id: 'p1', title: 'Terms', texts: { en: 'Terms', ru: 'Условия' } }],
};

const finding = (from: number, to: number, word: string, severity: 'blocks' | 'warns' = 'warns') => ({
  ...{ code: 'superlative', severity, path: 'steps.0.text', from, to, word },
  ...{ locale: 'en' as const, message: '', fix: '' },
});

describe('a script in the editor', () => {
  it('comes back as it was, in several languages and in one', () => {
    expect(inputOf(draftOf('Call', PARTS))).toEqual({ name: 'Call', ...PARTS });
    const one: ScriptParts = { ...PARTS, languages: [], steps: [{ id: 's1', title: '', text: 'Hi', answers: [] }] };
    const bare = { ...one, objections: [], forms: [], printed: [] };
    expect(inputOf(draftOf('Call', bare))).toEqual({ name: 'Call', ...bare });
  });

  it('is the same whatever order the server keeps its members in', () => {
    const input = inputOf(draftOf('Call', PARTS));
    const turned = JSON.parse(JSON.stringify(input), (_key, value: unknown) =>
      value !== null && typeof value === 'object' && !Array.isArray(value)
        ? Object.fromEntries(Object.entries(value).reverse())
        : value,
    ) as typeof input;
    expect(JSON.stringify(turned)).not.toBe(JSON.stringify(input));
    expect(fingerprint(turned)).toBe(fingerprint(input));
    expect(fingerprint({ ...input, seller: null })).not.toBe(fingerprint(input));
  });

  it('puts a new step into the way, where it simply went on', () => {
    const draft = insertStep(draftOf('Call', PARTS), 0);
    expect(draft.steps.map(({ id, answers }) => [id, answers.map(({ goto }) => goto)])).toEqual([
      ['s1', ['s3']],
      ['s3', ['s2']],
      ['s2', ['end', 'end']],
    ]);
  });

  it('leaves choices of the customer where they lead when a step is added after them', () => {
    const draft = insertStep(draftOf('Call', PARTS), 1);
    expect(draft.steps[1]?.answers).toEqual(PARTS.steps[1]?.answers);
    expect(draft.steps[2]?.answers).toEqual([{ label: '→', goto: 'end' }]);
  });

  it('goes on without a step that is taken out of the way', () => {
    const longer = insertStep(draftOf('Call', PARTS), 0);
    expect(inputOf(removeStep(longer, 1)).steps).toEqual(PARTS.steps);
    // Where the customer chose, nobody knows which way is meant: the answers that led there say so.
    expect(removeStep(draftOf('Call', PARTS), 1).steps[0]?.answers).toEqual([{ label: '→', goto: 's2' }]);
  });

  it('keeps its texts when it says in which language they are, and gives none to a further one', () => {
    const unsaid = draftOf('Call', {
      ...PARTS,
      ...{ languages: [], steps: [{ id: 's1', title: '', text: 'Hi', answers: [] }] },
    });
    const english = withLanguages(unsaid, ['en']);
    expect(inputOf(english).steps[0]?.text).toBe('Hi');
    expect(inputOf(withLanguages(english, ['en', 'vi'])).steps[0]?.texts).toEqual({ en: 'Hi', vi: '' });
  });

  it('can be looked at before its labels are written', () => {
    const draft = newScript('en');
    draft.steps[0]!.answers = [{ label: '', goto: 'end' }];
    draft.forms = [{ id: 'form1', kind: 'order', title: '', fields: [{ id: 'f1', label: '', type: 'text' }] }];
    const { steps, forms } = partsForReview(draft);
    expect([steps[0]?.answers[0]?.label, forms[0]?.title, forms[0]?.fields[0]?.label]).toEqual(['–', '–', '–']);
  });

  it('finds what is said of a text under the names of its place', () => {
    expect(textPaths('steps.0', 'en', ['en'])).toEqual(['steps.0.text']);
    expect(textPaths('steps.0', 'en', ['en', 'ru'])).toEqual(['steps.0.texts.en', 'steps.0.text']);
    expect(textPaths('steps.0', 'ru', ['en', 'ru'])).toEqual(['steps.0.texts.ru']);
    expect([languageAt('steps.0.texts.ru'), languageAt('steps.0.text')]).toEqual(['ru', null]);
    expect(freeId('s', ['s1', 's2', 's4'])).toBe('s3');
  });
});

describe('marks', () => {
  it('cut a text without losing a letter, and what blocks wins where they overlap', () => {
    const text = 'We are the best bank';
    const pieces = piecesOf(text, [finding(7, 15, 'the best'), finding(11, 20, 'best bank', 'blocks')]);
    expect(pieces.map((piece) => piece.text).join('')).toBe(text);
    expect(pieces).toEqual([
      { text: 'We are ', severity: null },
      { text: 'the ', severity: 'warns' },
      { text: 'best', severity: 'blocks' },
      { text: ' bank', severity: 'blocks' },
    ]);
  });

  it('lie on their words only: a text that was changed since is not marked at random', () => {
    expect(piecesOf('Now we are the best', [finding(7, 15, 'the best')])).toEqual([
      { text: 'Now we are the best', severity: null },
    ]);
  });

  it('belong to their place, and not to one whose name begins alike', () => {
    const fault = (path: string) => ({ path, code: 'x', message: '' });
    const review = { faults: [fault('steps.1'), fault('steps.10'), fault('steps.1.answers')], findings: [] };
    expect(notesAt(review, ['steps.1']).faults).toEqual([fault('steps.1')]);
    expect(notesAt(review, ['steps.1'], true).faults).toEqual([fault('steps.1'), fault('steps.1.answers')]);
    expect([blocks(review), blocks({ faults: [], findings: [finding(0, 1, 'x')] })]).toEqual([true, false]);
  });
});
