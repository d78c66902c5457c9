import type { ReactNode } from 'react';
import { Icon } from './icon';

/** A part that opens; closed, its title says what holds now. */
export function Fold(props: {
  title: ReactNode;
  now: ReactNode;
  open?: boolean;
  className?: string;
  /** Its name, for those who lead here. */
  place?: string;
  onToggle?: (open: boolean) => void;
  children: ReactNode;
}) {
  return (
    <details
      className={props.className ? `fold ${props.className}` : 'fold'}
      data-place={props.place}
      open={props.open}
      onToggle={(event) => props.onToggle?.(event.currentTarget.open)}
    >
      <summary>
        <Icon name="chevron" size={16} />
        <span className="fold-title">{props.title}</span>
        <span className="fold-now">{props.now}</span>
      </summary>
      <div className="fold-body stack">{props.children}</div>
    </details>
  );
}
