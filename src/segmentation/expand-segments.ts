import { Problem } from '../common/problem.js';
import { conditionsOf, mapConditions, segmentsNamedIn, type Rule } from './rule.js';

/** Segments may name segments that name segments, so many levels. */
export const MAX_NESTING = 8;
/** Conditions of a rule, those of the segments that it names counted in, each as often as it is named. */
export const MAX_EXPANDED = 1_000;

/**
 * The rule with the rules of the segments that it names in their place. `rules` holds all that it reaches. Throws
 * rule_cycle (422) when one of them leads back to itself, or to `self`, the segment that the rule is of; segment_not_found
 * (422) for one that is not in `rules`; and rule_invalid (422) when it gets too deep or too long.
 */
export function expandSegments(rule: Rule, rules: ReadonlyMap<number, Rule>, self: number | null = null): Rule {
  const left = { conditions: MAX_EXPANDED };
  const expand = (each: Rule, path: readonly number[]): Rule =>
    mapConditions(each, (condition) => {
      // Conditions that name segments count too: those may be empty, and many.
      if (--left.conditions < 0)
        throw tooMuch(`A rule has at most ${MAX_EXPANDED} conditions, those of named segments included.`);
      if (condition.field !== 'segment') return condition;
      const id = condition.value as number;
      if (path.includes(id)) throw cycle([...path, id]);
      if (path.length > MAX_NESTING) throw tooMuch(`Segments may name each other ${MAX_NESTING} levels deep at most.`);
      const named = rules.get(id);
      if (named === undefined) throw segmentUnknown(id);
      const expanded = expand(named, [...path, id]);
      return condition.is === 'in' ? expanded : { none: [expanded] };
    });
  return expand(rule, self === null ? [] : [self]);
}

/** Does the rule name a segment? */
export function namesSegments(rule: Rule): boolean {
  for (const { field } of conditionsOf(rule)) if (field === 'segment') return true;
  return false;
}

/** Ids of segments that the rules name, and that are not among them yet. */
export function missingSegments(rules: readonly Rule[], known: ReadonlyMap<number, Rule>): number[] {
  return [...new Set(rules.flatMap(segmentsNamedIn))].filter((id) => !known.has(id));
}

function cycle(path: readonly number[]): Problem {
  return new Problem('rule_cycle', 422, `The segments name each other in a circle: ${path.join(' → ')}.`, {
    field: 'rule',
    fix: 'Take the condition out that leads back to the segment itself.',
    more: { segmentIds: path },
  });
}

function segmentUnknown(id: number): Problem {
  return new Problem('segment_not_found', 422, `The rule names segment ${id}, which there is not.`, {
    field: 'rule',
    fix: 'Choose one from the list.',
  });
}

function tooMuch(message: string): Problem {
  return new Problem('rule_invalid', 422, message, {
    field: 'rule',
    errors: [{ field: 'rule', code: 'rule_too_long', message }],
  });
}
