/**
 * Tells workers that a job of some kind may be due. A hint, never the truth: the job is a row before anybody is woken, a
 * lost hint is made good by the sweeper, and a repeated one finds nothing to claim.
 */
export interface Waker {
  /** Wake one worker, in any process. Returns at once and never throws, whatever state the messenger is in. */
  wake(kind: string): void;
  /** Listen for wake-ups, those of this process included. Resolves once they would be heard. */
  onWake(listener: WakeListener): Promise<void>;
  /** Hear and send nothing more; resolves once nothing is left open. */
  close(): Promise<void>;
}

export type WakeListener = (kind: string) => void;

/** Injection token for the waker of a process. */
export const WAKER = Symbol('Waker');
