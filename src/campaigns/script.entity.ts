import { Column, Entity, PrimaryColumn, PrimaryGeneratedColumn } from 'typeorm';

import type { ScriptContent } from './script-content.js';

/** What operators say, as it is being written. Calls use the version that was published last. */
@Entity('scripts')
export class Script {
  @PrimaryGeneratedColumn('identity', { generatedIdentity: 'ALWAYS', type: 'integer' })
  id!: number;

  @Column('smallint')
  organisationId!: number;

  @Column('text')
  name!: string;

  /** Grows with each change of the draft. */
  @Column('integer', { default: 1 })
  version!: number;

  /** The draft. */
  @Column('jsonb')
  content!: ScriptContent;

  /** The version that calls use; null: none yet. */
  @Column('integer', { nullable: true })
  publishedVersion!: number | null;

  @Column('integer', { nullable: true })
  createdBy!: number | null;

  @Column('timestamptz')
  createdAt!: Date;

  @Column('timestamptz')
  updatedAt!: Date;
}

/** A script as it was published; never changed. */
@Entity('script_versions')
export class ScriptVersion {
  @PrimaryColumn('integer')
  scriptId!: number;

  /** From 1, in the order in which they were published. */
  @PrimaryColumn('integer')
  version!: number;

  @Column('jsonb')
  content!: ScriptContent;

  @Column('integer', { nullable: true })
  publishedBy!: number | null;

  @Column('timestamptz')
  publishedAt!: Date;
}
