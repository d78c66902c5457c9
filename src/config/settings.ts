import { hostname } from 'node:os';
import { join, resolve } from 'node:path';

/** Which parts of the engine a process runs. */
export const ROLES = ['all', 'api', 'worker', 'dialer'] as const;
export type ProcessRole = (typeof ROLES)[number];

/**
 * Whose rules of calling hold. law: the profiles of each jurisdiction · house: the strict default everywhere, as in a shift
 * that is simulated · simulation: calls reach nobody, so the hours are open.
 */
export const RULE_SOURCES = ['law', 'house', 'simulation'] as const;
export type RuleSource = (typeof RULE_SOURCES)[number];

/** Everything that the environment decides, read once at start. The table in README.md explains each. */
export interface Settings {
  role: ProcessRole;
  host: string;
  port: number;
  /** Set: use this Postgres. Null: start an embedded one in `dataDir`. */
  databaseUrl: string | null;
  /** Set: wake workers through this Redis. Null: a private one where there is a binary, else in-process. */
  redisUrl: string | null;
  /** Everything that must survive a restart of the embedded default: the database, keys, uploads. */
  dataDir: string;
  /** Master secret (32 bytes or more) from which the keys of phones and sessions are derived. Null: made and kept in `dataDir`. */
  secret: string | null;
  /** Seed the demonstration (users, base, campaign) into an empty database. */
  demo: boolean;
  /** Follows from `demo`; the simulated shift says `house`. Not to be set from outside: the law is not switched off. */
  profiles: RuleSource;
  demoPasswords: { marketer: string; manager: string; operator: string };
  metricsToken: string | null;
  /** Share of first calls that simulated people answer, from 0 to 1. */
  simulatedAnswerRate: number;
  /** Largest upload in bytes. */
  maxUploadBytes: number;
  /** Address under which browsers reach the console; https makes cookies secure. */
  publicUrl: string | null;
  logFormat: 'text' | 'json';
  /** Name of this process in leases and locks. */
  nodeName: string;
}

/** Injection token for the settings. */
export const SETTINGS = Symbol('Settings');

/** Read the environment. Throws one error that names every variable that makes no sense. */
export function readSettings(env: Record<string, string | undefined>): Settings {
  const faults: string[] = [];
  const text = (name: string): string | null => env[name]?.trim() || null;
  const whole = (name: string, fallback: number, min: number, max: number): number => {
    const raw = text(name);
    if (raw === null) return fallback;
    const value = Number(raw);
    if (Number.isInteger(value) && value >= min && value <= max) return value;
    faults.push(`${name} must be a whole number from ${min} to ${max}, not "${raw}"`);
    return fallback;
  };
  const oneOf = <T extends string>(name: string, allowed: readonly T[], fallback: T): T => {
    const raw = text(name);
    if (raw === null) return fallback;
    if ((allowed as readonly string[]).includes(raw)) return raw as T;
    faults.push(`${name} must be one of ${allowed.join(', ')}, not "${raw}"`);
    return fallback;
  };
  const secret = text('ZVON_SECRET');
  if (secret !== null && Buffer.byteLength(secret) < 32) faults.push('ZVON_SECRET must have at least 32 bytes');
  const port = whole('PORT', 3000, 0, 65_535);
  const demo = oneOf('ZVON_DEMO', ['on', 'off'], 'on') === 'on';
  const settings: Settings = {
    role: oneOf('ZVON_ROLE', ROLES, 'all'),
    host: text('HOST') ?? '127.0.0.1',
    port,
    databaseUrl: text('DATABASE_URL'),
    redisUrl: text('REDIS_URL'),
    dataDir: resolve(text('ZVON_DATA') ?? '.zvon'),
    secret,
    demo,
    profiles: demo ? 'simulation' : 'law',
    demoPasswords: {
      marketer: text('DEMO_MARKETER_PASSWORD') ?? DEFAULT_DEMO_PASSWORD,
      manager: text('DEMO_MANAGER_PASSWORD') ?? DEFAULT_DEMO_PASSWORD,
      operator: text('DEMO_OPERATOR_PASSWORD') ?? DEFAULT_DEMO_PASSWORD,
    },
    metricsToken: text('METRICS_TOKEN'),
    // More than in life: whoever tries the demonstration wants conversations.
    simulatedAnswerRate: whole('SIMULATED_ANSWER_PERCENT', 50, 1, 90) / 100,
    maxUploadBytes: whole('MAX_UPLOAD_MB', 2048, 1, 1_048_576) * 1_048_576,
    publicUrl: text('PUBLIC_URL'),
    logFormat: oneOf('LOG_FORMAT', ['text', 'json'], 'text'),
    nodeName: text('ZVON_NODE') ?? `${hostname()}:${process.pid}`,
  };
  if (faults.length > 0) throw new Error(`The environment needs mending:\n  ${faults.join('\n  ')}`);
  return settings;
}

/** Of the demonstration's users, until the environment says otherwise. */
export const DEFAULT_DEMO_PASSWORD = 'zvon-demo';

/** Folder of one kind of thing inside the data folder. */
export function dataPath(settings: Pick<Settings, 'dataDir'>, ...parts: string[]): string {
  return join(settings.dataDir, ...parts);
}
