import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';

import { VirtualClock } from '../common/virtual-clock.js';
import { createTestDatabase, type TestDatabase } from '../../test/database.js';
import { createFloor, MONDAY, type Floor } from '../../test/floor.js';

const HOUR = 3_600_000;
const LATER = new Date(MONDAY.getTime() + HOUR);
const content = {
  name: 'Gold',
  description: 'All in.',
  price: 500,
  currency: 'EUR',
  attributes: { term: '24 months' },
};

describe('offers', () => {
  let test: TestDatabase;
  let floor: Floor;
  let clock: VirtualClock;
  let author: { organisationId: number; userId: number };

  beforeAll(async () => {
    test = await createTestDatabase();
  });

  afterAll(() => test.drop());

  beforeEach(async () => {
    clock = new VirtualClock(MONDAY);
    floor = createFloor(test, { clock });
    author = { organisationId: 1, userId: await floor.insertOperator('A marketer') };
  });

  const make = () => floor.offers.create(1, content, author.userId);
  const trailOf = (offerId: number) =>
    floor.rows(
      `select at, actor_id, action, before, after from audit_trail
       where subject_kind = 'offer' and subject_id = $1 order by id`,
      [offerId],
    );

  it('are made as they are said, with a trail', async () => {
    const { id } = await make();
    expect(await floor.offers.getOffer(1, id)).toEqual({
      ...{ id, organisationId: 1, ...content, version: 1, createdAt: MONDAY, updatedAt: MONDAY, archivedAt: null },
    });
    expect(await trailOf(id)).toEqual([
      { at: MONDAY, actor_id: author.userId, action: 'offer_created', before: null, after: content },
    ]);
  });

  it('are changed by whoever saw them last, and the trail has what changed', async () => {
    const { id } = await make();
    await clock.run(HOUR);
    const changed = await floor.offers.update(author, id, 1, { ...content, price: 400, attributes: { term: 12 } });
    expect(changed).toMatchObject({ price: 400, attributes: { term: 12 }, version: 2, updatedAt: LATER });
    expect(await floor.offers.getOffer(1, id)).toEqual(changed);
    expect((await trailOf(id)).slice(1)).toEqual([
      {
        ...{ at: LATER, actor_id: author.userId, action: 'offer_changed' },
        before: { price: 500, attributes: { term: '24 months' } },
        after: { price: 400, attributes: { term: 12 } },
      },
    ]);
    await expect(floor.offers.update(author, id, 1, content)).rejects.toMatchObject({
      ...{ code: 'version_conflict', status: 409, more: { version: 2 } },
    });
    expect((await floor.offers.getOffer(1, id)).price).toBe(400);
  });

  it('stay as they are, trail and all, when nothing was changed', async () => {
    const { id } = await make();
    expect(await floor.offers.update(author, id, 1, content)).toMatchObject({ version: 1 });
    expect(await trailOf(id)).toHaveLength(1);
  });

  it('are put away and brought back, and once is enough', async () => {
    const { id } = await make();
    const shown = async () => (await floor.offers.listOffers(1)).map((offer) => offer.id);
    expect(await shown()).toContain(id);
    for (let clicks = 0; clicks < 2; clicks++)
      expect(await floor.offers.archive(author, id)).toMatchObject({ archivedAt: MONDAY, version: 2 });
    expect(await shown()).not.toContain(id);
    expect((await floor.offers.listOffers(1, true)).map((offer) => offer.id)).toContain(id);
    await expect(floor.offers.update(author, id, 2, { ...content, price: 1 })).rejects.toMatchObject({
      ...{ code: 'offer_archived', status: 409 },
    });
    expect(await floor.offers.restore(author, id)).toMatchObject({ archivedAt: null, version: 3 });
    expect(await shown()).toContain(id);
    expect((await trailOf(id)).map(({ action }) => action)).toEqual([
      'offer_created',
      'offer_archived',
      'offer_restored',
    ]);
  });

  it('belong to one organisation', async () => {
    const { id } = await make();
    const stranger = { organisationId: 2, userId: null };
    for (const work of [
      floor.offers.getOffer(2, id),
      floor.offers.update(stranger, id, 1, content),
      floor.offers.archive(stranger, id),
    ])
      await expect(work).rejects.toMatchObject({ code: 'offer_not_found', status: 404 });
    expect(await floor.offers.listOffers(2, true)).toEqual([]);
  });

  describe('in the outcomes of calls', () => {
    let campaignId: number;
    let operatorId: number;
    let offerId: number;

    beforeEach(async () => {
      campaignId = await floor.insertCampaign();
      operatorId = await floor.insertOperator();
      offerId = (await make()).id;
      await floor.rows(`update campaigns set offer_id = $2 where id = $1`, [campaignId, offerId]);
      await floor.operators.signIn(operatorId, 1, campaignId);
    });

    /** A call that ended with these words. Returns its lead. */
    const say = async (words: Parameters<Floor['dispositions']['record']>[2]): Promise<number> => {
      const { leadId } = await floor.insertEntry(campaignId);
      const attemptId = await floor.connectCall(campaignId, operatorId);
      await floor.endCall(attemptId, operatorId);
      await floor.dispositions.record(operatorId, attemptId, words);
      return leadId;
    };
    const outcomeOf = (leadId: number) =>
      floor.one(`select offer_id, offer_price, offer_currency from dispositions where lead_id = $1`, [leadId]);
    const historyOf = (leadId: number) => floor.one(`select * from lead_history where lead_id = $1`, [leadId]);

    it('are what was refused or bought, at the price of that moment', async () => {
      const refused = await say({
        ...{ outcome: 'refusal', refusalReason: 'too_expensive', refusalDetail: { price: 420 } },
      });
      await floor.offers.update(author, offerId, 1, { ...content, price: 450, currency: 'USD' });
      const bought = await say({ outcome: 'sale' });
      expect(await outcomeOf(refused)).toEqual({ offer_id: offerId, offer_price: 500, offer_currency: 'EUR' });
      expect(await outcomeOf(bought)).toEqual({ offer_id: offerId, offer_price: 450, offer_currency: 'USD' });
      expect(await historyOf(refused)).toMatchObject({
        ...{ refused_offer_id: offerId, refused_offer_price: 500, refusal_price: 420, refusal_currency: 'EUR' },
        bought_offer_ids: [],
      });
      expect(await historyOf(bought)).toMatchObject({ refused_offer_id: null, bought_offer_ids: [offerId] });
    });

    it('are nothing where the call did not come to them, or nothing is offered', async () => {
      const none = { offer_id: null, offer_price: null, offer_currency: null };
      expect(await outcomeOf(await say({ outcome: 'silent' }))).toEqual(none);
      await floor.rows(`update campaigns set offer_id = null where id = $1`, [campaignId]);
      const refused = await say({ outcome: 'refusal', refusalReason: 'no_need' });
      expect(await outcomeOf(refused)).toEqual(none);
      expect(await historyOf(refused)).toMatchObject({ refusal_reason: 'no_need', refused_offer_id: null });
    });
  });
});
