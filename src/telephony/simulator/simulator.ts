import type { Clock, Timer } from '../../common/clock.js';
import type { Random } from '../../common/random.js';
import type {
  BridgeAnswer,
  CallResult,
  OriginateAnswer,
  OriginateCommand,
  TelephonyEvent,
  TelephonyHandler,
  TelephonyPort,
  TelephonySnapshot,
} from '../telephony.port.js';
import type { Conversation } from './conversation.js';
import {
  afterConversation,
  NO_PAST,
  placeCall,
  replayPast,
  type CustomerPast,
  type SimulatedCall,
} from './customer.js';
import { DEFAULT_WORLD, type SimulatedWorld } from './world.js';

/** What goes wrong between the switch and us, on purpose. Rates are from 0 to 1. */
export interface SimulatedFaults {
  /** Share of orders that the switch refuses. */
  rejectRate?: number;
  /** Share of events that come late, by up to `maxDelayMs`: calls overtake one another. */
  delayRate?: number;
  /** Share of events that come once more, up to `maxDelayMs` later and so perhaps after the ones that follow. */
  repeatRate?: number;
  /** 5 seconds unless told. */
  maxDelayMs?: number;
}

export interface SimulatorOptions {
  world?: SimulatedWorld;
  faults?: SimulatedFaults;
  /** What becomes of a call; unless told, the people of `world`. */
  customer?: (to: string, past: CustomerPast) => SimulatedCall;
}

/** A command could not be sent, or not be answered: whether the switch carried it out is not known. */
export class LinkDown extends Error {
  constructor() {
    super('There is no link to the switch.');
    this.name = 'LinkDown';
  }
}

type CallState = TelephonySnapshot['calls'][number]['state'];
type HappeningOf<E> = E extends TelephonyEvent ? Omit<E, 'attemptId' | 'at'> : never;
type Happening = HappeningOf<TelephonyEvent>;
type EndedBy = Extract<TelephonyEvent, { type: 'ended' }>['by'];

interface LiveCall {
  command: OriginateCommand;
  customer: SimulatedCall;
  state: CallState;
  answeredBy: 'person' | 'machine' | null;
  operatorId: number | null;
  /** When the switch ends it by itself. */
  diesAt: number;
  /** What happens next, unless something else does before. */
  timer: Timer | null;
  queue: EventQueue;
}

/** Events of one attempt, in order; the first is being delivered while `turn` is set. */
interface EventQueue {
  events: TelephonyEvent[];
  turn: Promise<void> | null;
}

/** An event that the handler failed on comes again after so long: delivery is at least once. */
const REDELIVER_MS = 1_000;
/** What was said in so many ended calls is remembered, for the wrap-up of whoever talked. */
const CONVERSATIONS_KEPT = 4_000;

/**
 * A switch with simulated customers behind it, on whatever clock it is given. On the virtual clock each event's handler is
 * awaited inside the task that brought it about, so that a run is one deterministic sequence.
 */
export class SimulatedTelephony implements TelephonyPort {
  private readonly calls = new Map<number, LiveCall>();
  /** What called numbers remember: some 200 bytes each, for the life of the process. */
  private readonly pasts = new Map<string, CustomerPast>();
  private readonly conversations = new Map<number, Conversation>();
  /** Calls by the operator who talks in them. */
  private readonly talking = new Map<number, number>();
  private readonly deliveries = new Set<Promise<void>>();
  private readonly faultDraws: Random;
  private readonly customers: Random;
  private readonly world: SimulatedWorld;
  private readonly faults: SimulatedFaults;
  private handler: TelephonyHandler | null = null;
  /** Grows when the link changes hands, so that what was under way to the handler before never reaches the next. */
  private link = 0;

  constructor(
    private readonly clock: Clock,
    random: Random,
    private readonly options: SimulatorOptions = {},
  ) {
    this.world = options.world ?? DEFAULT_WORLD;
    this.faults = options.faults ?? {};
    this.customers = random.fork('customers');
    this.faultDraws = random.fork('faults');
  }

  async connect(handler: TelephonyHandler): Promise<TelephonySnapshot> {
    this.cutLink();
    this.handler = handler;
    return this.snapshot();
  }

  /** Throws `LinkDown`. */
  async snapshot(): Promise<TelephonySnapshot> {
    this.checkLink();
    return { calls: [...this.calls].map(([attemptId, { state }]) => ({ attemptId, state })) };
  }

  /** Calls go on; their events are lost. Waits for handlers that run, so a handler must not call it. */
  async disconnect(): Promise<void> {
    this.cutLink();
    await Promise.allSettled(this.deliveries);
  }

  /** Throws `LinkDown`. */
  async originate(command: OriginateCommand): Promise<OriginateAnswer> {
    this.checkLink();
    const { attemptId, to } = command;
    if (this.calls.has(attemptId)) return 'duplicate';
    if (this.isFault(this.faults.rejectRate)) return 'rejected';
    const past = this.pastOf(to, command.callNumber);
    const customer = this.options.customer?.(to, past) ?? placeCall(this.customers, to, past, this.world);
    this.pasts.set(to, { ...past, calls: past.calls + 1 });
    const call: LiveCall = {
      command,
      customer,
      state: 'dialing',
      answeredBy: null,
      operatorId: null,
      diesAt: this.clock.now().getTime() + command.maxLifeMs,
      timer: null,
      queue: { events: [], turn: null },
    };
    this.calls.set(attemptId, call);
    this.next(call, customer.setUpMs, () => this.reach(call));
    return 'accepted';
  }

  /**
   * `operator_gone` when the operator talks in another call. Throws `LinkDown`, and an `Error` for a call that nobody has
   * answered or that another operator has: no caller has cause to ask for that.
   */
  async bridge(attemptId: number, operatorId: number): Promise<BridgeAnswer> {
    this.checkLink();
    const call = this.calls.get(attemptId);
    if (!call) return 'customer_gone';
    if (call.state === 'bridged' && call.operatorId === operatorId) return 'bridged';
    if (call.state !== 'answered') throw new Error(`Call ${attemptId} cannot be bridged: it is ${call.state}.`);
    if (this.talking.has(operatorId)) return 'operator_gone';
    this.talking.set(operatorId, attemptId);
    call.state = 'bridged';
    call.operatorId = operatorId;
    // A machine goes on recording, whoever listens.
    if (call.customer.kind === 'person')
      this.next(call, call.customer.conversation.talkMs, () => this.end(call, 'answered', 'customer'));
    return 'bridged';
  }

  /** Throws `LinkDown`. */
  async hangup(attemptId: number): Promise<void> {
    this.checkLink();
    const call = this.calls.get(attemptId);
    if (!call) return;
    await this.end(call, call.answeredBy ? resultOf(call) : 'cancelled', 'dialer', 'later');
  }

  /** What the customer says in a call that a person answered, also for some time after its end; else null. */
  conversationOf(attemptId: number): Conversation | null {
    return this.conversations.get(attemptId) ?? null;
  }

  /** The link breaks: events are lost and commands throw `LinkDown` until `connect`. Calls go on. */
  loseLink(): void {
    this.cutLink();
  }

  /** The switch itself dies and is back at once: the link is lost, and every call is gone without a word. */
  restart(): void {
    this.cutLink();
    for (const call of this.calls.values()) call.timer?.cancel();
    this.calls.clear();
    this.talking.clear();
  }

  /** The next step of a call, or its death if that comes first. Replaces the step planned before. */
  private next(call: LiveCall, inMs: number, step: () => void | Promise<void>): void {
    call.timer?.cancel();
    const left = Math.max(0, call.diesAt - this.clock.now().getTime());
    if (inMs < left) call.timer = this.clock.after(inMs, step);
    else
      call.timer = this.clock.after(left, () => this.end(call, call.answeredBy ? resultOf(call) : 'failed', 'switch'));
  }

  /** The call is set up: the number rings, or the network says why not. */
  private reach(call: LiveCall): Promise<void> | void {
    const { customer, command } = call;
    switch (customer.kind) {
      case 'busy':
        return this.next(call, customer.afterMs, () => this.end(call, 'busy', 'switch'));
      case 'invalid':
        return this.next(call, customer.afterMs, () => this.end(call, 'invalid_number', 'switch'));
      case 'no_answer':
        this.next(call, command.ringTimeoutMs, () => this.end(call, 'no_answer', 'switch'));
        break;
      case 'machine':
      case 'person':
        if (customer.ringMs < command.ringTimeoutMs)
          this.next(call, customer.ringMs, () => this.pickUp(call, customer));
        else this.next(call, command.ringTimeoutMs, () => this.end(call, 'no_answer', 'switch'));
    }
    call.state = 'ringing';
    return this.tell(call, { type: 'ringing' });
  }

  private pickUp(call: LiveCall, customer: SimulatedCall & { kind: 'machine' | 'person' }): Promise<void> {
    call.state = 'answered';
    call.answeredBy = customer.kind;
    if (customer.kind === 'person') {
      this.remember(call.command.attemptId, customer.conversation);
      this.next(call, customer.patienceMs, () => this.end(call, 'answered', 'customer'));
    } else this.next(call, customer.recordsMs, () => this.end(call, 'machine', 'customer'));
    return this.tell(call, { type: 'answered', by: customer.kind });
  }

  /**
   * `later`: the event comes by a task of its own. Commands use it, for they may be given from within a handler of the
   * same call, which would wait for itself.
   */
  private end(call: LiveCall, result: CallResult, by: EndedBy, when: 'now' | 'later' = 'now'): Promise<void> {
    const { attemptId, to } = call.command;
    call.timer?.cancel();
    this.calls.delete(attemptId);
    if (call.operatorId !== null) {
      this.talking.delete(call.operatorId);
      const conversation = this.conversations.get(attemptId);
      const past = this.pasts.get(to);
      if (conversation && past) this.pasts.set(to, afterConversation(past, conversation.outcome));
    }
    return this.tell(call, { type: 'ended', result, by }, when);
  }

  /** Queue an event, and deliver it unless the link or a fault says otherwise. */
  private async tell(call: LiveCall, happening: Happening, when: 'now' | 'later' = 'now'): Promise<void> {
    if (!this.handler) return;
    const { queue, command } = call;
    const event: TelephonyEvent = { attemptId: command.attemptId, at: this.clock.now(), ...happening };
    queue.events.push(event);
    if (this.isFault(this.faults.repeatRate))
      this.whileLinked(this.delayMs(), () => {
        queue.events.push(event);
        return this.deliver(queue);
      });
    if (this.isFault(this.faults.delayRate)) this.whileLinked(this.delayMs(), () => this.deliver(queue));
    else if (when === 'later') this.whileLinked(0, () => this.deliver(queue));
    else await this.deliver(queue);
  }

  /** Hand over what is queued, one event at a time. Settles when the queue is empty; fails as the handler does. */
  private deliver(queue: EventQueue): Promise<void> {
    queue.turn ??= Promise.resolve()
      .then(() => this.turn(queue))
      .finally(() => (queue.turn = null));
    return queue.turn;
  }

  private async turn(queue: EventQueue): Promise<void> {
    const link = this.link;
    for (let event = queue.events[0]; event && this.handler && link === this.link; event = queue.events[0]) {
      const delivery = this.handler(event);
      this.deliveries.add(delivery);
      try {
        await delivery;
      } catch (error) {
        this.whileLinked(REDELIVER_MS, () => this.deliver(queue));
        throw error;
      } finally {
        this.deliveries.delete(delivery);
      }
      queue.events.shift();
    }
  }

  private whileLinked(inMs: number, task: () => Promise<void>): void {
    const link = this.link;
    this.clock.after(inMs, () => (link === this.link ? task() : undefined));
  }

  private cutLink(): void {
    this.handler = null;
    this.link++;
    for (const call of this.calls.values()) call.queue = { events: [], turn: null };
  }

  private checkLink(): void {
    if (!this.handler) throw new LinkDown();
  }

  private pastOf(to: string, callNumber: number | undefined): CustomerPast {
    const known = this.pasts.get(to);
    if (known) return known;
    return callNumber === undefined ? NO_PAST : replayPast(this.customers, to, callNumber - 1, this.world);
  }

  private remember(attemptId: number, conversation: Conversation): void {
    this.conversations.set(attemptId, conversation);
    if (this.conversations.size <= CONVERSATIONS_KEPT) return;
    for (const old of this.conversations.keys()) {
      if (!this.calls.has(old)) return void this.conversations.delete(old);
    }
  }

  private isFault(rate: number | undefined): boolean {
    return rate !== undefined && rate > 0 && this.faultDraws.next() < rate;
  }

  private delayMs(): number {
    return this.faultDraws.next() * (this.faults.maxDelayMs ?? 5_000);
  }
}

function resultOf(call: LiveCall): CallResult {
  return call.answeredBy === 'machine' ? 'machine' : 'answered';
}
