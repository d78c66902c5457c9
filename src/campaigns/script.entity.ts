import { Column, Entity, PrimaryGeneratedColumn } from 'typeorm';

import type { ScriptStep } from './fill-script.js';

/** What the operator says, step by step. */
@Entity('scripts')
export class Script {
  @PrimaryGeneratedColumn('identity', { generatedIdentity: 'ALWAYS', type: 'integer' })
  id!: number;

  @Column('smallint')
  organisationId!: number;

  @Column('text')
  name!: string;

  @Column('integer', { default: 1 })
  version!: number;

  @Column('jsonb')
  steps!: ScriptStep[];

  @Column('timestamptz')
  createdAt!: Date;
}
