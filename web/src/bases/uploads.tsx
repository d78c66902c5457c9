import { keepPreviousData, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ApiProblem, api, upload } from '../api/client';
import type { Analysis, AnalysisRequest, Upload } from '../api/contract';
import { Button } from '../design/controls';
import { Icon } from '../design/icon';
import { useFormat } from '../shell/format';

const ASK_AFTER_MS = 350;

/** Sends a file, with its progress. A file that is sent anew takes the place of the one on its way. */
export function useSendFile(onSent: (upload: Upload) => void) {
  const client = useQueryClient();
  const [sent, setSent] = useState(0);
  const abort = useRef<AbortController | null>(null);
  useEffect(() => () => abort.current?.abort(), []);

  const send = useMutation({
    mutationFn: (file: File) => {
      abort.current?.abort();
      abort.current = new AbortController();
      setSent(0);
      return upload<Upload>('/uploads', file, setSent, abort.current.signal);
    },
    meta: { quiet: true },
    onSuccess: (arrived) => {
      client.setQueryData(['uploads', arrived.id], arrived);
      onSent(arrived);
    },
  });
  const wasStopped = send.error instanceof DOMException && send.error.name === 'AbortError';
  return {
    send: send.mutate,
    file: send.isPending ? send.variables : null,
    sent,
    stop: () => abort.current?.abort(),
    error: wasStopped ? null : send.error,
  };
}

export function useUpload(id: string | null) {
  return useQuery({
    queryKey: ['uploads', id],
    queryFn: () => api.get<Upload>(`/uploads/${id}`),
    enabled: id !== null,
    staleTime: Infinity,
  });
}

/** A file that is not wanted after all. If that fails it goes by itself within a day. */
export function useDropUpload() {
  return useMutation({ mutationFn: (id: string) => api.delete<void>(`/uploads/${id}`), meta: { quiet: true } });
}

function useSettled<T>(value: T): T {
  const [settled, setSettled] = useState(value);
  const text = JSON.stringify(value);
  useEffect(() => {
    const timer = window.setTimeout(() => setSettled(JSON.parse(text) as T), ASK_AFTER_MS);
    return () => window.clearTimeout(timer);
  }, [text]);
  return settled;
}

/**
 * What is understood of a file under what has been said so far. Asked anew when that changes; the last answer stays
 * until the next one is there, and stays if that one is an error.
 */
export function useAnalysis(uploadId: string, request: AnalysisRequest) {
  const asked = useSettled(request);
  const query = useQuery({
    queryKey: ['uploads', uploadId, 'analysis', asked],
    queryFn: ({ signal }) => api.post<Analysis>(`/uploads/${uploadId}/analysis`, asked, signal),
    placeholderData: keepPreviousData,
    staleTime: Infinity,
    gcTime: 60_000,
  });
  const [last, setLast] = useState<Analysis | undefined>(query.data);
  if (query.data && query.data !== last) setLast(query.data);
  return {
    analysis: query.data ?? last,
    error: query.error,
    retry: () => void query.refetch(),
    isBehind: query.isFetching || JSON.stringify(asked) !== JSON.stringify(request),
  };
}

/** Might the same question be answered when it is asked again? */
export const isTransient = (error: unknown) =>
  !(error instanceof ApiProblem && error.status >= 400 && error.status < 500);

/** A file on its way to the server. */
export function Sending(props: { file: File; sent: number; onStop: () => void }) {
  const { t } = useTranslation();
  const format = useFormat();
  const { file, sent } = props;
  return (
    <section className="card padded stack tight sending">
      <div className="row spread">
        <span className="row file-name">
          <Icon name="file" />
          <strong>{file.name}</strong>
        </span>
        <span>{format.percent(sent, 0)}</span>
      </div>
      <div
        className="progress"
        role="progressbar"
        aria-label={t('upload.sending')}
        aria-valuemin={0}
        aria-valuemax={100}
        aria-valuenow={Math.round(sent * 100)}
      >
        <div style={{ width: `${sent * 100}%` }} />
      </div>
      <div className="row spread">
        <span className="small muted">
          {sent < 1
            ? t('upload.sent', { sent: format.bytes(sent * file.size), total: format.bytes(file.size) })
            : t('upload.received')}
        </span>
        <Button small onClick={props.onStop}>
          {t('common.cancel')}
        </Button>
      </div>
    </section>
  );
}
