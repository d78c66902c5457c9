import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { createTestDatabase, type TestDatabase } from '../../test/database.js';
import { createFloor, MONDAY, type Floor } from '../../test/floor.js';
import { DeskRepository } from './desk.repository.js';
import { DeskService } from './desk.service.js';

describe('the operator’s desk', () => {
  let test: TestDatabase;
  let floor: Floor;
  let desk: DeskService;

  beforeAll(async () => {
    test = await createTestDatabase();
    floor = createFloor(test);
    const { operators, campaigns, offers, scripts, outcomeSets, leads, dialing, dispositions, callbackLists, clock } =
      floor;
    desk = new DeskService(
      new DeskRepository(test.database),
      operators,
      campaigns,
      offers,
      scripts,
      outcomeSets,
      leads,
      dialing,
      dispositions,
      callbackLists,
      clock,
      null,
    );
  });

  afterAll(() => test.drop());

  it('shows what was offered to the customer before, at which price, and why it was refused', async () => {
    const campaignOf = async (name: string, offerId: number | null) => {
      const id = await floor.insertCampaign({ maxAttemptsPerDay: 9 });
      await floor.rows(`update campaigns set name = $2, offer_id = $3 where id = $1`, [id, name, offerId]);
      return id;
    };
    const full = await floor.offers.create(1, { name: 'Full', price: 500, currency: 'EUR' });
    const [spring, summer, autumn] = [
      ...[await campaignOf('Spring', full.id), await campaignOf('Summer', null), await campaignOf('Autumn', null)],
    ] as const;
    const { leadId } = await floor.insertEntry(spring);
    for (const campaignId of [summer, autumn])
      await floor.rows(
        `insert into calling_list_entries (campaign_id, lead_id, segment_id, bucket_id, state, tier, rank, due_at)
         select $2, lead_id, 0, bucket_id, 'ready', 5, 0, due_at from calling_list_entries where campaign_id = $1`,
        [spring, campaignId],
      );
    const operatorId = await floor.insertOperator();
    await floor.rows(`update users set name = 'Anna' where id = $1`, [operatorId]);
    const call = async (campaignId: number) => {
      await floor.operators.signIn(operatorId, 1, campaignId);
      return floor.connectCall(campaignId, operatorId);
    };
    const end = async (attemptId: number, words: Parameters<typeof floor.dispositions.record>[2]) => {
      await floor.endCall(attemptId, operatorId);
      await floor.dispositions.record(operatorId, attemptId, words);
      await floor.operators.signOut(operatorId);
    };
    const refusalDetail = { competitor: 'Meridian', price: 310.5, date: '2026-05-31' };
    await end(await call(spring), { outcome: 'refusal', refusalReason: 'has_supplier', refusalDetail });
    // The offer changes later; the desk tells what was said then.
    await floor.offers.update({ organisationId: 1, userId: null }, full.id, 1, {
      ...{ name: 'Full', price: 450, currency: 'USD' },
    });
    await end(await call(summer), { outcome: 'refusal', refusalReason: 'no_need' });

    await call(autumn);
    const user = { userId: operatorId, organisationId: 1, name: 'Anna', login: 'anna', role: 'operator' as const };
    const { call: shown } = await desk.getDesk(user as Parameters<DeskService['getDesk']>[0]);
    expect(shown!.lead.id).toBe(leadId);
    const nothing = { offerName: null, offerPrice: null, offerCurrency: null };
    expect(shown!.lead.history).toEqual([
      {
        ...{ at: MONDAY, campaignName: 'Summer', result: 'answered', outcome: 'refusal', refusalReason: 'no_need' },
        ...{ note: null, ...nothing, price: null, competitor: null, reconsiderOn: null },
      },
      {
        ...{
          at: MONDAY,
          campaignName: 'Spring',
          result: 'answered',
          outcome: 'refusal',
          refusalReason: 'has_supplier',
        },
        ...{ note: null, offerName: 'Full', offerPrice: 500, offerCurrency: 'EUR' },
        ...{ price: 310.5, competitor: 'Meridian', reconsiderOn: '2026-05-31' },
      },
    ]);
  });
});
