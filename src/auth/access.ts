import { SetMetadata } from '@nestjs/common';

/** The three people Zvon is made for. */
export const USER_ROLES = ['marketer', 'manager', 'operator'] as const;
export type UserRole = (typeof USER_ROLES)[number];

export const LOCALES = ['en', 'ru', 'vi'] as const;
export type Locale = (typeof LOCALES)[number];

/** Who makes a request, once the session is known. */
export interface Principal {
  userId: number;
  organisationId: number;
  role: UserRole;
  login: string;
  name: string;
  locale: Locale;
}

/** Metadata key that the access guard reads. */
export const ACCESS = 'zvon:access';

/** Only these roles may call it. Every route says either this or `Public`; one that says neither is refused to all. */
export const Roles = (...roles: UserRole[]) => SetMetadata(ACCESS, roles);
/** Anybody who is signed in. */
export const SignedIn = () => SetMetadata(ACCESS, [...USER_ROLES]);
/** Anybody at all. */
export const Public = () => SetMetadata(ACCESS, 'public');
