import { Column, Entity, PrimaryGeneratedColumn } from 'typeorm';

import type {
  OutcomeCategory,
  OutcomeDefinition,
  ReasonDetail,
  RefusalEffect,
  SuppressScope,
} from './standard-outcomes.js';

/** The outcomes and refusal reasons that a campaign's operators choose from. */
@Entity('outcome_sets')
export class OutcomeSet {
  @PrimaryGeneratedColumn('identity', { generatedIdentity: 'ALWAYS', type: 'integer' })
  id!: number;

  @Column('smallint')
  organisationId!: number;

  @Column('text')
  name!: string;
}

/** One outcome of a set, with its effects. */
@Entity('outcomes')
export class Outcome {
  @PrimaryGeneratedColumn('identity', { generatedIdentity: 'ALWAYS', type: 'integer' })
  id!: number;

  @Column('integer')
  outcomeSetId!: number;

  @Column('text')
  code!: string;

  @Column('text', { nullable: true })
  label!: string | null;

  @Column('smallint')
  position!: number;

  @Column('text')
  category!: OutcomeCategory;

  @Column('boolean')
  rightParty!: boolean;

  @Column('text')
  result!: OutcomeDefinition['result'];

  @Column('boolean')
  isFinal!: boolean;

  @Column('integer', { nullable: true })
  retryAfterMinutes!: number | null;

  @Column('text', { nullable: true })
  suppressScope!: SuppressScope | null;

  @Column('boolean', { default: false })
  opensComplaint!: boolean;

  @Column('boolean', { default: false })
  offerAgain!: boolean;

  @Column('text', { default: 'nothing' })
  asks!: OutcomeDefinition['asks'];
}

/** One refusal reason of a set; `parentCode` makes the tree. */
@Entity('refusal_reasons')
export class RefusalReason {
  @PrimaryGeneratedColumn('identity', { generatedIdentity: 'ALWAYS', type: 'integer' })
  id!: number;

  @Column('integer')
  outcomeSetId!: number;

  @Column('text')
  code!: string;

  @Column('text', { nullable: true })
  parentCode!: string | null;

  @Column('text', { nullable: true })
  label!: string | null;

  @Column('smallint')
  position!: number;

  @Column('text', { default: 'nothing' })
  asks!: ReasonDetail;

  @Column('boolean', { default: false })
  offerAgain!: boolean;

  @Column('text', { default: 'none' })
  effect!: RefusalEffect;
}
