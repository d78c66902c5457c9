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

/** The rules of one jurisdiction, as data. */
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
