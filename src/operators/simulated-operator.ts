import { DateTime } from 'luxon';

import { lognormal, type Random } from '../common/random.js';
import type { Conversation } from '../telephony/simulator/conversation.js';

/** How simulated operators work. Where each parameter comes from is in `describeOperatorWorld`. */
export interface OperatorWorld {
  /** Operators differ in pace: lognormal with a mean of 1 and this standard deviation. */
  paceDeviation: number;
  /** Wrap-up of an operator of pace 1: lognormal with this mean and sigma of the underlying normal. */
  wrapUpMeanMs: number;
  wrapUpSigma: number;
  /** Share of conversations that the operator closes, a moment before the customer would. */
  closesShare: number;
  /** At pace 1, an operator who hears nothing hangs up after this. */
  silenceMs: number;
}

export const DEFAULT_OPERATOR_WORLD: OperatorWorld = {
  paceDeviation: 0.15,
  wrapUpMeanMs: 30_000,
  wrapUpSigma: 0.5,
  closesShare: 0.5,
  silenceMs: 6_000,
};

/** One printable line for each parameter, beside those of the simulated customers. None is from data. */
export function describeOperatorWorld(
  world: OperatorWorld = DEFAULT_OPERATOR_WORLD,
): { parameter: keyof OperatorWorld; value: string; origin: 'study' | 'assumed'; note: string }[] {
  const line = (parameter: keyof OperatorWorld, origin: 'study' | 'assumed', note: string) => {
    const changed = world[parameter] !== DEFAULT_OPERATOR_WORLD[parameter];
    const source = changed ? { origin: 'assumed' as const, note: 'set for this run' } : { origin, note };
    return { parameter, value: String(world[parameter]), ...source };
  };
  return [
    line('paceDeviation', 'study', 'lognormal, mean 1'),
    line('wrapUpMeanMs', 'study', 'lognormal, times the pace'),
    line('wrapUpSigma', 'study', 'of the underlying normal'),
    line('closesShare', 'assumed', 'of conversations'),
    line('silenceMs', 'assumed', 'times the pace'),
  ];
}

/** What a simulated operator puts down; the fields of the desk's disposition. */
export interface SimulatedDisposition {
  /** Standard outcome code, see `dispositions`. */
  outcome: Conversation['outcome'];
  refusalReason?: string;
  /** `date` is a local date, `YYYY-MM-DD`. */
  refusalDetail?: { price?: number; competitor?: string; date?: string; note?: string };
  /** `localTime` is `YYYY-MM-DDTHH:mm` in `timeZone`; `inMs` is the same instant, from now. */
  callback?: { inMs: number; localTime: string; timeZone: string; personal: boolean };
  note?: string;
}

/** What an operator goes by when putting an outcome down. */
export interface DispositionContext {
  now: Date;
  /** IANA zone of the customer. */
  timeZone: string;
  /** May the customer be called then? Unless told, at any time. */
  isCallable?: (at: Date) => boolean;
}

/** How an operator deals with one call. */
export interface SimulatedHandling {
  /** From the connection: the operator hangs up then, if the customer has not. Null: the customer ends it. */
  hangUpAfterMs: number | null;
  /** From the end of the call to the disposition. */
  wrapUpMs: number;
}

/** Times that a customer agrees to are whole quarters of an hour. */
const QUARTER_MS = 900_000;
/** An operator looks no further ahead for a time when the customer may be called. */
const LOOK_AHEAD_MS = 14 * 86_400_000;
/** The moment before the customer hangs up in which the operator does. */
const GOODBYE_MS = 1_500;

/** Pace of an operator for the whole of a run: 1.1 takes a tenth longer than the team. Draws nothing from `random`. */
export function operatorPace(random: Random, operatorId: number, world = DEFAULT_OPERATOR_WORLD): number {
  const sigma = Math.sqrt(Math.log(1 + world.paceDeviation ** 2));
  return lognormal(random.fork(`operator/${operatorId}/pace`), -(sigma ** 2) / 2, sigma);
}

/**
 * How an operator deals with an attempt. Depends on the seed of `random`, the operator and the attempt only, so that the
 * order of calls does not matter. `conversation` is null for a call in which nobody speaks, such as a machine's.
 */
export function handleCall(
  random: Random,
  operatorId: number,
  attemptId: number,
  conversation: Conversation | null,
  world = DEFAULT_OPERATOR_WORLD,
): SimulatedHandling {
  const draw = random.fork(`operator/${operatorId}/attempt/${attemptId}`);
  const pace = operatorPace(random, operatorId, world);
  const { wrapUpMeanMs, wrapUpSigma } = world;
  const wrapUpMs = pace * lognormal(draw, Math.log(wrapUpMeanMs) - wrapUpSigma ** 2 / 2, wrapUpSigma);
  if (!conversation || conversation.outcome === 'silent') return { hangUpAfterMs: pace * world.silenceMs, wrapUpMs };
  const closes = draw.next() < world.closesShare && !leavesFirst(conversation);
  return { hangUpAfterMs: closes ? Math.max(0, conversation.talkMs - GOODBYE_MS) : null, wrapUpMs };
}

/**
 * What an operator puts down after a conversation: what was said, told truly, with the details that the reason or the
 * outcome asks for. Null, when nobody spoke, is `silent`.
 */
export function dispositionFor(conversation: Conversation | null, context: DispositionContext): SimulatedDisposition {
  if (!conversation) return { outcome: 'silent' };
  const { outcome, refusal, callback } = conversation;
  switch (outcome) {
    case 'refusal':
      return refusal
        ? refusalOf(refusal, context)
        : { outcome, refusalReason: 'other', refusalDetail: { note: UNSAID } };
    case 'callback':
      return { outcome, callback: appointment(callback ?? { inMs: 0, personal: false }, context) };
    case 'complaint':
      return { outcome, note: 'Complains of being called.' };
    default:
      return { outcome };
  }
}

const UNSAID = 'Gave no reason.';

function refusalOf(refusal: NonNullable<Conversation['refusal']>, context: DispositionContext): SimulatedDisposition {
  const { reason, price, competitor, inDays } = refusal;
  const detail: SimulatedDisposition['refusalDetail'] = {};
  if (price !== undefined) detail.price = price;
  if (competitor !== undefined) detail.competitor = competitor;
  if (inDays !== undefined) {
    const day = DateTime.fromJSDate(context.now, { zone: context.timeZone }).plus({ days: inDays });
    detail.date = day.toFormat('yyyy-MM-dd');
  }
  if (reason === 'other') detail.note = UNSAID;
  const hasDetail = Object.keys(detail).length > 0;
  return { outcome: 'refusal', refusalReason: reason, ...(hasDetail && { refusalDetail: detail }) };
}

/** The first quarter of an hour, from the wished time on, when the customer may be called; the wished time if there is none. */
function appointment(
  { inMs, personal }: NonNullable<Conversation['callback']>,
  { now, timeZone, isCallable }: DispositionContext,
): NonNullable<SimulatedDisposition['callback']> {
  const wished = Math.ceil((now.getTime() + inMs + 1) / QUARTER_MS) * QUARTER_MS;
  let at = wished;
  if (isCallable) {
    while (at <= wished + LOOK_AHEAD_MS && !isCallable(new Date(at))) at += QUARTER_MS;
    if (at > wished + LOOK_AHEAD_MS) at = wished;
  }
  const localTime = DateTime.fromMillis(at, { zone: timeZone }).toFormat("yyyy-MM-dd'T'HH:mm");
  return { inMs: at - now.getTime(), localTime, timeZone, personal };
}

/** Who wants to be off does not wait for the operator to say goodbye. */
function leavesFirst({ outcome, refusal }: Conversation): boolean {
  return outcome === 'do_not_call' || outcome === 'complaint' || refusal?.reason === 'hung_up_early';
}
