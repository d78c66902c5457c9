import { Column, Entity, PrimaryColumn, PrimaryGeneratedColumn } from 'typeorm';

import type { Rule } from './rule.js';

/** A named rule that selects leads. */
@Entity('segments')
export class Segment {
  @PrimaryGeneratedColumn('identity', { generatedIdentity: 'ALWAYS', type: 'integer' })
  id!: number;

  @Column('smallint')
  organisationId!: number;

  @Column('text')
  name!: string;

  @Column('integer', { default: 1 })
  version!: number;

  @Column('jsonb')
  rule!: Rule;

  @Column('integer', { nullable: true })
  createdBy!: number | null;

  @Column('timestamptz')
  createdAt!: Date;

  @Column('timestamptz')
  updatedAt!: Date;
}

/** A segment as it was. */
@Entity('segment_versions')
export class SegmentVersion {
  @PrimaryColumn('integer')
  segmentId!: number;

  @PrimaryColumn('integer')
  version!: number;

  @Column('text')
  name!: string;

  @Column('jsonb')
  rule!: Rule;

  @Column('integer', { nullable: true })
  createdBy!: number | null;

  @Column('timestamptz')
  createdAt!: Date;
}
