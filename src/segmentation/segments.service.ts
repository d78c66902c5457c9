import { Inject, Injectable } from '@nestjs/common';

import { CLOCK, type Clock } from '../common/clock.js';
import { notFound, Problem } from '../common/problem.js';
import { Database, type Queryable, type Tx } from '../database/database.js';
import { maskPhone } from '../leads/phone-number.js';
import { compileRule } from './compile-rule.js';
import { describeFields, type SegmentField } from './fields.js';
import { parseRule, type Rule } from './rule.js';
import type { Segment } from './segment.entity.js';
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

export interface SampledLead {
  id: number;
  name: string | null;
  maskedPhone: string;
  region: string | null;
  attributes: Record<string, unknown>;
}

const SAMPLE_SIZE = 10;

/** Named rules that say whom to call, and what they select. */
@Injectable()
export class SegmentsService {
  constructor(
    private readonly database: Database,
    private readonly segments: SegmentsRepository,
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

  /** Throws rule_invalid (422), which names each fault by its path. */
  async create(author: SegmentAuthor, content: SegmentContent): Promise<Segment> {
    return this.database.transaction((tx) => this.createIn(tx, author, content));
  }

  /** The same in the caller's transaction. */
  async createIn(tx: Tx, author: SegmentAuthor, content: SegmentContent): Promise<Segment> {
    const rule = readRule(content.rule);
    const now = this.clock.now();
    const { organisationId, userId } = author;
    const segment = await this.segments.insertSegment(
      { organisationId, name: content.name, version: 1, rule, createdBy: userId, createdAt: now, updatedAt: now },
      tx,
    );
    const after = { name: content.name, rule };
    await this.segments.recordChange(
      {
        organisationId,
        at: now,
        actorId: userId,
        action: 'segment_created',
        segmentId: segment.id,
        before: null,
        after,
      },
      tx,
    );
    return segment;
  }

  /**
   * Replace name and rule. Lists that were built from it stay as they are until they are built again. Throws rule_invalid
   * (422), segment_not_found, and version_conflict (409) when somebody changed it since `version`.
   */
  async update(author: SegmentAuthor, id: number, version: number, content: SegmentContent): Promise<Segment> {
    const rule = readRule(content.rule);
    const now = this.clock.now();
    const { organisationId, userId } = author;
    return this.database.transaction(async (tx) => {
      const segment = await this.segments.lockSegment(organisationId, id, tx);
      if (!segment) throw notFound('segment', id);
      if (segment.version !== version) throw versionConflict(segment.version);
      const changes = { name: content.name, rule, version: version + 1, updatedAt: now };
      await this.segments.updateSegment(id, changes, tx);
      const before = { name: segment.name, rule: segment.rule };
      const after = { name: content.name, rule };
      await this.segments.recordChange(
        { organisationId, at: now, actorId: userId, action: 'segment_changed', segmentId: id, before, after },
        tx,
      );
      return { ...segment, ...changes };
    });
  }

  /** How many leads fit, and how long it took to find out. Throws rule_invalid (422). */
  async count(organisationId: number, rule: unknown): Promise<{ count: number; elapsedMs: number }> {
    const parsed = readRule(rule);
    const startedAt = this.clock.now();
    const count = await this.segments.countLeads(organisationId, (first) => compileRule(parsed, first));
    return { count, elapsedMs: this.clock.now().getTime() - startedAt.getTime() };
  }

  /** The first ten that fit, phones masked. Throws rule_invalid (422). */
  async sample(organisationId: number, rule: unknown): Promise<SampledLead[]> {
    const parsed = readRule(rule);
    const rows = await this.segments.sampleLeads(organisationId, (first) => compileRule(parsed, first), SAMPLE_SIZE);
    return rows.map(({ country, lastDigits, ...lead }) => ({
      ...lead,
      maskedPhone: country && lastDigits ? maskPhone(country, lastDigits) : '',
    }));
  }

  /** What rules may ask, with values that leads have: of one base, or of the newest leads of all. */
  async listFields(organisationId: number, baseId: number | null): Promise<SegmentField[]> {
    return describeFields(await this.segments.listFieldSamples(organisationId, baseId));
  }
}

function readRule(value: unknown): Rule {
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
