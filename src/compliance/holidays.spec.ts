import { describe, expect, it } from '@jest/globals';

import { HolidayBook, type HolidayChange } from './holidays.js';

const change = (day: string, kind: HolidayChange['kind'], country: string, region = ''): HolidayChange => ({
  ...{ country, region, day, kind, name: 'A day' },
});
const book = (...changes: HolidayChange[]) => new HolidayBook(changes);
const place = (country: string, ...regions: string[]) => ({ country, regions });

describe('holidays', () => {
  it('are the public ones of the country, by the dates that the year has', async () => {
    const days = await book().daysOf(place('FR'), 2026);
    for (const day of ['2026-01-01', '2026-04-06', '2026-05-01', '2026-07-14', '2026-12-25'])
      expect(days).toContain(day);
    expect(days).not.toContain('2026-05-10');
    expect(await book().daysOf(place('US'), 2026)).toContain('2026-11-26');
    expect((await book().daysOf(place('AQ'), 2026)).size).toBe(0);
  });

  it('are those of the region where it is known, and of any region where it is not', async () => {
    const epiphany = '2026-01-06';
    expect(await book().daysOf(place('DE', 'DE-BY'), 2026)).toContain(epiphany);
    expect(await book().daysOf(place('DE', 'DE-HH'), 2026)).not.toContain(epiphany);
    expect(await book().daysOf(place('DE'), 2026)).toContain(epiphany);
    // The number’s region, and where the person is said to live.
    expect(await book().daysOf(place('DE', 'DE-BY', 'DE-HH'), 2026)).toContain(epiphany);
  });

  it('last as many days as they do', async () => {
    const days = await book().daysOf(place('RU', 'RU-MOW'), 2026);
    for (let day = 1; day <= 8; day++) expect(days).toContain(`2026-01-0${day}`);
    expect(days).not.toContain('2026-01-12');
  });

  it('are changed as an organisation says: days added, and days that are worked', async () => {
    const moved = book(change('2026-01-09', 'holiday', 'RU'), change('2026-03-09', 'working', 'RU'));
    const days = await moved.daysOf(place('RU', 'RU-MOW'), 2026);
    expect(days).toContain('2026-01-09');
    expect(days).not.toContain('2026-03-09');
    expect(await moved.daysOf(place('FR'), 2026)).not.toContain('2026-01-09');
  });

  it('are worked in a region where only that region says so, and nowhere where the region is not known', async () => {
    const moved = book(change('2026-03-09', 'working', 'RU', 'RU-TA'), change('2026-05-02', 'holiday', 'RU', 'RU-TA'));
    expect(await moved.daysOf(place('RU', 'RU-TA'), 2026)).not.toContain('2026-03-09');
    expect(await moved.daysOf(place('RU', 'RU-MOW'), 2026)).toContain('2026-03-09');
    expect(await moved.daysOf(place('RU'), 2026)).toContain('2026-03-09');
    expect(await moved.daysOf(place('RU', 'RU-TA'), 2026)).toContain('2026-05-02');
    expect(await moved.daysOf(place('RU', 'RU-MOW'), 2026)).not.toContain('2026-05-02');
    expect(await moved.daysOf(place('RU'), 2026)).toContain('2026-05-02');
  });

  it('go over the turn of the year', async () => {
    const days = await book().daysBetween(
      place('FR'),
      new Date('2026-12-28T00:00:00Z'),
      new Date('2027-01-10T00:00:00Z'),
    );
    expect(days).toContain('2026-12-25');
    expect(days).toContain('2027-01-01');
  });
});
