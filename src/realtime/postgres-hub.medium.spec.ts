import { afterEach, beforeAll, afterAll, describe, expect, it } from '@jest/globals';
import { Logger } from '@nestjs/common';

import { createTestDatabase, type TestDatabase } from '../../test/database.js';
import type { Topic } from './hub.js';
import { PostgresHub } from './postgres-hub.js';

describe('the hub between processes', () => {
  let database: TestDatabase;
  const hubs: PostgresHub[] = [];

  beforeAll(async () => {
    Logger.overrideLogger(false);
    database = await createTestDatabase();
  });
  afterEach(async () => {
    for (const hub of hubs.splice(0)) await hub.close();
  });
  afterAll(() => database.drop());

  async function open(): Promise<PostgresHub> {
    const hub = new PostgresHub(database.url);
    hubs.push(hub);
    await hub.open();
    return hub;
  }

  /** Everything heard until `last` was, that one included. */
  function hear(hub: PostgresHub, last: Topic): Promise<Topic[]> {
    const heard: Topic[] = [];
    return new Promise((resolve) => {
      hub.subscribe((topic) => {
        heard.push(topic);
        if (topic.kind === last.kind && topic.id === last.id) resolve(heard);
      });
    });
  }

  it('carries word from one process to the others, repeated topics once', async () => {
    const [one, two, three] = [await open(), await open(), await open()];
    const end: Topic = { kind: 'job', id: 99 };
    const [atTwo, atThree] = [hear(two, end), hear(three, end)];
    for (let i = 0; i < 50; i++) one.publish({ kind: 'campaign', id: 1 });
    one.publish(end);
    expect(await atTwo).toEqual([{ kind: 'campaign', id: 1 }, end]);
    expect(await atThree).toEqual([{ kind: 'campaign', id: 1 }, end]);
  });

  it('is heard at once and only once where it was published', async () => {
    const [one, two] = [await open(), await open()];
    const heard: Topic[] = [];
    one.subscribe((topic) => heard.push(topic));
    one.publish({ kind: 'campaign', id: 1 });
    expect(heard).toEqual([{ kind: 'campaign', id: 1 }]);
    // Whatever came back of the first would come before the answer to it.
    const answer = hear(one, { kind: 'job', id: 2 });
    two.subscribe((topic) => topic.kind === 'campaign' && two.publish({ kind: 'job', id: 2 }));
    await answer;
    expect(heard).toEqual([
      { kind: 'campaign', id: 1 },
      { kind: 'job', id: 2 },
    ]);
  });

  it('carries more topics than one notification can hold', async () => {
    const [one, two] = [await open(), await open()];
    const last: Topic = { kind: 'operator', id: 900 };
    const heard = hear(two, last);
    for (let id = 1; id <= 900; id++) one.publish({ kind: 'operator', id });
    expect(await heard).toHaveLength(900);
  });

  it('comes back by itself when its connection is cut, and sends what waited', async () => {
    const [one, two] = [await open(), await open()];
    const last: Topic = { kind: 'job', id: 5 };
    const heard = hear(two, last);
    await database.source.query(
      `select pg_terminate_backend(pid) from pg_stat_activity
       where datname = current_database() and application_name = 'zvon hub'`,
    );
    // Both are cut off, and come back in any order: word is repeated until it is heard, as it is in life.
    const repeat = setInterval(() => one.publish(last), 50);
    expect(await heard).toContainEqual(last);
    clearInterval(repeat);
  });

  it('sends what is left when it closes', async () => {
    const [one, two] = [await open(), await open()];
    const last: Topic = { kind: 'job', id: 6 };
    const heard = hear(two, last);
    one.publish(last);
    await one.close();
    expect(await heard).toEqual([last]);
  });
});
