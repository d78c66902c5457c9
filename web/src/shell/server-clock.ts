import { useEffect, useState } from 'react';
import type { Instant } from '../api/contract';

/**
 * The server's time, ticking. What the server said last is laid against this machine's clock, so that timers are right
 * even where that clock is wrong.
 */
export function useServerClock(serverNow: Instant | undefined, tickMs = 1000): number {
  const [offset, setOffset] = useState(0);
  const [now, setNow] = useState(() => Date.now());

  useEffect(() => {
    if (serverNow === undefined) return;
    setOffset(Date.parse(serverNow) - Date.now());
    setNow(Date.now());
  }, [serverNow]);

  useEffect(() => {
    const timer = window.setInterval(() => setNow(Date.now()), tickMs);
    return () => window.clearInterval(timer);
  }, [tickMs]);

  return now + offset;
}
