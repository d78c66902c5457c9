/**
 * `npm run bench:import`: a messy file of a million rows into the final, indexed tables with phones sealed, beside what the
 * database itself can do with it: (a) `\copy` of the same file into an unindexed, unlogged table of texts; (b) `\copy` of
 * the rows that came out clean into tables with the same columns and indexes. One run, one server, one after the other.
 *
 * `--rows N` (default 1,000,000), `--quick` (150,000 rows), `--json FILE`. Starts and stops its own Postgres.
 */
import { execFile, execFileSync } from 'node:child_process';
import { createReadStream, createWriteStream, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { parseArgs, promisify } from 'node:util';

import { prepare, ROOT } from '../scripts/prepare.mjs';
import { COLUMNS, writeDoNotCall, writeMessyBase } from './messy-base.mjs';
import { finish, ratio, secondsOf, whole } from './report.mjs';

const { values: options } = parseArgs({
  options: { rows: { type: 'string' }, quick: { type: 'boolean', default: false }, json: { type: 'string' } },
});
const rows = Number(options.rows ?? (options.quick ? 150_000 : 1_000_000));
const listed = options.quick ? 50_000 : 500_000;

await prepare({ web: false });
const { startEmbeddedPostgres, removeEmbeddedPostgres } = await import('../dist/database/embedded-postgres.js');
const { default: pg } = await import('pg');
const { from: copyFrom } = await import('pg-copy-streams');
const { to: copyTo } = await import('pg-copy-streams');

let hasPsql;
const folder = mkdtempSync(join(tmpdir(), 'zvon-bench-'));
const dataDir = join(folder, 'postgres');
const server = await startEmbeddedPostgres({ dataDir, durable: true });
const client = new pg.Client({ connectionString: server.url });
await client.connect();
try {
  await bench();
} finally {
  await client.end();
  await server.stop();
  await removeEmbeddedPostgres(dataDir);
  rmSync(folder, { recursive: true, force: true });
}

async function bench() {
  const file = join(folder, 'messy.csv');
  const doNotCall = join(folder, 'do-not-call.csv');
  await writeMessyBase(file, rows);
  await writeDoNotCall(doNotCall, rows, listed);
  note(`${rows} rows, ${(statSync(file).size / 1e6).toFixed(0)} MB`);

  const suppression = await cli(['suppress', doNotCall, '--list', 'do not call', '--country', 'RU']);
  await settle();
  // (a) The limit: the file as it is, nothing understood, nothing indexed, nothing logged.
  await client.query(`create unlogged table raw (${COLUMNS.map((name) => `"${name}" text`).join(', ')})`);
  const raw = await secondsOf(() => load(file, 'raw', 'with (format csv, header)'));
  await client.query('drop table raw');
  await settle();
  const ours = await cli(['import', file, '--base', 'bench', '--country', 'RU']);
  await settle();
  // (b) What the database does with rows that somebody else has made ready.
  const leads = join(folder, 'leads.copy');
  const phones = join(folder, 'phones.copy');
  const phoneColumns =
    'id, organisation_id, lead_id, base_id, position, sealed, match_hash, country, line_type, bucket_id, last_digits';
  await dump('copy leads to stdout', leads);
  await dump(`copy (select ${phoneColumns} from phones) to stdout`, phones);
  await client.query(
    'create table leads_like (like leads including all); create table phones_like (like phones including all)',
  );
  await settle();
  const clean = await secondsOf(async () => {
    await load(leads, 'leads_like', '');
    await load(phones, `phones_like (${phoneColumns})`, '');
  });
  const { imported } = ours.import;
  const stages = await stagesOf(file);

  const rates = { raw: rows / raw, clean: imported / clean, ours: ours.rowsPerSecond };
  const toClean = ratio(rates.ours / rates.clean);
  const toRaw = ratio(rates.ours / rates.raw);
  finish(
    {
      bench: 'import',
      rows: [
        {
          what: 'import, end to end, sealed and indexed',
          rows,
          seconds: round(ours.runSeconds),
          'rows/s': whole(rates.ours),
        },
        { what: `(a) ${copier()} raw, no index`, rows, seconds: round(raw), 'rows/s': whole(rates.raw) },
        {
          what: `(b) ${copier()} clean, same indexes`,
          rows: imported,
          seconds: round(clean),
          'rows/s': whole(rates.clean),
        },
        {
          what: `do-not-call list of ${suppression.import.rows}`,
          rows: suppression.import.rows,
          seconds: round(suppression.runSeconds),
          'rows/s': whole(suppression.rowsPerSecond),
        },
        ...stages,
        {
          what: `account: ${imported} imported, ${ours.import.duplicate} duplicate, ${ours.import.suppressed} suppressed, ${ours.import.rejected} rejected`,
        },
      ],
      goals: [
        {
          name: 'of (b), clean rows into the same indexes',
          value: toClean,
          goal: 0.8,
          unit: 'ratio',
          met: toClean >= 0.8,
        },
        { name: 'of (a), the raw limit', value: toRaw, goal: 0.22, unit: 'ratio', met: toRaw >= 0.22 },
        {
          name: 'peak memory of the importing process',
          value: ours.peakMemoryMb,
          goal: 400,
          unit: 'MB',
          met: ours.peakMemoryMb <= 400,
        },
      ],
    },
    options.json,
  );
}

/** How long each part of the reading takes when it is done alone, on one thread, each with those before it. */
async function stagesOf(file) {
  const { readHead, scanFile } = await import('../dist/lead-import/file-analysis.js');
  const { proposeMapping } = await import('../dist/lead-import/mapping.js');
  const { readRecords } = await import('../dist/lead-import/record-source.js');
  const { rowReader } = await import('../dist/lead-import/row.js');
  const { readChunks } = await import('../dist/lead-import/import-reader.js');
  const { PhoneVault } = await import('../dist/leads/phone-vault.js');
  let scan;
  const scanned = await secondsOf(async () => {
    scan = await scanFile(file);
  });
  const reading = await readHead(file, scan);
  const { mapping } = proposeMapping(
    reading.columns,
    reading.rows.map((row) => row.fields),
    'RU',
  );
  const source = { format: reading.format, dialect: reading.dialect, sheet: null };
  const records = await secondsOf(async () => {
    for await (const slice of readRecords(file, source)) void slice;
  });
  const readRow = rowReader({
    columns: reading.columns,
    mapping,
    country: 'RU',
    defaultPriority: 0,
    generate: null,
    owners: null,
    ranges: {},
  });
  const understood = await secondsOf(async () => {
    for await (const slice of readRecords(file, source)) for (const record of slice.records) readRow(record, 1);
  });
  const plan = {
    ...source,
    headerAt: reading.header.at,
    columns: reading.columns,
    mapping,
    country: 'RU',
    generate: null,
    dedupe: { key: 'phone', scope: 'base', action: 'skip' },
    priority: 0,
    ownerId: null,
    owners: null,
    consentId: null,
    consent: null,
    campaignId: null,
    load: null,
  };
  const task = {
    importId: 1,
    organisationId: 1,
    baseId: 1,
    path: file,
    plan,
    skipRows: 0,
    keys: PhoneVault.fromSecret(Buffer.alloc(32, 7)).share(),
    createdAt: new Date(0).toISOString(),
    barredPrefixes: [],
    ranges: {},
  };
  const desk = { nextLeadId: async () => 1, bucketIds: async (keys) => keys.map(() => 1) };
  const encoded = await secondsOf(async () => {
    for await (const chunk of readChunks(task, desk)) void chunk;
  });
  const stage = (what, seconds) => ({
    what: `  ${what}`,
    rows,
    seconds: round(seconds),
    'rows/s': whole(rows / seconds),
  });
  return [
    stage('scan for hash and encoding, alone', scanned),
    stage('records, alone', records),
    stage('records and rows with phones, alone', understood),
    stage('all of the reading thread: sealed COPY text, alone', encoded),
  ];
}

/** Run a command of ours in a process of its own; what it reports of itself. */
async function cli(args) {
  const json = join(folder, 'result.json');
  await promisify(execFile)(process.execPath, [join(ROOT, 'dist', 'commands', 'cli.js'), ...args, '--json', json], {
    env: { ...process.env, DATABASE_URL: server.url, ZVON_DATA: join(folder, 'data'), ZVON_SECRET: 'bench'.repeat(8) },
    maxBuffer: 1 << 24,
  });
  return JSON.parse(readFileSync(json, 'utf8'));
}

/** `\copy` by psql where there is one; else the same COPY over a connection of ours. */
async function load(path, table, how) {
  if (psql()) {
    await promisify(execFile)('psql', [
      server.url,
      '-q',
      '-v',
      'ON_ERROR_STOP=1',
      '-c',
      `\\copy ${table} from '${path}' ${how}`,
    ]);
    return;
  }
  await pipeline(
    createReadStream(path, { highWaterMark: 1 << 18 }),
    client.query(copyFrom(`copy ${table} from stdin ${how}`)),
  );
}

async function dump(sql, path) {
  await pipeline(client.query(copyTo(sql)), createWriteStream(path));
}

/** What the step before has left to write is not the next one's. */
async function settle() {
  await client.query('checkpoint');
}

function psql() {
  if (hasPsql === undefined) {
    try {
      execFileSync('psql', ['--version'], { stdio: 'ignore' });
      hasPsql = true;
    } catch {
      hasPsql = false;
    }
  }
  return hasPsql;
}

function copier() {
  return psql() ? 'psql \\copy' : 'COPY';
}

function round(seconds) {
  return Math.round(seconds * 100) / 100;
}

function note(line) {
  console.error(line);
}
