import { Inject, Injectable } from '@nestjs/common';

import { AuditTrailService, type AuditPage } from '../audit/audit-trail.service.js';
import { changeOf, type Change } from '../audit/changes.js';
import { CLOCK, type Clock } from '../common/clock.js';
import { notFound, Problem } from '../common/problem.js';
import type { Queryable } from '../database/database.js';
import { flatScript } from './script-audit.js';
import { contentOf, textsOf, type ScriptContent, type ScriptDraft } from './script-content.js';
import type { Script, ScriptVersion } from './script.entity.js';
import { ScriptsRepository, type VersionRow } from './scripts.repository.js';

/** A script as somebody wrote it down. */
export interface NewScript extends ScriptDraft {
  name: string;
}

/** Who changes a script; no user where the engine itself does it. */
export interface ScriptAuthor {
  organisationId: number;
  userId: number | null;
}

/** What operators say: drafts, and the versions that were published from them. */
@Injectable()
export class ScriptsService {
  constructor(
    private readonly scripts: ScriptsRepository,
    private readonly audit: AuditTrailService,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  findScript(organisationId: number, id: number, on?: Queryable): Promise<Script | null> {
    return this.scripts.findScript(organisationId, id, on);
  }

  /** Throws script_not_found. */
  async getScript(organisationId: number, id: number): Promise<Script> {
    const script = await this.scripts.findScript(organisationId, id);
    if (!script) throw notFound('script', id);
    return script;
  }

  /** Newest first. */
  listScripts(organisationId: number): Promise<Script[]> {
    return this.scripts.listScripts(organisationId);
  }

  /** A page of what was changed, newest first, text by text. Throws script_not_found. */
  async listChanges(organisationId: number, id: number, page: AuditPage): Promise<Change[]> {
    await this.getScript(organisationId, id);
    const entries = await this.audit.list(organisationId, { kind: 'script', id }, page);
    return entries.map((entry) =>
      changeOf({ ...entry, before: flatScript(entry.before), after: flatScript(entry.after) }),
    );
  }

  /** A draft: no call uses it before it is published. */
  async create({ organisationId, userId }: ScriptAuthor, { name, ...draft }: NewScript): Promise<Script> {
    const content = readContent(draft);
    const now = this.clock.now();
    return this.scripts.inTransaction(async (tx) => {
      const script = await this.scripts.insertScript(
        {
          organisationId,
          name,
          version: 1,
          content,
          publishedVersion: null,
          createdBy: userId,
          createdAt: now,
          updatedAt: now,
        },
        tx,
      );
      await this.audit.note(tx, {
        ...{ organisationId, userId, action: 'script_created', at: now },
        subject: { kind: 'script', id: script.id },
        before: null,
        after: { name, content },
      });
      return script;
    });
  }

  /**
   * Replace the draft; what is published stays as it is. Throws script_not_found, and version_conflict (409) when
   * somebody changed it since `version`.
   */
  async update(author: ScriptAuthor, id: number, version: number, { name, ...draft }: NewScript): Promise<Script> {
    const content = readContent(draft);
    const now = this.clock.now();
    return this.scripts.inTransaction(async (tx) => {
      const script = await this.scripts.lockScript(author.organisationId, id, tx);
      if (!script) throw notFound('script', id);
      if (script.version !== version) throw scriptChanged(script.version);
      const changes = { name, content, version: version + 1, updatedAt: now };
      await this.scripts.updateScript(id, changes, tx);
      const { organisationId, userId } = author;
      await this.audit.note(tx, {
        ...{ organisationId, userId, action: 'script_changed', at: now },
        subject: { kind: 'script', id },
        before: { name: script.name, content: script.content },
        after: { name, content },
      });
      return { ...script, ...changes };
    });
  }

  /** Throws script_not_found. */
  async listVersions(organisationId: number, id: number): Promise<VersionRow[]> {
    await this.getScript(organisationId, id);
    return this.scripts.listVersions(organisationId, id);
  }

  /** Throws script_version_not_found. */
  async getVersion(organisationId: number, id: number, version: number): Promise<ScriptVersion> {
    const found = await this.scripts.findVersion(organisationId, id, version);
    if (!found) throw notFound('script_version', version);
    return found;
  }

  /**
   * What is said in a call: the version that the attempt was reserved with, so that a call ends with the words it began
   * with; else the one that is published now. Null where there is none.
   */
  async findSpoken(
    organisationId: number,
    id: number,
    version: number | null,
  ): Promise<{ version: number; content: ScriptContent } | null> {
    const wanted = version ?? (await this.scripts.findScript(organisationId, id))?.publishedVersion ?? null;
    return wanted === null ? null : this.scripts.findVersion(organisationId, id, wanted);
  }
}

/** Longer ones are no scripts, and would hold up everybody while they are read. */
const MOST_LETTERS = 200_000;

/** The whole of a draft. Throws script_too_long (422). */
export function readContent(draft: ScriptDraft): ScriptContent {
  const content = contentOf(draft);
  if (textsOf(content).reduce((sum, { text }) => sum + text.length, 0) > MOST_LETTERS)
    throw new Problem('script_too_long', 422, `All texts together have at most ${MOST_LETTERS} characters.`, {
      field: 'steps',
      fix: 'Make two scripts of it.',
    });
  return content;
}

/** Somebody else was faster. */
export function scriptChanged(version: number): Problem {
  return new Problem('version_conflict', 409, 'Somebody else has changed this script since you opened it.', {
    field: 'version',
    fix: 'Load it again and repeat your change.',
    more: { version },
  });
}
