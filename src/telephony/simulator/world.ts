import type { ConversationOutcome } from './conversation.js';

/** Parameters of a lognormal in seconds, as of the underlying normal. */
export interface LognormalSeconds {
  mu: number;
  sigma: number;
}

/** Ends of a uniform distribution, in milliseconds. */
export type RangeMs = readonly [min: number, max: number];

/** How simulated customers behave. Each parameter's origin is in `WORLD_SOURCES`. */
export interface SimulatedWorld {
  /** Share of first calls that a person would answer, given time enough. */
  answerRate: number;
  /** The same for whoever asked to be called back. */
  answerRateOfPromised: number;
  /** Of the first calls that no person would answer: what becomes of them. Sums to 1. `invalid` holds for good. */
  otherwise: { busy: number; invalid: number; machine: number; noAnswer: number };
  /** From the order to the first ring, or to the network's answer. */
  setUpMs: RangeMs;
  busyAfterMs: RangeMs;
  invalidAfterMs: RangeMs;
  /** Ringing until a person picks up. */
  ring: LognormalSeconds;
  /** Share of machines that pick up at once: phones switched off, lines forwarded. */
  machineAtOnceShare: number;
  /** Ringing until one of the other machines picks up. */
  machineRingMs: RangeMs;
  /** A machine that nobody hangs up on records for so long. */
  machineRecordsMs: RangeMs;
  /** A person whom nobody greets hangs up after this. */
  patienceMs: RangeMs;
  /** Talk by outcome, from the connection to the customer's hang-up. */
  talk: Readonly<Record<ConversationOutcome, LognormalSeconds>>;
  /** Talk of a refusal with the reason `hung_up_early`. */
  talkHungUpEarly: LognormalSeconds;
  /** No conversation is longer. */
  longestTalkMs: number;
  /** Chance of a sale at the first, second, … conversation with a number; the last value holds from there on. */
  saleByContact: readonly number[];
  /** Chance of a sale in a call that had been promised. */
  saleAfterCallback: number;
  /** Chance of a sale to somebody who bought before. */
  saleAfterSale: number;
  /** Share of numbers that are somebody else's, and of those whose record is wrong. Both hold for good. */
  wrongPersonRate: number;
  badDataRate: number;
  /** Shares of the conversations with the right party; what is left after sales and these is a refusal. */
  outcomes: { callback: number; do_not_call: number; complaint: number; silent: number };
  /** The objection of a person, weighted; they keep to it from call to call. Codes of `dispositions`. */
  refusalReasons: Readonly<Record<string, number>>;
  /** Suppliers of those who have one, weighted. Invented names. */
  competitors: Readonly<Record<string, number>>;
  /** What people pay now, or would pay: lognormal, in units of the campaign's currency. */
  price: { mu: number; sigma: number };
  /** Share of promised callbacks that fall on the same day, and when; the others, in days. */
  callbackSoonShare: number;
  callbackSoonMs: RangeMs;
  callbackLaterMs: RangeMs;
  /** Share of callbacks for which only the same operator will do. */
  callbackPersonalShare: number;
  /** Days until it would suit somebody who refuses for bad timing. */
  badTimingDays: readonly [min: number, max: number];
}

/** `data`: measured on real calls. `study`: fixed by the pacing study, itself an assumption. `assumed`: ours. */
export type ParameterOrigin = 'data' | 'study' | 'assumed';

export interface ParameterSource {
  origin: ParameterOrigin;
  note: string;
}

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** mu of a lognormal with this mean and sigma. */
export function muOfMean(mean: number, sigma: number): number {
  return Math.log(mean) - (sigma * sigma) / 2;
}

export const DEFAULT_WORLD: SimulatedWorld = {
  answerRate: 0.3,
  answerRateOfPromised: 0.75,
  otherwise: { busy: 0.08, invalid: 0.07, machine: 0.45, noAnswer: 0.4 },
  setUpMs: [800, 3_200],
  busyAfterMs: [1_000, 2_000],
  invalidAfterMs: [1_500, 3_500],
  ring: { mu: muOfMean(9, 0.5), sigma: 0.5 },
  machineAtOnceShare: 0.25,
  machineRingMs: [16_000, 20_000],
  machineRecordsMs: [20_000, 40_000],
  patienceMs: [3_000, 8_000],
  talk: {
    sale: { mu: 6.073, sigma: 0.712 },
    refusal: { mu: 5.049, sigma: 0.887 },
    callback: { mu: 4.1, sigma: 0.6 },
    wrong_person: { mu: 3.2, sigma: 0.5 },
    bad_data: { mu: 3.4, sigma: 0.5 },
    do_not_call: { mu: 3.2, sigma: 0.6 },
    complaint: { mu: 4.4, sigma: 0.6 },
    silent: { mu: 2.2, sigma: 0.4 },
  },
  talkHungUpEarly: { mu: 2.7, sigma: 0.5 },
  longestTalkMs: HOUR,
  saleByContact: [
    0.0558, 0.0514, 0.0442, 0.0326, 0.0241, 0.0222, 0.0158, 0.0096, 0.0123, 0.011, 0.0138, 0.0043, 0.0071, 0.0021,
    0.0049,
  ],
  saleAfterCallback: 0.2,
  saleAfterSale: 0.6511,
  wrongPersonRate: 0.07,
  badDataRate: 0.02,
  outcomes: { callback: 0.12, do_not_call: 0.03, complaint: 0.004, silent: 0.03 },
  refusalReasons: {
    no_need: 24,
    too_expensive: 14,
    has_supplier: 14,
    hung_up_early: 10,
    bad_timing: 9,
    distrust: 9,
    pays_less_now: 7,
    not_decision_maker: 4,
    bad_experience: 3,
    not_by_phone: 3,
    other: 2,
    language: 1,
  },
  competitors: { Meridian: 4, Nordline: 3, Sunbridge: 2, Vectra: 1 },
  price: { mu: Math.log(30), sigma: 0.4 },
  callbackSoonShare: 0.5,
  callbackSoonMs: [45 * MINUTE, 4 * HOUR],
  callbackLaterMs: [DAY, 4 * DAY],
  callbackPersonalShare: 0.2,
  badTimingDays: [14, 120],
};

const BANK = 'UCI Bank Marketing, Moro, Cortez, Rita 2014, CC BY 4.0';

/** Where each parameter of `DEFAULT_WORLD` comes from. Reports of simulated shifts print it. */
export const WORLD_SOURCES: Readonly<Record<keyof SimulatedWorld, ParameterSource>> = {
  answerRate: { origin: 'study', note: 'nobody publishes answer rates' },
  answerRateOfPromised: { origin: 'assumed', note: 'whoever asked for a call back mostly takes it' },
  otherwise: { origin: 'study', note: 'shares of what is not answered by a person' },
  setUpMs: { origin: 'study', note: 'uniform' },
  busyAfterMs: { origin: 'study', note: 'uniform, after the set-up' },
  invalidAfterMs: { origin: 'study', note: 'uniform, after the set-up' },
  ring: { origin: 'study', note: 'lognormal, mean 9 s; nobody publishes ring times' },
  machineAtOnceShare: { origin: 'study', note: 'a quarter' },
  machineRingMs: { origin: 'study', note: 'about 18 s; the spread is assumed' },
  machineRecordsMs: { origin: 'assumed', note: 'uniform' },
  patienceMs: { origin: 'assumed', note: 'uniform' },
  talk: { origin: 'data', note: `sale and refusal: lognormals fitted to ${BANK}; the other outcomes assumed, shorter` },
  talkHungUpEarly: { origin: 'assumed', note: 'lognormal, median 15 s' },
  longestTalkMs: { origin: 'assumed', note: 'a bound, rarely met' },
  saleByContact: { origin: 'data', note: `hazard by contact number, ${BANK}` },
  saleAfterCallback: { origin: 'assumed', note: 'a promised call sells better' },
  saleAfterSale: { origin: 'data', note: `conversion after a success in an earlier campaign, ${BANK}` },
  wrongPersonRate: { origin: 'assumed', note: 'by number, for good' },
  badDataRate: { origin: 'assumed', note: 'by number, for good' },
  outcomes: { origin: 'assumed', note: 'shares of conversations with the right party' },
  refusalReasons: { origin: 'assumed', note: 'weights' },
  competitors: { origin: 'assumed', note: 'invented names' },
  price: { origin: 'assumed', note: 'lognormal, median 30' },
  callbackSoonShare: { origin: 'assumed', note: 'the rest on later days' },
  callbackSoonMs: { origin: 'assumed', note: 'uniform' },
  callbackLaterMs: { origin: 'assumed', note: 'uniform' },
  callbackPersonalShare: { origin: 'assumed', note: 'share of callbacks' },
  badTimingDays: { origin: 'assumed', note: 'uniform' },
};

/** One printable line for each parameter: its name, its value and where it comes from. */
export function describeWorld(
  world: SimulatedWorld = DEFAULT_WORLD,
): { parameter: string; value: string; origin: ParameterOrigin; note: string }[] {
  return (Object.keys(WORLD_SOURCES) as (keyof SimulatedWorld)[]).map((parameter) => {
    const changed = JSON.stringify(world[parameter]) !== JSON.stringify(DEFAULT_WORLD[parameter]);
    const source: ParameterSource = changed
      ? { origin: 'assumed', note: 'set for this run' }
      : WORLD_SOURCES[parameter];
    return { parameter, value: show(world[parameter]), ...source };
  });
}

function show(value: unknown): string {
  if (typeof value === 'number') return String(Math.round(value * 1e4) / 1e4);
  if (Array.isArray(value)) return value.map(show).join(', ');
  return Object.entries(value as object)
    .map(([key, inner]) => `${key} ${typeof inner === 'object' ? `(${show(inner)})` : show(inner)}`)
    .join(', ');
}
