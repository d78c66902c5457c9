import { useTranslation } from 'react-i18next';
import type { SegmentVersion } from '../api/contract';
import { Button, Pill } from '../design/controls';
import { Dialog } from '../design/dialog';
import { Failure, SkeletonRows } from '../design/states';
import { useFormat } from '../shell/format';
import { currentLocale } from '../shell/language';
import { useSegmentVersions } from './queries';
import { sentenceOf, type Names } from './sentence';

/** What the segment was, newest first; each can be taken up again, which is an edit like any other. */
export function VersionsDialog(props: {
  id: number;
  current: number;
  names: Names;
  onTake: (version: SegmentVersion) => void;
  onClose: () => void;
}) {
  const { t } = useTranslation();
  const format = useFormat();
  const versions = useSegmentVersions(props.id);
  return (
    <Dialog title={t('versions.title')} onClose={props.onClose}>
      {versions.isPending ? (
        <SkeletonRows rows={4} />
      ) : !versions.data ? (
        <Failure error={versions.error} onRetry={() => void versions.refetch()} />
      ) : (
        <ul className="versions">
          {versions.data.map((one) => (
            <li key={one.version}>
              <div className="row spread wrap">
                <span className="row wrap">
                  <strong>{t('versions.number', { version: format.number(one.version) })}</strong>
                  <span className="small muted">{format.dateTime(one.createdAt)}</span>
                  {one.createdBy !== null && props.names.nameOf('user', one.createdBy) !== null && (
                    <span className="small muted">{props.names.nameOf('user', one.createdBy)}</span>
                  )}
                </span>
                {one.version === props.current ? (
                  <Pill tone="good">{t('versions.current')}</Pill>
                ) : (
                  <Button small icon="undo" onClick={() => props.onTake(one)}>
                    {t('versions.take')}
                  </Button>
                )}
              </div>
              <p>{one.name}</p>
              <p className="small secondary">{sentenceOf(one.rule, currentLocale(), props.names.nameOf)}</p>
            </li>
          ))}
        </ul>
      )}
      <div className="buttons">
        <Button onClick={props.onClose}>{t('common.close')}</Button>
      </div>
    </Dialog>
  );
}
