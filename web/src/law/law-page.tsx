import { useTranslation } from 'react-i18next';
import { useSearchParams } from 'react-router';
import { Segmented } from '../design/controls';
import { PageHead } from '../shell/page-head';
import { CallerIdsPart } from './caller-ids-part';
import { EffectivePart } from './effective-part';
import { HolidaysPart } from './holidays-part';
import { NumbersPart } from './numbers-part';
import { OverridesPart } from './overrides-part';
import { ProfilesPart } from './profiles-part';
import './law.css';

const VIEWS = ['effective', 'profiles', 'overrides', 'holidays', 'numbers', 'callerIds'] as const;
type View = (typeof VIEWS)[number];

/** Which rules of calling hold, where they are from, and what was allowed to depart from them. */
export function LawPage() {
  const { t } = useTranslation();
  const [search, setSearch] = useSearchParams();
  const asked = search.get('view');
  const view: View = VIEWS.find((each) => each === asked) ?? 'effective';
  return (
    <div className="page law">
      <PageHead
        title={t('nav.law')}
        hint={t('law.hint')}
        actions={
          <Segmented
            label={t('law.views')}
            value={view}
            choices={VIEWS.map((each) => ({ value: each, label: t(`law.view.${each}`) }))}
            onChange={(next) => setSearch(next === 'effective' ? {} : { view: next })}
          />
        }
      />
      {view === 'effective' && <EffectivePart />}
      {view === 'profiles' && <ProfilesPart />}
      {view === 'overrides' && <OverridesPart />}
      {view === 'holidays' && <HolidaysPart />}
      {view === 'numbers' && <NumbersPart />}
      {view === 'callerIds' && <CallerIdsPart />}
    </div>
  );
}
