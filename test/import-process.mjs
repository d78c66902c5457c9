/**
 * A process that runs one import from the built server, its file read on a thread, for tests that kill it or measure it:
 * `node import-process.mjs IMPORT_ID [FILE]`, with DATABASE_URL. FILE is looked at before. It says a line of JSON at each step: begun, chunk (a transaction
 * is open), and at its end ended or failed. With END_THREAD_MS its thread is ended so long after it began.
 */
import { createRequire, syncBuiltinESMExports } from 'node:module';

const say = (at, more = {}) => process.stdout.write(`${JSON.stringify({ at, ...more })}\n`);
const built = (path) => import(new URL(`../dist/${path}.js`, import.meta.url).href);

const { END_THREAD_MS } = process.env;
if (END_THREAD_MS) {
  const threads = createRequire(import.meta.url)('node:worker_threads');
  threads.Worker = class extends threads.Worker {
    constructor(...args) {
      super(...args);
      this.once('online', () => setTimeout(() => void this.terminate(), Number(END_THREAD_MS)));
    }
  };
  syncBuiltinESMExports();
}

const { SessionsRepository } = await built('auth/sessions.repository');
const { UsersRepository } = await built('auth/users.repository');
const { UsersService } = await built('auth/users.service');
const { SystemClock } = await built('common/clock');
const { SuppressionListsRepository } = await built('compliance/suppression-lists.repository');
const { SuppressionListsService } = await built('compliance/suppression-lists.service');
const { createDataSource } = await built('database/data-source');
const { Database } = await built('database/database');
const { ENTITIES } = await built('entities');
const { ImportRunner } = await built('lead-import/import-runner');
const { LeadImportRepository } = await built('lead-import/lead-import.repository');
const { LeadImportService } = await built('lead-import/lead-import.service');
const { UploadStore } = await built('lead-import/upload-store');
const { LeadHistoryRepository } = await built('leads/lead-history.repository');
const { LeadHistoryService } = await built('leads/lead-history.service');
const { LeadsRepository } = await built('leads/leads.repository');
const { LeadsService } = await built('leads/leads.service');
const { PhoneVault } = await built('leads/phone-vault');
const { LocalHub } = await built('realtime/hub');

const source = createDataSource({ url: process.env.DATABASE_URL, entities: ENTITIES, poolSize: 4 });
await source.initialize();
const database = new Database(source);
const clock = new SystemClock((error) => {
  throw error;
});
const hub = new LocalHub();
// That of the desk and the floor.
const vault = PhoneVault.fromSecret(Buffer.alloc(32, 7));
const leads = new LeadsService(new LeadsRepository(database), vault, clock);
// Nothing that is noted in the audit trail is done here.
const lists = new SuppressionListsService(database, new SuppressionListsRepository(database), null, clock, hub);
const users = new UsersService(database, new UsersRepository(database), new SessionsRepository(database), clock);
const repository = new LeadImportRepository(database);
const history = new LeadHistoryService(new LeadHistoryRepository(), clock);
// Nobody's consent comes with these files.
const runner = new ImportRunner(database, repository, leads, history, lists, null, vault, hub, clock);
const uploads = new UploadStore({ dataDir: '/nowhere', maxUploadBytes: 1 });
const imports = new LeadImportService(
  database,
  repository,
  runner,
  leads,
  lists,
  // Neither calling lists nor jobs are asked for anything here.
  null,
  users,
  null,
  uploads,
  vault,
  hub,
  clock,
);
say('begun');
try {
  const file = process.argv[3];
  if (file) await imports.readFile({ organisationId: 1, userId: null }, file, {}, 'RU');
  const { state } = await imports.runImport(Number(process.argv[2]), { inChunk: async () => say('chunk') });
  say('ended', { state, peakMb: Math.round(process.resourceUsage().maxRSS / 1024) });
} catch (error) {
  say('failed', { message: error.message });
}
await lists.onModuleDestroy();
await source.destroy();
