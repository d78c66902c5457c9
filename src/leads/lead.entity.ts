import { Column, Entity, PrimaryGeneratedColumn } from 'typeorm';

/** A person of a base. */
@Entity('leads')
export class Lead {
  @PrimaryGeneratedColumn('identity', { generatedIdentity: 'ALWAYS', type: 'bigint' })
  id!: number;

  @Column('smallint')
  organisationId!: number;

  @Column('integer')
  baseId!: number;

  @Column('integer')
  importId!: number;

  @Column('text', { nullable: true })
  externalId!: string | null;

  @Column('text', { nullable: true })
  name!: string | null;

  @Column('text', { nullable: true })
  region!: string | null;

  /** What else the file said, by column; texts, empty ones left out. */
  @Column('jsonb', { default: {} })
  attributes!: Record<string, string>;

  /** Higher is called earlier. */
  @Column('smallint', { default: 0 })
  priority!: number;

  @Column('timestamptz')
  createdAt!: Date;
}
