import { createHash } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Logger } from '@nestjs/common';
import fc from 'fast-check';

import { AuditTrailRepository } from '../audit/audit-trail.repository.js';
import { AuditTrailService } from '../audit/audit-trail.service.js';
import { VirtualClock } from '../common/virtual-clock.js';
import { statement } from '../database/statement.js';
import { LocalHub, type Topic } from '../realtime/hub.js';
import { createTestDatabase, type TestDatabase } from '../../test/database.js';
import { fillLoad, loadFile, type FileContent } from '../../test/suppression-files.js';
import { ComplianceRepository } from './compliance.repository.js';
import { ComplianceService } from './compliance.service.js';
import { OverrideSeal } from './override-seal.js';
import { ProfilesRepository } from './profiles.repository.js';
import { RulesService } from './rules.service.js';
import { SuppressionListsRepository } from './suppression-lists.repository.js';
import { loadsToAbsorb, SuppressionListsService } from './suppression-lists.service.js';

// A test makes somebody read for long, which is logged.
Logger.overrideLogger(false);

const NOW = new Date('2026-03-02T09:00:00Z');
const DAY = 24 * 3_600_000;
const actor = { organisationId: 1, userId: null };
const hash = (number: number) => createHash('sha256').update(String(number)).digest().subarray(0, 16);
const hashes = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => hash(from + i));

describe('suppression lists', () => {
  let test: TestDatabase;
  let clock: VirtualClock;
  let hub: LocalHub;
  let audit: AuditTrailService;
  let lists: SuppressionListsService;
  let compliance: ComplianceService;
  let heard: Topic[];

  beforeAll(async () => {
    test = await createTestDatabase();
  });

  afterAll(() => test.drop());

  beforeEach(async () => {
    clock = new VirtualClock(NOW);
    hub = new LocalHub();
    const repository = new SuppressionListsRepository(test.database);
    audit = new AuditTrailService(new AuditTrailRepository(test.database));
    lists = new SuppressionListsService(test.database, repository, audit, clock, hub);
    const seal = OverrideSeal.fromSecret(Buffer.alloc(32, 7));
    const rules = new RulesService(test.database, new ProfilesRepository(test.database), seal, clock);
    const complianceRepository = new ComplianceRepository(test.database);
    compliance = new ComplianceService(complianceRepository, repository, clock, hub, { profiles: 'house' }, rules);
    heard = [];
    hub.subscribe((topic) => heard.push(topic));
    await rows(`update suppression_lists set retired_at = $1 where retired_at is null`, [NOW]);
  });

  const rows = <Row = Record<string, unknown>>(sql: string, values: readonly unknown[] = []): Promise<Row[]> =>
    test.database.query<Row>(statement('', sql), values);
  const newList = async (changes: { name?: string; registry?: string } = {}) =>
    (
      await lists.createList(actor, {
        name: changes.name ?? 'Numbers of the old agency',
        kind: changes.registry ? 'registry' : 'do_not_call',
        registry: changes.registry ?? null,
      })
    ).id;
  const load = (listId: number, file: Partial<FileContent>) =>
    loadFile(test.database, lists, listId, { datedAt: NOW, ...file });
  const fill = (listId: number, file: Partial<FileContent>) =>
    fillLoad(test.database, lists, listId, { datedAt: NOW, ...file });
  /** What the gate reads about numbers, each once. */
  const bansOf = async (...numbers: number[]) =>
    test.database.transaction(async (tx) => {
      const matchHashes = numbers.map(hash);
      await compliance.tryLockPhones(tx, matchHashes);
      const facts = await compliance.readPhoneFacts(tx, { organisationId: 1, campaignId: 1, matchHashes, caps: [] });
      return facts.map((fact) => fact.suppressions);
    });
  const isBarred = async (number: number) => (await bansOf(number))[0]!.length > 0;
  const tables = async () =>
    (
      await rows<{ name: string }>(
        `select relname as name from pg_class where relname ~ '^suppression_numbers_[0-9]+$' order by oid`,
      )
    ).map((row) => row.name);

  it('bind with all their numbers at once, at the end of the file and not before', async () => {
    const listId = await newList();
    const loadId = await fill(listId, { hashes: hashes(0, 10) });
    expect(await bansOf(0, 9, 10)).toEqual([[], [], []]);
    const end = await test.database.transaction((tx) => lists.finishLoad(tx, loadId));
    expect(end).toEqual({ numbers: 10, duplicates: 0 });
    const ban = { scope: 'company', reason: 'imported', list: 'Numbers of the old agency' };
    expect(await bansOf(0, 9, 10)).toEqual([[ban], [ban], []]);
    expect(await lists.getList(1, listId)).toMatchObject({ numbers: 10, datedAt: NOW });
    expect(heard).toEqual([{ kind: 'suppression_list', id: listId }]);
  });

  it('are told apart in the reason: a registry by its code, each list by itself', async () => {
    await load(await newList({ registry: 'TPS', name: 'UK registry' }), { hashes: [hash(1), hash(2), hash(1)] });
    const own = await newList();
    await load(own, { hashes: [hash(1)] });
    await load(own, { hashes: [hash(1)], mode: 'add' });
    const [both, one] = await bansOf(1, 2);
    expect(one).toEqual([{ scope: 'company', reason: 'registry', list: 'TPS' }]);
    expect(both).toHaveLength(2);
    expect(both).toEqual(
      expect.arrayContaining([one![0], { scope: 'company', reason: 'imported', list: 'Numbers of the old agency' }]),
    );
  });

  it('bind nobody else’s organisation', async () => {
    await load(await newList(), { hashes: [hash(1)] });
    const facts = await test.database.transaction((tx) =>
      compliance.readPhoneFacts(tx, { organisationId: 2, campaignId: 1, matchHashes: [hash(1)], caps: [] }),
    );
    expect(facts[0]!.suppressions).toEqual([]);
  });

  it('count a number once, and say how many rows repeat one', async () => {
    const listId = await newList();
    const end = await load(listId, { hashes: [...hashes(0, 5), ...hashes(2, 5)] });
    expect(end).toMatchObject({ numbers: 5, duplicates: 3 });
    expect(await lists.getList(1, listId)).toMatchObject({ numbers: 5 });
  });

  it('hold what the newest file holds, when it replaces those before', async () => {
    const listId = await newList();
    const first = await load(listId, { hashes: hashes(0, 4), datedAt: new Date(NOW.getTime() - 9 * DAY) });
    const second = await load(listId, { hashes: hashes(2, 6) });
    expect((await bansOf(0, 1, 2, 3, 4, 5, 6)).map((bans) => bans.length)).toEqual([0, 0, 1, 1, 1, 1, 0]);
    expect(await lists.getList(1, listId)).toMatchObject({ numbers: 4, datedAt: NOW });
    const has = [`suppression_numbers_${first.loadId}`, `suppression_numbers_${second.loadId}`];
    expect(await tables()).toEqual(expect.arrayContaining(has));
    // What binds no more goes by itself.
    await clock.run(1);
    expect(await tables()).toContain(has[1]);
    expect(await tables()).not.toContain(has[0]);
  });

  it('hold what all their files hold, when each is added, in few tables', async () => {
    const listId = await newList();
    const before = (await tables()).length;
    for (let i = 0; i < 20; i++) {
      await load(listId, { hashes: hashes(i * 2, i * 2 + 3), mode: 'add' });
      await clock.run(1);
    }
    expect((await tables()).length - before).toBeLessThan(7);
    expect((await bansOf(...Array.from({ length: 42 }, (_, i) => i))).map((bans) => bans.length)).toEqual([
      ...Array.from({ length: 41 }, () => 1),
      0,
    ]);
  });

  it('keep what they have when a file turns out empty', async () => {
    const listId = await newList();
    await load(listId, { hashes: [hash(1)] });
    await expect(load(listId, {})).rejects.toMatchObject({ code: 'suppression_load_empty', status: 422 });
    expect(await isBarred(1)).toBe(true);
  });

  it('forget a file that was given up, as often as that is said', async () => {
    const listId = await newList();
    const loadId = await fill(listId, { hashes: hashes(0, 3), prefixes: ['336'] });
    for (let i = 0; i < 2; i++) await test.database.transaction((tx) => lists.discardLoad(tx, loadId));
    await clock.run(1);
    expect(await tables()).not.toContain(`suppression_numbers_${loadId}`);
    expect(await rows(`select from suppression_prefixes where load_id = $1`, [loadId])).toEqual([]);
    await expect(test.database.transaction((tx) => lists.finishLoad(tx, loadId))).rejects.toThrow('is discarded');
  });

  it('can’t be given up once they bind, nor begun with a date to come', async () => {
    const listId = await newList();
    const { loadId } = await load(listId, { hashes: [hash(1)] });
    await expect(test.database.transaction((tx) => lists.discardLoad(tx, loadId))).rejects.toThrow('is active');
    await expect(fill(listId, { datedAt: new Date(NOW.getTime() + 2 * DAY) })).rejects.toMatchObject({
      code: 'list_date_ahead',
    });
  });

  it('bind nobody once retired, for a reason that is kept', async () => {
    const listId = await newList({ registry: 'TPS' });
    const { loadId } = await load(listId, { hashes: hashes(0, 3) });
    const late = await fill(listId, { hashes: hashes(3, 6) });
    const retired = await lists.retireList(actor, listId, 'The contract has ended');
    expect(retired).toMatchObject({ retiredAt: NOW, numbers: 0, datedAt: null });
    expect(await bansOf(0, 1, 2)).toEqual([[], [], []]);
    await clock.run(1);
    expect(await tables()).not.toContain(`suppression_numbers_${loadId}`);
    const trail = await rows(
      `select action, before, after from audit_trail where subject_kind = 'suppression_list' and subject_id = $1 order by id`,
      [listId],
    );
    expect(trail).toMatchObject([
      { action: 'suppression_list_created', after: { registry: 'TPS' } },
      { action: 'suppression_list_retired', before: { numbers: 3 }, after: { reason: 'The contract has ended' } },
    ]);
    for (const again of [
      () => test.database.transaction((tx) => lists.finishLoad(tx, late)),
      () => fill(listId, {}),
      () => lists.retireList(actor, listId, 'Again'),
    ])
      await expect(again()).rejects.toMatchObject({ code: 'suppression_list_retired', status: 409 });
    // Its code is free for a new list.
    await newList({ registry: 'TPS' });
  });

  it('are one a registry', async () => {
    await newList({ registry: 'TPS' });
    await expect(newList({ registry: 'TPS' })).rejects.toMatchObject({ code: 'registry_taken', status: 409 });
  });

  it.each([
    [{ name: 'x', kind: 'registry' }, 'registry_missing'],
    [{ name: 'x', kind: 'prefixes', registry: 'TPS' }, 'registry_unexpected'],
    [{ name: 'x', kind: 'do_not_call', country: 'QQ' }, 'country_unknown'],
  ] as const)('refuse %j', async (input, code) => {
    await expect(lists.createList(actor, input)).rejects.toMatchObject({ code, status: 422 });
  });

  it('are unknown to another organisation', async () => {
    const id = await newList();
    await expect(lists.getList(2, id)).rejects.toMatchObject({ code: 'suppression_list_not_found', status: 404 });
    await expect(lists.retireList({ organisationId: 2, userId: null }, id, 'x')).rejects.toMatchObject({ status: 404 });
    expect((await lists.listLists(1)).map((list) => list.id)).toContain(id);
    expect(await lists.listLists(2)).toEqual([]);
  });

  it('say how old a registry is, by its newest file', async () => {
    const listId = await newList({ registry: 'TPS' });
    const ago = (days: number) => new Date(NOW.getTime() - days * DAY);
    const dates = () =>
      test.database.query<{ datedAt: Date }>(
        statement(
          '',
          `select max(dated_at) as "datedAt" from suppression_loads where list_id = $1 and state = 'active'`,
        ),
        [listId],
      );
    await load(listId, { hashes: hashes(0, 9), datedAt: ago(20) });
    await load(listId, { hashes: hashes(9, 10), datedAt: ago(3), mode: 'add' });
    expect((await dates())[0]!.datedAt).toEqual(ago(3));
    expect(await lists.getList(1, listId)).toMatchObject({ datedAt: ago(3), numbers: 10 });
  });

  describe('with prefixes', () => {
    it('bind the numbers that begin with one, from the end of the file on', async () => {
      const listId = await newList();
      const loadId = await fill(listId, { prefixes: ['7800', '44870', '7800'] });
      expect(await lists.activePrefixes(1)).toEqual([]);
      const end = await test.database.transaction((tx) => lists.finishLoad(tx, loadId));
      expect(end).toEqual({ numbers: 2, duplicates: 1 });
      expect([...(await lists.activePrefixes(1))].sort()).toEqual(['44870', '7800']);
      expect(await lists.findListedPrefix(1, '+78005553535')).toEqual({ prefix: '7800', listId });
      expect(await lists.findListedPrefix(1, '+78015553535')).toBeNull();
      // A file of prefixes needs no table of numbers.
      expect(await tables()).not.toContain(`suppression_numbers_${loadId}`);
      await lists.retireList(actor, listId, 'No longer wanted');
      expect(await lists.activePrefixes(1)).toEqual([]);
    });

    it('are read again within a second when the word of a new one was lost', async () => {
      expect(await lists.activePrefixes(1)).toEqual([]);
      const repository = new SuppressionListsRepository(test.database);
      const elsewhere = new SuppressionListsService(test.database, repository, audit, clock, new LocalHub());
      await loadFile(test.database, elsewhere, await newList(), { prefixes: ['7800'], datedAt: NOW });
      await clock.run(999);
      expect(await lists.activePrefixes(1)).toEqual([]);
      await clock.run(1);
      expect(await lists.activePrefixes(1)).toEqual(['7800']);
    });

    it('are added to and replaced like numbers', async () => {
      const listId = await newList();
      await load(listId, { prefixes: ['7800'] });
      await load(listId, { prefixes: ['7801', '7800'], mode: 'add' });
      expect(await lists.activePrefixes(1)).toEqual(['7800', '7801']);
      expect(await lists.getList(1, listId)).toMatchObject({ numbers: 2 });
      await load(listId, { prefixes: ['7802'] });
      await clock.run(1);
      expect(await lists.activePrefixes(1)).toEqual(['7802']);
    });
  });

  describe('and gates that run meanwhile', () => {
    const waiting = () =>
      rows(
        `select from pg_locks l join pg_database d on d.oid = l.database
         where d.datname = current_database() and l.locktype = 'advisory' and not l.granted`,
      );

    it('wait for each other: a gate reads a list as it was before, or as it is after', async () => {
      const listId = await newList();
      await load(listId, { hashes: [hash(1)] });
      const loadId = await fill(listId, { hashes: [hash(1), hash(2)] });
      const order: string[] = [];
      let release!: () => void;
      const released = new Promise<void>((resolve) => (release = resolve));
      let hold!: () => void;
      const held = new Promise<void>((resolve) => (hold = resolve));
      const gate = test.database.transaction(async (tx) => {
        await compliance.tryLockPhones(tx, [hash(1), hash(2)]);
        hold();
        await released;
        const matchHashes = [hash(1), hash(2)];
        const facts = await compliance.readPhoneFacts(tx, { organisationId: 1, campaignId: 1, matchHashes, caps: [] });
        order.push(facts.map((fact) => fact.suppressions.length).join());
      });
      await held;
      const finished = test.database
        .transaction((tx) => lists.finishLoad(tx, loadId))
        .then(() => void order.push('in force'));
      while (order.length === 0 && (await waiting()).length === 0);
      release();
      await Promise.all([gate, finished]);
      expect(order).toEqual(['1,0', 'in force']);
      expect((await bansOf(1, 2)).map((bans) => bans.length)).toEqual([1, 1]);
    });

    it('never see a number free that is in the file before and in the file after, and never lock each other out', async () => {
      const listId = await newList();
      await load(listId, { hashes: hashes(0, 50) });
      let loading = true;
      const free: number[] = [];
      const look = async () => {
        for (let number = 0; loading; number = (number + 7) % 50) if (!(await isBarred(number))) free.push(number);
      };
      const replace = async () => {
        for (let i = 0; i < 12; i++) {
          await load(listId, { hashes: hashes(0, 50 + i) });
          expect(await lists.dropSpent()).toBe(0);
        }
        loading = false;
      };
      await Promise.all([replace(), look(), look(), look()]);
      expect(free).toEqual([]);
    });

    it('leave a table that somebody reads for later, and do not hold up gates over it', async () => {
      const listId = await newList();
      const first = await load(listId, { hashes: [hash(1)] });
      await load(listId, { hashes: [hash(2)] });
      const reading = test.source.createQueryRunner();
      await reading.connect();
      await reading.startTransaction();
      await reading.query('select count(*) from suppression_numbers');
      expect(await lists.dropSpent()).toBe(1);
      expect(await isBarred(2)).toBe(true);
      await clock.run(1);
      expect(await tables()).toContain(`suppression_numbers_${first.loadId}`);
      await reading.commitTransaction();
      await reading.release();
      await clock.run(60_000);
      expect(await tables()).not.toContain(`suppression_numbers_${first.loadId}`);
    });

    it('give way to gates that last too long', async () => {
      const listId = await newList();
      const loadId = await fill(listId, { hashes: [hash(1)] });
      const gate = test.source.createQueryRunner();
      await gate.connect();
      await gate.startTransaction();
      await gate.query('select pg_advisory_xact_lock_shared(2, 0)');
      const finish = () => test.database.transaction((tx) => lists.finishLoad(tx, loadId));
      await expect(finish()).rejects.toMatchObject({ code: 'suppression_list_busy', status: 503 });
      await gate.rollbackTransaction();
      await gate.release();
      expect(await isBarred(1)).toBe(false);
      await finish();
      expect(await isBarred(1)).toBe(true);
    });
  });
});

describe('loads that are added', () => {
  it('stay so few that a list of a million files has some twenty', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 1_000 }), { maxLength: 300 }), (files) => {
        let loads: { id: number; numbers: number }[] = [];
        for (const [id, numbers] of files.entries()) {
          const taken = loadsToAbsorb(loads, numbers);
          const kept = loads.slice(taken.length);
          expect(loads.slice(0, taken.length).map((load) => load.id)).toEqual(taken);
          const size = loads.slice(0, taken.length).reduce((sum, load) => sum + load.numbers, numbers);
          loads = [{ id, numbers: size }, ...kept];
        }
        expect(loads.reduce((sum, load) => sum + load.numbers, 0)).toBe(files.reduce((sum, n) => sum + n, 0));
        for (let i = 1; i < loads.length; i++) expect(loads[i]!.numbers).toBeGreaterThan(2 * loads[i - 1]!.numbers);
      }),
    );
  });
});
