import { Injectable } from '@nestjs/common';

import { Database, type Tx } from '../database/database.js';
import { statement } from '../database/statement.js';

/** A register of a numbering plan that is loaded. */
export interface NumberingPlanRow {
  country: string;
  /** First digits of its numbers. */
  series: string;
  fileName: string;
  ranges: number;
  /** Hexadecimal. */
  sha256: string;
  loadedBy: string | null;
  loadedAt: Date;
}

@Injectable()
export class NumberingPlansRepository {
  constructor(private readonly database: Database) {}

  listPlans(): Promise<NumberingPlanRow[]> {
    return this.database.query<NumberingPlanRow>(LIST_PLANS);
  }

  async putPlan(
    tx: Tx,
    p: {
      country: string;
      series: string;
      sha256: Buffer;
      fileName: string;
      ranges: number;
      compact: Buffer;
      loadedBy: number | null;
      at: Date;
    },
  ): Promise<void> {
    await tx.query(PUT_PLAN, [p.country, p.series, p.sha256, p.fileName, p.ranges, p.compact, p.loadedBy, p.at]);
  }
}

// A handful of rows.
const LIST_PLANS = statement(
  'numbering_plans.list',
  `select p.country, p.series, p.file_name as "fileName", p.ranges, encode(p.sha256, 'hex') as sha256,
     u.name as "loadedBy", p.loaded_at as "loadedAt"
   from numbering_plans p left join users u on u.id = p.loaded_by order by p.country, p.series`,
);

// Primary key.
const PUT_PLAN = statement(
  'numbering_plans.put',
  `insert into numbering_plans (country, series, sha256, file_name, ranges, compact, loaded_by, loaded_at)
   values ($1, $2, $3, $4, $5, $6, $7, $8)
   on conflict (country, series) do update set sha256 = excluded.sha256, file_name = excluded.file_name,
     ranges = excluded.ranges, compact = excluded.compact, loaded_by = excluded.loaded_by, loaded_at = excluded.loaded_at`,
);
