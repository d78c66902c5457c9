import { Controller, Get, Inject } from '@nestjs/common';

import { Public } from '../auth/access.js';
import { DEFAULT_DEMO_PASSWORD, SETTINGS, type Settings } from '../config/settings.js';
import { AboutView, type DemoSignIn } from './health.dto.js';
import { readVersion } from './version.js';

/** What this installation is. */
@Controller('about')
export class AboutController {
  private readonly version = readVersion();

  constructor(@Inject(SETTINGS) private readonly settings: Pick<Settings, 'demo' | 'demoPasswords'>) {}

  /** Name and version, and in a demonstration who can sign in. A password is told only while it is the default one. */
  @Get()
  @Public()
  getAbout(): AboutView {
    const { demo, demoPasswords } = this.settings;
    const roles = ['marketer', 'manager', 'operator'] as const;
    const signIns = roles.map((role): DemoSignIn => {
      const isDefault = demoPasswords[role] === DEFAULT_DEMO_PASSWORD;
      return { login: role, role, ...(isDefault && { password: DEFAULT_DEMO_PASSWORD }) };
    });
    return { name: 'Zvon', version: this.version, demo, telephony: 'simulator', signIns: demo ? signIns : [] };
  }
}
