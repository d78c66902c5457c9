/** Weekdays as profiles and campaigns name them, Monday first. */
export const WEEKDAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;
export type Weekday = (typeof WEEKDAYS)[number];

/** Local times of day, `HH:mm`, first inclusive, last exclusive. */
export type LocalWindow = readonly [string, string];
/** When it is open, by weekday of the called person; a day that is absent is closed. */
export type WeekHours = Partial<Record<Weekday, readonly LocalWindow[]>>;

/** At most `max` attempts to one phone, from all campaigns of the company, in any `windowMs` long stretch of time. */
export interface Cap {
  max: number;
  windowMs: number;
}

/** A national registry that must be at hand, and how old the file from it may be. */
export interface RegistryRule {
  /** Its code, as the suppression list has it. */
  registry: string;
  maxAgeDays: number;
}

/** What a campaign's calls are for: the law asks less of those that serve a contract. */
export const PURPOSES = ['sales', 'service'] as const;
export type Purpose = (typeof PURPOSES)[number];

/** How calls may be placed, the least automatic first. */
export const RULE_MODES = ['manual', 'preview', 'progressive', 'ratio', 'predictive'] as const;
export type RuleMode = (typeof RULE_MODES)[number];

/** How often is enough. */
export interface CapRule {
  /** What is counted together: one number, all numbers of a person, a person within one campaign. */
  key: 'phone' | 'person' | 'campaign';
  /** Every dial, or only those that a person answered. */
  count: 'attempts' | 'contacts';
  max: number;
  /** Any such stretch of time; or so many calendar days of the recipient, today being the last. */
  window: { hours: number } | { days: number };
}

/** How long somebody is left alone after something. */
export interface CoolDown {
  after: 'refusal' | 'abandoned' | 'contact';
  hours: number;
  scope: 'campaign' | 'company';
}

/** Consent that must be known, the weakest first. Written: with a wording that was agreed to in writing. */
export const CONSENTS = ['none', 'prior', 'written'] as const;
export type ConsentRule = (typeof CONSENTS)[number];

/** What may be done about recording: it may, it must, it must not. The last wins where two of them meet. */
export const RECORDINGS = ['optional', 'mandatory', 'none'] as const;
export type RecordingRule = (typeof RECORDINGS)[number];

/** Everything that a jurisdiction rules about calls, each cell known. */
export interface Rule {
  /** All must be open. */
  hours: readonly WeekHours[];
  /** On holidays of the recipient's country and region, by the recipient's date. */
  closedOnHolidays: boolean;
  /** It must not ring after the window closes: no dial within so many seconds before that. */
  closingMarginSeconds: number;
  caps: readonly CapRule[];
  coolDowns: readonly CoolDown[];
  consent: ConsentRule;
  /** Null: it does not grow old. */
  consentMaxAgeDays: number | null;
  /** Without each of them, and fresh, nobody is called. */
  registries: readonly RegistryRule[];
  modes: readonly RuleMode[];
  abandon: {
    /** Abandoned calls per call that a live person answered. */
    maxRate: number;
    windowDays: number;
    /** How long whoever answered may wait for an operator. */
    connectTimeoutMs: number;
    /** Then a message must name the seller. */
    message: boolean;
    redialAfterHours: number;
  };
  ring: { minSeconds: number; maxSeconds: number };
  callerId: {
    required: boolean;
    mobileAllowed: boolean;
    /** The number must begin so, in E.164 without plus; null: with anything. */
    prefixes: readonly string[] | null;
    /** It must be registered with the carrier, under the caller's name or in a range for such calls. */
    registered: boolean;
  };
  recording: RecordingRule;
  /** How long the record of an attempt is kept. */
  retentionDays: number;
}

/** A profile that was met into an effective rule. */
export interface ProfileMark {
  code: string;
  version: string;
  /** SHA-256 of its canonical JSON, hexadecimal. */
  hash: string;
}

/** An override that is in force in an effective rule. */
export interface OverrideMark {
  id: number;
  /** Code of the profile, and the cell of it that is replaced, such as `dialing.modes`. */
  profile: string;
  cell: string;
  /** The legal opinion that it rests on. */
  opinion: string;
  validTo: Date;
}

/** What holds for one call: the meet of every profile that may apply. */
export interface EffectiveRule extends Rule {
  /** Sorted. */
  profiles: readonly ProfileMark[];
  /** Of those profiles, sorted by id. */
  overrides: readonly OverrideMark[];
}

/** The rules of one jurisdiction in short. */
export interface Profile {
  id: string;
  version: string;
  title: string;
  hours: WeekHours;
  caps: readonly Cap[];
  /** Without each of them, and fresh, nobody is called. */
  registries: readonly RegistryRule[];
  /** Nobody is called of whom no consent is known. Left out: consent is not asked for. */
  needsConsent?: boolean;
  /** Hours that must pass before a person whom we abandoned is dialled again. */
  redialAfterAbandonHours: number;
  sources: readonly { rule: string; source: string; confidence: 'A' | 'B' | 'R' | 'house' }[];
}

const DAY_MS = 24 * 3_600_000;

/** The strict default of the house: what holds where no jurisdiction's own profile says more. */
export const HOUSE_PROFILE: Profile = {
  id: 'house',
  version: '2026-11',
  title: 'House default',
  hours: {
    mon: [['09:00', '20:00']],
    tue: [['09:00', '20:00']],
    wed: [['09:00', '20:00']],
    thu: [['09:00', '20:00']],
    fri: [['09:00', '20:00']],
    sat: [['10:00', '18:00']],
  },
  caps: [
    { max: 3, windowMs: DAY_MS },
    { max: 7, windowMs: 7 * DAY_MS },
  ],
  registries: [],
  redialAfterAbandonHours: 72,
  sources: [
    {
      rule: 'hours',
      source: 'house rule: the narrowest of the hours found in the countries served',
      confidence: 'house',
    },
    {
      rule: 'caps',
      source: 'house rule: 3 attempts in rolling 24 h as in FL, OK and MD; 7 in a week',
      confidence: 'house',
    },
    { rule: 'redialAfterAbandonHours', source: 'Ofcom, persistent misuse statement: 72 hours', confidence: 'B' },
  ],
};

/**
 * For a demonstration on the simulated switch: nobody is called, so nobody is disturbed at night. Everything but the hours
 * is as strict as the house; a campaign's own hours still hold.
 */
export const SIMULATION_PROFILE: Profile = {
  ...HOUSE_PROFILE,
  id: 'simulation',
  title: 'Simulated calls',
  hours: Object.fromEntries(WEEKDAYS.map((day) => [day, [['00:00', '24:00']]])),
  sources: [{ rule: 'hours', source: 'calls on the simulated switch reach nobody', confidence: 'house' }],
};

/** A profile in short as a whole rule. What it is silent about is allowed, as it always was for these two. */
export function ruleOfProfile(profile: Profile): EffectiveRule {
  return {
    profiles: [{ code: profile.id, version: profile.version, hash: '' }],
    overrides: [],
    hours: [profile.hours],
    closedOnHolidays: false,
    closingMarginSeconds: 0,
    caps: profile.caps.map(({ max, windowMs }) => ({
      ...({ key: 'phone', count: 'attempts', max } as const),
      window: { hours: windowMs / 3_600_000 },
    })),
    coolDowns: [],
    consent: profile.needsConsent ? 'prior' : 'none',
    consentMaxAgeDays: null,
    registries: profile.registries,
    modes: RULE_MODES,
    abandon: {
      maxRate: 0.03,
      windowDays: 30,
      connectTimeoutMs: 2_000,
      message: true,
      redialAfterHours: profile.redialAfterAbandonHours,
    },
    ring: { minSeconds: 15, maxSeconds: 60 },
    callerId: { required: false, mobileAllowed: true, prefixes: null, registered: false },
    recording: 'optional',
    retentionDays: 1_826,
  };
}
