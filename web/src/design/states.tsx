import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useProblemText } from '../api/problem-text';
import { Button } from './controls';
import { Icon, type IconName } from './icon';

export function Empty(props: {
  icon: IconName;
  title: string;
  children?: ReactNode;
  actions?: ReactNode;
  compact?: boolean;
}) {
  return (
    <div className={props.compact ? 'empty compact' : 'empty'}>
      {!props.compact && (
        <span className="mark">
          <Icon name={props.icon} size={26} />
        </span>
      )}
      <h2>{props.title}</h2>
      {props.children && <p>{props.children}</p>}
      {props.actions && <div className="actions">{props.actions}</div>}
    </div>
  );
}

/** What could not be loaded, why, and the way to try again. */
export function Failure({ error, onRetry }: { error: unknown; onRetry?: () => void }) {
  const { t } = useTranslation();
  const text = useProblemText()(error);
  return (
    <div className="empty failure" role="alert">
      <span className="mark">
        <Icon name="alert" size={26} />
      </span>
      <h2>{text.sentence}</h2>
      {text.fix && <p>{text.fix}</p>}
      {onRetry && (
        <div className="actions">
          <Button onClick={onRetry}>{t('common.tryAgain')}</Button>
        </div>
      )}
    </div>
  );
}

/** Grey lines in place of rows that are on their way. */
export function SkeletonRows({ rows = 5 }: { rows?: number }) {
  const { t } = useTranslation();
  return (
    <div className="stack" role="status" style={{ padding: 20 }}>
      <span className="hidden-visually">{t('common.loading')}</span>
      {Array.from({ length: rows }, (_, row) => (
        <span key={row} className="skeleton" style={{ width: `${90 - ((row * 17) % 45)}%` }} />
      ))}
    </div>
  );
}
