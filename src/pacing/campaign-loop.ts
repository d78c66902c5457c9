import type { CallbacksService } from '../callbacks/callbacks.service.js';
import type { Clock, Timer } from '../common/clock.js';
import type { SwitchboardService } from '../dialing/switchboard.service.js';
import type { Hub } from '../realtime/hub.js';
import type { GateService, ReserveAnswer } from '../scheduler/gate.service.js';
import type { SchedulerService } from '../scheduler/scheduler.service.js';
import { IDLE_CODES, decide, type PacingDecision } from './pacing-policy.js';
import type { LoopSnapshot, PacingRepository } from './pacing.repository.js';

/** A lease lasts so long from its last renewal; another process takes over soon after. */
export const LEASE_MS = 8_000;
const RENEW_EVERY_MS = 2_500;
/** Between two decisions at least, so that a burst of events is one decision. */
const FLOOR_MS = 100;
const TICK_MS = 1_000;
/** With nothing heard and nothing wanted, look all the same this often: word of a change may have been lost. */
const LOOK_ANYWAY_MS = 5_000;
const LOOK_FOR_LATE_EVERY_MS = 10_000;

/** Why the campaign places no call, for people. */
export interface Idle {
  code: string;
  sentence: string;
  until: Date | null;
}

export interface LoopParts {
  repository: PacingRepository;
  gate: GateService;
  scheduler: SchedulerService;
  callbacks: CallbacksService;
  switchboard: SwitchboardService;
  clock: Clock;
  hub: Hub;
  warn: (line: string) => void;
}

/**
 * The loop of one campaign, in the one process that holds its lease. At each event, and each second, it reads how things
 * stand, decides how many calls to place, reserves them at the gate and has them dialled. Everything it knows it reads
 * anew; what it remembers only spares it work.
 */
export class CampaignLoop {
  private readonly timers: Timer[] = [];
  private readonly unsubscribe: () => void;
  private running: Promise<void> | null = null;
  private scheduled = false;
  private stopped = false;
  /** Something may have changed since the last look. */
  private dirty = true;
  /** The last look wanted more calls than there were leads for. */
  private hungry = false;
  private lookedAt = -Infinity;
  private promotedAt = -Infinity;
  private lookedForLateAt = -Infinity;
  private recorded = '';

  constructor(
    readonly campaignId: number,
    readonly fence: number,
    private readonly parts: LoopParts,
    private readonly onLost: (loop: CampaignLoop) => void,
  ) {
    const { clock, hub } = parts;
    this.unsubscribe = hub.subscribe((topic) => {
      if (topic.kind === 'campaign' && topic.id === campaignId) this.notice();
    });
    this.timers.push(clock.every(TICK_MS, () => this.tick()));
    this.timers.push(clock.every(RENEW_EVERY_MS, () => this.renew()));
    this.notice();
  }

  /** Ends the loop after the turn under way. */
  async stop(): Promise<void> {
    this.stopped = true;
    this.unsubscribe();
    for (const timer of this.timers) timer.cancel();
    await this.running;
  }

  private notice(): void {
    this.dirty = true;
    if (this.scheduled || this.stopped) return;
    this.scheduled = true;
    const sinceLook = this.parts.clock.now().getTime() - this.lookedAt;
    this.parts.clock.after(Math.max(0, FLOOR_MS - sinceLook), () => {
      this.scheduled = false;
      return this.run();
    });
  }

  private async tick(): Promise<void> {
    const sinceLook = this.parts.clock.now().getTime() - this.lookedAt;
    if (this.dirty || this.hungry || sinceLook >= LOOK_ANYWAY_MS) await this.run();
  }

  private async renew(): Promise<void> {
    const until = new Date(this.parts.clock.now().getTime() + LEASE_MS);
    if (this.stopped || (await this.parts.repository.renew(this.campaignId, this.fence, until))) return;
    this.parts.warn(`The lease of campaign ${this.campaignId} has gone to another process; its loop ends here.`);
    this.onLost(this);
  }

  /** One turn at a time. */
  private async run(): Promise<void> {
    if (this.stopped || this.running) return;
    this.running = this.turn();
    try {
      await this.running;
    } finally {
      this.running = null;
    }
  }

  private async turn(): Promise<void> {
    const { repository, scheduler, switchboard, clock } = this.parts;
    this.dirty = false;
    this.lookedAt = clock.now().getTime();
    let snapshot = await repository.readSnapshot(this.campaignId);
    if (!snapshot) return;
    if (snapshot.waiting > 0 && snapshot.ready > 0) {
      await switchboard.assignWaiting(this.campaignId, snapshot.ready);
      snapshot = (await repository.readSnapshot(this.campaignId)) ?? snapshot;
    }
    if (snapshot.state !== 'running') {
      this.hungry = false;
      if (snapshot.state === 'finished' || snapshot.state === 'archived')
        await this.parts.callbacks.cancelOpen(this.campaignId);
      const sentence = `The campaign is ${snapshot.state}.`;
      const code = snapshot.state === 'paused' ? 'paused' : 'not_running';
      return this.record(0, { code, sentence }, { code, sentence, until: null });
    }
    if (this.lookedAt - this.promotedAt >= TICK_MS) {
      this.promotedAt = this.lookedAt;
      await scheduler.promote(this.campaignId);
    }
    if (this.lookedAt - this.lookedForLateAt >= LOOK_FOR_LATE_EVERY_MS) {
      this.lookedForLateAt = this.lookedAt;
      await scheduler.climbOverdue(this.campaignId);
      await switchboard.endLapsed(this.campaignId);
    }
    const promises = await this.promises(snapshot);
    const decision = decide({ ...pacingView(snapshot, clock.now()), promises }, snapshot);
    if (decision.dials === 0) {
      // Nobody says when a promise comes due: be there.
      this.hungry = promises.soon > 0;
      return this.record(0, decision.reason, idleOf(decision, snapshot));
    }
    await this.dial(snapshot, decision);
  }

  /** Who of those who are ready is wanted for promised calls. */
  private async promises(snapshot: LoopSnapshot): Promise<{ due: number; soon: number }> {
    if (snapshot.ready === 0) return { due: 0, soon: 0 };
    const { organisation_id: organisationId, hours, purpose } = snapshot;
    const campaign = { id: this.campaignId, organisationId, hours, purpose };
    return this.parts.callbacks.countSoon(campaign, snapshot.ready_ids);
  }

  private async dial(snapshot: LoopSnapshot, decision: PacingDecision): Promise<void> {
    const answer = await this.parts.gate.reserve({
      campaignId: this.campaignId,
      fence: this.fence,
      wanted: decision.dials,
      readyOperatorIds: snapshot.ready_ids,
      hours: snapshot.hours,
      purpose: snapshot.purpose,
      phoneKinds: snapshot.phone_kinds,
    });
    for (const reservation of answer.reservations) await this.parts.switchboard.dial(reservation);
    this.hungry = answer.reservations.length < decision.dials;
    if (!answer.shortage) return this.record(answer.reservations.length, decision.reason, null);
    const idle = await this.idleOfShortage(answer.shortage);
    await this.record(answer.reservations.length, idle, answer.reservations.length === 0 ? idle : null);
  }

  private async idleOfShortage({ code, opensAt, sentence }: NonNullable<ReserveAnswer['shortage']>): Promise<Idle> {
    switch (code) {
      case 'outside_hours':
        return outsideHours(opensAt);
      case 'out_of_leads': {
        const { hasReady, nextDueAt } = await this.parts.repository.readWaiting(this.campaignId);
        // They are ready, and where they are it is too early or too late.
        if (hasReady && opensAt) return outsideHours(opensAt);
        const sentence = nextDueAt
          ? 'Nobody is due now; the next ones are waiting for their time.'
          : 'The list is worked out.';
        return { code, sentence, until: nextDueAt };
      }
      case 'clock_unsafe':
        return {
          code: 'clock_skew',
          sentence: 'Our clock and the database’s differ: no calls until they agree.',
          until: null,
        };
      case 'no_free_lines':
        return { code, sentence: 'All lines are in use.', until: null };
      case 'registry_stale':
        return { code, sentence: 'A registry of people not to call is missing or too old.', until: null };
      case 'campaign_not_running':
      case 'lease_lost':
        return { code: 'not_running', sentence: 'The campaign does not dial any more.', until: null };
      // A rule that holds back whoever was looked at: the mode, the number shown, consent, the ceiling of spending.
      default:
        return { code, sentence: sentence ?? 'A rule holds back everybody who was looked at.', until: opensAt };
    }
  }

  /** Written when it says something new: the console reads it, and each write makes a row version. */
  private async record(dials: number, reason: { code: string; sentence: string }, idle: Idle | null): Promise<void> {
    const decision = { dials, reason: { code: reason.code, sentence: reason.sentence }, idle };
    const news = JSON.stringify([reason.code, idle]);
    if (news === this.recorded) return;
    this.recorded = news;
    await this.parts.repository.recordDecision(this.campaignId, this.fence, this.parts.clock.now(), decision);
    this.parts.hub.publish({ kind: 'calls', id: this.campaignId });
  }
}

function pacingView(snapshot: LoopSnapshot, at: Date): Parameters<typeof decide>[0] {
  return {
    at,
    operators: {
      ready: snapshot.ready,
      inCall: snapshot.in_call,
      wrapUp: snapshot.wrap_up,
      onBreak: snapshot.on_break,
      breakRequested: snapshot.break_requested,
    },
    calls: { inFlight: snapshot.in_flight, waiting: snapshot.waiting },
    callableNow: 'unknown',
    maxLines: snapshot.max_lines,
    linesInUse: snapshot.lines,
    connectTimeoutMs: snapshot.connect_timeout_ms,
  };
}

function outsideHours(until: Date | null): Idle {
  return { code: 'outside_hours', sentence: 'Nobody on the list may be called at this hour.', until };
}

/** Everybody talking is what a campaign is for, and nothing to explain. */
function idleOf({ reason }: PacingDecision, snapshot: LoopSnapshot): Idle | null {
  if (reason.code === 'no_operators_ready' && snapshot.in_call + snapshot.wrap_up > 0) return null;
  return (IDLE_CODES as readonly string[]).includes(reason.code) ? { ...reason, until: null } : null;
}
