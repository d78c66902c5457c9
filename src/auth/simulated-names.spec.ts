import { describe, expect, it } from '@jest/globals';

import { simulatedOperator } from './simulated-names.js';

describe('simulatedOperator', () => {
  it('gives four hundred operators different names and logins, always the same', () => {
    const operators = Array.from({ length: 400 }, (_, index) => simulatedOperator(index + 1));
    expect(new Set(operators.map((operator) => operator.name)).size).toBe(400);
    expect(new Set(operators.map((operator) => operator.login)).size).toBe(400);
    expect(simulatedOperator(1)).toEqual(operators[0]);
    expect(operators[0]!.login).toBe('sim-01');
  });
});
