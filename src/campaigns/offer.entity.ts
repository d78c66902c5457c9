import { Column, Entity, PrimaryGeneratedColumn } from 'typeorm';

/** What else is said of an offer, by names of the marketer's choice. */
export type OfferAttributes = Record<string, string | number | boolean>;

/** What is offered, at which price. */
@Entity('offers')
export class Offer {
  @PrimaryGeneratedColumn('identity', { generatedIdentity: 'ALWAYS', type: 'integer' })
  id!: number;

  @Column('smallint')
  organisationId!: number;

  @Column('text')
  name!: string;

  @Column('text', { default: '' })
  description!: string;

  @Column('numeric', { precision: 14, scale: 2, nullable: true })
  price!: number | null;

  @Column('char', { length: 3, nullable: true })
  currency!: string | null;

  @Column('jsonb', { default: {} })
  attributes!: OfferAttributes;

  @Column('integer', { default: 1 })
  version!: number;

  @Column('timestamptz')
  createdAt!: Date;

  @Column('timestamptz')
  updatedAt!: Date;

  /** Offered to nobody any more since then. */
  @Column('timestamptz', { nullable: true })
  archivedAt!: Date | null;
}
