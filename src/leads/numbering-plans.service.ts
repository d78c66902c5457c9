import { createHash } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';

import { AuditTrailService } from '../audit/audit-trail.service.js';
import { CLOCK, type Clock } from '../common/clock.js';
import { Problem } from '../common/problem.js';
import { Database } from '../database/database.js';
import type { Actor } from './leads.service.js';
import { packRanges, readRussianRegister, RegisterFault, type Register } from './number-ranges.js';
import { NumberingPlansRepository, type NumberingPlanRow } from './numbering-plans.repository.js';

export interface LoadedPlan {
  country: string;
  /** First digits of its numbers. */
  series: string;
  rows: number;
  /** Ranges that are left of them when neighbours of a place are joined. */
  ranges: number;
  /** Names of territories that say nothing of where the number is, with how many rows each has. */
  unknown: { name: string; rows: number }[];
}

/** Larger files are no registers. */
export const LARGEST_REGISTER_BYTES = 32 * 1_048_576;

/** Plans are known by country and series, not by an id. */
const NO_ID = 0;

/** Registers of numbering plans: where the ranges of numbers belong. Imports from then on go by them. */
@Injectable()
export class NumberingPlansService {
  constructor(
    private readonly database: Database,
    private readonly repository: NumberingPlansRepository,
    private readonly audit: AuditTrailService,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  listPlans(): Promise<NumberingPlanRow[]> {
    return this.repository.listPlans();
  }

  /**
   * Load a file of the Russian register; one with the same first digits is replaced. Throws register_too_large (413),
   * register_invalid (422, with the line).
   */
  async loadRussian(actor: Actor, fileName: string, file: Buffer): Promise<LoadedPlan> {
    if (file.length > LARGEST_REGISTER_BYTES)
      throw new Problem('register_too_large', 413, 'The file is too large for a register of numbers.', {
        field: 'file',
      });
    const { ranges, rows, series, unknown } = read(file);
    const at = this.clock.now();
    const plan = { country: 'RU', series, rows, ranges: ranges.starts.length, unknown };
    await this.database.transaction(async (tx) => {
      await this.repository.putPlan(tx, {
        ...{ country: plan.country, series, fileName, ranges: plan.ranges, compact: packRanges(ranges) },
        ...{ sha256: createHash('sha256').update(file).digest(), loadedBy: actor.userId, at },
      });
      const after = { country: plan.country, series, fileName, rows, ranges: plan.ranges };
      const { organisationId, userId } = actor;
      const subject = { kind: 'numbering_plan', id: NO_ID };
      await this.audit.note(tx, {
        ...{ organisationId, userId, action: 'numbering_plan_loaded', subject, before: null, after, at },
      });
    });
    return plan;
  }
}

function read(file: Buffer): Register {
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(file);
  } catch {
    // The other encoding in which the register has been given out.
    text = new TextDecoder('windows-1251').decode(file);
  }
  try {
    return readRussianRegister(text);
  } catch (error) {
    if (!(error instanceof RegisterFault)) throw error;
    throw new Problem('register_invalid', 422, error.message, {
      field: 'file',
      fix: 'Load a file of the public register as it is given out.',
      more: { line: error.line },
    });
  }
}
