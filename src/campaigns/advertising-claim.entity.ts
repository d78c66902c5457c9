import { Column, Entity, PrimaryGeneratedColumn } from 'typeorm';

/** What may be claimed in advertising, because it has been shown to be so. */
@Entity('advertising_claims')
export class AdvertisingClaim {
  @PrimaryGeneratedColumn('identity', { generatedIdentity: 'ALWAYS', type: 'integer' })
  id!: number;

  @Column('smallint')
  organisationId!: number;

  /** As it is said. */
  @Column('text')
  text!: string;

  /** By which measure it is true. */
  @Column('text')
  criterion!: string;

  /** Where the proof lies. */
  @Column('text')
  proof!: string;

  /** Its last day, `YYYY-MM-DD`; null: no end. */
  @Column('date', { nullable: true })
  validUntil!: string | null;

  @Column('integer', { nullable: true })
  createdBy!: number | null;

  @Column('timestamptz')
  createdAt!: Date;

  /** From then on it allows nothing. */
  @Column('timestamptz', { nullable: true })
  withdrawnAt!: Date | null;
}
