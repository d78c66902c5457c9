import 'reflect-metadata';
import { describe, expect, it } from '@jest/globals';
import type { Type } from '@nestjs/common';

import type { Problem } from '../common/problem.js';
import { createValidationPipe } from '../common/validation.js';
import { CreateCampaignDto, UpdateCampaignDto } from './campaign.dto.js';
import { CreateOfferDto } from './offer.dto.js';
import { CreateScriptDto } from './script.dto.js';

const check = (metatype: Type, body: unknown) => createValidationPipe().transform(body, { type: 'body', metatype });

async function faultyFields(metatype: Type, body: unknown): Promise<string[]> {
  const problem = (await check(metatype, body).catch((error: unknown) => error)) as Problem;
  return [...new Set((problem.errors ?? []).map((fault) => fault.field))];
}

const campaign = { name: 'Spring', segmentIds: [1], mode: 'ratio' };

describe('the body of a campaign', () => {
  it('is taken with every setting, and with none', async () => {
    const full = {
      ...campaign,
      offerId: null,
      scriptId: 3,
      ratio: 1.25,
      hours: { mon: ['09:00', '20:00'] },
      maxAttempts: 3,
      maxAttemptsPerDay: 1,
      maxLines: 50,
      ringTimeoutMs: 15_000,
      wrapUpMs: 30_000,
      callerId: '+33199000000',
      simulatedOperators: 20,
    };
    expect({ ...((await check(CreateCampaignDto, full)) as object) }).toEqual(full);
    expect({ ...((await check(CreateCampaignDto, campaign)) as object) }).toEqual(campaign);
    expect({ ...((await check(UpdateCampaignDto, { version: 1 })) as object) }).toEqual({ version: 1 });
  });

  it.each<[string, unknown]>([
    ['name', ''],
    ['name', null],
    ['segmentIds', [1, 1]],
    ['segmentIds', ['1; drop table leads']],
    ['segmentIds', [2 ** 31]],
    ['segmentIds', null],
    ['offerId', 2 ** 31],
    ['mode', 'predictive'],
    ['mode', null],
    ['ratio', 0.5],
    ['ratio', null],
    ['hours', { mon: ['20:00', '09:00'] }],
    ['hours', null],
    ['maxAttempts', 51],
    ['maxAttemptsPerDay', 1.5],
    ['maxLines', 0],
    ['ringTimeoutMs', 14_999],
    ['wrapUpMs', '60000'],
    ['callerId', '0199000000'],
    ['simulatedOperators', 201],
    ['state', 'running'],
    ['organisationId', 2],
  ])('is refused with %s %j, at creation and in an update', async (field, value) => {
    expect(await faultyFields(CreateCampaignDto, { ...campaign, [field]: value })).toEqual([field]);
    expect(await faultyFields(UpdateCampaignDto, { version: 1, [field]: value })).toEqual([field]);
  });
});

describe('the bodies of offers and scripts', () => {
  it('are checked field by field', async () => {
    expect(await faultyFields(CreateOfferDto, { name: 'Gold', price: -1, currency: 'euro' })).toEqual([
      'price',
      'currency',
    ]);
    expect(await faultyFields(CreateOfferDto, { name: 'Gold', price: 9.99, currency: 'EUR' })).toEqual([]);
    expect(await faultyFields(CreateScriptDto, { name: 'Hello', steps: [{ title: 'One', text: '' }] })).toEqual([
      'steps.0.text',
    ]);
    expect(await faultyFields(CreateScriptDto, { name: 'Hello', steps: [] })).toEqual(['steps']);
  });
});
