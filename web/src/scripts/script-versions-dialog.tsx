import { useMutation } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { api } from '../api/client';
import type { ScriptVersion } from '../api/contract';
import { Button, Pill } from '../design/controls';
import { Dialog } from '../design/dialog';
import { Empty, Failure, SkeletonRows } from '../design/states';
import { useFormat } from '../shell/format';
import { useScriptVersions } from './queries';

/** What was published, newest first; each can be taken up again as the draft. */
export function ScriptVersionsDialog(props: {
  id: number;
  published: number | null;
  onTake: (version: ScriptVersion) => void;
  onClose: () => void;
}) {
  const { t } = useTranslation();
  const format = useFormat();
  const versions = useScriptVersions(props.id);
  const take = useMutation({
    mutationFn: (version: number) => api.get<ScriptVersion>(`/scripts/${props.id}/versions/${version}`),
    onSuccess: props.onTake,
  });
  return (
    <Dialog title={t('scriptEditor.versions')} onClose={props.onClose}>
      {versions.isPending ? (
        <SkeletonRows rows={3} />
      ) : !versions.data ? (
        <Failure error={versions.error} onRetry={() => void versions.refetch()} />
      ) : versions.data.length === 0 ? (
        <Empty compact icon="clock" title={t('scriptEditor.noVersions')} />
      ) : (
        <ul className="script-versions">
          {versions.data.map((one) => (
            <li key={one.version} className="row spread wrap">
              <span className="row wrap">
                <strong>{t('versions.number', { version: format.number(one.version) })}</strong>
                <span className="small muted">
                  {format.dateTime(one.publishedAt)}
                  {one.publishedBy && ` · ${one.publishedBy}`}
                </span>
                {one.version === props.published && <Pill tone="good">{t('scriptEditor.inUse')}</Pill>}
              </span>
              <Button
                small
                icon="undo"
                busy={take.isPending && take.variables === one.version}
                onClick={() => take.mutate(one.version)}
              >
                {t('versions.take')}
              </Button>
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
