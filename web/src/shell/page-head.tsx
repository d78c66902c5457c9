import type { ReactNode } from 'react';
import { Link } from 'react-router';
import { Icon } from '../design/icon';

/** A page's name, the way back and its actions. */
export function PageHead(props: {
  title: ReactNode;
  hint?: ReactNode;
  back?: { to: string; name: string };
  actions?: ReactNode;
}) {
  return (
    <header className="page-head">
      <div>
        {props.back && (
          <Link className="back" to={props.back.to}>
            <Icon name="back" size={14} />
            <span className="clip">{props.back.name}</span>
          </Link>
        )}
        <h1>{props.title}</h1>
        {props.hint && <div className="secondary">{props.hint}</div>}
      </div>
      {props.actions && <div className="actions">{props.actions}</div>}
    </header>
  );
}
