import { useSyncExternalStore } from 'react';
import { useTranslation } from 'react-i18next';
import { useProblemText } from '../api/problem-text';
import { Button } from './controls';

interface Toast {
  id: number;
  /** Either a sentence that is said already, or an error to be put into words. */
  text?: string;
  error?: unknown;
}

const SHOWN_MS = { text: 4000, error: 10_000 };

let toasts: readonly Toast[] = [];
let lastId = 0;
const watchers = new Set<() => void>();

function set(next: readonly Toast[]): void {
  toasts = next;
  for (const watcher of watchers) watcher();
}

function dismiss(id: number): void {
  set(toasts.filter((toast) => toast.id !== id));
}

function show(toast: Omit<Toast, 'id'>): void {
  lastId += 1;
  const id = lastId;
  set([...toasts.slice(-3), { id, ...toast }]);
  window.setTimeout(() => dismiss(id), toast.error === undefined ? SHOWN_MS.text : SHOWN_MS.error);
}

export const sayDone = (text: string) => show({ text });
export const sayProblem = (error: unknown) => show({ error });

function subscribe(watcher: () => void): () => void {
  watchers.add(watcher);
  return () => void watchers.delete(watcher);
}

export function Toasts() {
  const { t } = useTranslation();
  const list = useSyncExternalStore(subscribe, () => toasts);
  const wording = useProblemText();
  return (
    <div className="toasts" role="status" aria-live="polite">
      {list.map((toast) => {
        const problem = toast.error === undefined ? null : wording(toast.error);
        return (
          <div key={toast.id} className={problem ? 'toast bad' : 'toast'}>
            <div className="grow">
              <strong>{problem ? problem.sentence : toast.text}</strong>
              {problem?.fix && <p>{problem.fix}</p>}
            </div>
            <Button
              small
              variant="ghost"
              icon="close"
              aria-label={t('common.dismiss')}
              onClick={() => dismiss(toast.id)}
            />
          </div>
        );
      })}
    </div>
  );
}
