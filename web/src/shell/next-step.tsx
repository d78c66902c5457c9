import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useMe } from '../auth/session';
import { useBases } from '../bases/queries';
import { useCampaigns, useSegments } from '../campaigns/queries';
import { LinkButton } from '../design/controls';
import { useFormat } from './format';

interface Step {
  title?: string;
  text: string;
  to: string;
  action: ReactNode;
}

/** What the work waits for: the first look after the sign-in says what to do, and not only what there is. */
export function NextStep() {
  const { t } = useTranslation();
  const step = useStep();
  if (!step) return null;
  const title = step.title ?? t('next.title');
  return (
    <section className="next-step" aria-label={title}>
      <p>
        <strong>{title}</strong> {step.text}
      </p>
      <LinkButton to={step.to}>
        <span className="clip">{step.action}</span>
      </LinkButton>
    </section>
  );
}

/** Null where nothing waits, and where the page itself says so: a list that is empty has its own first step. */
function useStep(): Step | null {
  const { t } = useTranslation();
  const format = useFormat();
  const manager = useMe().role === 'manager';
  const bases = useBases();
  const segments = useSegments();
  const campaigns = useCampaigns();
  if (!bases.data || !segments.data || !campaigns.data) return null;

  if (bases.data.length === 0)
    return manager ? { text: t('next.upload'), to: '/imports/new', action: t('bases.import') } : null;
  if (segments.data.length === 0) return { text: t('next.segment'), to: '/segments/new', action: t('segments.create') };
  if (campaigns.data.length === 0)
    return manager ? null : { text: t('next.waitForCampaign'), to: '/segments', action: t('nav.segments') };

  const running = campaigns.data.find((campaign) => campaign.state === 'running');
  if (running && manager) return null;
  if (running) {
    const text = t('next.running', { rate: format.percent(running.conversionRate) });
    return { title: t('next.now'), text, to: `/campaigns/${running.id}`, action: running.name };
  }
  const waiting = campaigns.data.find(({ state }) => state === 'ready' || state === 'draft');
  if (!waiting) return null;
  const text = !manager
    ? t('next.waitForStart')
    : waiting.listed > 0
      ? t('next.start', { count: waiting.listed })
      : t('next.buildList');
  return { text, to: `/campaigns/${waiting.id}`, action: waiting.name };
}
