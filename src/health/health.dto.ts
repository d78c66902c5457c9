import type { CheckResult, Readiness } from './readiness.service.js';

/** The process runs. */
export class LiveView {
  /** Always `ok`: a process that can't say so doesn't answer. */
  status!: 'ok';
}

/** Whether the process can do its work. */
export class ReadyView implements Readiness {
  /** `error` when a check says so. */
  status!: 'ok' | 'error';
  /** Each check by name. */
  checks!: Record<string, CheckResult>;
}

/** A user that the demonstration offers to sign in as. */
export class DemoSignIn {
  /** What to type as login. */
  login!: string;
  /** What this user may do. */
  role!: 'marketer' | 'manager' | 'operator';
  /** Only while it is still the default one. */
  password?: string;
}

/** What this installation is. */
export class AboutView {
  /** Zvon. */
  name!: string;
  /** Version of the software. */
  version!: string;
  /** Whether it carries the demonstration. */
  demo!: boolean;
  /** Where its calls go. */
  telephony!: 'simulator';
  /** Users of the demonstration; none elsewhere. */
  signIns!: DemoSignIn[];
}
