import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import type { Analysis, ColumnField, ImportMapping } from '../web/src/api/contract.js';
import { HOLDINGS, mappingOf, planOf, retype, take, type ColumnPlan } from '../web/src/bases/column-plan.js';

const NOTHING: ImportMapping = {
  phones: [],
  name: null,
  nameParts: [],
  externalId: null,
  region: null,
  timeZone: null,
  priority: null,
  owner: null,
  attributes: [],
};

function analysed(
  fields: Record<string, ColumnField>,
  mapping: Partial<ImportMapping>,
): Pick<Analysis, 'columns' | 'mapping'> {
  const columns = Object.entries(fields).map(([name, field]) => ({
    ...{ name, field, confidence: 1, by: 'header' as const, type: 'text' as const, filledRate: 1, examples: [] },
  }));
  return { columns, mapping: { ...NOTHING, ...mapping } };
}

const holdings = (plan: ColumnPlan) => Object.fromEntries(plan.map((one) => [one.column, one.holds]));

describe('what the columns of a file are taken for', () => {
  const file = analysed(
    {
      tel: 'phone',
      home: 'phone',
      surname: 'lastName',
      given: 'firstName',
      town: 'region',
      age: 'attribute',
      empty: 'attribute',
    },
    {
      phones: ['tel', 'home'],
      nameParts: ['surname', 'given'],
      region: 'town',
      attributes: [{ column: 'age', name: 'age', type: 'number' }],
    },
  );

  it('starts as the analysis proposes', () => {
    expect(holdings(planOf(file))).toEqual({
      ...{ tel: 'phone', home: 'secondPhone', surname: 'lastName', given: 'firstName', town: 'region' },
      ...{ age: 'attribute', empty: 'leaveOut' },
    });
  });

  it('is said to the API as it was proposed while nobody changes it, the parts of the name in their order', () => {
    expect(mappingOf(planOf(file), file.mapping.nameParts)).toEqual(file.mapping);
  });

  it('makes the phone that gives way another phone of the same person', () => {
    const plan = take(planOf(file), 'home', 'phone');
    expect(mappingOf(plan).phones).toEqual(['home', 'tel']);
  });

  it('has the next phone called first when the first is left out', () => {
    expect(mappingOf(take(planOf(file), 'tel', 'leaveOut')).phones).toEqual(['home']);
  });

  it('keeps what gives way to another column as an attribute', () => {
    const plan = take(planOf(file), 'age', 'region');
    expect(mappingOf(plan).region).toBe('age');
    expect(mappingOf(plan).attributes.map(({ column }) => column)).toEqual(['town']);
  });

  it('takes a whole name for the parts that it stands for, and the other way round', () => {
    const whole = take(planOf(file), 'empty', 'name');
    expect(mappingOf(whole)).toMatchObject({ name: 'empty', nameParts: [] });
    const part = take(whole, 'surname', 'lastName');
    expect(mappingOf(part)).toMatchObject({ name: null, nameParts: ['surname'] });
  });

  it('puts the first name before the last where the order is not proposed', () => {
    const plan = take(take(planOf(file), 'empty', 'middleName'), 'given', 'firstName');
    expect(mappingOf(plan, file.mapping.nameParts).nameParts).toEqual(['given', 'empty', 'surname']);
  });

  it('says the order of a date’s parts of dates alone', () => {
    const date = retype(planOf(file), 'age', 'date', 'mdy');
    expect(mappingOf(date).attributes).toEqual([{ column: 'age', name: 'age', type: 'date', dateOrder: 'mdy' }]);
    const text = retype(date, 'age', 'text');
    expect(mappingOf(text).attributes).toEqual([{ column: 'age', name: 'age', type: 'text' }]);
  });

  it('never says a column twice, and never two columns for what only one can hold', () => {
    const columns = file.columns.map(({ name }) => name);
    const step = fc.tuple(fc.constantFrom(...columns), fc.constantFrom(...HOLDINGS));
    fc.assert(
      fc.property(fc.array(step, { maxLength: 12 }), (steps) => {
        const plan = steps.reduce((now, [column, holds]) => take(now, column, holds), planOf(file));
        const last = steps.at(-1);
        if (last) expect(holdings(plan)[last[0]]).toBe(last[1]);
        const said = mappingOf(plan, file.mapping.nameParts);
        const { phones, nameParts, attributes, ...singles } = said;
        const used = [...phones, ...nameParts, ...attributes.map(({ column }) => column), ...Object.values(singles)];
        const named = used.filter((column) => column !== null);
        expect(new Set(named).size).toBe(named.length);
        expect(named.length).toBe(plan.filter((one) => one.holds !== 'leaveOut').length);
      }),
    );
  });
});
