import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';

import { describe, expect, it } from '@jest/globals';

import { DEFAULT_WORLD, describeWorld, WORLD_SOURCES } from './world.js';

const MEASURED = resolve('../shared/data/bank/sim_params.json');

describe('the simulated world', () => {
  it('says of every parameter where it comes from', () => {
    expect(Object.keys(WORLD_SOURCES).sort()).toEqual(Object.keys(DEFAULT_WORLD).sort());
    const lines = describeWorld();
    expect(lines).toHaveLength(Object.keys(DEFAULT_WORLD).length);
    for (const line of lines) expect(line.value).not.toMatch(/undefined|NaN|object/);
    expect(lines.find((line) => line.parameter === 'saleByContact')).toMatchObject({ origin: 'data' });
    expect(lines.find((line) => line.parameter === 'answerRate')).toMatchObject({ value: '0.3', origin: 'study' });
  });

  it('does not claim data for a parameter that was changed', () => {
    const lines = describeWorld({ ...DEFAULT_WORLD, saleByContact: [0.5] });
    expect(lines.find((line) => line.parameter === 'saleByContact')).toMatchObject({ value: '0.5', origin: 'assumed' });
  });

  it('shares out the calls that no person answers', () => {
    const { busy, invalid, machine, noAnswer } = DEFAULT_WORLD.otherwise;
    expect(busy + invalid + machine + noAnswer).toBeCloseTo(1);
  });

  (existsSync(MEASURED) ? it : it.skip)(`agrees with the measurements in ${MEASURED}`, () => {
    const measured = JSON.parse(readFileSync(MEASURED, 'utf8')) as {
      talk_seconds: { lognormal: { yes: [number, number]; no: [number, number] } };
      contact_no_hazard: Record<string, number>;
      by_poutcome: { success: [number, number] };
    };
    const { sale, refusal } = DEFAULT_WORLD.talk;
    expect([sale.mu, sale.sigma]).toEqual(measured.talk_seconds.lognormal.yes);
    expect([refusal.mu, refusal.sigma]).toEqual(measured.talk_seconds.lognormal.no);
    expect(DEFAULT_WORLD.saleByContact).toEqual(Object.values(measured.contact_no_hazard));
    expect(DEFAULT_WORLD.saleAfterSale).toBe(measured.by_poutcome.success[1]);
  });
});
