import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';

import { SessionsRepository } from '../src/auth/sessions.repository.js';
import { UsersRepository } from '../src/auth/users.repository.js';
import { UsersService } from '../src/auth/users.service.js';
import { CallingListRepository } from '../src/campaigns/calling-list.repository.js';
import { CallingListService } from '../src/campaigns/calling-list.service.js';
import { Problem } from '../src/common/problem.js';
import type { Settings } from '../src/config/settings.js';
import { JobsRepository } from '../src/jobs/jobs.repository.js';
import { JobsService } from '../src/jobs/jobs.service.js';
import { LocalWaker } from '../src/jobs/local-waker.js';
import { FileAnalysisService } from '../src/lead-import/file-analysis.service.js';
import { ImportRunner } from '../src/lead-import/import-runner.js';
import { ImportUndoRepository } from '../src/lead-import/import-undo.repository.js';
import { ImportUndoService } from '../src/lead-import/import-undo.service.js';
import type { LeadImport } from '../src/lead-import/import.js';
import { LeadExportRepository } from '../src/lead-import/lead-export.repository.js';
import { LeadExportService } from '../src/lead-import/lead-export.service.js';
import { LeadImportRepository } from '../src/lead-import/lead-import.repository.js';
import { LeadImportService, type ImportOptions } from '../src/lead-import/lead-import.service.js';
import { UploadStore } from '../src/lead-import/upload-store.js';
import { PhoneVault } from '../src/leads/phone-vault.js';
import type { TestDatabase } from './database.js';
import { createFloor } from './floor.js';

export const ACTOR = { organisationId: 1, userId: null };
/** The same that the floor has. */
export const VAULT = PhoneVault.fromSecret(Buffer.alloc(32, 7));

/** A lead as it is stored, with its phones opened, in their order. */
export interface StoredLead {
  id: number;
  row: number;
  baseId: number;
  importId: number;
  externalId: string | null;
  name: string | null;
  region: string | null;
  attributes: Record<string, unknown>;
  priority: number;
  ownerId: number | null;
  consentId: number | null;
  phones: StoredPhone[];
}

export interface StoredPhone {
  e164: string;
  position: number;
  zones: string[];
  country: string;
  lineType: string;
}

/** All that files go through, by hand, on a test's database and in a folder of its own. */
export async function createImportDesk(test: TestDatabase) {
  const { database } = test;
  const floor = createFloor(test);
  const { audit, clock, hub, lists, consents, leads, history, compliance, campaigns, segments } = floor;
  const folder = await mkdtemp(join(tmpdir(), 'zvon-import-'));
  const uploads = new UploadStore({ dataDir: folder, maxUploadBytes: 80_000_000 } as Settings);
  const jobs = new JobsService(new JobsRepository(database), new LocalWaker(), hub, clock);
  const callingLists = new CallingListService(database, new CallingListRepository(), campaigns, segments, jobs);
  const users = new UsersService(database, new UsersRepository(database), new SessionsRepository(database), clock);
  const repository = new LeadImportRepository(database);
  const runner = new ImportRunner(database, repository, leads, history, lists, consents, VAULT, hub, clock);
  const imports = new LeadImportService(
    database,
    repository,
    runner,
    leads,
    lists,
    callingLists,
    users,
    jobs,
    uploads,
    VAULT,
    hub,
    clock,
  );
  const undos = new ImportUndoService(
    database,
    imports,
    new ImportUndoRepository(),
    repository,
    history,
    jobs,
    hub,
    clock,
  );
  const analyses = new FileAnalysisService(imports, repository, leads, compliance, lists, VAULT, clock);
  const exports = new LeadExportService(database, new LeadExportRepository(database), audit, leads, VAULT, clock);

  let files = 0;
  const write = async (content: string | Buffer, name = `${++files}.csv`): Promise<string> => {
    const path = join(folder, name);
    await writeFile(path, content);
    return path;
  };

  const start = (path: string, options: ImportOptions): Promise<LeadImport> =>
    imports.startImport(ACTOR, { path }, options, { enqueue: false });

  const importFile = async (path: string, options: ImportOptions): Promise<LeadImport> =>
    imports.runImport((await start(path, options)).id);

  const importText = async (content: string | Buffer, options: ImportOptions): Promise<LeadImport> =>
    importFile(await write(content), options);

  /** Why a file is not taken. */
  const refusal = async (path: string, options: Partial<ImportOptions> = {}): Promise<Problem> => {
    try {
      await start(path, { base: newBase('refused'), ...options });
    } catch (error) {
      if (error instanceof Problem) return error;
      throw error;
    }
    throw new Error(`${path} was not refused`);
  };

  const undo = async (id: number): Promise<LeadImport> => {
    await undos.startUndo(ACTOR, id, { enqueue: false });
    return undos.undoImport(id);
  };

  const leadsOf = async (baseId: number | null): Promise<StoredLead[]> => {
    const rows = await floor.rows<
      Omit<StoredLead, 'phones'> & { phones: (Omit<StoredPhone, 'e164'> & { sealed: string; hash: string })[] | null }
    >(
      `select l.id, l.row_number as row, l.base_id as "baseId", l.import_id as "importId", l.external_id as "externalId",
              l.name, l.region, l.attributes, l.priority, l.owner_id as "ownerId", l.consent_id as "consentId",
              (select jsonb_agg(jsonb_build_object(
                        'sealed', encode(p.sealed, 'hex'), 'hash', encode(p.match_hash, 'hex'), 'position', p.position,
                        'zones', b.zones, 'country', p.country, 'lineType', p.line_type) order by p.position)
                 from phones p join buckets b on b.id = p.bucket_id where p.lead_id = l.id) as phones
         from leads l where $1::int is null or l.base_id = $1 order by l.id`,
      [baseId],
    );
    return rows.map((row) => ({
      ...row,
      phones: (row.phones ?? []).map(({ sealed, hash, ...phone }) => ({
        e164: VAULT.open(1, Buffer.from(sealed, 'hex'), Buffer.from(hash, 'hex')),
        ...phone,
      })),
    }));
  };

  const countOf = async (table: 'bases' | 'leads' | 'phones' | 'imports'): Promise<number> =>
    (await floor.one<{ count: number }>(`select count(*) as count from ${table}`)).count;

  /** May not be called from now on. Returns how to take that back. */
  const suppress = async (e164: string): Promise<() => Promise<unknown>> => {
    const { id } = await floor.one<{ id: number }>(
      `insert into suppressions (organisation_id, scope, match_hash, reason, source, valid_from, created_at)
       values (1, 'company', $1, 'request', 'test', '2026-01-01', '2026-01-01') returning id`,
      [VAULT.matchHash(1, e164)],
    );
    return () => floor.rows(`update suppressions set revoked_at = '2026-03-01' where id = $1`, [id]);
  };

  return {
    ...{ ...floor, floor, database, folder, uploads, jobs, callingLists, repository, runner },
    ...{ imports, undos, analyses, exports },
    ...{ write, start, importFile, importText, refusal, undo, leadsOf, countOf, suppress },
    close: async () => {
      await test.drop();
      await rm(folder, { recursive: true });
    },
  };
}

export type ImportDesk = Awaited<ReturnType<typeof createImportDesk>>;

export const newBase = (name: string, country = 'FR') => ({ name, country });

/** Counters of an import, and what they come to. */
export const account = ({ rows, imported, updated, duplicate, suppressed, rejected }: LeadImport) => ({
  ...{ rows, sum: imported + updated + duplicate + suppressed + rejected },
  ...{ imported, updated, duplicate, suppressed, rejected },
});

export const byCode = (done: LeadImport): Record<string, number> =>
  Object.fromEntries(done.rejectsByCode.map(({ code, count }) => [code, count]));

export const allOf = (lines: AsyncGenerator<string>): Promise<string> => text(Readable.from(lines));
