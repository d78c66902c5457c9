import { stateMachine } from '../common/state-machine.js';

export const JOB_STATES = ['queued', 'running', 'succeeded', 'failed', 'cancelled'] as const;
export type JobState = (typeof JOB_STATES)[number];

/** What may follow what. A running job goes back to the queue between turns, after a failure, and when its worker died. */
export const jobStates = stateMachine<JobState>('job', {
  queued: ['running'],
  running: ['queued', 'succeeded', 'failed', 'cancelled'],
  succeeded: [],
  failed: [],
  cancelled: [],
});

/** Why a job failed, as it is shown. */
export interface JobProblem {
  code: string;
  detail: string;
  fix?: string;
}

/** One piece of work that outlives the request that asked for it. */
export interface Job<Payload = unknown> {
  id: number;
  organisationId: number;
  kind: string;
  payload: Payload;
  state: JobState;
  /** What the processor last reported. */
  progress: Record<string, unknown>;
  problem: JobProblem | null;
  /** Turns begun since the last one that ended well. */
  attempts: number;
  maxAttempts: number;
  runAt: Date;
  cancelRequestedAt: Date | null;
  createdBy: number | null;
  createdAt: Date;
  startedAt: Date | null;
  finishedAt: Date | null;
}

/** How a job ended. */
export interface JobEnd {
  state: 'succeeded' | 'failed' | 'cancelled';
  problem: JobProblem | null;
}
