import { NUMBER_PATTERN } from '../segmentation/rule.js';
import type { ListOrder } from './campaign.entity.js';
import { PLAIN_SCORE, type LeadScore } from './lead-score.js';

/** Adds a parameter and returns its placeholder, with the type said. */
export type AddParameter = (value: unknown, type: 'text' | 'bigint') => string;

/** What a lead (alias `l`) is sorted by: expressions of SQL, either of which may be null. */
export interface SortKey {
  number: string;
  text: string;
}

/** The attribute that holds a lead's score, where the campaign names no other. */
const SCORE_ATTRIBUTE = 'score';

/**
 * The sort key of an order. Nothing that a user typed is part of the text. By score: that which a base brought along, and what
 * `score` says of leads that have none, or the same.
 */
export function sortKeyOf(order: ListOrder, add: AddParameter, score: LeadScore = PLAIN_SCORE): SortKey {
  const number = (text: string): SortKey => ({ number: `(${text})::float8`, text: 'null::text' });
  switch (order.by) {
    case 'priority':
      return number('l.priority');
    case 'oldest':
    case 'newest':
      return number('extract(epoch from l.created_at)');
    case 'random':
      return number(`hashint8extended(l.id, ${add(Math.trunc(order.seed ?? 0), 'bigint')})`);
    case 'score':
    case 'attribute': {
      const value = `(l.attributes ->> ${add(order.attribute ?? SCORE_ATTRIBUTE, 'text')})`;
      const isNumber = `${value} ~ '${NUMBER_PATTERN}'`;
      return {
        number: `(case when ${isNumber} then ${value}::float8 end)`,
        text: order.by === 'score' ? score.sql : `(case when not ${isNumber} then nullif(${value}, '') end)`,
      };
    }
  }
}

/**
 * In which order rows with the columns sort_number, sort_text and lead_id come: numbers before texts, what is missing last.
 * What is equal goes by the age of the lead, so that the same leads make the same list.
 */
export function sortingOf(order: ListOrder): string {
  const direction = isDescending(order) ? 'desc' : 'asc';
  const ties = order.by === 'newest' ? 'desc' : 'asc';
  return `sort_number ${direction} nulls last, sort_text collate "C" ${direction} nulls last, lead_id ${ties}`;
}

function isDescending({ by, descending }: ListOrder): boolean {
  if (by === 'oldest' || by === 'random') return false;
  if (by === 'newest') return true;
  // The most important and the best first, unless told otherwise.
  return by === 'attribute' ? descending === true : descending !== false;
}
