import { IsIn, IsString, Length, MaxLength } from 'class-validator';

import { LOCALES, type Locale, type Principal, type UserRole } from './access.js';
import { MAX_PASSWORD_LENGTH } from './password.js';

/** What somebody signs in with. */
export class SignInInput {
  /** Case does not matter. */
  @IsString()
  @Length(1, 200)
  login!: string;

  /** Case matters. */
  @IsString()
  @MaxLength(MAX_PASSWORD_LENGTH)
  password!: string;
}

/** What people may change of themselves. */
export class MeInput {
  /** Language of the console. */
  @IsIn(LOCALES)
  locale!: Locale;
}

/** Who is signed in. */
export class MeView {
  /** Id of the user. */
  id!: number;
  /** Login of the user. */
  login!: string;
  /** Name as others see it. */
  name!: string;
  /** What they may do. */
  role!: UserRole;
  /** Language of the console. */
  locale!: Locale;

  static of({ userId, login, name, role, locale }: Principal): MeView {
    return Object.assign(new MeView(), { id: userId, login, name, role, locale });
  }
}
