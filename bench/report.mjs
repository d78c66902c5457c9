/** What every bench ends with: a table, its goals, and both as JSON where `--json FILE` asks for it. */
import { writeFileSync } from 'node:fs';

/**
 * @param {{ bench: string, rows: Record<string, unknown>[], goals: { name: string, value: number, goal: number, unit: string, met: boolean }[] }} result
 * @param {string | undefined} json
 */
export function finish(result, json) {
  console.table(result.rows);
  for (const { name, value, goal, unit, met } of result.goals)
    console.log(`${met ? 'met   ' : 'not met'}  ${name}: ${value} ${unit} (goal ${goal})`);
  if (json) writeFileSync(json, `${JSON.stringify(result, null, 2)}\n`);
}

/** Seconds that `work` takes. */
export async function secondsOf(work) {
  const start = process.hrtime.bigint();
  await work();
  return Number(process.hrtime.bigint() - start) / 1e9;
}

export function whole(value) {
  return Math.round(value);
}

export function ratio(value) {
  return Math.round(value * 1000) / 1000;
}

/** To a tenth. */
export function tenth(value) {
  return Math.round(value * 10) / 10;
}

/** The value that this share of them does not exceed. */
export function quantile(values, share) {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))];
}
