import { useEffect, useId, useRef, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Button } from './controls';
import type { IconName } from './icon';

/** A modal dialog: the browser keeps focus inside, and Escape closes it. */
export function Dialog(props: { title: string; onClose: () => void; children: ReactNode }) {
  const ref = useRef<HTMLDialogElement>(null);
  const title = useId();
  useEffect(() => {
    const dialog = ref.current;
    if (dialog && !dialog.open) dialog.showModal();
  }, []);
  return (
    <dialog
      ref={ref}
      className="dialog"
      aria-labelledby={title}
      onCancel={(event) => {
        event.preventDefault();
        props.onClose();
      }}
      onClick={(event) => {
        if (event.target === ref.current) props.onClose();
      }}
    >
      <div className="inside">
        <h2 id={title}>{props.title}</h2>
        {props.children}
      </div>
    </dialog>
  );
}

/** The end of a dialog's form: Cancel, and the button that sends it; before them what is said meanwhile. */
export function DialogButtons(props: {
  submit: string;
  icon?: IconName;
  danger?: boolean;
  busy?: boolean;
  disabled?: boolean;
  said?: ReactNode;
  onClose: () => void;
}) {
  const { t } = useTranslation();
  return (
    <div className="buttons">
      {props.said !== undefined && (
        <span className="small muted grow" role="status">
          {props.said}
        </span>
      )}
      <Button onClick={props.onClose}>{t('common.cancel')}</Button>
      <Button
        type="submit"
        variant={props.danger ? 'danger' : 'primary'}
        icon={props.icon}
        busy={props.busy}
        disabled={props.disabled}
      >
        {props.submit}
      </Button>
    </div>
  );
}

export function Confirm(props: {
  title: string;
  text: string;
  action: string;
  /** Other words for Cancel, where that could be meant of something else. */
  stay?: string;
  busy?: boolean;
  onConfirm: () => void;
  onClose: () => void;
}) {
  const { t } = useTranslation();
  return (
    <Dialog title={props.title} onClose={props.onClose}>
      <p className="secondary">{props.text}</p>
      <div className="buttons">
        <Button autoFocus onClick={props.onClose}>
          {props.stay ?? t('common.cancel')}
        </Button>
        <Button variant="danger" busy={props.busy} onClick={props.onConfirm}>
          {props.action}
        </Button>
      </div>
    </Dialog>
  );
}
