import { describe, expect, it } from '@jest/globals';

import { changesOf } from '../audit/changes.js';
import { flatScript } from './script-audit.js';
import { contentOf, type ScriptDraft } from './script-content.js';

const HELLO = { id: 'hello', title: 'Hello', texts: { en: 'Good day', ru: 'Добрый день' } };
const PRICE = { id: 'price', title: 'Price', text: 'It costs 5 €.', answers: [{ label: 'Good', goto: 'end' }] };
const state = (draft: ScriptDraft, name = 'A script') => flatScript({ name, content: contentOf(draft) });
const changes = (before: ScriptDraft, after: ScriptDraft) => changesOf(state(before), state(after));

describe('a script in the trail', () => {
  it('is told text by text, and only those that changed', () => {
    const texts = { ...HELLO.texts, ru: 'Здравствуйте' };
    expect(changes({ steps: [HELLO, PRICE] }, { steps: [{ ...HELLO, texts }, PRICE] })).toEqual([
      { field: 'steps.hello.texts.ru', before: 'Добрый день', after: 'Здравствуйте' },
    ]);
    expect(changes({ steps: [PRICE] }, { steps: [{ ...PRICE, answers: [{ label: 'Good', goto: 'price' }] }] })).toEqual(
      [{ field: 'steps.price.answers.Good.goto', before: 'end', after: 'price' }],
    );
  });

  it('tells a step that is moved by the order alone, and one that is new by all that it says', () => {
    const hello = { ...HELLO, answers: [{ label: 'Yes', goto: 'end' }] };
    expect(changes({ steps: [hello, PRICE] }, { steps: [PRICE, hello] })).toEqual([
      { field: 'steps', before: ['hello', 'price'], after: ['price', 'hello'] },
    ]);
    const added = changes({ steps: [hello] }, { steps: [hello, PRICE] });
    expect(added.map(({ field }) => field)).toEqual([
      ...['steps', 'steps.price.title', 'steps.price.text'],
      ...['steps.price.answers', 'steps.price.answers.Good.label', 'steps.price.answers.Good.goto'],
    ]);
  });

  it('keeps members of one name apart, and notices what is not of the content', () => {
    const answers = (first: string, second: string) => [
      { label: 'Yes', goto: first },
      { label: 'Yes', goto: second },
    ];
    expect(
      changes(
        { steps: [{ ...HELLO, answers: answers('end', 'end') }] },
        { steps: [{ ...HELLO, answers: answers('end', 'hello') }] },
      ),
    ).toEqual([{ field: 'steps.hello.answers.Yes2.goto', before: 'end', after: 'hello' }]);
    expect(changesOf(state({ steps: [HELLO] }), state({ steps: [HELLO] }, 'Another'))).toEqual([
      { field: 'name', before: 'A script', after: 'Another' },
    ]);
    expect(flatScript({ publishedVersion: 3 })).toEqual({ publishedVersion: 3 });
    expect(flatScript(null)).toBeNull();
  });
});
