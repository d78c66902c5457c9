import { createReadStream, existsSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { DateTime } from 'luxon';

import { SeededRandom } from '../common/random.js';
import { dispositionFor, type SimulatedDisposition } from '../operators/simulated-operator.js';
import { NO_PAST, placeCall } from '../telephony/simulator/customer.js';
import { DEFAULT_WORLD } from '../telephony/simulator/world.js';
import { createTestDatabase } from '../../test/database.js';
import { ACTOR, createImportDesk, newBase, type ImportDesk } from '../../test/import-desk.js';
import { FENCE } from '../../test/floor.js';
import type { Rule } from '../segmentation/rule.js';
import { SegmentCountsRepository } from '../segmentation/segment-counts.repository.js';
import { SegmentCountsService } from '../segmentation/segment-counts.service.js';
import { WinBackRepository } from './win-back.repository.js';
import { WinBackService } from './win-back.service.js';

const BANK = join(import.meta.dirname, '../../../shared/data/bank/bank-full.csv');
const isThere = existsSync(BANK);
if (!isThere) process.stderr.write(`SKIPPED: ${BANK} is not there; a base of our own stands in for it\n`);

const DAY = 24 * 3_600_000;
const ZONE = 'Europe/Paris';

/** One call as the ledger has it, with its outcome. */
interface LedgerRow {
  lead_id: number;
  attempt_id: number;
  at: Date;
  category: string | null;
  refusal_reason: string | null;
  refusal_detail: { price?: number; date?: string } | null;
  offer_id: number | null;
  offer_price: number | null;
  offer_currency: string | null;
}

describe('winning back', () => {
  let desk: ImportDesk;
  let winBack: WinBackService;
  const open: ImportDesk[] = [];

  beforeEach(async () => {
    desk = await createImportDesk(await createTestDatabase());
    open.push(desk);
    const { database, offers, segments, campaigns, compliance, jobs, clock } = desk;
    const counts = new SegmentCountsService(
      database,
      new SegmentCountsRepository(database),
      segments,
      compliance,
      clock,
    );
    winBack = new WinBackService(database, new WinBackRepository(database), offers, segments, counts, campaigns, jobs);
  });

  afterEach(async () => {
    for (const each of open.splice(0)) await each.close();
  });

  const lease = (campaignId: number) =>
    desk.rows(
      `insert into campaign_loops (campaign_id, owner, fence, expires_at) values ($1, 'test', $2, '2099-01-01')`,
      [...[campaignId, FENCE]],
    );

  /** A campaign of this offer that is running, with nobody on its list, and an operator who takes its calls. */
  const newCampaign = async (offerId: number | null) => {
    const id = await desk.insertCampaign({ leaseOwner: null, maxLines: 2000 });
    await lease(id);
    await desk.rows(`update campaigns set offer_id = $2 where id = $1`, [id, offerId]);
    return staffed(id);
  };
  const staffed = async (id: number) => {
    const operatorId = await desk.insertOperator();
    await desk.operators.signIn(operatorId, 1, id);
    return { id, operatorId };
  };
  type Staffed = Awaited<ReturnType<typeof staffed>>;

  /** The next call of the campaign's list, ended in these words. */
  const call = async ({ id, operatorId }: Staffed, words: (hash: string) => SimulatedDisposition) => {
    const attemptId = await desk.connectCall(id, operatorId);
    await desk.endCall(attemptId, operatorId);
    const { match_hash } = await desk.one<{ match_hash: Buffer }>(`select match_hash from attempts where id = $1`, [
      attemptId,
    ]);
    await desk.dispositions.record(operatorId, attemptId, words(match_hash.toString('hex')));
  };

  /** The same for a lead of our choice, in a campaign that has nobody else to call. */
  const callLead = async (campaign: Staffed, leadId: number, words: SimulatedDisposition) => {
    await desk.rows(
      `insert into calling_list_entries (campaign_id, lead_id, segment_id, bucket_id, state, tier, rank, due_at)
       select $1, p.lead_id, 0, p.bucket_id, 'ready', 5, 0, $3 from phones p where p.lead_id = $2 and p.position = 1`,
      [campaign.id, leadId, desk.clock.now()],
    );
    await call(campaign, () => words);
  };

  const listed = async (campaignId: number): Promise<number[]> => {
    const rows = await desk.rows<{ lead_id: number }>(
      `select lead_id from calling_list_entries where campaign_id = $1 order by lead_id`,
      [campaignId],
    );
    return rows.map((row) => row.lead_id);
  };
  const whoFits = async (rule: Rule): Promise<number[]> => {
    const offer = await desk.offers.create(1, { name: 'Whoever fits' });
    const segment = await desk.segments.create(ACTOR, { name: 'Whoever fits', rule });
    const campaign = await desk.campaigns.create(ACTOR, {
      ...{ name: 'Whoever fits', mode: 'progressive', offerId: offer.id, segmentIds: [segment.id] },
    });
    await desk.callingLists.buildList(campaign.id, desk.clock.now());
    return listed(campaign.id);
  };

  /** Each lead's calls, oldest first, from the ledger alone. */
  const readLedger = async (): Promise<Map<number, LedgerRow[]>> => {
    const rows = await desk.rows<LedgerRow>(
      `select a.lead_id, a.id as attempt_id, a.originated_at as at, d.category, d.refusal_reason, d.refusal_detail,
         d.offer_id, d.offer_price, d.offer_currency
       from attempts a left join dispositions d on d.attempt_id = a.id and d.superseded_at is null order by a.id`,
    );
    const byLead = new Map<number, LedgerRow[]>();
    for (const row of rows) byLead.set(row.lead_id, [...(byLead.get(row.lead_id) ?? []), row]);
    return byLead;
  };

  /** Whom an offer wins back, told in plain words of the ledger. */
  const fromLedger = async (
    offer: { id: number },
    coolDownDays: number,
    answers: (refusal: LedgerRow) => boolean,
  ): Promise<number[]> => {
    const now = desk.clock.now().getTime();
    const fitting: number[] = [];
    for (const [leadId, calls] of await readLedger()) {
      const refusal = calls.findLast((one) => one.refusal_reason !== null);
      if (!refusal || !answers(refusal)) continue;
      if (calls.some((one) => one.category === 'complaint')) continue;
      if (calls.some((one) => one.category === 'success' && one.offer_id === offer.id)) continue;
      if (coolDownDays > 0 && calls.some((one) => one.at.getTime() >= now - coolDownDays * DAY)) continue;
      fitting.push(leadId);
    }
    return fitting.sort((a, b) => a - b);
  };
  const isForPrice = (price: number, currency: string) => (refusal: LedgerRow) =>
    ['too_expensive', 'pays_less_now'].includes(refusal.refusal_reason!) &&
    refusal.offer_currency === currency &&
    (refusal.refusal_detail?.price ?? refusal.offer_price ?? 0) > price;

  it('calls with a cheaper offer those, and only those, who refused the dearer one for its price', async () => {
    const path = await desk.write(isThere ? await headOf(BANK, 4_000) : ownBase(4_000), 'bank.csv');
    const imported = await desk.importFile(path, { base: newBase('Bank'), generatePhones: true, seed: 'win back' });
    expect(imported.imported).toBeGreaterThan(3_900);

    // Campaign A, with the first offer; and another, of which prices are in another currency.
    const dear = await desk.offers.create(1, { name: 'Deposit', price: 45, currency: 'EUR' });
    const foreign = await desk.offers.create(1, { name: 'Deposit abroad', price: 45, currency: 'USD' });
    const runningOn = async (name: string, ages: Rule, offerId: number) => {
      const rule = { all: [{ field: 'base', is: 'equals' as const, value: imported.baseId! }, ages] };
      const { id: segmentId } = await desk.segments.create(ACTOR, { name, rule });
      const { id } = await desk.campaigns.create(ACTOR, {
        ...{ name, mode: 'ratio', ratio: 2, offerId, segmentIds: [segmentId], maxLines: 1234, wrapUpMs: 45_000 },
        simulatedOperators: 1,
      });
      await desk.callingLists.buildList(id, desk.clock.now());
      await desk.campaigns.start(ACTOR, id);
      await lease(id);
      return staffed(id);
    };
    const a = await runningOn('A', { field: 'attribute.age', is: 'less_than', value: 45 }, dear.id);
    const other = await runningOn('Other', { field: 'attribute.age', is: 'greater_than', value: 44 }, foreign.id);

    // Simulated customers, and operators who put down what they said; of some prices, nothing is said.
    const random = new SeededRandom('win back');
    const world = { ...DEFAULT_WORLD, answerRate: 1 };
    let untold = 0;
    const talk = (hash: string): SimulatedDisposition => {
      const placed = placeCall(random, hash, NO_PAST, world);
      const words = dispositionFor(placed.kind === 'person' ? placed.conversation : null, {
        ...{ now: desk.clock.now(), timeZone: ZONE, isCallable },
      });
      const { refusalDetail, ...rest } = words;
      return refusalDetail?.price !== undefined && untold++ % 3 === 0 ? rest : words;
    };
    for (let i = 0; i < 260; i++) await call(a, talk);
    for (let i = 0; i < 60; i++) await call(other, talk);

    // Ten days later A goes on, and five days after that there is a cheaper offer.
    const cheap = await desk.offers.create(1, { name: 'Deposit light', price: 28, currency: 'EUR' });
    const early = await newCampaign(cheap.id);
    const priced = await fromLedger(cheap, 0, isForPrice(28, 'EUR'));
    const [buyer, complainer, banned, lately] = priced;
    await callLead(early, buyer!, { outcome: 'sale' });
    await callLead(early, complainer!, { outcome: 'complaint' });
    await desk.clock.run(10 * DAY);
    for (let i = 0; i < 80; i++) await call(a, talk);
    await desk.clock.run(5 * DAY);

    const expected = await fromLedger(cheap, 14, isForPrice(28, 'EUR'));
    const refused = [...(await readLedger()).values()].flat().filter((row) => row.refusal_reason !== null);
    expect(expected.length).toBeGreaterThan(8);
    // Each of the reasons to leave somebody out did so.
    const named = (row: LedgerRow) => row.refusal_detail?.price;
    expect(refused.filter((row) => named(row) === undefined && expected.includes(row.lead_id))).not.toEqual([]);
    expect(refused.filter((row) => named(row) !== undefined && named(row)! <= 28)).not.toEqual([]);
    expect(refused.filter((row) => row.offer_currency === 'USD' && (named(row) ?? 45) > 28)).not.toEqual([]);
    expect((await fromLedger(cheap, 0, isForPrice(28, 'EUR'))).length).toBeGreaterThan(expected.length);
    expect(expected).toContain(banned);
    for (const leadId of [buyer, complainer]) expect(expected).not.toContain(leadId);

    // One of them asks not to be called any more.
    await desk.rows(
      `insert into suppressions (organisation_id, scope, match_hash, reason, source, valid_from, created_at)
       select 1, 'client', match_hash, 'request', 'test', $2, $2 from phones where lead_id = $1`,
      [banned, desk.clock.now()],
    );

    const proposals = await winBack.listProposals(1, cheap.id);
    const price = proposals.find(({ reason }) => reason === 'price')!;
    expect(price).toMatchObject({
      detail: { refusalReasons: ['pays_less_now', 'too_expensive'], price: 28, currency: 'EUR', coolDownDays: 14 },
      ...{ leads: expected.length, callable: expected.length - 1 },
    });

    const built = await winBack.build(ACTOR, cheap.id, { reasons: ['price'] });
    const job = await desk.jobs.getJob(1, built.jobId);
    expect(job).toMatchObject({ kind: 'build-list', payload: { campaignId: built.campaignId }, state: 'queued' });
    await desk.callingLists.buildList(built.campaignId, desk.clock.now());
    expect(await listed(built.campaignId)).toEqual(expected);
    expect(await desk.segments.getSegment(1, built.segmentId)).toMatchObject({ rule: price.rule });
    expect(await desk.campaigns.getDetails(built.campaignId, 1)).toMatchObject({
      ...{ state: 'ready', offerId: cheap.id, segmentIds: [built.segmentId], clonedFromId: a.id },
      ...{ mode: 'ratio', ratio: 2, maxLines: 1234, wrapUpMs: 45_000, listMode: 'snapshot', coolDownDays: 14 },
    });

    // After the list was made, one of them says no to somebody else.
    const elsewhere = await newCampaign(null);
    await callLead(elsewhere, lately!, { outcome: 'refusal', refusalReason: 'no_need' });
    await desk.campaigns.start(ACTOR, built.campaignId);
    await lease(built.campaignId);
    const { reservations } = await desk.reserve(built.campaignId, 1_000);
    const called = reservations.map((each) => each.leadId).sort((x, y) => x - y);
    expect(called).toEqual(expected.filter((leadId) => leadId !== banned && leadId !== lately));
    const verdictOn = (leadId: number) =>
      desk.one(
        `select verdict, reasons -> 0 ->> 'code' as code, next_at from decisions where campaign_id = $1 and lead_id = $2`,
        [built.campaignId, leadId],
      );
    expect(await verdictOn(banned!)).toEqual({ verdict: 'deny', code: 'suppressed', next_at: null });
    const spared = new Date(desk.clock.now().getTime() + 14 * DAY);
    expect(await verdictOn(lately!)).toEqual({ verdict: 'defer', code: 'cooling_down', next_at: spared });
  }, 60_000);

  describe('those who said no', () => {
    let offer: { id: number };
    let dear: Staffed;
    let leads: number[];

    beforeEach(async () => {
      const rows = Array.from({ length: 24 }, (_, i) => `Person ${i};${i}`);
      const path = await desk.write(['name;place', ...rows].join('\n'), 'people.csv');
      const { baseId } = await desk.importFile(path, { base: newBase('People'), generatePhones: true, seed: 'people' });
      leads = (await desk.leadsOf(baseId)).map((lead) => lead.id);
      offer = await desk.offers.create(1, { name: 'Light', price: 400, currency: 'EUR' });
      const asked = await desk.offers.create(1, { name: 'Full', price: 500, currency: 'EUR' });
      dear = await newCampaign(asked.id);
    });

    const refuse = (place: number, refusalReason: string, refusalDetail?: SimulatedDisposition['refusalDetail']) =>
      callLead(dear, leads[place]!, { outcome: 'refusal', refusalReason, ...(refusalDetail && { refusalDetail }) });
    const at = (...places: number[]) => places.map((place) => leads[place]!);
    const propose = async (offerId: number) => {
      const found = new Map<string, number[]>();
      for (const { reason, rule } of await winBack.listProposals(1, offerId)) found.set(reason, await whoFits(rule));
      return Object.fromEntries(found);
    };

    it('for a price are measured by what they named, then by what was asked of them at that time', async () => {
      await refuse(0, 'too_expensive', { price: 401 });
      await refuse(1, 'too_expensive', { price: 400 });
      await refuse(2, 'pays_less_now', { price: 399.99 });
      await refuse(3, 'too_expensive');
      await refuse(4, 'no_need');
      // The same offer, cheaper: whoever refuses it now refuses another price.
      const { id, version } = (await desk.offers.listOffers(1)).find(({ name }) => name === 'Full')!;
      await desk.offers.update(ACTOR, id, version, { name: 'Full', price: 390, currency: 'EUR' });
      await refuse(5, 'too_expensive');
      await refuse(6, 'too_expensive', { price: 450 });
      await desk.clock.run(15 * DAY);
      expect(await propose(offer.id)).toEqual({ price: at(0, 3, 6) });
      // The offer itself, now cheaper than it was: it may win back who refused it then.
      expect(await propose(id)).toEqual({ price: at(0, 1, 2, 3, 6) });
      const unpriced = await desk.offers.create(1, { name: 'On request', currency: 'EUR' });
      expect(await propose(unpriced.id)).toEqual({});
      const dollars = await desk.offers.create(1, { name: 'Dollars', price: 1, currency: 'USD' });
      expect(await propose(dollars.id)).toEqual({});
    });

    it('go by their latest reason', async () => {
      await refuse(0, 'too_expensive', { price: 450 });
      const again = await newCampaign(null);
      await callLead(again, leads[0]!, { outcome: 'refusal', refusalReason: 'distrust' });
      await refuse(1, 'too_expensive', { price: 450 });
      await desk.clock.run(15 * DAY);
      expect(await propose(offer.id)).toEqual({ price: at(1) });
    });

    it('for a contract or the moment are called when it ends, and when their day has come', async () => {
      const day = (days: number) => new Date(desk.clock.now().getTime() + (15 + days) * DAY).toISOString().slice(0, 10);
      const supplier = (place: number, days: number | null) =>
        refuse(place, 'has_supplier', { competitor: 'Meridian', ...(days !== null && { date: day(days) }) });
      const days = [-5, 0, 30, 31];
      for (const [i, each] of days.entries()) await supplier(i, each);
      await supplier(4, null);
      for (const [i, each] of [-1, 0, 1].entries()) await refuse(5 + i, 'bad_timing', { date: day(each) });
      await refuse(8, 'bad_timing');
      await desk.clock.run(15 * DAY);
      expect(await propose(offer.id)).toEqual({ competitor: at(0, 1, 2), timing: at(5, 6) });
      const both = await winBack.build(ACTOR, offer.id);
      await desk.callingLists.buildList(both.campaignId, desk.clock.now());
      expect(await listed(both.campaignId)).toEqual(at(0, 1, 2, 5, 6));
    });

    it('are left alone during the cool-down, for as long as is asked', async () => {
      await refuse(0, 'too_expensive');
      await desk.clock.run(3 * DAY);
      const [cool] = await winBack.listProposals(1, offer.id);
      expect(cool).toMatchObject({ reason: 'price', leads: 0, callable: 0 });
      await expect(winBack.build(ACTOR, offer.id)).rejects.toMatchObject({ code: 'win_back_empty', status: 409 });
      expect(await winBack.listProposals(1, offer.id, { coolDownDays: 2 })).toMatchObject([{ leads: 1, callable: 1 }]);
      const { campaignId } = await winBack.build(ACTOR, offer.id, { coolDownDays: 2, name: 'Soon' });
      expect(await desk.campaigns.getDetails(campaignId, 1)).toMatchObject({ name: 'Soon', coolDownDays: 2 });
    });

    it('are called with the settings of the campaign in which most of them refused', async () => {
      const { id } = dear;
      await refuse(0, 'too_expensive');
      await refuse(1, 'too_expensive');
      const { offerId } = await desk.campaigns.getCampaign(id);
      const later = await newCampaign(offerId);
      await callLead(later, leads[2]!, { outcome: 'refusal', refusalReason: 'too_expensive' });
      await desk.clock.run(15 * DAY);
      const { campaignId } = await winBack.build(ACTOR, offer.id);
      expect(await desk.campaigns.getCampaign(campaignId)).toMatchObject({
        ...{ clonedFromId: id, name: 'Light · price', offerId: offer.id, state: 'draft' },
      });
    });

    it('bring about nothing for an offer that was put away, that is another’s, or that answers nobody', async () => {
      await expect(winBack.build(ACTOR, offer.id)).rejects.toMatchObject({ code: 'win_back_empty' });
      await refuse(0, 'too_expensive');
      await desk.clock.run(15 * DAY);
      const before = await desk.one(`select (select count(*) from segments), (select count(*) from campaigns)`);
      await expect(winBack.build(ACTOR, offer.id, { reasons: ['timing'] })).rejects.toMatchObject({
        code: 'win_back_empty',
      });
      await desk.offers.archive(ACTOR, offer.id);
      await expect(winBack.build(ACTOR, offer.id)).rejects.toMatchObject({ code: 'offer_archived', status: 409 });
      const stranger = { organisationId: 2, userId: null };
      await expect(winBack.build(stranger, offer.id)).rejects.toMatchObject({ code: 'offer_not_found', status: 404 });
      await expect(winBack.listProposals(2, offer.id)).rejects.toMatchObject({ code: 'offer_not_found' });
      expect(await desk.one(`select (select count(*) from segments), (select count(*) from campaigns)`)).toEqual(
        before,
      );
    });
  });
});

/** Promises are made for working days, when everybody may be called. */
function isCallable(at: Date): boolean {
  const there = DateTime.fromJSDate(at, { zone: ZONE });
  return there.weekday <= 5 && there.hour >= 10 && there.hour < 17;
}

async function headOf(path: string, rows: number): Promise<string> {
  const lines: string[] = [];
  const input = createReadStream(path);
  for await (const line of createInterface({ input })) {
    lines.push(line);
    if (lines.length > rows) break;
  }
  input.destroy();
  return lines.join('\n');
}

function ownBase(rows: number): string {
  const random = new SeededRandom('own base');
  const line = () => `${20 + Math.floor(random.next() * 50)};${random.next() < 0.5 ? 'nurse' : 'cook'}`;
  return ['age;job', ...Array.from({ length: rows }, line)].join('\n');
}
