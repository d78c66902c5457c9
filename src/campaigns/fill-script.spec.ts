import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { fillScript, isKnownField, placeholdersIn, type FillSources } from './fill-script.js';
import { contentOf, type ScriptDraft } from './script-content.js';

const LEAD = { name: 'Ann', region: null, attributes: { plan: 'Gold', age: 41, nothing: null, list: [1] } };
const OFFER = { name: 'Gold 12', description: 'A year', price: 1249.9, currency: 'EUR', attributes: { term: 12 } };

const sources = (more: Partial<FillSources> = {}): FillSources => ({ lead: LEAD, offer: OFFER, locale: 'en', ...more });
const fill = (text: string, more: Partial<FillSources> = {}) =>
  fillScript(contentOf({ seller: 'Clear', steps: [{ title: 't', text }] }), sources(more)).steps[0]!.text;

describe('a script that is filled in', () => {
  it('says the lead’s own words', () => {
    expect(fill('Hello {{name}}, {{ plan }} at {{attribute.age}}?')).toBe('Hello Ann, Gold at 41?');
  });

  it('says what the offer is and costs, as the language writes it', () => {
    expect(fill('{{offer.name}}: {{offer.price}} for {{offer.attribute.term}}')).toBe('Gold 12: €1,249.90 for 12');
    expect(fill('{{offer.price}}', { locale: 'ru' })).toBe('1\u00a0249,90\u00a0€');
    expect(fill('{{offer.price}}', { offer: { ...OFFER, price: 299_000, currency: 'VND' }, locale: 'vi' })).toBe(
      '299.000\u00a0₫',
    );
    expect(fill('{{offer.price}}', { offer: { ...OFFER, price: 50, currency: null } })).toBe('50');
    expect(fill('[{{offer.price}}{{offer.name}}{{offer.attribute.x}}]', { offer: null })).toBe('[]');
  });

  it('says who calls, and what was answered so far', () => {
    expect(fill('{{seller}}, floor {{answer.floor}}', { answers: { floor: 3 } })).toBe('Clear, floor 3');
    expect(fill('[{{answer.toString}}{{answer.x}}]', { answers: {} })).toBe('[]');
  });

  it('leaves nothing where the lead has nothing, or what the text says for that case', () => {
    expect(fill('[{{region}}][{{nothing}}][{{list}}][{{unknown}}][{{toString}}][{{__proto__}}]')).toBe('[][][][][][]');
    expect(fill('Hello {{region|neighbour}} and {{name|friend}}')).toBe('Hello neighbour and Ann');
  });

  it('does not fill in what was filled in, and takes no pattern for a command', () => {
    const name = "{{plan}} $& $1 $'";
    expect(fill('{{name}}', { lead: { ...LEAD, name } })).toBe(name);
  });

  it('leaves braces that name no field as they are', () => {
    expect(fill('{ {{} }} {{{{name}}}}')).toBe('{ {{} }} {{Ann}}');
  });

  it('lets no field of a lead turn the text around, break it up or drown it', () => {
    expect(fill('<{{name}}>', { lead: { ...LEAD, name: 'An\u202en\u0000a\r\nb\u2066' } })).toBe('<An n a b>');
    const long = fill('{{name}}', { lead: { ...LEAD, name: '😀'.repeat(2000) } });
    expect([...long]).toHaveLength(500);
    expect(long.endsWith('😀…')).toBe(true);
  });

  it('is in the language wanted, or else in the main one', () => {
    const draft: ScriptDraft = {
      languages: ['ru', 'en'],
      steps: [
        { title: '1', texts: { ru: 'Привет', en: 'Hello' } },
        { title: '2', text: 'Пока' },
        { title: '3', texts: { vi: 'Chào' } },
      ],
    };
    const said = (locale: FillSources['locale']) =>
      fillScript(contentOf(draft), sources({ locale })).steps.map((step) => step.text);
    expect(said('en')).toEqual(['Hello', 'Пока', 'Chào']);
    expect(said('ru')).toEqual(['Привет', 'Пока', 'Chào']);
    expect(said('vi')).toEqual(['Привет', 'Пока', 'Chào']);
  });

  it('has its objections, fields, forms and papers filled in too', () => {
    const filled = fillScript(
      contentOf({
        steps: [
          {
            ...{ id: 'a', title: 'For {{name}}', text: 'x', mustSay: true },
            fields: [{ id: 'f', label: 'Age {{age}}?', type: 'number' }],
            answers: [{ label: 'Yes', goto: 'end' }],
          },
        ],
        objections: [{ refusalReason: 'price', title: '{{name}}', text: 'Only {{offer.price}}' }],
        forms: [{ id: 'o', kind: 'order', title: '{{plan}}', fields: [{ id: 'g', label: '{{name}}', type: 'text' }] }],
        printed: [{ id: 'p', title: 'To {{name}}', text: '{{offer.name}}' }],
      }),
      sources(),
    );
    expect(filled).toEqual({
      steps: [
        {
          ...{ id: 'a', title: 'For Ann', text: 'x', mustSay: true },
          fields: [{ id: 'f', label: 'Age 41?', type: 'number' }],
          answers: [{ label: 'Yes', goto: 'end' }],
        },
      ],
      objections: [{ refusalReason: 'price', title: 'Ann', text: 'Only €1,249.90' }],
      forms: [{ id: 'o', kind: 'order', title: 'Gold', fields: [{ id: 'g', label: 'Ann', type: 'text' }] }],
      printed: [{ id: 'p', title: 'To Ann', text: 'Gold 12' }],
    });
  });

  it('knows which names anything answers to', () => {
    const known = (field: string) => isKnownField(field, new Set(['city']), new Set(['floor']));
    for (const field of [
      'name',
      'city',
      'attribute.city',
      'answer.floor',
      'offer.price',
      'offer.attribute.term',
      'seller',
    ])
      expect({ field, known: known(field) }).toEqual({ field, known: true });
    for (const field of ['town', 'attribute.town', 'answer.city', 'offer.cost', 'offer.attribute.', 'toString', ''])
      expect({ field, known: known(field) }).toEqual({ field, known: false });
    expect(placeholdersIn('{{ a | b|c }} {{d}}')).toEqual([
      { field: 'a', otherwise: 'b|c' },
      { field: 'd', otherwise: '' },
    ]);
  });

  it('keeps everything that is outside braces, whatever the fields hold', () => {
    const plain = fc.string().map((text) => text.replace(/[{}]/g, ''));
    fc.assert(
      fc.property(plain, fc.string(), plain, (before, name, after) => {
        const filled = fill(`${before}{{name}}${after}`, { lead: { ...LEAD, name } });
        expect(filled.startsWith(before) && filled.endsWith(after)).toBe(true);
      }),
    );
  });
});
