import { useCallback, useState } from 'react';

/** What an operator has chosen and typed for a call, before it is saved. */
export interface Draft {
  outcome?: string;
  /** A group of reasons that was opened, and the reason taken. */
  reasonGroup?: string;
  reason?: string;
  price?: string;
  competitor?: string;
  date?: string;
  reasonNote?: string;
  callbackChoice?: string;
  callbackTime?: string;
  timeZone?: string;
  personal?: boolean;
  /** Another number to call. */
  callbackPhone?: string;
  note: string;
}

const key = (attemptId: number) => `zvon.desk.draft.${attemptId}`;

function read(attemptId: number): Draft {
  const saved = sessionStorage.getItem(key(attemptId));
  if (saved === null) return { note: '' };
  try {
    return { note: '', ...(JSON.parse(saved) as Partial<Draft>) };
  } catch (error) {
    if (error instanceof SyntaxError) return { note: '' };
    throw error;
  }
}

/** Kept in the tab as it is typed, so that a reload in the middle of a call brings the words back. */
export function useDraft(attemptId: number) {
  const [draft, setDraft] = useState(() => read(attemptId));
  const change = useCallback(
    (part: Partial<Draft>) =>
      setDraft((old) => {
        const next = { ...old, ...part };
        sessionStorage.setItem(key(attemptId), JSON.stringify(next));
        return next;
      }),
    [attemptId],
  );
  return [draft, change] as const;
}

export function forgetDraft(attemptId: number): void {
  sessionStorage.removeItem(key(attemptId));
}
