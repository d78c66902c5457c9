import { lognormal, pickWeighted, type Random } from '../../common/random.js';
import type { Conversation, ConversationOutcome } from './conversation.js';
import type { LognormalSeconds, SimulatedWorld } from './world.js';

/** What a number has been through, as its holder remembers it. */
export interface CustomerPast {
  /** Calls that were placed to it. */
  calls: number;
  /** Of these, conversations with an operator. */
  contacts: number;
  /** How the latest conversation ended. */
  lastOutcome: ConversationOutcome | null;
}

export const NO_PAST: CustomerPast = { calls: 0, contacts: 0, lastOutcome: null };

/** What would happen to one call if nobody but the customer ended it. All times are milliseconds after the step before. */
export type SimulatedCall = { setUpMs: number } & (
  | { kind: 'busy' | 'invalid'; afterMs: number }
  /** Rings for as long as the switch lets it. */
  | { kind: 'no_answer' }
  | { kind: 'machine'; ringMs: number; recordsMs: number }
  | { kind: 'person'; ringMs: number; patienceMs: number; conversation: Conversation }
);

/**
 * The next call to `number`. What a number does depends on the seed of `random`, on the number, on which of its calls this
 * is and on how the conversations before went; never on other numbers' calls, so that two runs that differ in pacing
 * or in order meet the same people. Draws nothing from `random` itself.
 */
export function placeCall(random: Random, number: string, past: CustomerPast, world: SimulatedWorld): SimulatedCall {
  const holder = holderOf(random, number, world);
  const draw = random.fork(`${number}/call/${past.calls + 1}`);
  const setUpMs = between(draw, world.setUpMs);
  if (holder.kind === 'invalid') return { setUpMs, kind: 'invalid', afterMs: between(draw, world.invalidAfterMs) };
  const invalidRate = invalidRateOf(world);
  const { busy, machine, noAnswer } = world.otherwise;
  // `answerRate` is of all first calls; a number that exists is answered a little more often.
  const answered = past.lastOutcome === 'callback' ? world.answerRateOfPromised : world.answerRate;
  const unanswered = Math.max(0, 1 - answered - invalidRate);
  const notInvalid = busy + machine + noAnswer;
  const kind = pickWeighted(draw, {
    person: answered,
    busy: (unanswered * busy) / notInvalid,
    machine: (unanswered * machine) / notInvalid,
    no_answer: (unanswered * noAnswer) / notInvalid,
  });
  switch (kind) {
    case 'busy':
      return { setUpMs, kind, afterMs: between(draw, world.busyAfterMs) };
    case 'no_answer':
      return { setUpMs, kind };
    case 'machine': {
      const atOnce = draw.next() < world.machineAtOnceShare;
      const ringMs = atOnce ? 0 : between(draw, world.machineRingMs);
      return { setUpMs, kind, ringMs, recordsMs: between(draw, world.machineRecordsMs) };
    }
    case 'person': {
      const ringMs = lognormalMs(draw, world.ring);
      const patienceMs = between(draw, world.patienceMs);
      return { setUpMs, kind, ringMs, patienceMs, conversation: converse(draw, holder, past, world) };
    }
  }
}

/**
 * The past of a number that has been called `calls` times, had every conversation taken place: what a simulator that
 * was started anew goes on from, given only the count.
 */
export function replayPast(random: Random, number: string, calls: number, world: SimulatedWorld): CustomerPast {
  let past = NO_PAST;
  for (let i = 0; i < calls; i++) {
    const call = placeCall(random, number, past, world);
    past = { ...past, calls: past.calls + 1 };
    if (call.kind === 'person') past = afterConversation(past, call.conversation.outcome);
  }
  return past;
}

/** The past, once a conversation has been had. */
export function afterConversation(past: CustomerPast, outcome: ConversationOutcome): CustomerPast {
  return { ...past, contacts: past.contacts + 1, lastOutcome: outcome };
}

/** Who is behind a number: the same at every call. */
interface Holder {
  kind: 'invalid' | 'right' | 'wrong_person' | 'bad_data';
  objection: NonNullable<Conversation['refusal']>;
}

function holderOf(random: Random, number: string, world: SimulatedWorld): Holder {
  const draw = random.fork(`${number}/holder`);
  const isInvalid = draw.next() < invalidRateOf(world);
  const kind = pickWeighted(draw, {
    wrong_person: world.wrongPersonRate,
    bad_data: world.badDataRate,
    right: 1 - world.wrongPersonRate - world.badDataRate,
  });
  return { kind: isInvalid ? 'invalid' : kind, objection: objectionOf(draw, world) };
}

function objectionOf(draw: Random, world: SimulatedWorld): Holder['objection'] {
  const reason = pickWeighted(draw, world.refusalReasons);
  const price = Math.max(1, Math.round(lognormal(draw, world.price.mu, world.price.sigma)));
  switch (reason) {
    case 'too_expensive':
    case 'pays_less_now':
      return { reason, price };
    case 'has_supplier':
      return { reason, competitor: pickWeighted(draw, world.competitors), price };
    case 'bad_timing':
      return { reason, inDays: Math.round(between(draw, world.badTimingDays)) };
    default:
      return { reason };
  }
}

function converse(draw: Random, holder: Holder, past: CustomerPast, world: SimulatedWorld): Conversation {
  const outcome = outcomeOf(draw, holder, past, world);
  const refusal = past.lastOutcome === 'sale' ? { reason: 'no_need' } : holder.objection;
  const talk =
    outcome === 'refusal' && refusal.reason === 'hung_up_early' ? world.talkHungUpEarly : world.talk[outcome];
  const talkMs = Math.min(lognormalMs(draw, talk), world.longestTalkMs);
  if (outcome === 'refusal') return { outcome, talkMs, refusal };
  if (outcome !== 'callback') return { outcome, talkMs };
  const soon = draw.next() < world.callbackSoonShare;
  const inMs = between(draw, soon ? world.callbackSoonMs : world.callbackLaterMs);
  return { outcome, talkMs, callback: { inMs, personal: draw.next() < world.callbackPersonalShare } };
}

function outcomeOf(draw: Random, holder: Holder, past: CustomerPast, world: SimulatedWorld): ConversationOutcome {
  if (holder.kind === 'wrong_person' || holder.kind === 'bad_data') return holder.kind;
  // Whoever asked not to be called, and is, complains or asks again.
  if (past.lastOutcome === 'do_not_call' || past.lastOutcome === 'complaint')
    return pickWeighted(draw, { complaint: 0.3, do_not_call: 0.7 });
  if (past.lastOutcome === 'sale') return draw.next() < world.saleAfterSale ? 'sale' : 'refusal';
  // The hazard is of all conversations. The first ones include those with strangers, who are not called again.
  const all = past.contacts === 0 ? 1 - world.wrongPersonRate - world.badDataRate : 1;
  const byContact = world.saleByContact[Math.min(past.contacts, world.saleByContact.length - 1)] ?? 0;
  const sale = past.lastOutcome === 'callback' ? world.saleAfterCallback : byContact;
  const { callback, do_not_call, complaint, silent } = world.outcomes;
  const refusal = Math.max(0, all - sale - callback - do_not_call - complaint - silent);
  return pickWeighted(draw, { sale, callback, do_not_call, complaint, silent, refusal });
}

/** Share of numbers that do not exist: the study's share of what no person answers. */
function invalidRateOf(world: SimulatedWorld): number {
  return (1 - world.answerRate) * world.otherwise.invalid;
}

function between(draw: Random, [min, max]: readonly [number, number]): number {
  return min + (max - min) * draw.next();
}

function lognormalMs(draw: Random, { mu, sigma }: LognormalSeconds): number {
  return lognormal(draw, mu, sigma) * 1_000;
}
