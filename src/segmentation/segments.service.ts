import { Inject, Injectable } from '@nestjs/common';

import { AuditTrailService, type AuditPage } from '../audit/audit-trail.service.js';
import { changeOf, type Change } from '../audit/changes.js';
import { CLOCK, type Clock } from '../common/clock.js';
import { notFound, Problem } from '../common/problem.js';
import { Database, type Queryable, type Tx } from '../database/database.js';
import { compileCount, compileRule, type CompiledCount, type CompiledRule } from './compile-rule.js';
import { expandSegments, MAX_NESTING, missingSegments, namesSegments } from './expand-segments.js';
import { describeFields, type SegmentField } from './fields.js';
import { parseRule, type Rule } from './rule.js';
import type { Segment, SegmentVersion } from './segment.entity.js';
import { SegmentsRepository } from './segments.repository.js';

export interface SegmentContent {
  name: string;
  /** Unchecked: whatever the caller sent. */
  rule: unknown;
}

/** Who changes a segment; no user where the engine itself does it. */
export interface SegmentAuthor {
  organisationId: number;
  userId: number | null;
}

const LONGEST_NAME = 200;

/** Named rules that say whom to call. What they select is counted by SegmentCountsService. */
@Injectable()
export class SegmentsService {
  constructor(
    private readonly database: Database,
    private readonly segments: SegmentsRepository,
    private readonly audit: AuditTrailService,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  findSegment(organisationId: number, id: number, on?: Queryable): Promise<Segment | null> {
    return this.segments.findSegment(organisationId, id, on);
  }

  /** Throws segment_not_found. */
  async getSegment(organisationId: number, id: number, on?: Queryable): Promise<Segment> {
    const segment = await this.segments.findSegment(organisationId, id, on);
    if (!segment) throw notFound('segment', id);
    return segment;
  }

  listSegments(organisationId: number): Promise<Segment[]> {
    return this.segments.listSegments(organisationId);
  }

  /** What the segment was, newest first. Throws segment_not_found. */
  async listVersions(organisationId: number, id: number): Promise<SegmentVersion[]> {
    await this.getSegment(organisationId, id);
    return this.segments.listVersions(id);
  }

  /** Throws rule_invalid, rule_cycle or segment_not_found (422): what is wrong with the rule, by paths. */
  async create(author: SegmentAuthor, content: SegmentContent): Promise<Segment> {
    return this.database.transaction((tx) => this.createIn(tx, author, content));
  }

  /** The same in the caller's transaction. */
  async createIn(tx: Tx, author: SegmentAuthor, content: SegmentContent): Promise<Segment> {
    const rule = readRule(content.rule);
    const { organisationId, userId } = author;
    await this.checkNames(tx, organisationId, rule, null);
    const now = this.clock.now();
    const { name } = content;
    const segment = await this.segments.insertSegment(
      { organisationId, name, version: 1, rule, createdBy: userId, createdAt: now, updatedAt: now },
      tx,
    );
    await this.segments.insertVersion(segment, userId, tx);
    await this.record(tx, author, 'segment_created', segment.id, null, { name, rule });
    return segment;
  }

  /** A page of what was changed, newest first. Throws segment_not_found. */
  async listChanges(organisationId: number, id: number, page: AuditPage): Promise<Change[]> {
    await this.getSegment(organisationId, id);
    return (await this.audit.list(organisationId, { kind: 'segment', id }, page)).map(changeOf);
  }

  /**
   * Replace name and rule. Snapshot lists that were built from it stay as they are until they are built again. Throws
   * rule_invalid and rule_cycle (422), segment_not_found, and version_conflict (409) when somebody changed it since `version`.
   */
  async update(author: SegmentAuthor, id: number, version: number, content: SegmentContent): Promise<Segment> {
    const rule = readRule(content.rule);
    const now = this.clock.now();
    const { organisationId, userId } = author;
    return this.database.transaction(async (tx) => {
      await this.checkNames(tx, organisationId, rule, id);
      const segment = await this.segments.lockSegment(organisationId, id, tx);
      if (!segment) throw notFound('segment', id);
      if (segment.version !== version) throw versionConflict(segment.version);
      const changes = { name: content.name, rule, version: version + 1, updatedAt: now };
      const changed = { ...segment, ...changes };
      await this.segments.updateSegment(id, changes, tx);
      await this.segments.insertVersion(changed, userId, tx);
      const before = { name: segment.name, rule: segment.rule };
      await this.record(tx, author, 'segment_changed', id, before, { name: content.name, rule });
      return changed;
    });
  }

  /** A segment of its own with the same rule. Throws segment_not_found. */
  async clone(author: SegmentAuthor, id: number, name?: string): Promise<Segment> {
    const { name: known, rule } = await this.getSegment(author.organisationId, id);
    return this.create(author, { name: name ?? `${known.slice(0, LONGEST_NAME - 4)} (2)`, rule });
  }

  /** The rule with the rules of the segments that it names in their place. Throws what expandSegments throws. */
  async expand(organisationId: number, rule: Rule, on?: Queryable): Promise<Rule> {
    return this.expandFor(organisationId, rule, null, on);
  }

  /** Ready to be compiled as part of a statement over leads; relative dates count from now on. */
  async compilerFor(
    organisationId: number,
    rule: Rule,
    on?: Queryable,
  ): Promise<(firstParameter: number) => CompiledRule> {
    const expanded = await this.expand(organisationId, rule, on);
    const now = this.clock.now();
    return (first) => compileRule(expanded, first, now);
  }

  /** Ready to be compiled as a statement of its own that counts. */
  async countCompilerFor(
    organisationId: number,
    rule: Rule,
    on?: Queryable,
  ): Promise<(firstParameter: number) => CompiledCount> {
    const expanded = await this.expand(organisationId, rule, on);
    const now = this.clock.now();
    return (first) => compileCount(expanded, organisationId, first, now);
  }

  /** What rules may ask, with values that leads have: of one base, or of the newest leads of all. */
  async listFields(organisationId: number, baseId: number | null): Promise<SegmentField[]> {
    const [seen, declared] = await Promise.all([
      this.segments.listFieldSamples(organisationId, baseId),
      this.segments.listAttributes(organisationId, baseId),
    ]);
    return describeFields(seen, declared);
  }

  /** No segment that the rule names is missing, or leads back to the one that the rule is of. */
  private async checkNames(tx: Tx, organisationId: number, rule: Rule, self: number | null): Promise<void> {
    if (!namesSegments(rule)) return;
    await this.segments.lockNames(tx, organisationId);
    await this.expandFor(organisationId, rule, self, tx);
  }

  private async expandFor(organisationId: number, rule: Rule, self: number | null, on?: Queryable): Promise<Rule> {
    if (!namesSegments(rule)) return rule;
    const rules = new Map<number, Rule>();
    for (let level = 0; level <= MAX_NESTING; level++) {
      const missing = missingSegments([rule, ...rules.values()], rules);
      if (missing.length === 0) break;
      const found = await this.segments.findRules(organisationId, missing, on);
      if (found.length === 0) break;
      for (const each of found) rules.set(each.id, each.rule);
    }
    return expandSegments(rule, rules, self);
  }

  private record(
    tx: Tx,
    { organisationId, userId }: SegmentAuthor,
    action: string,
    segmentId: number,
    before: Record<string, unknown> | null,
    after: Record<string, unknown>,
  ): Promise<void> {
    const at = this.clock.now();
    const subject = { kind: 'segment', id: segmentId };
    return this.audit.note(tx, { organisationId, userId, action, subject, before, after, at });
  }
}

/** Throws rule_invalid (422), with every fault by its path. */
export function readRule(value: unknown): Rule {
  const { rule, problems } = parseRule(value);
  if (rule) return rule;
  throw new Problem('rule_invalid', 422, problems[0]!.message, { field: problems[0]!.field, errors: problems });
}

function versionConflict(version: number): Problem {
  return new Problem('version_conflict', 409, 'Somebody else has changed this segment since you opened it.', {
    field: 'version',
    fix: 'Load it again and repeat your change.',
    more: { version },
  });
}
