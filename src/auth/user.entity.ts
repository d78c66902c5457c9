import { Column, Entity, PrimaryGeneratedColumn } from 'typeorm';

import type { Locale, UserRole } from './access.js';

/** Somebody who signs in, or a simulated operator. */
@Entity('users')
export class User {
  @PrimaryGeneratedColumn('identity', { type: 'integer' })
  id!: number;

  @Column({ type: 'smallint' })
  organisationId!: number;

  /** Unique without regard to case. */
  @Column({ type: 'text' })
  login!: string;

  @Column({ type: 'text' })
  name!: string;

  @Column({ type: 'text' })
  role!: UserRole;

  /** Null: nobody can sign in as this person. */
  @Column({ type: 'text', nullable: true })
  passwordHash!: string | null;

  @Column({ type: 'text', default: 'en' })
  locale!: Locale;

  /** A made-up person who works the demonstration's calls. */
  @Column({ type: 'boolean', default: false })
  simulated!: boolean;

  @Column({ type: 'timestamptz', nullable: true })
  disabledAt!: Date | null;

  @Column({ type: 'timestamptz' })
  createdAt!: Date;
}
