import type { CoolDown } from './profile.js';

/** For how long somebody who said no is left alone, and how far that reaches. */
export interface RefusalCoolDown {
  scope: 'campaign' | 'company';
  hours: number;
}

/**
 * What a refusal leads to, by the profile's cool-downs and the days of the campaign's own: the longest of each scope, and
 * none within a campaign that the company's outlasts.
 */
export function coolDownsAfterRefusal(rules: readonly CoolDown[], campaignDays: number): RefusalCoolDown[] {
  const own = { after: 'refusal' as const, scope: 'campaign' as const, hours: campaignDays * 24 };
  const longest = (scope: CoolDown['scope']) =>
    Math.max(
      0,
      ...[...rules, own].filter((rule) => rule.after === 'refusal' && rule.scope === scope).map((rule) => rule.hours),
    );
  const company = longest('company');
  const campaign = longest('campaign');
  return [
    ...(company > 0 ? [{ scope: 'company' as const, hours: company }] : []),
    ...(campaign > company ? [{ scope: 'campaign' as const, hours: campaign }] : []),
  ];
}
