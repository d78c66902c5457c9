import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { createTestDatabase, type TestDatabase } from '../../test/database.js';
import { createFloor, type Floor } from '../../test/floor.js';
import type { Principal } from '../auth/access.js';
import { AdvertisingRepository } from '../campaigns/advertising.repository.js';
import { AdvertisingService } from '../campaigns/advertising.service.js';
import { ScriptPublishingService } from '../campaigns/script-publishing.service.js';
import { ScriptsRepository } from '../campaigns/scripts.repository.js';
import type { NewScript } from '../campaigns/scripts.service.js';
import { DeskRepository } from './desk.repository.js';
import { DeskService } from './desk.service.js';

const author = { organisationId: 1, userId: null };

const saying = (greeting: string): NewScript => ({
  name: 'First call',
  purpose: 'service',
  seller: 'Clear',
  languages: ['en', 'ru'],
  steps: [
    {
      title: 'Hello',
      texts: {
        en: `${greeting}, this is {{seller}}. I am calling about {{offer.name}}. You may decline.`,
        ru: `Это Clear. Звоню по поводу {{offer.name}}. Вы можете отказаться.`,
      },
    },
  ],
});

describe('the script on the operator’s desk', () => {
  let test: TestDatabase;
  let floor: Floor;
  let desk: DeskService;
  let publishing: ScriptPublishingService;

  beforeAll(async () => {
    test = await createTestDatabase();
    floor = createFloor(test);
    const {
      audit,
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
    } = floor;
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
    const advertising = new AdvertisingService(new AdvertisingRepository(test.database), audit, clock);
    const repository = new ScriptsRepository(test.database);
    publishing = new ScriptPublishingService(repository, audit, advertising, offers, leads, clock);
  });

  afterAll(() => test.drop());

  /** A call of a campaign with this script, in which a new operator talks. */
  const talk = async (scriptId: number | null, locale: Principal['locale'] = 'en') => {
    const campaignId = await floor.insertCampaign();
    const offer = await floor.offers.create(1, { name: 'Gold' });
    await floor.rows('update campaigns set script_id = $2, offer_id = $3 where id = $1', [
      ...[campaignId, scriptId, offer.id],
    ]);
    await floor.insertEntry(campaignId);
    const userId = await floor.insertOperator();
    await floor.operators.signIn(userId, 1, campaignId);
    const attemptId = await floor.connectCall(campaignId, userId);
    const user: Principal = { userId, organisationId: 1, role: 'operator', login: 'anna', name: 'Anna', locale };
    return { campaignId, attemptId, shown: async () => (await desk.getDesk(user)).call! };
  };
  const rowOf = (attemptId: number) =>
    floor.one('select script_id, script_version from attempts where id = $1', [attemptId]);

  it('is the published one, in the operator’s language, and the attempt says which', async () => {
    const { id } = await floor.scripts.create(author, saying('Good day'));
    await publishing.publish(author, id, 1);
    await floor.scripts.update(author, id, 1, saying('A draft'));
    const { attemptId, shown } = await talk(id);
    expect(await rowOf(attemptId)).toEqual({ script_id: id, script_version: 1 });
    const call = await shown();
    expect(call).toMatchObject({ scriptId: id, scriptVersion: 1 });
    expect(call.script).toEqual([
      { title: 'Hello', text: 'Good day, this is Clear. I am calling about Gold. You may decline.' },
    ]);
    const inRussian = await talk(id, 'ru');
    expect((await inRussian.shown()).script[0]!.text).toBe('Это Clear. Звоню по поводу Gold. Вы можете отказаться.');
  });

  it('stays what it was when the call began, whatever is published or chosen meanwhile; the next call has the new one', async () => {
    const { id } = await floor.scripts.create(author, saying('One'));
    await publishing.publish(author, id, 1);
    const first = await talk(id);
    await floor.scripts.update(author, id, 1, saying('Two'));
    expect((await publishing.publish(author, id, 2)).publishedVersion).toBe(2);
    await floor.rows('update campaigns set script_id = null where id = $1', [first.campaignId]);
    const shown = await first.shown();
    expect([shown.scriptId, shown.scriptVersion, shown.script[0]!.text.slice(0, 3)]).toEqual([id, 1, 'One']);
    const second = await talk(id);
    expect(await rowOf(second.attemptId)).toEqual({ script_id: id, script_version: 2 });
    expect((await second.shown()).script[0]!.text).toContain('Two');
  });

  it('is not there as long as none is published, nor where the campaign has none', async () => {
    const { id } = await floor.scripts.create(author, saying('Draft'));
    const draft = await talk(id);
    expect(await rowOf(draft.attemptId)).toEqual({ script_id: id, script_version: null });
    for (const call of [await draft.shown(), await (await talk(null)).shown()])
      expect(call).toMatchObject({ script: [], scriptId: null, scriptVersion: null });
  });
});
