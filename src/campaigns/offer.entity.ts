import { Column, Entity, PrimaryGeneratedColumn } from 'typeorm';

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

  @Column('timestamptz')
  createdAt!: Date;
}
