import 'reflect-metadata';
import { describe, expect, it } from '@jest/globals';
import type { Type } from '@nestjs/common';

import type { Problem } from '../common/problem.js';
import { createValidationPipe } from '../common/validation.js';
import { CampaignView, CreateCampaignDto, settingsOf, UpdateCampaignDto } from './campaign.dto.js';
import type { CampaignDetails } from './campaigns.service.js';
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
      outcomeSetId: 4,
      listMode: 'live',
      retryShare: 0.25,
      startsAt: '2026-03-02T09:00:00Z',
      endsAt: '2026-03-02T19:30+01:00',
      endAction: 'pause',
      goals: null,
      costPerDial: 0.0125,
      costPerMinute: null,
      currency: 'EUR',
      competitors: ['Orange'],
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
    ['goalsReached', {}],
    ['outcomeSetId', null],
    ['listMode', 'frozen'],
    ['listMode', null],
    ['order', null],
    ['order', 'priority'],
    ['retryShare', 1.01],
    ['retryShare', 0.333],
    ['startsAt', '2026-03-02'],
    ['startsAt', '2026-03-02T09:00:00'],
    ['startsAt', '2026-02-30T09:00:00Z'],
    ['startsAt', '2026-03-02T25:00:00Z'],
    ['endsAt', 1_772_442_000_000],
    ['endAction', 'archive'],
    ['goals', []],
    ['goals', 'many'],
    ['costPerDial', -0.01],
    ['costPerMinute', 0.00001],
    ['currency', 'euro'],
    ['competitors', ['']],
    ['competitors', ['Orange', 'Orange']],
    ['segments', [{ id: 1 }, { id: 1 }]],
    ['segments', null],
  ])('is refused with %s %j, at creation and in an update', async (field, value) => {
    expect(await faultyFields(CreateCampaignDto, { ...campaign, [field]: value })).toEqual([field]);
    expect(await faultyFields(UpdateCampaignDto, { version: 1, [field]: value })).toEqual([field]);
  });
});

describe('the parts of a campaign’s body', () => {
  it.each<[string, unknown, string]>([
    ['order', { by: 'mood' }, 'order.by'],
    ['order', { by: 'attribute', attribute: '' }, 'order.attribute'],
    ['order', { by: 'random', seed: 1.5 }, 'order.seed'],
    ['order', { by: 'random', sql: 'random()' }, 'order.sql'],
    ['goals', { sales: 1 }, 'goals.action'],
    ['goals', { sales: 0, action: 'finish' }, 'goals.sales'],
    ['goals', { contacts: null, action: 'alert' }, 'goals.contacts'],
    ['goals', { budget: 0.001, action: 'alert' }, 'goals.budget'],
    ['segments', [{ id: 1, weight: 0 }], 'segments.0.weight'],
    ['segments', [{ id: 1, weight: 101 }], 'segments.0.weight'],
    ['segments', [{ weight: 1 }], 'segments.0.id'],
  ])('are refused with %s %j', async (field, value, fault) => {
    expect(await faultyFields(UpdateCampaignDto, { version: 1, [field]: value })).toEqual([fault]);
  });

  it('need no segments by id where there are some with weights', async () => {
    const { segmentIds, ...rest } = campaign;
    expect(segmentIds).toEqual([1]);
    expect(await faultyFields(CreateCampaignDto, { ...rest, segments: [{ id: 1 }] })).toEqual([]);
    expect(await faultyFields(CreateCampaignDto, rest)).toEqual(['segmentIds']);
  });

  it('reach the service as it takes them', async () => {
    const body = (await check(UpdateCampaignDto, {
      version: 2,
      order: { by: 'random', seed: 7 },
      startsAt: '2026-03-02T19:30+01:00',
      endsAt: null,
      goals: { sales: 3, action: 'alert' },
      segments: [{ id: 1 }, { id: 2, weight: 5 }],
    })) as UpdateCampaignDto;
    expect(settingsOf(body)).toStrictEqual({
      version: 2,
      listOrder: { by: 'random', seed: 7 },
      startsAt: new Date('2026-03-02T18:30:00Z'),
      endsAt: null,
      goals: { sales: 3, action: 'alert' },
      segments: [
        { id: 1, weight: 1 },
        { id: 2, weight: 5 },
      ],
    });
  });

  it('are shown as they are sent, and nothing of the engine’s own beside them', () => {
    const at = new Date('2026-03-02T09:00:00Z');
    const shown = CampaignView.of({
      ...{ id: 1, organisationId: 1, createdBy: 3, connectTimeoutMs: 2000, hours: { mon: [['09:00', '20:00']] } },
      ...{ createdAt: at, updatedAt: at, startsAt: at, endsAt: null, startedAt: null, finishedAt: null },
      ...{
        goalReachedAt: at,
        goalsReached: { sales: { at: at.toISOString(), value: 3 } },
        listOrder: { by: 'oldest' },
      },
      ...{ startedByScheduleAt: at, endedByScheduleAt: null, archivedAt: null },
    } as unknown as CampaignDetails);
    expect({ ...shown }).toEqual({
      id: 1,
      hours: { mon: ['09:00', '20:00'] },
      order: { by: 'oldest' },
      createdAt: at.toISOString(),
      startsAt: at.toISOString(),
      endsAt: null,
      startedAt: null,
      finishedAt: null,
      goalReachedAt: at.toISOString(),
    });
  });
});

describe('the bodies of offers and scripts', () => {
  it('are checked field by field', async () => {
    expect(await faultyFields(CreateOfferDto, { name: 'Gold', price: -1, currency: 'euro' })).toEqual([
      'price',
      'currency',
    ]);
    expect(await faultyFields(CreateOfferDto, { name: 'Gold', price: 9.99, currency: 'EUR' })).toEqual([]);
    expect(await faultyFields(CreateScriptDto, { name: 'Hello', steps: [{ title: 'One', text: 7 }] })).toEqual([
      'steps.0.text',
    ]);
    expect(await faultyFields(CreateScriptDto, { name: 'Hello', steps: [] })).toEqual(['steps']);
  });
});
