import type { Campaign, Instant, PreflightFinding } from '../api/contract.js';
import { hoursGroups, type CampaignDraft } from './campaign-draft.js';

/** Parts of the form in which something can be mended. */
export const FORM_PLACES = [
  'segments',
  'offer',
  'script',
  'callerId',
  'operators',
  'hours',
  'schedule',
  'goals',
] as const;
export type FormPlace = (typeof FORM_PLACES)[number];

/** What the server found of the saved campaign, or what can be told of the draft without asking it. */
export type DraftFinding = Pick<PreflightFinding, 'code' | 'severity' | 'values'> &
  Partial<Pick<PreflightFinding, 'detail' | 'fix' | 'link'>> & {
    /** Where in the form; null: it is mended elsewhere. */
    place: FormPlace | null;
  };

const PLACES: Record<string, FormPlace> = {
  segments_missing: 'segments',
  offer_missing: 'offer',
  script_missing: 'script',
  caller_id_missing: 'callerId',
  no_operators: 'operators',
  hours_never_open: 'hours',
  hours_partly_closed: 'hours',
  schedule_past: 'schedule',
  goal_reached: 'goals',
};

/** Told of the draft here, whatever the server said of what is saved. */
const OWN = ['segments_missing', 'offer_missing', 'script_missing', 'script_unpublished', 'caller_id_missing'];

/**
 * What would keep the campaign from dialling with the settings as they stand in the form, what blocks first. Of what the
 * server found of the saved ones (`found`), that stays which the draft has not changed. `published`: has the chosen
 * script a version that may be read out; null while that is not known. `now` in ms since 1970.
 */
export function draftPreflight(
  draft: CampaignDraft,
  saved: Campaign | null,
  found: readonly PreflightFinding[],
  { published, now }: { published: boolean | null; now: number },
): DraftFinding[] {
  const same = (...keys: (keyof CampaignDraft & keyof Campaign)[]) =>
    saved !== null && keys.every((key) => JSON.stringify(draft[key]) === JSON.stringify(saved[key]));
  const kept = found.filter(({ code }) => {
    if (OWN.includes(code)) return false;
    if (code === 'no_operators') return (draft.simulatedOperators ?? 0) === 0;
    if (code.startsWith('hours_')) return same('hours', 'startsAt', 'endsAt');
    if (code === 'schedule_past') return same('startsAt', 'endsAt');
    if (code === 'goal_reached') return same('goals');
    return true;
  });

  const own: DraftFinding[] = [];
  const say = (code: string, severity: DraftFinding['severity'], place: FormPlace | null, link?: string) =>
    own.push({ code, severity, place, link, values: {} });
  if (draft.segments.length === 0) say('segments_missing', (saved?.listed ?? 0) > 0 ? 'warns' : 'blocks', 'segments');
  if (draft.scriptId !== null && draft.scriptId !== undefined && published === false)
    say('script_unpublished', 'blocks', null, `/scripts/${draft.scriptId}`);
  const hours = draft.hours ?? {};
  if (hoursGroups(hours).length === 0 && !kept.some(({ code }) => code === 'hours_never_open'))
    say('hours_never_open', 'blocks', 'hours');
  const isPast = (at: Instant | null | undefined) => typeof at === 'string' && Date.parse(at) <= now;
  // A campaign that runs has begun when it should.
  const waits = saved === null || saved.state === 'draft' || saved.state === 'ready';
  if (waits && !same('startsAt', 'endsAt') && (isPast(draft.startsAt) || isPast(draft.endsAt)))
    say('schedule_past', 'blocks', 'schedule');
  if ((draft.offerId ?? null) === null) say('offer_missing', 'warns', 'offer');
  if ((draft.scriptId ?? null) === null) say('script_missing', 'warns', 'script');
  if ((draft.callerId ?? null) === null) say('caller_id_missing', 'warns', 'callerId');

  const all = [...kept.map((finding) => ({ ...finding, place: PLACES[finding.code] ?? null })), ...own];
  return [
    ...all.filter(({ severity }) => severity === 'blocks'),
    ...all.filter(({ severity }) => severity === 'warns'),
  ];
}
