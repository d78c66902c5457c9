import type { HolidayChangeInput } from '../api/contract';

type Day = Pick<HolidayChangeInput, 'day' | 'kind' | 'name'>;

/** Days as people type and paste them: `2026-12-31;holiday;New Year's Eve`, one a line. Or the number of a line that is none. */
export function readDays(text: string): { days: Day[] } | { line: number } {
  const days: Day[] = [];
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    if (line.trim() === '') continue;
    const [day = '', kind = '', ...name] = line.split(/[;\t]/).map((part) => part.trim());
    const isDay = /^\d{4}-\d{2}-\d{2}$/.test(day) && !Number.isNaN(Date.parse(`${day}T00:00:00Z`));
    if (!isDay || (kind !== 'holiday' && kind !== 'working')) return { line: index + 1 };
    days.push({ day, kind, ...(name.length > 0 && { name: name.join(' ') }) });
  }
  return days.length === 0 ? { line: 1 } : { days };
}
