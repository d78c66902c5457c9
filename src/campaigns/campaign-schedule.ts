import type { EndAction } from './campaign.entity.js';
import type { CampaignState } from './campaign-states.js';

/** What the schedule of a campaign looks at. */
export interface Scheduled {
  state: CampaignState;
  startsAt: Date | null;
  endsAt: Date | null;
  endAction: EndAction;
  startedByScheduleAt: Date | null;
  endedByScheduleAt: Date | null;
}

/** A start that is later than this is nobody's wish any more: it waits for a person. */
export const LATE_START_MS = 24 * 3_600_000;

/**
 * What is due for a campaign now. Each start and each end is done once: a campaign that a person pauses, or starts again
 * after its end, is left alone.
 */
export function dueAct(campaign: Scheduled, now: Date): 'start' | EndAction | null {
  const { state, startsAt, endsAt } = campaign;
  if ((state === 'running' || state === 'paused') && endsAt && campaign.endedByScheduleAt === null && endsAt <= now)
    return campaign.endAction;
  if (state === 'ready' && startsAt && campaign.startedByScheduleAt === null && startsAt <= now) return 'start';
  return null;
}

/** When something will be due that is not due yet; null: nothing that is known of. */
export function nextDueAt(campaigns: readonly Scheduled[], now: Date): Date | null {
  const instants = campaigns.flatMap((campaign) => [
    ...(campaign.state === 'ready' && campaign.startsAt && campaign.startsAt > now ? [campaign.startsAt] : []),
    ...((campaign.state === 'running' || campaign.state === 'paused') && campaign.endsAt && campaign.endsAt > now
      ? [campaign.endsAt]
      : []),
  ]);
  return instants.length === 0 ? null : new Date(Math.min(...instants.map((at) => at.getTime())));
}

/** Will it not start by itself any more? Its end has passed, or its start too long ago. */
export function isStartOver(campaign: Pick<Scheduled, 'startsAt' | 'endsAt'>, now: Date): boolean {
  const { startsAt, endsAt } = campaign;
  if (endsAt !== null && endsAt <= now) return true;
  return startsAt !== null && now.getTime() - startsAt.getTime() > LATE_START_MS;
}
