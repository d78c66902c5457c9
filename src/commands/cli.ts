import { createWriteStream } from 'node:fs';
import { access, readFile, writeFile } from 'node:fs/promises';
import { basename, resolve } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { parseArgs } from 'node:util';
import type { INestApplicationContext } from '@nestjs/common';

import { ORGANISATION_ID } from '../common/organisation.js';
import { Problem } from '../common/problem.js';
import { SuppressionListsService } from '../compliance/suppression-lists.service.js';
import { ENCODINGS, type Delimiter, type Encoding } from '../lead-import/csv-dialect.js';
import type { AskedReading } from '../lead-import/file-analysis.js';
import { FileAnalysisService, type FileReport } from '../lead-import/file-analysis.service.js';
import { ImportUndoService } from '../lead-import/import-undo.service.js';
import {
  CONSENT_FORMS,
  DEFAULT_DEDUPE,
  DEDUPE_ACTIONS,
  DEDUPE_KEYS,
  DEDUPE_SCOPES,
  isOver,
  type LeadImport,
} from '../lead-import/import.js';
import { AnalysisView, ImportView } from '../lead-import/import.dto.js';
import { LeadExportService } from '../lead-import/lead-export.service.js';
import { LeadImportService, type ImportOptions } from '../lead-import/lead-import.service.js';
import type { AskedMapping } from '../lead-import/mapping.js';
import { LeadsService, type Actor } from '../leads/leads.service.js';
import { NumberingPlansService } from '../leads/numbering-plans.service.js';
import { ReplayService } from '../scheduler/replay.service.js';
import { withApi } from './api-context.js';

const USAGE = `npm run cli -- COMMAND [arguments]

  analyse FILE              say what is in a file, and what would become of its rows
  import FILE --base NAME   import it into a base, which is made when there is none of that name
  suppress FILE --list NAME load numbers that must not be called into a list, which is made when there is none
  undo ID                   take out what an import made, put back what it changed
  imports                   the last imports
  numbering-plan FILE       load a file of the Russian register of numbers: imports tell by it where a number is
  replay --campaign ID      take its stored decisions again, from their facts: they must come out the same [--since DATE]
  export --base NAME --out FILE --reason TEXT
                            the people of a base as CSV, numbers in full

An import or a load that was broken off (Ctrl-C, a crash, a kill) goes on when the same command is given again. Where a
server runs on the embedded database, this works beside it.

How a file is read, where it is guessed wrong
  --country CC              of numbers written without one; for a new base too
  --encoding E              ${ENCODINGS.join(', ')}
  --delimiter D             , ; | or tab
  --sheet NAME              of a workbook
  --no-header               the first row is a person
  --map FIELD=COLUMN        phone, name, externalId, region, timeZone, priority, owner; several phones: give it again

What becomes of the rows of an import
  --source TEXT --cost N --currency CUR      of a new base
  --dedupe ${DEDUPE_KEYS.join('|')} --scope ${DEDUPE_SCOPES.join('|')} --action ${DEDUPE_ACTIONS.join('|')}
  --consent-source TEXT --consent-wording TEXT --consent-proof TEXT --consent-form ${CONSENT_FORMS.join('|')}
  --consent-date DATE, or --consent-date-attribute NAME; without proof or date it is kept as a claim
  --priority N --owner ID --campaign ID
  --generate-phones         numbers reserved for fiction, where the file has none
  --rejects FILE            write the rejected rows there

Of a suppression list
  --kind do_not_call|registry|prefixes --registry CODE --mode replace|add --dated DATE

  --json FILE               write the result for machines too
`;

type Values = Record<string, string | boolean | string[] | undefined>;

/** What the commands work with. */
interface Desk {
  app: INestApplicationContext;
  actor: Actor;
  values: Values;
  /** The file or the id that the command was given. */
  subject: string;
}

const COMMANDS: Record<string, (desk: Desk) => Promise<unknown>> = {
  analyse,
  import: runImport,
  suppress,
  undo,
  imports: listImports,
  export: exportBase,
  'numbering-plan': loadNumberingPlan,
  replay,
};

let stopping = false;

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      base: { type: 'string' },
      list: { type: 'string' },
      country: { type: 'string' },
      source: { type: 'string' },
      cost: { type: 'string' },
      currency: { type: 'string' },
      encoding: { type: 'string' },
      delimiter: { type: 'string' },
      sheet: { type: 'string' },
      'no-header': { type: 'boolean' },
      map: { type: 'string', multiple: true },
      dedupe: { type: 'string' },
      scope: { type: 'string' },
      action: { type: 'string' },
      'consent-source': { type: 'string' },
      'consent-wording': { type: 'string' },
      'consent-proof': { type: 'string' },
      'consent-form': { type: 'string' },
      'consent-date': { type: 'string' },
      'consent-date-attribute': { type: 'string' },
      priority: { type: 'string' },
      owner: { type: 'string' },
      campaign: { type: 'string' },
      'generate-phones': { type: 'boolean' },
      rejects: { type: 'string' },
      kind: { type: 'string' },
      registry: { type: 'string' },
      mode: { type: 'string' },
      dated: { type: 'string' },
      since: { type: 'string' },
      out: { type: 'string' },
      reason: { type: 'string' },
      json: { type: 'string' },
      help: { type: 'boolean' },
    },
  });
  const [command = '', subject = ''] = positionals;
  const run = COMMANDS[command];
  if (!run || values.help) {
    console.log(USAGE);
    process.exitCode = values.help ? 0 : 2;
    return;
  }
  const actor = { organisationId: ORGANISATION_ID, userId: null };
  await withApi(
    async (app) => {
      process.once('SIGINT', () => {
        stopping = true;
        note('Stopping after this step; the same command goes on from there.');
      });
      const result = await run({ app, actor, values, subject });
      if (values.json) await writeFile(resolve(values.json), `${JSON.stringify(result, null, 2)}\n`);
    },
    { join: true },
  );
}

async function analyse({ app, actor, values, subject }: Desk): Promise<AnalysisView> {
  const path = await fileOf(subject);
  const base = await findBase(app, actor, textOf(values, 'base'));
  const report = await app.get(FileAnalysisService, { strict: false }).analyse(actor, path, {
    ...readingOf(values),
    country: textOf(values, 'country')?.toUpperCase(),
    mapping: mappingOf(values),
    baseId: base?.id,
  });
  printReport(report);
  return AnalysisView.of(report);
}

async function runImport({ app, actor, values, subject }: Desk): Promise<object> {
  const path = await fileOf(subject);
  const imports = app.get(LeadImportService, { strict: false });
  const name = required(values, 'base');
  const base = await findBase(app, actor, name);
  const country = textOf(values, 'country')?.toUpperCase();
  if (!base && !country)
    throw new Problem('country_missing', 422, `There is no base "${name}" yet, and no country to make it with.`, {
      fix: 'Add --country with the two letters of the country of its numbers.',
    });
  const cost = textOf(values, 'cost');
  const consentSource = textOf(values, 'consent-source');
  const options: ImportOptions = {
    ...readingOf(values),
    base: base
      ? { id: base.id }
      : {
          name,
          country: country!,
          source: textOf(values, 'source') ?? null,
          cost: cost === undefined ? null : numberOf('cost', cost),
          currency: textOf(values, 'currency')?.toUpperCase() ?? null,
        },
    country,
    mapping: mappingOf(values),
    dedupe: {
      key: choiceOf(values, 'dedupe', DEDUPE_KEYS, DEFAULT_DEDUPE.key),
      scope: choiceOf(values, 'scope', DEDUPE_SCOPES, DEFAULT_DEDUPE.scope),
      action: choiceOf(values, 'action', DEDUPE_ACTIONS, DEFAULT_DEDUPE.action),
    },
    consent: consentSource
      ? {
          source: consentSource,
          wording: required(values, 'consent-wording'),
          proof: textOf(values, 'consent-proof') ?? null,
          form: choiceOf(values, 'consent-form', CONSENT_FORMS, 'prior'),
          givenOn: textOf(values, 'consent-date') ?? null,
          dateAttribute: textOf(values, 'consent-date-attribute') ?? null,
        }
      : null,
    priority: optionalNumber(values, 'priority'),
    ownerId: optionalNumber(values, 'owner') ?? null,
    campaignId: optionalNumber(values, 'campaign') ?? null,
    generatePhones: values['generate-phones'] === true,
  };
  const startedAt = process.hrtime.bigint();
  const started = await startOrResume(imports, actor, () =>
    imports.startImport(actor, { path, fileName: basename(path) }, options, { enqueue: false }),
  );
  const result = await runToEnd(imports, started, startedAt);
  const rejects = textOf(values, 'rejects');
  if (rejects && result.import.rejected > 0)
    await pipeline(
      Readable.from(imports.rejectsCsv(actor.organisationId, started.id)),
      createWriteStream(resolve(rejects)),
    );
  return result;
}

async function suppress({ app, actor, values, subject }: Desk): Promise<object> {
  const path = await fileOf(subject);
  const imports = app.get(LeadImportService, { strict: false });
  const lists = app.get(SuppressionListsService, { strict: false });
  const name = required(values, 'list');
  const country = textOf(values, 'country')?.toUpperCase();
  const known = (await lists.listLists(actor.organisationId)).find((list) => list.name === name && !list.retiredAt);
  const kind = choiceOf(values, 'kind', ['do_not_call', 'registry', 'prefixes'] as const, 'do_not_call');
  const registry = textOf(values, 'registry') ?? null;
  const list = known ?? (await lists.createList(actor, { name, kind, registry, country: country ?? null }));
  const dated = textOf(values, 'dated');
  const startedAt = process.hrtime.bigint();
  const unfinished = (await imports.lastLoads(actor.organisationId)).find(
    (load) => load.listId === list.id && !isOver(load.state) && load.fileName === basename(path) && load.jobId === null,
  );
  const started =
    unfinished ??
    (await imports.startListLoad(
      actor,
      { path, fileName: basename(path) },
      {
        ...readingOf(values),
        listId: list.id,
        mode: choiceOf(values, 'mode', ['replace', 'add'] as const, 'add'),
        datedAt: dated === undefined ? undefined : new Date(dated),
        country,
        mapping: mappingOf(values),
      },
      { enqueue: false },
    ));
  return runToEnd(imports, started, startedAt);
}

async function undo({ app, actor, subject }: Desk): Promise<ImportView> {
  const undos = app.get(ImportUndoService, { strict: false });
  const id = numberOf('import', subject);
  const found = await app.get(LeadImportService, { strict: false }).getImport(actor.organisationId, id);
  if (found.state !== 'undoing') await undos.startUndo(actor, id, { enqueue: false });
  const undone = await undos.undoImport(id);
  console.log(`${undone.removed} leads taken out, ${undone.restored} put back, ${undone.kept} left alone.`);
  return ImportView.of(undone);
}

async function loadNumberingPlan({ app, actor, subject }: Desk): Promise<object> {
  const file = resolve(subject);
  await access(file).catch(() => {
    throw new Problem('file_not_found', 422, `There is no file ${file}.`);
  });
  const plans = app.get(NumberingPlansService, { strict: false });
  const plan = await plans.loadRussian(actor, basename(file), await readFile(file));
  const lost = plan.unknown.reduce((sum, { rows }) => sum + rows, 0);
  console.log(
    `${plan.rows} rows of numbers that begin with ${[...plan.series].join(', ')}: ${plan.ranges} ranges, ` +
      `${lost} rows say nothing of where the number is. Imports from now on go by them.`,
  );
  return plan;
}

async function replay({ app, actor, values }: Desk): Promise<object> {
  const campaignId = numberOf('campaign', required(values, 'campaign'));
  const since = textOf(values, 'since');
  if (since !== undefined && Number.isNaN(Date.parse(since)))
    throw new Problem('since_invalid', 422, `--since is a date or an instant, not "${since}".`);
  const replayed = await app
    .get(ReplayService, { strict: false })
    .replay(actor.organisationId, { campaignId, since: since === undefined ? null : new Date(since) }, (decisions) =>
      progress(`${decisions} decisions`),
    );
  progress(null);
  const { decisions, byVerdict, different, examples } = replayed;
  console.log(
    `${decisions} decisions (${byVerdict.allow} allow, ${byVerdict.defer} defer, ${byVerdict.deny} deny): ` +
      `${different} come out otherwise.`,
  );
  for (const { id, at, stored, again } of examples)
    console.log(`  ${id}  ${at.toISOString()}  was ${stored}, is ${again}`);
  if (different > 0) process.exitCode = 1;
  return replayed;
}

async function listImports({ app, actor }: Desk): Promise<ImportView[]> {
  const imports = await app.get(LeadImportService, { strict: false }).listImports(actor.organisationId);
  for (const each of imports)
    console.log(
      `${String(each.id).padStart(6)}  ${each.createdAt.toISOString()}  ${each.state.padEnd(9)}  ${each.fileName}  ` +
        `→ ${each.baseName ?? each.listName ?? ''}: ${account(each)}`,
    );
  return imports.map((each) => ImportView.of(each));
}

async function exportBase({ app, actor, values }: Desk): Promise<object> {
  const name = required(values, 'base');
  const base = await findBase(app, actor, name);
  if (!base) throw new Problem('base_not_found', 404, `There is no base "${name}".`);
  const out = resolve(required(values, 'out'));
  const { lines } = await app
    .get(LeadExportService, { strict: false })
    .exportBase(actor, base.id, { phones: 'full', reason: required(values, 'reason') });
  await pipeline(Readable.from(lines), createWriteStream(out, { mode: 0o600 }));
  console.log(`${base.leads} people in ${out}.`);
  return { file: out, leads: base.leads };
}

/** The very file came in before: go on with that import where it was broken off. */
async function startOrResume(
  imports: LeadImportService,
  actor: Actor,
  start: () => Promise<LeadImport>,
): Promise<LeadImport> {
  try {
    return await start();
  } catch (error) {
    if (!(error instanceof Problem) || error.code !== 'same_file_imported') throw error;
    const found = await imports.getImport(actor.organisationId, error.more!['importId'] as number);
    if (isOver(found.state) || found.jobId !== null) throw error;
    note(`Going on with import ${found.id} after row ${found.rows}.`);
    return found;
  }
}

async function runToEnd(
  imports: LeadImportService,
  started: LeadImport,
  startedAt: bigint,
): Promise<{
  import: ImportView;
  tookSeconds: number;
  runSeconds: number;
  rowsPerSecond: number;
  peakMemoryMb: number;
}> {
  const runAt = process.hrtime.bigint();
  const ended = await imports.runImport(started.id, {
    isStopping: () => stopping,
    inChunk: (_tx, { rows, bytesRead, fileBytes }) => {
      const seconds = Number(process.hrtime.bigint() - runAt) / 1e9;
      progress(
        `${rows} rows, ${Math.floor((bytesRead / Math.max(fileBytes, 1)) * 100)} %, ` +
          `${Math.round((rows - started.rows) / seconds)} rows/s`,
      );
      return Promise.resolve();
    },
  });
  progress(null);
  const now = process.hrtime.bigint();
  const runSeconds = Number(now - runAt) / 1e9;
  const result = {
    import: ImportView.of(ended),
    tookSeconds: Number(now - startedAt) / 1e9,
    runSeconds,
    rowsPerSecond: Math.round((ended.rows - started.rows) / runSeconds),
    peakMemoryMb: Math.round(process.resourceUsage().maxRSS / 1024),
  };
  console.log(`${ended.state}: ${account(ended)}`);
  for (const { code, count } of ended.rejectsByCode) console.log(`  ${code}: ${count}`);
  if (ended.problem) console.log(`  ${ended.problem.detail} ${ended.problem.fix ?? ''}`);
  if (ended.state === 'failed') process.exitCode = 1;
  return result;
}

function account(each: LeadImport): string {
  const { rows, imported, updated, duplicate, suppressed, rejected } = each;
  return `${rows} rows = ${imported} imported + ${updated} updated + ${duplicate} duplicate + ${suppressed} suppressed + ${rejected} rejected`;
}

function printReport({ file, columns, estimate, zones, mapping, sameFile }: FileReport): void {
  const { reading } = file;
  const { dialect } = reading;
  console.log(
    dialect
      ? `${reading.format}: ${dialect.encoding} (${Math.round(reading.encodingConfidence * 100)} %), delimiter ${JSON.stringify(dialect.delimiter)}, quote ${dialect.quote ?? 'none'}`
      : `${reading.format}: ${reading.sheets.join(', ')}`,
  );
  console.log(reading.header ? `Header in line ${reading.header.line}` : 'No header');
  for (const notice of reading.notices) console.log(`  ${notice.detail}`);
  for (const column of columns)
    console.log(
      `  ${column.name.padEnd(30)} ${column.field.padEnd(12)} ${column.field === 'attribute' ? column.type.padEnd(7) : `${Math.round(column.confidence * 100)} %`.padEnd(7)} ${column.examples.join(' · ')}`,
    );
  if (mapping.phones.length === 0) console.log('No column seems to hold phones.');
  const { rows, valid, duplicate, suppressed, rejected, exact } = estimate;
  console.log(
    `${exact ? '' : 'About '}${rows} rows: ${valid} new, ${duplicate} duplicate, ${suppressed} suppressed, ${rejected} rejected`,
  );
  console.log(
    `Time zones: ${zones.certain} certain (${zones.certainHours.toFixed(0)} callable hours a week), ${zones.ambiguous} ambiguous (${zones.ambiguousHours.toFixed(0)})`,
  );
  if (sameFile) console.log(`This very file was imported before: import ${sameFile.id}.`);
}

async function findBase(app: INestApplicationContext, actor: Actor, name: string | undefined) {
  if (name === undefined) return undefined;
  const bases = await app.get(LeadsService, { strict: false }).listBases(actor.organisationId);
  return bases.find((base) => base.name === name);
}

function readingOf(values: Values): AskedReading {
  const encoding = textOf(values, 'encoding') as Encoding | undefined;
  if (encoding !== undefined && !ENCODINGS.includes(encoding))
    throw new Problem('encoding_invalid', 422, `--encoding is one of ${ENCODINGS.join(', ')}, not ${encoding}.`);
  const delimiter = textOf(values, 'delimiter')?.replace(/^(tab|\\t)$/, '\t') as Delimiter | undefined;
  return {
    dialect: { encoding, delimiter },
    sheet: textOf(values, 'sheet') ?? null,
    ...(values['no-header'] === true ? { headerAt: null } : {}),
  };
}

function mappingOf(values: Values): AskedMapping | undefined {
  const pairs = (values['map'] as string[] | undefined) ?? [];
  if (pairs.length === 0) return undefined;
  const mapping: AskedMapping = {};
  for (const pair of pairs) {
    const [field = '', ...rest] = pair.split('=');
    const column = rest.join('=');
    if (field === 'phone') (mapping.phones ??= []).push(column);
    else if (field === 'namePart') (mapping.nameParts ??= []).push(column);
    else if (FIELDS.includes(field)) Object.assign(mapping, { [field]: column });
    else throw new Problem('map_invalid', 422, `--map ${pair}: the field is phone, namePart, ${FIELDS.join(', ')}.`);
  }
  return mapping;
}

const FIELDS = ['name', 'externalId', 'region', 'timeZone', 'priority', 'owner'];

async function fileOf(subject: string): Promise<string> {
  if (subject === '') throw new Problem('file_missing', 422, 'Say which file.');
  const path = resolve(subject);
  try {
    await access(path);
  } catch (error) {
    throw Object.assign(new Problem('file_missing', 422, `There is no file ${path} that can be read.`), {
      cause: error,
    });
  }
  return path;
}

function textOf(values: Values, name: string): string | undefined {
  const value = values[name];
  return typeof value === 'string' && value !== '' ? value : undefined;
}

function required(values: Values, name: string): string {
  const value = textOf(values, name);
  if (value === undefined) throw new Problem(`${name}_missing`, 422, `--${name} is missing.`);
  return value;
}

function numberOf(name: string, text: string): number {
  const value = Number(text);
  if (text === '' || !Number.isFinite(value))
    throw new Problem(`${name}_invalid`, 422, `${name} is a number, not "${text}".`);
  return value;
}

function optionalNumber(values: Values, name: string): number | undefined {
  const text = textOf(values, name);
  return text === undefined ? undefined : numberOf(name, text);
}

function choiceOf<T extends string>(values: Values, name: string, allowed: readonly T[], fallback: T): T {
  const text = textOf(values, name);
  if (text === undefined) return fallback;
  if ((allowed as readonly string[]).includes(text)) return text as T;
  throw new Problem(`${name}_invalid`, 422, `--${name} is one of ${allowed.join(', ')}, not ${text}.`);
}

function note(line: string): void {
  console.error(line);
}

/** One line that is written over; null ends it. Nothing where nobody looks. */
function progress(line: string | null): void {
  if (!process.stderr.isTTY) return;
  process.stderr.write(line === null ? '\n' : `\r\u001b[K${line}`);
}

main().catch((error: unknown) => {
  if (error instanceof Problem) console.error([error.message, error.fix].filter(Boolean).join(' '));
  else console.error(error instanceof Error ? error.stack : error);
  process.exitCode = 1;
});
