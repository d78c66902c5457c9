import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { useScripts } from '../campaigns/queries';
import { LinkButton, Pill } from '../design/controls';
import { Empty, Failure, SkeletonRows } from '../design/states';
import { useFormat } from '../shell/format';
import { LANGUAGES } from '../shell/language';
import { PageHead } from '../shell/page-head';
import { ScriptsTabs } from './scripts-tabs';
import './scripts.css';

/** What operators say. */
export function ScriptsPage() {
  const { t } = useTranslation();
  const format = useFormat();
  const scripts = useScripts();
  const create = (
    <LinkButton to="/scripts/new" variant="primary" icon="plus">
      {t('script.new')}
    </LinkButton>
  );
  return (
    <div className="page">
      <PageHead title={t('nav.scripts')} actions={scripts.data && scripts.data.length > 0 && create} />
      <ScriptsTabs />
      <div className="card scroll-x">
        {scripts.isPending ? (
          <SkeletonRows />
        ) : !scripts.data ? (
          <Failure error={scripts.error} onRetry={() => void scripts.refetch()} />
        ) : scripts.data.length === 0 ? (
          <Empty icon="speech" title={t('scripts.empty')} actions={create}>
            {t('scripts.emptyHint')}
          </Empty>
        ) : (
          <table className="table links scripts-table">
            <thead>
              <tr>
                <th>{t('script.name')}</th>
                <th>{t('scripts.state')}</th>
                <th>{t('scriptEditor.languages')}</th>
                <th className="num">{t('segments.changed')}</th>
              </tr>
            </thead>
            <tbody>
              {scripts.data.map((script) => (
                <tr key={script.id}>
                  <td>
                    <Link className="row-link" to={`/scripts/${script.id}`}>
                      {script.name}
                    </Link>
                    <div className="small muted">{t(`scriptPurpose.${script.purpose}`)}</div>
                  </td>
                  <td>
                    {script.publishedVersion === null ? (
                      <Pill tone="quiet">{t('scripts.draft')}</Pill>
                    ) : (
                      <Pill tone="good">
                        {t('scripts.published', { version: format.number(script.publishedVersion) })}
                      </Pill>
                    )}
                  </td>
                  <td className="secondary">
                    {script.languages.length === 0
                      ? '–'
                      : format.list(
                          LANGUAGES.filter(({ locale }) => script.languages.includes(locale)).map(({ name }) => name),
                        )}
                  </td>
                  <td className="num muted">{format.date(script.updatedAt)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        )}
      </div>
    </div>
  );
}
