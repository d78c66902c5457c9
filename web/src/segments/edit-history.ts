/** What was edited, with the way back and the way forth again. */
export interface EditHistory<T> {
  past: T[];
  present: T;
  future: T[];
  /** What is being typed in, while it is: its keystrokes are one step. */
  typing: string | null;
}

const MOST_STEPS = 200;

export const startHistory = <T>(present: T): EditHistory<T> => ({ past: [], present, future: [], typing: null });

/** One more step; with `typing`, a further keystroke of the step that is going on in the same place. */
export function step<T>(history: EditHistory<T>, present: T, typing: string | null = null): EditHistory<T> {
  if (present === history.present) return history;
  if (typing !== null && typing === history.typing) return { ...history, present, future: [] };
  return { past: [...history.past, history.present].slice(-MOST_STEPS), present, future: [], typing };
}

/** What was typed so far is a step of its own. */
export function settle<T>(history: EditHistory<T>): EditHistory<T> {
  return history.typing === null ? history : { ...history, typing: null };
}

export function undo<T>(history: EditHistory<T>): EditHistory<T> {
  const present = history.past.at(-1);
  if (present === undefined) return history;
  return {
    past: history.past.slice(0, -1),
    present,
    future: [history.present, ...history.future],
    typing: null,
  };
}

export function redo<T>(history: EditHistory<T>): EditHistory<T> {
  const [present, ...future] = history.future;
  if (present === undefined) return history;
  return { past: [...history.past, history.present], present, future, typing: null };
}
