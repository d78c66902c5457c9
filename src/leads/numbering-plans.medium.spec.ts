import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { createTestDatabase, type TestDatabase } from '../../test/database.js';
import { createImportDesk, newBase } from '../../test/import-desk.js';
import { NumberingPlansRepository } from './numbering-plans.repository.js';
import { NumberingPlansService } from './numbering-plans.service.js';

const HEADER = 'АВС/ DEF;От;До;Емкость;Оператор;Регион;Территория ГАР;ИНН';
const row = (code: string, from: string, to: string, territory: string) =>
  `${code};${from};${to};1;Связь;-;${territory};1`;
const actor = { organisationId: 1, userId: null };

describe('a register of numbers', () => {
  let test: TestDatabase;
  let desk: Awaited<ReturnType<typeof createImportDesk>>;
  let plans: NumberingPlansService;

  beforeAll(async () => {
    test = await createTestDatabase();
    desk = await createImportDesk(test);
    const repository = new NumberingPlansRepository(test.database);
    plans = new NumberingPlansService(test.database, repository, desk.audit, desk.clock);
  });

  afterAll(() => desk.close());

  const load = (...rows: string[]) =>
    plans.loadRussian(actor, 'DEF-9xx.csv', Buffer.from(`\ufeff${[HEADER, ...rows].join('\r\n')}`));
  let bases = 0;
  /** Where the phones of one import are, in the file's order. */
  const placesOf = async (phones: readonly string[]) => {
    const { id } = await desk.importText(`phone\n${phones.join('\n')}\n`, { base: newBase(`base ${++bases}`, 'RU') });
    return desk.rows<{ zones: string[]; regions: string[]; source: string }>(
      `select b.zones, b.regions, b.zone_source as source from leads l join phones p on p.lead_id = l.id
       join buckets b on b.id = p.bucket_id where l.import_id = $1 order by l.id`,
      [id],
    );
  };

  it('puts mobile numbers of the imports that follow into the zone of their region', async () => {
    const phones = ['+79001234567', '+78452123456'];
    const before = await placesOf(phones);
    expect(before[0]).toMatchObject({ regions: [], source: 'country' });
    expect(before[0]!.zones.length).toBeGreaterThan(8);
    // Fixed lines are known without it.
    expect(before[1]).toEqual({ zones: ['Europe/Saratov'], regions: ['RU-SAR'], source: 'area_code' });

    expect(await load(row('900', '1000000', '1999999', 'Омская область'))).toMatchObject({
      series: '9',
      rows: 1,
      ranges: 1,
    });
    const [omsk] = await placesOf(phones);
    expect(omsk).toEqual({ zones: ['Asia/Omsk'], regions: ['RU-OMS'], source: 'range' });
  });

  it('is replaced by a newer file with the same first digits, and kept beside one with others', async () => {
    await load(row('900', '1000000', '1999999', 'Самарская область'));
    await load(row('301', '0000000', '9999999', 'Республика Бурятия'));
    expect((await plans.listPlans()).map(({ series, ranges }) => [series, ranges])).toEqual([
      ['3', 1],
      ['9', 1],
    ]);
    const [samara] = await placesOf(['+79001234568']);
    expect(samara).toEqual({ zones: ['Europe/Samara'], regions: ['RU-SAM'], source: 'range' });
  });

  it('is refused where it is none', async () => {
    await expect(load('a;b')).rejects.toMatchObject({ code: 'register_invalid', more: { line: 2 } });
  });
});
