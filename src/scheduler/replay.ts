import { replay as decideAgain } from '../compliance/decision.js';

/** A decision as it is kept, its jsonb parsed. */
export interface StoredDecision {
  id: number;
  at: Date;
  verdict: string;
  reasons: { code: string; sentence: string; nextAt: string | null }[];
  nextAt: Date | null;
  facts: unknown;
}

/** Null: the stored facts lead to the same verdict, reasons and instant again. Else what they lead to. */
export function differenceOf(stored: StoredDecision): string | null {
  // A lead without a phone is refused before there is anything to decide.
  if (hasNoFacts(stored))
    return stored.verdict === 'deny' && stored.reasons.map(({ code }) => code).join() === 'no_phone'
      ? null
      : 'no facts are kept';
  const again = decideAgain(stored.facts, stored.at);
  const before = { verdict: stored.verdict, reasons: stored.reasons, nextAt: stored.nextAt?.toISOString() ?? null };
  const after = {
    verdict: again.verdict,
    reasons: again.reasons.map(({ code, sentence, nextAt }) => ({ code, sentence, nextAt: textOf(nextAt) })),
    nextAt: textOf(again.nextAt),
  };
  return sameText(before, after) ? null : JSON.stringify(after);
}

function hasNoFacts({ facts }: StoredDecision): boolean {
  return Object.keys(facts as object).length === 0;
}

function textOf(at: Date | null): string | null {
  return at?.toISOString() ?? null;
}

/** jsonb has an order of keys of its own. */
function sameText(
  a: { verdict: string; reasons: StoredDecision['reasons']; nextAt: string | null },
  b: { verdict: string; reasons: StoredDecision['reasons']; nextAt: string | null },
): boolean {
  const flat = (decision: typeof a) =>
    JSON.stringify([
      decision.verdict,
      decision.nextAt,
      decision.reasons.map(({ code, sentence, nextAt }) => [code, sentence, nextAt]),
    ]);
  return flat(a) === flat(b);
}
