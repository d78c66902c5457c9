import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';

import { LeadsRepository } from './leads.repository.js';
import { PhoneVault } from './phone-vault.js';

/**
 * Compares the secret with the one that the database was sealed with, before anything starts. With another one no phone
 * could be opened, and, worse, nobody who must not be called would be recognised.
 */
@Injectable()
export class KeyCheckService implements OnModuleInit {
  constructor(
    @Inject(LeadsRepository) private readonly leads: LeadsRepository,
    @Inject(PhoneVault) private readonly vault: PhoneVault,
  ) {}

  async onModuleInit(): Promise<void> {
    const noted = await this.leads.ensureFingerprint(this.vault.fingerprint);
    if (noted.equals(this.vault.fingerprint)) return;
    throw new Error(
      'The phones in this database are sealed with another secret. Restore ZVON_SECRET, or the file master.key in the ' +
        'data folder, from a backup: without it no phone can be opened and no do-not-call would be recognised.',
    );
  }
}
