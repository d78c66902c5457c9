import { Column, Entity, PrimaryGeneratedColumn } from 'typeorm';

/** A number of a lead, sealed. */
@Entity('phones')
export class Phone {
  @PrimaryGeneratedColumn('identity', { generatedIdentity: 'ALWAYS', type: 'bigint' })
  id!: number;

  @Column('smallint')
  organisationId!: number;

  @Column('bigint')
  leadId!: number;

  @Column('integer')
  baseId!: number;

  /** Order in which a lead's phones are tried, from 1. */
  @Column('smallint', { default: 1 })
  position!: number;

  /** See PhoneVault. */
  @Column('bytea')
  sealed!: Buffer;

  @Column('bytea')
  matchHash!: Buffer;

  /** ISO 3166-1. */
  @Column('char', { length: 2 })
  country!: string;

  @Column('text')
  lineType!: string;

  @Column('smallint')
  bucketId!: number;

  @Column('char', { length: 2 })
  lastDigits!: string;
}
