import { Inject, Injectable, Logger, type OnModuleDestroy } from '@nestjs/common';

import { AuditTrailService, type AuditState } from '../audit/audit-trail.service.js';
import { CLOCK, type Clock, type Timer } from '../common/clock.js';
import { notFound, Problem } from '../common/problem.js';
import { Database, type Tx } from '../database/database.js';
import { checkCountry } from '../leads/phone-number.js';
import { HUB, type Hub } from '../realtime/hub.js';
import { prefixFinder } from './prefixes.js';
import {
  isLockTimeout,
  SuppressionListsRepository,
  type ListKind,
  type LoadMode,
  type LoadRow,
  type SuppressionListRow,
} from './suppression-lists.repository.js';

/** On whose behalf something is changed; no user where the engine itself does it. */
export interface Actor {
  organisationId: number;
  userId: number | null;
}

export interface NewSuppressionList {
  name: string;
  kind: ListKind;
  /** Code of a national registry, such as TPS: for a list of the kind `registry`, and for no other. */
  registry?: string | null;
  /** ISO 3166-1. */
  country?: string | null;
}

export interface NewLoad {
  organisationId: number;
  listId: number;
  importId: number | null;
  /** What becomes of the numbers that the list has: they go when this load binds, or they stay. */
  mode: LoadMode;
  /** When the registry or whoever else gave the file out. */
  datedAt: Date;
}

/** A prefix that a number begins with, and a list that names it. */
export interface ListedPrefix {
  prefix: string;
  listId: number;
}

interface KnownPrefixes {
  /** Loads that they are from. */
  version: string;
  prefixes: readonly string[];
  find: (e164: string) => ListedPrefix | null;
  checkedAt: number;
}

/**
 * A load that is to bind waits this long for the gates under way, which last milliseconds. Those that come meanwhile wait
 * too: more would make their calls late.
 */
const GATES_MS = 2_000;
/** What binds no more is dropped whenever nobody reads; a long reader, such as a backup, must not hold up the gates. */
const DROP_WITHIN_MS = 250;
const DROP_AGAIN_MS = 60_000;
/** How long word of a new prefix may be lost before it is found: a suppression holds a second after its commit. */
const PREFIXES_FRESH_MS = 1_000;
/** A date of a file may be that of a time zone ahead of ours. */
const DATE_AHEAD_MS = 24 * 3_600_000;

/**
 * Lists of numbers that may not be called, and the files that fill them: registries, do-not-call lists of others, prefixes.
 * The numbers of a file bind together, at its end.
 */
@Injectable()
export class SuppressionListsService implements OnModuleDestroy {
  private readonly log = new Logger(SuppressionListsService.name);
  private readonly known = new Map<number, KnownPrefixes>();
  private readonly unsubscribe: () => void;
  private dropTimer: Timer | null = null;
  private dropping: Promise<unknown> = Promise.resolve();
  private closed = false;

  constructor(
    private readonly database: Database,
    private readonly lists: SuppressionListsRepository,
    private readonly audit: AuditTrailService,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(HUB) private readonly hub: Hub,
  ) {
    this.unsubscribe = hub.subscribe((topic) => {
      if (topic.kind === 'suppression_list') for (const known of this.known.values()) known.checkedAt = -Infinity;
    });
  }

  async onModuleDestroy(): Promise<void> {
    this.closed = true;
    this.unsubscribe();
    this.dropTimer?.cancel();
    await this.dropping;
  }

  /** Newest first, also those that were retired. */
  listLists(organisationId: number): Promise<SuppressionListRow[]> {
    return this.lists.listLists(organisationId);
  }

  /** Throws suppression_list_not_found (404). */
  async getList(organisationId: number, id: number): Promise<SuppressionListRow> {
    const list = await this.lists.findList(organisationId, id);
    if (!list) throw notFound('suppression_list', id);
    return list;
  }

  /** Throws country_unknown, registry_missing, registry_unexpected (422) and registry_taken (409). */
  async createList(actor: Actor, input: NewSuppressionList): Promise<SuppressionListRow> {
    checkList(input);
    const at = this.clock.now();
    const registry = input.registry ?? null;
    return this.database.transaction(async (tx) => {
      const after = { name: input.name.trim(), kind: input.kind, registry, country: input.country ?? null };
      const id = await this.lists.insertList(tx, {
        ...after,
        organisationId: actor.organisationId,
        createdBy: actor.userId,
        at,
      });
      if (id === null)
        throw new Problem('registry_taken', 409, `There is a list of the registry ${registry} already.`, {
          field: 'registry',
          fix: 'Put the file into that list, or retire it first.',
        });
      await this.record(tx, actor, 'suppression_list_created', id, null, after, at);
      return (await this.lists.findList(actor.organisationId, id, tx))!;
    });
  }

  /**
   * Its numbers may be called again, and those that its prefixes kept from being called. Throws suppression_list_not_found
   * (404), suppression_list_retired (409).
   */
  async retireList(actor: Actor, id: number, reason: string): Promise<SuppressionListRow> {
    const at = this.clock.now();
    return this.database.transaction(async (tx) => {
      await this.lists.lockList(tx, id);
      const list = await this.lists.findList(actor.organisationId, id, tx);
      if (!list) throw notFound('suppression_list', id);
      if (list.retiredAt) throw retired(list.name);
      await this.lists.retireList(tx, id, at);
      const revoked = await this.lists.revokeSuppressions(tx, actor.organisationId, sourceOf(id), at);
      const { name, kind, registry, numbers, datedAt } = list;
      const before = { name, kind, registry, numbers, datedAt };
      await this.record(tx, actor, 'suppression_list_retired', id, before, { reason, revoked }, at);
      this.tell(tx, id);
      return (await this.lists.findList(actor.organisationId, id, tx))!;
    });
  }

  /**
   * Begin a file; returns the id of its load. Nothing of it binds before `finishLoad`. Throws
   * suppression_list_not_found (404), suppression_list_retired (409), list_date_ahead (422).
   */
  async beginLoad(tx: Tx, p: NewLoad): Promise<number> {
    if (p.datedAt.getTime() > this.clock.now().getTime() + DATE_AHEAD_MS)
      throw new Problem('list_date_ahead', 422, 'The file bears a date that has not come yet.', {
        field: 'datedAt',
        fix: 'Give the day on which it was downloaded.',
      });
    await this.lists.lockList(tx, p.listId);
    const list = await this.lists.findList(p.organisationId, p.listId, tx);
    if (!list) throw notFound('suppression_list', p.listId);
    if (list.retiredAt) throw retired(list.name);
    return this.lists.insertLoad(tx, p);
  }

  /** `lines`: COPY text, one hash a line as `\\x` and 32 hexadecimal digits, the backslash doubled. */
  async copyNumbers(tx: Tx, loadId: number, lines: readonly Uint8Array[]): Promise<void> {
    await this.lists.copyNumbers(tx, loadId, lines);
  }

  /** Digits in E.164 without plus, 2 to 14. */
  async copyPrefixes(tx: Tx, loadId: number, prefixes: readonly string[]): Promise<void> {
    await this.lists.insertPrefixes(tx, loadId, prefixes);
  }

  /**
   * From the commit of `tx` on, what the load holds may not be called; with the mode `replace`, what the list held before
   * may. Takes a few seconds for each million of numbers; only at its very end it holds up the gates, for the time of the
   * commit, so nothing slow may follow in the transaction. A list whose numbers were added bit by bit keeps few tables, for
   * each costs the gate a look: a load takes in the smaller ones before it.
   *
   * Returns the distinct numbers (or prefixes) of the file and how many rows repeat one. Throws suppression_list_retired
   * (409); suppression_load_empty (422), since an empty file would free the whole list; and suppression_list_busy (503)
   * when gates kept it waiting: begin the transaction again.
   */
  async finishLoad(tx: Tx, loadId: number): Promise<{ numbers: number; duplicates: number }> {
    const load = await this.lockLoad(tx, loadId);
    if (load.state !== 'loading') throw new Error(`The load ${loadId} is ${load.state} and can't be finished`);
    const list = await this.lists.findList(load.organisationId, load.listId, tx);
    if (load.listRetiredAt) throw retired(list!.name);

    const [numbers, prefixes] = [await this.lists.countNumbers(tx, loadId), await this.lists.countPrefixes(tx, loadId)];
    const distinct = numbers.distinct + prefixes.distinct;
    if (distinct === 0)
      throw new Problem('suppression_load_empty', 422, 'The file holds no number that could be read.', {
        fix: 'Check which column holds the numbers. The list is as it was.',
      });

    const active = await this.lists.listActiveLoads(tx, load.listId);
    const replaces = load.mode === 'replace' ? active.map(({ id }) => id) : loadsToAbsorb(active, distinct);
    let total = distinct;
    let inTable = numbers.distinct;
    if (load.mode === 'add' && replaces.length > 0) {
      await this.lists.absorbLoads(tx, loadId, replaces);
      inTable = (await this.lists.countNumbers(tx, loadId)).distinct;
      total = inTable + (await this.lists.countPrefixes(tx, loadId)).distinct;
    }
    if (inTable > 0) await this.lists.attachTable(tx, loadId);
    else await this.lists.dropTable(tx, loadId);

    await this.lockGates(tx);
    await this.lists.activateLoad(tx, { load: loadId, numbers: total, replaces, at: this.clock.now() });
    this.tell(tx, load.listId);
    return { numbers: distinct, duplicates: numbers.rows + prefixes.rows - distinct };
  }

  /** Give a load up that has not bound yet. One that was given up already stays so. */
  async discardLoad(tx: Tx, loadId: number): Promise<void> {
    const load = await this.lockLoad(tx, loadId);
    if (load.state === 'discarded') return;
    if (load.state !== 'loading') throw new Error(`The load ${loadId} is ${load.state} and can't be given up`);
    await this.lists.dropTable(tx, loadId);
    await this.lists.discardLoad(tx, loadId);
    tx.afterCommit(() => this.dropSoon(0));
  }

  /** Prefixes that may not be called, as they stood a second ago or later. */
  async activePrefixes(organisationId: number): Promise<readonly string[]> {
    return (await this.knownPrefixes(organisationId)).prefixes;
  }

  /** Does a number in E.164 begin with a prefix that may not be called? */
  async findListedPrefix(organisationId: number, e164: string): Promise<ListedPrefix | null> {
    return (await this.knownPrefixes(organisationId)).find(e164);
  }

  /** Source of the suppressions that a prefix of the list has led to: they end with the list. */
  sourceOf(listId: number): string {
    return sourceOf(listId);
  }

  /**
   * Drop the tables of loads that bind nobody any more. Returns how many are left because somebody is reading; after a
   * load or the end of a list this runs by itself, until none is.
   */
  async dropSpent(): Promise<number> {
    const spent = await this.lists.listSpentLoads();
    let left = spent.length;
    try {
      for (const load of spent) {
        await this.database.transaction((tx) => this.lists.dropSpentLoad(tx, load, DROP_WITHIN_MS));
        left--;
      }
    } catch (error) {
      if (!isLockTimeout(error)) throw error;
      this.log.log(`Numbers of ${left} replaced files are still being read; they are dropped later`);
    }
    return left;
  }

  private async lockLoad(tx: Tx, loadId: number): Promise<LoadRow> {
    const known = await this.lists.findLoad(tx, loadId);
    if (!known) throw new Error(`There is no load ${loadId}`);
    await this.lists.lockList(tx, known.listId);
    return (await this.lists.findLoad(tx, loadId))!;
  }

  private async lockGates(tx: Tx): Promise<void> {
    try {
      await this.lists.lockGates(tx, GATES_MS);
    } catch (error) {
      if (!isLockTimeout(error)) throw error;
      throw new Problem('suppression_list_busy', 503, 'The list could not be put into force while calls are placed.', {
        fix: 'Try again.',
      });
    }
  }

  private async knownPrefixes(organisationId: number): Promise<KnownPrefixes> {
    const now = this.clock.now().getTime();
    const known = this.known.get(organisationId);
    if (known && now - known.checkedAt < PREFIXES_FRESH_MS) return known;
    const loads = (await this.lists.listPrefixLoads(organisationId)).map(({ loadId }) => loadId);
    const version = loads.join();
    const current = known?.version === version ? known : await this.readPrefixes(version, loads);
    current.checkedAt = now;
    this.known.set(organisationId, current);
    return current;
  }

  private async readPrefixes(version: string, loads: readonly number[]): Promise<KnownPrefixes> {
    const rows = loads.length === 0 ? [] : await this.lists.listPrefixes(loads);
    const prefixes = rows.map((row) => row.prefix);
    const listOf = new Map(rows.map((row) => [row.prefix, row.listId]));
    const findPrefix = prefixFinder(prefixes);
    const find = (e164: string) => {
      const prefix = findPrefix(e164);
      return prefix === null ? null : { prefix, listId: listOf.get(prefix)! };
    };
    return { version, prefixes, find, checkedAt: -Infinity };
  }

  private tell(tx: Tx, listId: number): void {
    tx.afterCommit(() => {
      this.hub.publish({ kind: 'suppression_list', id: listId });
      this.dropSoon(0);
    });
  }

  private dropSoon(ms: number): void {
    if (this.closed) return;
    this.dropTimer?.cancel();
    this.dropTimer = this.clock.after(ms, async () => {
      const work = this.dropSpent();
      // Whoever closes the service waits for the work; the timer hears of its failure.
      this.dropping = work.catch(() => undefined);
      if ((await work) > 0) this.dropSoon(DROP_AGAIN_MS);
    });
  }

  private async record(
    tx: Tx,
    actor: Actor,
    action: string,
    listId: number,
    before: AuditState | null,
    after: AuditState | null,
    at: Date,
  ): Promise<void> {
    const { organisationId, userId } = actor;
    const subject = { kind: 'suppression_list', id: listId };
    await this.audit.note(tx, { organisationId, userId, action, subject, before, after, at });
  }
}

/**
 * Which of a list's loads (newest first) one with so many numbers takes in: those up to twice as large as what it then
 * has. So each that stays is more than twice as large as the next: twenty for a million files, and a number moves as often
 * at most.
 */
export function loadsToAbsorb(loads: readonly { id: number; numbers: number }[], numbers: number): number[] {
  const taken: number[] = [];
  let size = numbers;
  for (const load of loads) {
    if (load.numbers > 2 * size) break;
    taken.push(load.id);
    size += load.numbers;
  }
  return taken;
}

function sourceOf(listId: number): string {
  return `suppression list ${listId}`;
}

function retired(name: string): Problem {
  return new Problem('suppression_list_retired', 409, `The list ${name} was retired.`, {
    fix: 'Make a new list for these numbers.',
  });
}

function checkList(input: NewSuppressionList): void {
  if (input.kind === 'registry' && !input.registry)
    throw new Problem('registry_missing', 422, 'A list of this kind says which registry it is from.', {
      field: 'registry',
      fix: 'Give its code, such as TPS.',
    });
  if (input.kind !== 'registry' && input.registry)
    throw new Problem('registry_unexpected', 422, 'Only a list of the kind registry has the code of one.', {
      field: 'registry',
    });
  if (input.country) checkCountry(input.country, 'country');
}
