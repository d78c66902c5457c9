import { Column, Entity, PrimaryGeneratedColumn } from 'typeorm';

import type { WeekHours } from '../compliance/profile.js';
import type { CampaignState } from './campaign-states.js';

/** Progressive: one call for each operator who waits. Ratio: a fixed number of calls for each. */
export const DIAL_MODES = ['progressive', 'ratio'] as const;
export type DialMode = (typeof DIAL_MODES)[number];

/** An offer called to segments in a period, with everything that its loop obeys. */
@Entity('campaigns')
export class Campaign {
  @PrimaryGeneratedColumn('identity', { generatedIdentity: 'ALWAYS', type: 'integer' })
  id!: number;

  @Column('smallint')
  organisationId!: number;

  @Column('text')
  name!: string;

  @Column('integer', { nullable: true })
  offerId!: number | null;

  @Column('integer', { nullable: true })
  scriptId!: number | null;

  @Column('integer')
  outcomeSetId!: number;

  @Column('text', { default: 'draft' })
  state!: CampaignState;

  @Column('text', { default: 'progressive' })
  mode!: DialMode;

  /** Calls in flight for each operator who waits, in mode `ratio`. */
  @Column('numeric', { precision: 4, scale: 2, default: 1 })
  ratio!: number;

  /** Windows of each weekday, as in a profile. */
  @Column('jsonb')
  hours!: WeekHours;

  @Column('smallint', { default: 5 })
  maxAttempts!: number;

  @Column('smallint', { default: 2 })
  maxAttemptsPerDay!: number;

  @Column('smallint', { default: 100 })
  maxLines!: number;

  @Column('integer', { default: 22_000 })
  ringTimeoutMs!: number;

  @Column('integer', { default: 2000 })
  connectTimeoutMs!: number;

  @Column('integer', { default: 60_000 })
  wrapUpMs!: number;

  @Column('text', { nullable: true })
  callerId!: string | null;

  @Column('smallint', { default: 0 })
  simulatedOperators!: number;

  @Column('integer', { default: 1 })
  version!: number;

  @Column('integer', { nullable: true })
  createdBy!: number | null;

  @Column('timestamptz')
  createdAt!: Date;

  @Column('timestamptz')
  updatedAt!: Date;

  @Column('timestamptz', { nullable: true })
  startedAt!: Date | null;

  @Column('timestamptz', { nullable: true })
  finishedAt!: Date | null;
}
