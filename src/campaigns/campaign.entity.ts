import { Column, Entity, PrimaryGeneratedColumn } from 'typeorm';

import type { PhoneKinds } from '../compliance/phone-kinds.js';
import type { Purpose, WeekHours } from '../compliance/profile.js';
import type { CampaignGoals, GoalsReached } from './campaign-goals.js';
import type { CampaignState } from './campaign-states.js';
import type { RetryPlan } from './retry-settings.js';

/** Progressive: one call for each operator who waits. Ratio: a fixed number of calls for each. */
export const DIAL_MODES = ['progressive', 'ratio'] as const;
export type DialMode = (typeof DIAL_MODES)[number];

/** Snapshot: the list stays as it was built. Live: leads enter and leave it as they begin and cease to fit. */
export const LIST_MODES = ['snapshot', 'live'] as const;
export type ListMode = (typeof LIST_MODES)[number];

/** What decides between leads of one rung of the ladder. */
export const LIST_ORDERS = ['priority', 'oldest', 'newest', 'attribute', 'random', 'score'] as const;

/** In which order leads of one rung are called. */
export interface ListOrder {
  by: (typeof LIST_ORDERS)[number];
  /** Key of the attribute, with `attribute`; with `score`, `score` when left out. */
  attribute?: string;
  /** The greatest first. */
  descending?: boolean;
  /** With `random`: the same seed makes the same order. */
  seed?: number;
}

/** What becomes of a campaign when its time is over. */
export const END_ACTIONS = ['finish', 'pause'] as const;
export type EndAction = (typeof END_ACTIONS)[number];

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

  /** What the calls are for: the law asks less of those that serve a contract. */
  @Column('text', { default: 'sales' })
  purpose!: Purpose;

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

  /** Whoever refused in any campaign within so many days is not called; 0: nobody is spared for that. */
  @Column('smallint', { default: 0 })
  coolDownDays!: number;

  /** After a conversation, others who share the phone are left alone for so many hours; 0: they are not. */
  @Column('smallint', { default: 24 })
  householdPauseHours!: number;

  /** Which phone of a lead is tried first, and when each kind is called; null: in their order, at the campaign's hours. */
  @Column('jsonb', { nullable: true })
  phoneKinds!: PhoneKinds | null;

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

  @Column('text', { default: 'snapshot' })
  listMode!: ListMode;

  @Column('jsonb', { default: { by: 'priority' } })
  listOrder!: ListOrder;

  /** Share of dials that go to leads tried before, 0 to 1; null: retries first, as the ladder has it. */
  @Column('numeric', { precision: 3, scale: 2, nullable: true })
  retryShare!: number | null;

  /** When people are tried again; null: as the standard plan says. */
  @Column('jsonb', { nullable: true })
  retryPlan!: RetryPlan | null;

  @Column('timestamptz', { nullable: true })
  startsAt!: Date | null;

  @Column('timestamptz', { nullable: true })
  endsAt!: Date | null;

  @Column('text', { default: 'finish' })
  endAction!: EndAction;

  /** When the schedule did its part, once; unset when `startsAt` is changed. */
  @Column('timestamptz', { nullable: true })
  startedByScheduleAt!: Date | null;

  @Column('timestamptz', { nullable: true })
  endedByScheduleAt!: Date | null;

  /** Codes of what kept it from starting at its time. */
  @Column('text', { array: true, default: [] })
  startHeldBy!: string[];

  @Column('jsonb', { nullable: true })
  goals!: CampaignGoals | null;

  /** When the first goal was reached. */
  @Column('timestamptz', { nullable: true })
  goalReachedAt!: Date | null;

  @Column('jsonb', { default: {} })
  goalsReached!: GoalsReached;

  /** In `currency`. */
  @Column('numeric', { precision: 12, scale: 4, nullable: true })
  costPerDial!: number | null;

  /** Of talk, in `currency`. */
  @Column('numeric', { precision: 12, scale: 4, nullable: true })
  costPerMinute!: number | null;

  @Column('char', { length: 3, nullable: true })
  currency!: string | null;

  /** What may be spent in a day of UTC, in `currency`. */
  @Column('numeric', { precision: 14, scale: 2, nullable: true })
  spendCeilingDaily!: number | null;

  /** What may be spent in all, in `currency`. */
  @Column('numeric', { precision: 14, scale: 2, nullable: true })
  spendCeilingTotal!: number | null;

  /** Names of competitors, for the linter of advertising law. */
  @Column('text', { array: true, default: [] })
  competitors!: string[];

  @Column('integer', { nullable: true })
  clonedFromId!: number | null;

  @Column('timestamptz', { nullable: true })
  archivedAt!: Date | null;
}
