import { Column, Entity, PrimaryGeneratedColumn } from 'typeorm';

/** An uploaded set of leads, with its source and cost. */
@Entity('bases')
export class Base {
  @PrimaryGeneratedColumn('identity', { generatedIdentity: 'ALWAYS', type: 'integer' })
  id!: number;

  @Column('smallint')
  organisationId!: number;

  @Column('text')
  name!: string;

  @Column('text', { nullable: true })
  source!: string | null;

  @Column('numeric', { precision: 14, scale: 2, nullable: true })
  cost!: number | null;

  /** ISO 4217. */
  @Column('char', { length: 3, nullable: true })
  currency!: string | null;

  /** Country of numbers that are written without one (ISO 3166-1). */
  @Column('char', { length: 2 })
  country!: string;

  @Column('integer', { nullable: true })
  createdBy!: number | null;

  @Column('timestamptz')
  createdAt!: Date;
}

/** A base with the number of people in it. */
export interface BaseRow extends Base {
  leads: number;
}
