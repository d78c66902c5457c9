import type { ReactNode } from 'react';
import { useProblemText } from '../api/problem-text';
import { Notice } from '../design/controls';

/** What went wrong and what to do, in place. */
export function ProblemNotice({ error, children }: { error: unknown; children?: ReactNode }) {
  const text = useProblemText()(error);
  return (
    <Notice tone="bad">
      <strong>{text.sentence}</strong>
      {text.fix && <p className="secondary">{text.fix}</p>}
      {children}
    </Notice>
  );
}
