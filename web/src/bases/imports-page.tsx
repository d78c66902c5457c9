import { useTranslation } from 'react-i18next';
import { Link, useNavigate } from 'react-router';
import type { Import } from '../api/contract';
import { Button, LinkButton, Pill } from '../design/controls';
import { Icon } from '../design/icon';
import { Empty, Failure, SkeletonRows } from '../design/states';
import { useFormat } from '../shell/format';
import { PageHead } from '../shell/page-head';
import { handOver, PageDrop } from './file-drop';
import { FATES, IMPORT_TONES, targetOf } from './import-names';
import { isUnderWay, useImports } from './queries';
import { BasesTabs } from './tabs';
import './bases.css';

/** Every file that was imported: by whom, when, where to, and what became of its rows. */
export function ImportsPage() {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const imports = useImports();
  const list = imports.data?.pages.flat() ?? [];
  const upload = (
    <LinkButton to="/imports/new" variant="primary" icon="upload">
      {t('bases.import')}
    </LinkButton>
  );
  return (
    <div className="page">
      <PageDrop
        onFile={(file) => {
          handOver(file);
          void navigate('/imports/new');
        }}
      />
      <PageHead title={t('nav.bases')} actions={upload} />
      <BasesTabs />
      <div className="card folding-table">
        {imports.isPending ? (
          <SkeletonRows />
        ) : imports.isError && !imports.data ? (
          <Failure error={imports.error} onRetry={() => void imports.refetch()} />
        ) : list.length === 0 ? (
          <Empty icon="file" title={t('imports.empty')}>
            {t('imports.emptyHint')}
          </Empty>
        ) : (
          <table className="table links imports-table">
            <thead>
              <tr>
                <th>{t('imports.file')}</th>
                <th>{t('imports.into')}</th>
                <th>{t('imports.who')}</th>
                <th>{t('imports.account')}</th>
                <th>{t('imports.state')}</th>
              </tr>
            </thead>
            <tbody>
              {list.map((one) => (
                <Row key={one.id} one={one} />
              ))}
            </tbody>
          </table>
        )}
      </div>
      {imports.hasNextPage && (
        <div className="row more">
          <Button busy={imports.isFetchingNextPage} onClick={() => void imports.fetchNextPage()}>
            {t('imports.earlier')}
          </Button>
        </div>
      )}
    </div>
  );
}

function Row({ one }: { one: Import }) {
  const { t } = useTranslation();
  const format = useFormat();
  const shown = FATES.filter((fate) => one[fate.key] > 0);
  return (
    <tr>
      <td className="base-name">
        <Link className="row-link" to={`/imports/${one.id}`}>
          {one.fileName}
        </Link>
        <div className="small muted">{format.bytes(one.fileBytes)}</div>
      </td>
      <td className="into">
        <span className="row">
          <Icon name={one.kind === 'leads' ? 'layers' : 'ban'} size={16} />
          <span>{targetOf(t, one)}</span>
        </span>
      </td>
      <td>
        {one.createdBy ?? t('imports.program')}
        <div className="small muted">{format.dateTime(one.createdAt)}</div>
      </td>
      <td className="account">
        <strong>{t('imports.rows', { count: one.rows })}</strong>
        <div className={one.rows === 0 ? 'stock thin none' : 'stock thin'} aria-hidden="true">
          {shown.map((fate) => (
            <div key={fate.key} className={fate.tone} style={{ flexGrow: one[fate.key] }} />
          ))}
        </div>
        <div className="small muted">
          {shown.map((fate) => t(`accountShort.${fate.key}`, { count: one[fate.key] })).join(' · ')}
        </div>
      </td>
      <td>
        <Pill tone={IMPORT_TONES[one.state]} busy={isUnderWay(one)}>
          {t(`importState.${one.state}`)}
        </Pill>
      </td>
    </tr>
  );
}
