import {
  Inject,
  Injectable,
  Logger,
  type BeforeApplicationShutdown,
  type OnApplicationBootstrap,
} from '@nestjs/common';

import { UsersService } from '../auth/users.service.js';
import { CampaignsService } from '../campaigns/campaigns.service.js';
import { CLOCK, type Clock, type Timer } from '../common/clock.js';
import { ORGANISATION_ID } from '../common/organisation.js';
import { Problem } from '../common/problem.js';
import { RANDOM, type Random } from '../common/random.js';
import { Database } from '../database/database.js';
import { DialingService } from '../dialing/dialing.service.js';
import { DispositionsService } from '../dispositions/dispositions.service.js';
import { LeadsService } from '../leads/leads.service.js';
import { dispositionFor, handleCall, type SimulatedDisposition } from '../operators/simulated-operator.js';
import { OperatorsService, type OperatorRow } from '../operators/operators.service.js';
import { HUB, type Hub } from '../realtime/hub.js';
import { SimulatedTelephony } from '../telephony/simulator/simulator.js';

const TEND_EVERY_MS = 5_000;

/**
 * Simulated operators at their desks, where the simulated switch is. They sign in to campaigns that ask for them, talk, hang
 * up, wrap up and choose outcomes through the same services as people do.
 */
@Injectable()
export class SimulatedFloorService implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly log = new Logger(SimulatedFloorService.name);
  private readonly random: Random;
  /** What each simulated operator is about to do, by the state it will be done in. */
  private readonly plans = new Map<number, { key: string; timer: Timer }>();
  private readonly simulated = new Set<number>();
  private timer: Timer | null = null;
  private unsubscribe: (() => void) | null = null;

  constructor(
    private readonly database: Database,
    private readonly operators: OperatorsService,
    private readonly users: UsersService,
    private readonly campaigns: CampaignsService,
    private readonly dialing: DialingService,
    private readonly dispositions: DispositionsService,
    private readonly leads: LeadsService,
    private readonly telephony: SimulatedTelephony,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(RANDOM) random: Random,
    @Inject(HUB) private readonly hub: Hub,
  ) {
    this.random = random.fork('floor');
  }

  onApplicationBootstrap(): void {
    this.unsubscribe = this.hub.subscribe((topic) => {
      if (topic.kind === 'operator' && this.simulated.has(topic.id)) this.clock.after(0, () => this.look(topic.id));
    });
    this.timer = this.clock.every(TEND_EVERY_MS, () => this.tend());
  }

  beforeApplicationShutdown(): void {
    this.timer?.cancel();
    this.unsubscribe?.();
    for (const plan of this.plans.values()) plan.timer.cancel();
  }

  /** Staff the campaigns that run as they ask, and send home whoever is not needed any more. */
  async tend(organisationId = ORGANISATION_ID): Promise<void> {
    const running = (await this.campaigns.listCampaigns(organisationId, ['running'])).filter(
      (campaign) => campaign.simulatedOperators > 0,
    );
    const atWork = await this.operators.listSimulatedAtWork();
    for (const operator of atWork) {
      this.simulated.add(operator.operator_id);
      // Word of a change may have been lost, or this process has just started: take up what is in hand.
      await this.plan(operator);
      if (operator.state === 'ready' && !running.some((campaign) => campaign.id === operator.campaign_id))
        await this.leave(operator);
    }
    const wanted = running.reduce((sum, campaign) => sum + campaign.simulatedOperators, 0);
    if (wanted === 0) return;
    const staff = await this.users.ensureSimulatedOperators(organisationId, wanted);
    const busy = new Set(atWork.map((operator) => operator.operator_id));
    const free = staff.filter((person) => !busy.has(person.id));
    for (const campaign of running.reverse()) {
      const present = atWork.filter((operator) => operator.campaign_id === campaign.id).length;
      for (const person of free.splice(0, Math.max(0, campaign.simulatedOperators - present))) {
        this.simulated.add(person.id);
        await this.operators.signIn(person.id, organisationId, campaign.id);
      }
    }
  }

  private async look(operatorId: number): Promise<void> {
    const operator = await this.operators.findOperator(operatorId);
    if (operator) await this.plan(operator);
  }

  /** Decide once, for each state an operator comes into, what comes next and when. */
  private async plan(operator: OperatorRow): Promise<void> {
    const { operator_id: id, attempt_id: attemptId, state, since_at: since } = operator;
    const key = `${state}/${attemptId}`;
    const known = this.plans.get(id);
    if (known?.key === key) return;
    known?.timer.cancel();
    this.plans.delete(id);
    if (attemptId === null) return;
    const conversation = this.telephony.conversationOf(attemptId);
    // Another process has this call on its switch, or had it before it died: nobody here can hear what is said.
    if (!conversation && state === 'in_call') return;
    const handling = handleCall(this.random, id, attemptId, conversation);
    const at = (ms: number) => Math.max(0, since.getTime() + ms - this.clock.now().getTime());
    if (state === 'wrap_up')
      this.plans.set(id, {
        key,
        timer: this.clock.after(at(handling.wrapUpMs), () => this.dispose(operator, attemptId)),
      });
    else if (state === 'in_call' && handling.hangUpAfterMs !== null)
      this.plans.set(id, {
        key,
        timer: this.clock.after(at(handling.hangUpAfterMs), () => this.dialing.requestHangup(attemptId)),
      });
  }

  private async dispose(operator: OperatorRow, attemptId: number): Promise<void> {
    const conversation = this.telephony.conversationOf(attemptId);
    if (!conversation) return this.giveUp(operator.operator_id, attemptId);
    const attempt = await this.dialing.findAttempt(attemptId);
    if (!attempt) return;
    const card = await this.leads.getLeadCard(attempt.organisation_id, attempt.lead_id);
    const words = dispositionFor(conversation, { now: this.clock.now(), timeZone: card.zones[0]! });
    await this.say(operator.operator_id, attemptId, words);
  }

  private async say(operatorId: number, attemptId: number, words: SimulatedDisposition): Promise<void> {
    try {
      await this.dispositions.record(operatorId, attemptId, words);
    } catch (error) {
      const nearest = error instanceof Problem ? error.more?.['nearest'] : undefined;
      if (words.callback && typeof nearest === 'string') {
        // The desk says which time is allowed instead, and the operator offers that.
        await this.dispositions.record(operatorId, attemptId, {
          ...words,
          callback: { ...words.callback, localTime: nearest },
        });
      } else if (error instanceof Problem && error.code === 'already_dispositioned')
        this.log.debug(`Attempt ${attemptId} has its outcome already`);
      else throw error;
    }
  }

  /** Nobody knows what was said: put down as such, and on to the next call. */
  private async giveUp(operatorId: number, attemptId: number): Promise<void> {
    await this.database.transaction(async (tx) => {
      if (await this.dispositions.recordOperatorGone(tx, attemptId)) await this.operators.endWrapUp(tx, operatorId);
    });
  }

  private async leave(operator: OperatorRow): Promise<void> {
    // Whoever answers a call that still rings must find somebody.
    if (operator.campaign_id !== null && (await this.dialing.countUnconnected(operator.campaign_id)) > 0) return;
    try {
      await this.operators.signOut(operator.operator_id);
    } catch (error) {
      // A call came meanwhile; next time.
      if (!(error instanceof Problem)) throw error;
    }
  }
}
