import { Injectable } from '@nestjs/common';

import { ReplayRepository } from './replay.repository.js';
import { differenceOf } from './replay.js';

/** What came of taking stored decisions again. */
export interface Replayed {
  decisions: number;
  byVerdict: Record<'allow' | 'defer' | 'deny', number>;
  /** Those that would come out otherwise; the first of them with what they would be. */
  different: number;
  examples: { id: number; at: Date; stored: string; again: string }[];
}

const PAGE = 1_000;
const EXAMPLES = 20;

/** Takes stored decisions again, from their stored facts alone. */
@Injectable()
export class ReplayService {
  constructor(private readonly repository: ReplayRepository) {}

  /** All decisions of a campaign (null: of all campaigns) from an instant on. `inPage` hears how many there were so far. */
  async replay(
    organisationId: number,
    which: { campaignId: number | null; since: Date | null },
    inPage: (decisions: number) => void = () => {},
  ): Promise<Replayed> {
    const replayed: Replayed = {
      ...{ decisions: 0, byVerdict: { allow: 0, defer: 0, deny: 0 }, different: 0, examples: [] },
    };
    for (let afterId = 0; ;) {
      const page = await this.repository.listDecisions({ organisationId, ...which, afterId, limit: PAGE });
      for (const stored of page) {
        replayed.decisions++;
        replayed.byVerdict[stored.verdict as keyof Replayed['byVerdict']]++;
        const again = differenceOf(stored);
        if (again === null) continue;
        replayed.different++;
        if (replayed.examples.length < EXAMPLES)
          replayed.examples.push({ id: stored.id, at: stored.at, stored: stored.verdict, again });
      }
      inPage(replayed.decisions);
      if (page.length < PAGE) return replayed;
      afterId = page.at(-1)!.id;
    }
  }
}
