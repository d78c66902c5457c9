import { useEffect, useRef, useSyncExternalStore } from 'react';

const RETRY_MS = [1000, 2000, 5000, 10_000];

const lost = new Set<symbol>();
const watchers = new Set<() => void>();

function mark(stream: symbol, isLost: boolean): void {
  if (lost.has(stream) === isLost) return;
  if (isLost) lost.add(stream);
  else lost.delete(stream);
  for (const watcher of watchers) watcher();
}

let refused: (() => void) | undefined;

/** Called when a stream is refused: the session may have ended, which a stream cannot say by itself. */
export function onStreamRefused(listener: () => void): void {
  refused = listener;
}

function watch(watcher: () => void): () => void {
  watchers.add(watcher);
  return () => void watchers.delete(watcher);
}

/** Whether any stream of this page has lost its server. */
export function useConnectionLost(): boolean {
  return useSyncExternalStore(watch, () => lost.size > 0);
}

/**
 * Listens to one server-sent event of an address while mounted. The browser reconnects a broken stream by itself; one
 * that was refused (a restart, a proxy's error page) is opened again here, a little later each time.
 */
export function useEventStream<T>(path: string | null, event: string, onData: (data: T) => void): void {
  const handler = useRef(onData);
  useEffect(() => {
    handler.current = onData;
  });

  useEffect(() => {
    if (path === null) return;
    const stream = Symbol(path);
    let source: EventSource;
    let failures = 0;
    let timer = 0;

    const open = () => {
      source = new EventSource(`/api${path}`);
      source.onopen = () => {
        failures = 0;
        mark(stream, false);
      };
      source.addEventListener(event, (message) => {
        mark(stream, false);
        handler.current(JSON.parse((message as MessageEvent<string>).data) as T);
      });
      source.onerror = () => {
        mark(stream, true);
        if (source.readyState !== EventSource.CLOSED) return;
        refused?.();
        const wait = RETRY_MS[Math.min(failures, RETRY_MS.length - 1)] ?? 10_000;
        failures += 1;
        timer = window.setTimeout(open, wait);
      };
    };
    open();
    return () => {
      window.clearTimeout(timer);
      source.close();
      mark(stream, false);
    };
  }, [path, event]);
}
