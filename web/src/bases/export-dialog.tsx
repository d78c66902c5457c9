import { useMutation } from '@tanstack/react-query';
import { useEffect, useRef, useState, type FormEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { download } from '../api/client';
import type { Base } from '../api/contract';
import { useMe } from '../auth/session';
import { Field, Segmented } from '../design/controls';
import { Dialog, DialogButtons } from '../design/dialog';
import { sayDone } from '../design/toast';
import { useFormat } from '../shell/format';
import { ProblemNotice } from './problem-notice';

/** The people of a base as a file. Whole phones only for a manager, who says why: that is kept. */
export function ExportDialog({ base, onClose }: { base: Base; onClose: () => void }) {
  const { t } = useTranslation();
  const format = useFormat();
  const isManager = useMe().role === 'manager';
  const [phones, setPhones] = useState<'masked' | 'full'>('masked');
  const [reason, setReason] = useState('');
  const [bytes, setBytes] = useState(0);
  const abort = useRef<AbortController | null>(null);
  useEffect(() => () => abort.current?.abort(), []);

  const save = useMutation({
    mutationFn: () => {
      abort.current = new AbortController();
      setBytes(0);
      const asked = phones === 'full' ? { phones, reason: reason.trim() } : { phones };
      return download(`/bases/${base.id}/export`, asked, setBytes, abort.current.signal);
    },
    meta: { quiet: true },
    onSuccess: () => {
      sayDone(t('export.done'));
      onClose();
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    save.mutate();
  };

  return (
    <Dialog title={t('export.title', { base: base.name })} onClose={onClose}>
      <form className="stack" onSubmit={submit}>
        <p className="secondary">{t('export.what', { count: base.leads })}</p>
        {isManager ? (
          <div className="stack tight">
            <Segmented
              label={t('export.phones')}
              value={phones}
              choices={[
                { value: 'masked', label: t('export.masked') },
                { value: 'full', label: t('export.full') },
              ]}
              onChange={setPhones}
            />
            <p className="small muted">{phones === 'full' ? t('export.fullHint') : t('export.maskedHint')}</p>
          </div>
        ) : (
          <p className="small muted">{t('export.managerOnly')}</p>
        )}
        {phones === 'full' && (
          <Field label={t('export.reason')} hint={t('export.reasonHint')}>
            {(control) => (
              <textarea
                {...control}
                className="input"
                required
                autoFocus
                rows={2}
                maxLength={500}
                value={reason}
                onChange={(event) => setReason(event.target.value)}
              />
            )}
          </Field>
        )}
        {save.error && <ProblemNotice error={save.error} />}
        <DialogButtons
          submit={t('export.start')}
          icon="download"
          busy={save.isPending}
          disabled={phones === 'full' && reason.trim() === ''}
          said={save.isPending && t('export.received', { bytes: format.bytes(bytes) })}
          onClose={onClose}
        />
      </form>
    </Dialog>
  );
}
