import { useEffect, useRef, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useBlocker, useNavigate } from 'react-router';
import { Confirm } from '../design/dialog';

export interface LeaveGuard {
  /** The question, where one is asked: to be shown by the page. */
  question: ReactNode;
  /** To another page without a question: what was typed is saved. */
  leaveFor: (path: string, options?: { replace: boolean }) => void;
}

/** Asks before edits are lost: by a link, by going back, or, in the browser's words, by closing the tab. */
export function useLeaveGuard(unsaved: boolean): LeaveGuard {
  const { t } = useTranslation();
  const navigate = useNavigate();
  // Set in the very turn in which the way is taken: a state would be known only in the next.
  const isFree = useRef(false);
  const blocker = useBlocker(
    ({ currentLocation, nextLocation }) =>
      unsaved && !isFree.current && currentLocation.pathname !== nextLocation.pathname,
  );

  useEffect(() => {
    if (!unsaved) return;
    const keep = (event: BeforeUnloadEvent) => event.preventDefault();
    window.addEventListener('beforeunload', keep);
    return () => window.removeEventListener('beforeunload', keep);
  }, [unsaved]);

  return {
    question: blocker.state === 'blocked' && (
      <Confirm
        title={t('leave.title')}
        text={t('leave.text')}
        action={t('leave.action')}
        stay={t('leave.stay')}
        onClose={() => blocker.reset()}
        onConfirm={() => blocker.proceed()}
      />
    ),
    leaveFor: (path, options) => {
      isFree.current = true;
      void navigate(path, options);
    },
  };
}
