import { useEffect, useRef } from 'react';

export type KeyMap = Record<string, (() => void) | undefined>;

/** Keys that name the choices of a list, in order. */
export const CHOICE_KEYS = ['1', '2', '3', '4', '5', '6', '7', '8', '9', '0', '-', '='];

const CODES: Record<string, string> = { Minus: '-', Equal: '=', NumpadEnter: 'Enter', NumpadSubtract: '-' };

/**
 * The key as printed on a Latin keyboard, by its place: H is H with a Russian or Vietnamese layout too.
 */
export function keyName(event: KeyboardEvent): string {
  if (event.key === '?' || (event.code === 'Slash' && event.shiftKey)) return '?';
  const placed = /^(?:Key|Digit|Numpad)([A-Z0-9])$/.exec(event.code)?.[1];
  const name = placed ?? CODES[event.code] ?? event.key;
  return event.ctrlKey || event.metaKey ? `Ctrl+${name}` : name;
}

function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (target instanceof HTMLInputElement) return target.type !== 'checkbox' && target.type !== 'radio';
  return target instanceof HTMLTextAreaElement || target instanceof HTMLSelectElement || target.isContentEditable;
}

/** A button or link takes Enter for itself, but for a choice that is made already: there Enter means "go on". */
function takesEnter(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  const control = target.closest('button, a, summary');
  return control !== null && !(control.hasAttribute('data-choice') && control.getAttribute('aria-pressed') === 'true');
}

/** Calls what the map says for a key, anywhere on the page except while typing or in a dialog. */
export function useKeys(map: KeyMap): void {
  const current = useRef(map);
  useEffect(() => {
    current.current = map;
  });
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.defaultPrevented || event.altKey || event.repeat || document.querySelector('dialog[open]')) return;
      const name = keyName(event);
      if (isTyping(event.target) && name !== 'Ctrl+Enter' && name !== 'Escape') return;
      if (name === 'Escape' && isTyping(event.target)) {
        (event.target as HTMLElement).blur();
        return;
      }
      if (name === 'Enter' && takesEnter(event.target)) return;
      const act = current.current[name];
      if (!act) return;
      event.preventDefault();
      act();
    };
    document.addEventListener('keydown', onKey);
    return () => document.removeEventListener('keydown', onKey);
  }, []);
}
