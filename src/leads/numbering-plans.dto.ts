import { ApiProperty } from '@nestjs/swagger';

import type { NumberingPlanRow } from './numbering-plans.repository.js';
import type { LoadedPlan } from './numbering-plans.service.js';

/** A territory that says nothing of where a number is. */
export class UnknownTerritoryView {
  /** As the register has it. */
  name!: string;
  /** Rows with it. */
  rows!: number;
}

/** What became of a register. */
export class LoadedPlanView {
  /** ISO 3166-1. */
  country!: string;
  /** First digits of its numbers. */
  series!: string;
  /** Rows of the file. */
  rows!: number;
  /** Ranges, neighbours of a place joined. */
  ranges!: number;
  /** Territories that say nothing of where a number is. */
  @ApiProperty({ type: () => [UnknownTerritoryView] })
  unknown!: UnknownTerritoryView[];

  static of(plan: LoadedPlan): LoadedPlanView {
    return Object.assign(new LoadedPlanView(), plan);
  }
}

/** A register that is loaded. */
export class NumberingPlanView {
  /** ISO 3166-1. */
  country!: string;
  /** First digits of its numbers. */
  series!: string;
  /** Name of the file. */
  fileName!: string;
  /** Ranges in it. */
  ranges!: number;
  /** SHA-256 of the file. */
  sha256!: string;
  /** Who loaded it. */
  loadedBy!: string | null;
  /** When. */
  loadedAt!: string;

  static of(row: NumberingPlanRow): NumberingPlanView {
    return Object.assign(new NumberingPlanView(), { ...row, loadedAt: row.loadedAt.toISOString() });
  }
}
