import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Locale, Rule } from '../api/contract';
import { Segmented } from '../design/controls';
import { LANGUAGES, currentLocale, load } from '../shell/language';
import { sentenceOf, type Names } from './sentence';

/** The rule in words: in the reader's language, or in another, for whoever reads that. */
export function RuleSentence({ rule, names }: { rule: Rule | null; names: Names }) {
  const { t } = useTranslation();
  const [chosen, setChosen] = useState<Locale | null>(null);
  const locale = chosen ?? currentLocale();
  return (
    <section className="sentence" aria-label={t('segments.sentence')}>
      <div className="row spread wrap">
        <span className="small muted">{t('segments.sentence')}</span>
        <Segmented
          label={t('segments.sentenceLanguage')}
          value={locale}
          choices={LANGUAGES.map(({ locale: value, name }) => ({
            value,
            label: (
              <abbr title={name} lang={value}>
                {value.toUpperCase()}
              </abbr>
            ),
          }))}
          onChange={(next) => void load(next).then(() => setChosen(next))}
        />
      </div>
      <p lang={locale} className={rule ? '' : 'muted'}>
        {rule ? sentenceOf(rule, locale, names.nameOf) : t('segments.sentenceEmpty')}
      </p>
    </section>
  );
}
