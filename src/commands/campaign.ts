import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat, writeFile } from 'node:fs/promises';
import { basename, resolve } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { parseArgs } from 'node:util';
import { NestFactory } from '@nestjs/core';

import { createLogger } from '../app.js';
import { SeededRandom } from '../common/random.js';
import { VirtualClock } from '../common/virtual-clock.js';
import { dataPath, readSettings, type Settings } from '../config/settings.js';
import { openScratchDatabase } from '../database/scratch-database.js';
import { Problem } from '../common/problem.js';
import { LocalHub } from '../realtime/hub.js';
import { ReportsService } from '../reports/reports.service.js';
import { ShiftModule } from '../simulation/shift.module.js';
import { ShiftService, type ShiftPlan } from '../simulation/shift.service.js';
import { isClean, printReport } from './campaign-report.js';

const USAGE = `npm run campaign -- --base FILE [options]

Imports a lead base, builds a segment and a calling list, and runs a shift with simulated customers and operators on a
virtual clock. Killed, it goes on from where it was when started again with the same options.

  --base FILE       the lead base, CSV (required); phones are made up when it has none
  --operators N     simulated operators (default 20)
  --shift 8h        length of the shift, in d, h or m, up to 7d; nights are closed (default 8h)
  --seed TEXT       the same seed gives the same result (default 1)
  --mode MODE       progressive or ratio (default progressive)
  --ratio R         calls for each operator who waits, with --mode ratio (default 1.5)
  --answer-rate R   share of first calls that a person answers (default 0.3)
  --country CC      country of numbers that are written without one (default FR)
  --start INSTANT   when the shift begins (default 2026-03-03T09:00:00Z)
  --json FILE       write the report for machines too
  --fresh           begin anew even if an earlier run was not finished
`;

async function main(): Promise<number> {
  const options = readOptions(process.argv.slice(2));
  if (options === null) {
    console.log(USAGE);
    return 0;
  }
  const startedAt = process.hrtime.bigint();
  const settings = forShift(readSettings(process.env), options.plan);
  const key = await runKey(options.plan);
  const scratch = await openScratchDatabase(settings, `zvon_shift_${key}`, {
    fresh: options.fresh,
    isFinished: `select exists (select from jobs where kind = 'simulated-shift' and state = 'succeeded') as finished`,
    log: note,
  });
  let isDone = false;
  try {
    const app = await NestFactory.createApplicationContext(
      ShiftModule.with({
        settings,
        clock: new VirtualClock(new Date(options.plan.startAt.getTime() - 3_600_000)),
        random: new SeededRandom(options.plan.seed),
        databaseUrl: scratch.url,
        redisUrl: null,
        hub: new LocalHub(),
        poolSize: 5,
        asyncCommit: true,
      }),
      { logger: createLogger(settings, ['warn', 'error', 'fatal']), abortOnError: false },
    );
    try {
      const result = await app.get(ShiftService, { strict: false }).run(options.plan, progressLine());
      const report = await app
        .get(ReportsService, { strict: false })
        .campaignReport(result.campaignId, { from: result.from, to: result.to });
      const tookSeconds = Number(process.hrtime.bigint() - startedAt) / 1e9;
      printReport({ plan: options.plan, result, report, tookSeconds });
      if (options.json)
        await writeFile(options.json, `${JSON.stringify(reportForMachines(options.plan, result, report), null, 2)}\n`);
      // Violations are worth looking at: their database stays.
      isDone = isClean(result.checks);
    } finally {
      await app.close();
    }
  } finally {
    await scratch.close(isDone ? 'drop' : 'keep');
  }
  return isDone ? 0 : 1;
}

/** Nothing in it depends on how fast this machine is, nor on when it ran. */
function reportForMachines(plan: ShiftPlan, result: Awaited<ReturnType<ShiftService['run']>>, report: unknown): object {
  const { rows, imported, updated, duplicate, suppressed, rejected, rejectsByCode } = result.account;
  return {
    plan: { ...plan, file: plan.fileName },
    import: {
      rows,
      imported,
      updated,
      duplicate,
      suppressed,
      rejected,
      rejectsByCode,
      generatedPhones: generated(result),
    },
    report,
    checks: result.checks,
  };
}

function generated(result: Awaited<ReturnType<ShiftService['run']>>): boolean {
  return result.account.options.generate !== null;
}

function readOptions(args: string[]): { plan: ShiftPlan; json: string | null; fresh: boolean } | null {
  const { values } = parseArgs({
    args,
    options: {
      base: { type: 'string' },
      operators: { type: 'string', default: '20' },
      shift: { type: 'string', default: '8h' },
      seed: { type: 'string', default: '1' },
      mode: { type: 'string', default: 'progressive' },
      ratio: { type: 'string', default: '1.5' },
      'answer-rate': { type: 'string', default: '0.3' },
      country: { type: 'string', default: 'FR' },
      start: { type: 'string', default: '2026-03-03T09:00:00Z' },
      json: { type: 'string' },
      fresh: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return null;
  if (!values.base) throw new Problem('base_missing', 422, 'Say which lead base to call: --base FILE.');
  const startAt = new Date(values.start);
  if (Number.isNaN(startAt.getTime()))
    throw new Problem('start_invalid', 422, `--start ${values.start} is no instant.`);
  if (values.mode !== 'progressive' && values.mode !== 'ratio')
    throw new Problem('mode_invalid', 422, `--mode is progressive or ratio, not ${values.mode}.`);
  const file = resolve(values.base);
  return {
    plan: {
      file,
      fileName: basename(file),
      country: values.country.toUpperCase(),
      operators: numberOf('operators', values.operators, 1, 200),
      shiftMs: duration(values.shift),
      startAt,
      answerRate: fraction('answer-rate', values['answer-rate']),
      seed: values.seed,
      mode: values.mode,
      ratio: values.mode === 'ratio' ? numberOf('ratio', values.ratio, 1, 5) : 1,
    },
    json: values.json ? resolve(values.json) : null,
    fresh: values.fresh,
  };
}

function numberOf(name: string, text: string, min: number, max: number): number {
  const value = Number(text);
  if (value >= min && value <= max && (name === 'ratio' || Number.isInteger(value))) return value;
  throw new Problem(`${name}_invalid`, 422, `--${name} is a number from ${min} to ${max}, not ${text}.`);
}

function fraction(name: string, text: string): number {
  const value = Number(text);
  if (value > 0 && value <= 0.9) return value;
  throw new Problem(`${name}_invalid`, 422, `--${name} is a share above 0, up to 0.9, not ${text}.`);
}

function duration(text: string): number {
  const match = /^(\d+(?:\.\d+)?)(d|h|m)$/.exec(text);
  const unitMs = { d: 24 * 3_600_000, h: 3_600_000, m: 60_000 }[match?.[2] ?? 'm'] ?? 0;
  const ms = Number(match?.[1] ?? 0) * unitMs;
  if (ms > 0 && ms <= 7 * 24 * 3_600_000) return ms;
  throw new Problem('shift_invalid', 422, `--shift is a time such as 7d, 8h or 90m, up to 7d, not ${text}.`);
}

/** Runs with the same file and options are the same run. */
async function runKey(plan: ShiftPlan): Promise<string> {
  const found = await stat(plan.file).catch(() => null);
  if (!found?.isFile())
    throw new Problem('file_not_found', 422, `There is no file ${plan.file}.`, { fix: 'Check the path after --base.' });
  const hash = createHash('sha256');
  await pipeline(createReadStream(plan.file), hash);
  hash.update(JSON.stringify({ ...plan, file: null }));
  return hash.digest('hex').slice(0, 16);
}

/** A dialer of its own beside any server that runs here, under the rules that hold for real calls. */
function forShift(settings: Settings, { answerRate }: ShiftPlan): Settings {
  return {
    ...settings,
    role: 'dialer',
    demo: false,
    profiles: 'house',
    simulatedAnswerRate: answerRate,
    dataDir: dataPath(settings, 'shift'),
    nodeName: 'shift',
    logFormat: 'text',
  };
}

function note(line: string): void {
  process.stderr.write(`${line}\n`);
}

/** On a terminal one line that moves, else a line now and then. */
function progressLine(): (line: string) => void {
  let last = 0;
  return (line) => {
    if (process.stderr.isTTY) return void process.stderr.write(`\r\x1b[2K${line}`);
    const now = performance.now();
    if (now - last < 5_000 && / dials, /.test(line)) return;
    last = now;
    note(line);
  };
}

main().then(
  (code) => (process.exitCode = code),
  (error: unknown) => {
    if (error instanceof Problem) note(`${error.message}${error.fix ? ` ${error.fix}` : ''}  [${error.code}]`);
    else if ((error as { code?: string }).code?.startsWith('ERR_PARSE_ARGS'))
      note(`${(error as Error).message}\n\n${USAGE}`);
    else note(error instanceof Error ? (error.stack ?? error.message) : String(error));
    process.exitCode = 2;
  },
);
