import type { Job, JobState } from './job.js';

/** Why a job failed, or what went wrong in its last try. */
export class JobProblemView {
  /** Stable code. */
  code!: string;
  /** A sentence. */
  detail!: string;
  /** What to do about it. */
  fix?: string;
}

/** One piece of background work. */
export class JobView {
  /** Id of the job. */
  id!: number;
  /** What it does, such as `import`. */
  kind!: string;
  /** Where it is in its life. */
  state!: JobState;
  /** What it last reported; its members depend on the kind. */
  progress!: Record<string, unknown>;
  /** Set when it failed, or when its last try did. */
  problem!: JobProblemView | null;

  static of(job: Job): JobView {
    const { id, kind, state, progress, problem } = job;
    return Object.assign(new JobView(), { id, kind, state, progress, problem });
  }
}
