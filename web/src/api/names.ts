import type { TFunction } from 'i18next';
import type { CampaignState, Idle, OperatorState } from './contract';
import type { Format } from '../shell/format';
import type { Tone } from '../design/controls';

/**
 * A campaign's own outcome carries its label; standard codes have none and are named in the reader's language. A call
 * that no operator took has the system result for its outcome.
 */
export const outcomeName = (t: TFunction, code: string, label: string | null = null) =>
  label ?? t([`outcome.${code}`, `result.${code}`], { defaultValue: code });

export const reasonName = (t: TFunction, code: string, label?: string | null) =>
  label ?? t(`refusal.${code}`, { defaultValue: code });

export const resultName = (t: TFunction, result: string) => t(`result.${result}`, { defaultValue: result });

/** What closed an entry of the calling list: an outcome, a system result, or a rule. */
export const closedName = (t: TFunction, code: string) =>
  t([`outcome.${code}`, `result.${code}`, `closed.${code}`], { defaultValue: code });

/** Why nothing is dialled, with the time when that ends where it is known. */
export function idleText(t: TFunction, format: Format, idle: Idle): string {
  const sentence = t(`idle.${idle.code}`, { defaultValue: idle.sentence });
  return idle.until ? `${sentence} ${t('campaign.until', { at: format.dateTime(idle.until) })}` : sentence;
}

export const CAMPAIGN_TONES: Record<CampaignState, Tone> = {
  draft: 'quiet',
  ready: 'info',
  running: 'good',
  paused: 'warn',
  finished: 'quiet',
  archived: 'quiet',
};

export const OPERATOR_TONES: Record<OperatorState, Tone> = {
  offline: 'quiet',
  ready: 'info',
  in_call: 'good',
  wrap_up: 'warn',
  break: 'quiet',
};
