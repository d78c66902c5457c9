import { useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Icon } from '../design/icon';

/** A file that was dropped on one screen for another to take. */
let handedOver: File | null = null;

export function handOver(file: File): void {
  handedOver = file;
}

/** The file that another screen has handed over, once. */
export function takeOver(): File | null {
  const file = handedOver;
  handedOver = null;
  return file;
}

const holdsFiles = (event: DragEvent) => event.dataTransfer?.types.includes('Files') ?? false;

/**
 * Takes a file that is dropped anywhere on the page, and covers the page while one is held over it. Without `onFile` a
 * dropped file is turned away: by itself the browser would leave the page and open it.
 */
export function PageDrop({ onFile }: { onFile: ((file: File) => void) | null }) {
  const { t } = useTranslation();
  const [over, setOver] = useState(false);
  const taker = useRef(onFile);
  useEffect(() => {
    taker.current = onFile;
  });

  useEffect(() => {
    const drag = (event: DragEvent) => {
      if (!holdsFiles(event)) return;
      event.preventDefault();
      if (event.dataTransfer) event.dataTransfer.dropEffect = taker.current ? 'copy' : 'none';
      setOver(taker.current !== null);
    };
    // Left for another element of the page, there is a related target; left for outside, there is none.
    const leave = (event: DragEvent) => {
      if (event.relatedTarget === null) setOver(false);
    };
    const drop = (event: DragEvent) => {
      if (!holdsFiles(event)) return;
      event.preventDefault();
      setOver(false);
      const [file] = event.dataTransfer?.files ?? [];
      if (file) taker.current?.(file);
    };
    window.addEventListener('dragenter', drag);
    window.addEventListener('dragover', drag);
    window.addEventListener('dragleave', leave);
    window.addEventListener('drop', drop);
    return () => {
      window.removeEventListener('dragenter', drag);
      window.removeEventListener('dragover', drag);
      window.removeEventListener('dragleave', leave);
      window.removeEventListener('drop', drop);
    };
  }, []);

  if (!over) return null;
  return (
    <div className="drop-veil" aria-hidden="true">
      <p>
        <Icon name="upload" size={28} />
        {t('upload.dropAnywhere')}
      </p>
    </div>
  );
}

/** A button that opens the choice of a file; the file may be dropped on it too, as anywhere on the page. */
export function DropZone(props: { onFile: (file: File) => void; hint?: string }) {
  const { t } = useTranslation();
  const input = useRef<HTMLInputElement>(null);
  return (
    <div className="drop-holder">
      <FileInput ref={input} onFile={props.onFile} />
      <button type="button" className="drop" onClick={() => input.current?.click()}>
        <span className="mark">
          <Icon name="upload" size={24} />
        </span>
        <span>
          <strong>{t('upload.drop')}</strong>
          <span className="small muted">{props.hint ?? t('upload.hint')}</span>
        </span>
        <span className="button plain small">{t('upload.pick')}</span>
      </button>
    </div>
  );
}

/** Any file may be chosen: one that can't be read is answered with what to do about it. */
export function FileInput(props: { ref: React.Ref<HTMLInputElement>; onFile: (file: File) => void }) {
  return (
    <input
      ref={props.ref}
      type="file"
      hidden
      onChange={(event) => {
        const chosen = event.target.files?.[0];
        // Chosen again after a failure, the same file counts as a change.
        event.target.value = '';
        if (chosen) props.onFile(chosen);
      }}
    />
  );
}
