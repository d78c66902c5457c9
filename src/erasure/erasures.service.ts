import { Inject, Injectable } from '@nestjs/common';

import { AuditTrailService } from '../audit/audit-trail.service.js';
import { CallbacksService } from '../callbacks/callbacks.service.js';
import { CLOCK, type Clock } from '../common/clock.js';
import { notFound } from '../common/problem.js';
import { ConsentsService } from '../compliance/consents.service.js';
import { readNumber, type NumberInput } from '../compliance/number-input.js';
import { SuppressionsService } from '../compliance/suppressions.service.js';
import { Database, type Tx } from '../database/database.js';
import { JobsService } from '../jobs/jobs.service.js';
import { rejectPlace } from '../lead-import/import-encoder.js';
import type { Actor } from '../leads/leads.service.js';
import { PhoneVault } from '../leads/phone-vault.js';
import { HUB, type Hub } from '../realtime/hub.js';
import { ErasuresRepository, type ErasureNumber, type ErasureRow } from './erasures.repository.js';
import { holdsTraces } from './number-traces.js';

/** Kind of the job that erases. */
export const ERASURE_JOB = 'erasure';

export interface ErasurePayload {
  erasureId: number;
}

/** How far an erasure is. Rows of files are searched first, while it is known what to look for. */
export interface ErasureCursor {
  phase: 'rejects' | 'people';
  /** The row that was looked at last. */
  importId: number;
  row: number;
  /** Rows looked at so far. */
  looked: number;
}

export interface ErasureInput extends NumberInput {
  /** By what the person's wish can be shown. */
  evidence: string;
}

const REJECTS_A_SLICE = 1_000;
const PEOPLE_A_SLICE = 200;
const PAGE = 50;

/**
 * Takes a person out, on their wish: name, attributes, ids, phones, notes, and rows of files that could not be read. What is
 * left is the ledger of what was dialled and why, by keyed hash, and a suppression by that hash, so that the number can't
 * come back.
 */
@Injectable()
export class ErasuresService {
  constructor(
    private readonly database: Database,
    private readonly repository: ErasuresRepository,
    private readonly audit: AuditTrailService,
    private readonly suppressions: SuppressionsService,
    private readonly consents: ConsentsService,
    private readonly callbacks: CallbacksService,
    private readonly jobs: JobsService,
    private readonly vault: PhoneVault,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(HUB) private readonly hub: Hub,
  ) {}

  /**
   * Whoever has the number is erased in the background. At once, all their numbers are suppressed, what they agreed to is
   * taken back, and their calls are ended. A number that nobody has is suppressed all the same. Throws phone_… (422).
   */
  async startErasure(actor: Actor, input: ErasureInput): Promise<ErasureRow> {
    const { organisationId, userId } = actor;
    const at = this.clock.now();
    const { e164 } = readNumber(input);
    const evidence = input.evidence.trim();
    const asked = this.vault.seal(organisationId, e164);
    const id = await this.database.transaction(async (tx) => {
      const owned = await this.repository.listOwned(tx, organisationId, asked.matchHash);
      const numbers = numbersOf(asked, owned);
      const matchHashes = numbers.map(({ hash }) => hash);
      const erasureId = await this.repository.insert(
        tx,
        { organisationId, evidence, requestedBy: userId, at },
        numbers,
      );
      // Attempts before phones: so does whoever gives a call its outcome.
      for (const attemptId of await this.repository.requestHangups(tx, organisationId, matchHashes, at))
        tx.afterCommit(() => this.hub.publish({ kind: 'hangup', id: attemptId }));
      const source = `erasure ${erasureId}`;
      await this.suppressions.suppress(tx, {
        ...{ organisationId, matchHashes, scope: 'company', campaignId: null, reason: 'erasure', source, evidence },
        ...{ leadId: null, attemptId: null, validTo: null, createdBy: userId },
      });
      await this.consents.end(tx, {
        ...{ organisationId, matchHashes, kind: 'withdrawn', scope: 'company', campaignId: null, purpose: null },
        ...{ leadId: null, attemptId: null, source, at, recordedBy: userId },
      });
      const payload: ErasurePayload = { erasureId };
      const job = { organisationId, kind: ERASURE_JOB, payload, createdBy: userId };
      await this.repository.setJob(tx, erasureId, await this.jobs.enqueue(tx, job));
      const after = { evidence, numbers: numbers.length, people: new Set(owned.map(({ leadId }) => leadId)).size };
      await this.audit.note(tx, {
        ...{ organisationId, userId, action: 'erasure_requested', subject: { kind: 'erasure', id: erasureId } },
        ...{ before: null, after, at },
      });
      return erasureId;
    });
    return this.getErasure(organisationId, id);
  }

  /** Throws erasure_not_found (404). */
  async getErasure(organisationId: number, id: number): Promise<ErasureRow> {
    const found = await this.repository.find(organisationId, id);
    if (!found) throw notFound('erasure', id);
    return found;
  }

  /** 50 of them, newest first, those with an id below `before`. */
  listErasures(organisationId: number, before: number | null = null): Promise<ErasureRow[]> {
    return this.repository.list(organisationId, before, PAGE);
  }

  /** One bounded step in the caller's transaction; null when it was the last. Safe to repeat. */
  async eraseSlice(tx: Tx, id: number, cursor: ErasureCursor | null): Promise<ErasureCursor | null> {
    const found = await this.repository.find(null, id, tx);
    if (!found || found.state === 'done') return null;
    await this.repository.begin(tx, id);
    const from = cursor ?? { phase: 'rejects' as const, importId: 0, row: 0, looked: 0 };
    return from.phase === 'rejects' ? this.searchRejects(tx, found, from) : this.erasePeople(tx, found, from);
  }

  /** The job has ended. What it was looking for is forgotten in any case. */
  finish(tx: Tx, id: number, state: 'done' | 'failed'): Promise<void> {
    return this.repository.finish(tx, id, state, this.clock.now());
  }

  private async searchRejects(tx: Tx, erasure: ErasureRow, cursor: ErasureCursor): Promise<ErasureCursor> {
    const { id, organisationId } = erasure;
    const rejects = await this.repository.listRejects(tx, organisationId, cursor, REJECTS_A_SLICE);
    const last = rejects.at(-1);
    if (!last) return { ...cursor, phase: 'people' };
    const people = await this.repository.listPeople(tx, id, PEOPLE_A_SLICE);
    const traces = {
      numbers: (await this.repository.listNumbers(tx, id)).flatMap(({ hash, sealed }) =>
        sealed === null ? [] : [this.vault.open(organisationId, sealed, hash)],
      ),
      ids: new Set(people.flatMap(({ externalId }) => (externalId === null ? [] : [externalId]))),
    };
    const held = rejects.filter(({ importId, row, sealed }) =>
      holdsTraces(
        JSON.parse(this.vault.openText(organisationId, rejectPlace(importId, row), sealed)) as string[],
        traces,
      ),
    );
    if (held.length > 0) await this.repository.emptyRejects(tx, id, held);
    const { importId, row } = last;
    return { phase: 'rejects', importId, row, looked: cursor.looked + rejects.length };
  }

  private async erasePeople(tx: Tx, erasure: ErasureRow, cursor: ErasureCursor): Promise<ErasureCursor | null> {
    const { id, organisationId } = erasure;
    const people = await this.repository.listPeople(tx, id, PEOPLE_A_SLICE);
    if (people.length === 0) return null;
    const leadIds = people.map(({ leadId }) => leadId);
    await this.repository.lockCalls(tx, leadIds);
    const [asked] = await this.repository.listNumbers(tx, id);
    for (const leadId of leadIds)
      await this.callbacks.cancelBy(tx, 'do_not_call', {
        ...{ organisationId, matchHash: asked!.hash, leadId, campaignId: null },
      });
    await this.repository.erasePeople(tx, id, leadIds);
    return cursor;
  }
}

function numbersOf(
  asked: { matchHash: Buffer; sealed: Buffer },
  owned: readonly { hash: Buffer; sealed: Buffer }[],
): ErasureNumber[] {
  const others = owned.filter(({ hash }) => !hash.equals(asked.matchHash));
  const byHash = new Map(others.map(({ hash, sealed }) => [hash.toString('hex'), { hash, sealed, asked: false }]));
  return [{ hash: asked.matchHash, sealed: asked.sealed, asked: true }, ...byHash.values()];
}
