import { Injectable } from '@nestjs/common';

/** `warn`: worth a look, and still able to work. */
export type CheckResult = 'ok' | 'warn' | 'error';
export type Check = () => Promise<CheckResult>;

export interface Readiness {
  status: 'ok' | 'error';
  checks: Record<string, CheckResult>;
}

const CHECK_WITHIN_MS = 2_000;

/** Can this process do its work? Each part registers how to tell. */
@Injectable()
export class ReadinessService {
  private readonly checks = new Map<string, Check>();

  register(name: string, check: Check): void {
    if (this.checks.has(name)) throw new Error(`The readiness check ${name} is registered twice`);
    this.checks.set(name, check);
  }

  /** Every check, at the same time. One that throws or takes longer than two seconds counts as an error. */
  async look(): Promise<Readiness> {
    const results = await Promise.all(
      [...this.checks].map(async ([name, check]) => [name, await settle(check)] as const),
    );
    const failed = results.some(([, result]) => result === 'error');
    return { status: failed ? 'error' : 'ok', checks: Object.fromEntries(results) };
  }
}

async function settle(check: Check): Promise<CheckResult> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<CheckResult>((resolve) => {
    timer = setTimeout(() => resolve('error'), CHECK_WITHIN_MS);
  });
  try {
    return await Promise.race([check(), late]);
  } catch {
    // What went wrong is the word `error` itself: the caller is a probe, and the part that fails logs its own reasons.
    return 'error';
  } finally {
    clearTimeout(timer);
  }
}
