import { Inject, Injectable } from '@nestjs/common';

import { CLOCK, type Clock } from '../common/clock.js';
import type { Queryable } from '../database/database.js';
import type { ScriptStep } from './fill-script.js';
import type { Script } from './script.entity.js';
import { ScriptsRepository } from './scripts.repository.js';

export interface NewScript {
  name: string;
  steps: ScriptStep[];
}

/** What operators say. */
@Injectable()
export class ScriptsService {
  constructor(
    private readonly scripts: ScriptsRepository,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  findScript(organisationId: number, id: number, on?: Queryable): Promise<Script | null> {
    return this.scripts.findScript(organisationId, id, on);
  }

  listScripts(organisationId: number): Promise<Script[]> {
    return this.scripts.listScripts(organisationId);
  }

  async create(organisationId: number, script: NewScript): Promise<Script> {
    const steps = script.steps.map(({ title, text }) => ({ title, text }));
    return this.scripts.insertScript({
      organisationId,
      name: script.name,
      version: 1,
      steps,
      createdAt: this.clock.now(),
    });
  }
}
