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

  /** What else the file said, by the name of the attribute; empty values left out. */
  @Column('jsonb', { default: {} })
  attributes!: Record<string, unknown>;

  /** Higher is called earlier. */
  @Column('smallint', { default: 0 })
  priority!: number;

  /** Row of the import's file that made it, from 1. */
  @Column('bigint', { default: 0 })
  rowNumber!: number;

  /** The operator whose customer this is. */
  @Column('integer', { nullable: true })
  ownerId!: number | null;

  /** What the person has agreed to. */
  @Column('integer', { nullable: true })
  consentId!: number | null;

  @Column('timestamptz')
  createdAt!: Date;
}
