import { Inject, Injectable, Optional } from '@nestjs/common';
import { DateTime } from 'luxon';

import type { Principal } from '../auth/access.js';
import { CallbackListsService } from '../callbacks/callback-lists.service.js';
import { CampaignsService } from '../campaigns/campaigns.service.js';
import { fillScript, type FillSources } from '../campaigns/fill-script.js';
import { OffersService } from '../campaigns/offers.service.js';
import { OutcomeSetsService } from '../campaigns/outcome-sets.service.js';
import type { ScriptContent } from '../campaigns/script-content.js';
import { ScriptsService } from '../campaigns/scripts.service.js';
import { CLOCK, type Clock } from '../common/clock.js';
import { Problem } from '../common/problem.js';
import { DialingService } from '../dialing/dialing.service.js';
import type { DispositionInput } from '../dispositions/disposition-input.js';
import { DispositionsService } from '../dispositions/dispositions.service.js';
import { LeadsService, type LeadCard } from '../leads/leads.service.js';
import { maskPhone } from '../leads/phone-number.js';
import { OperatorsService, type OperatorRow } from '../operators/operators.service.js';
import { CALL_CAPTIONS, type CallCaptions } from './call-captions.js';
import type { DeskCall, DeskReminder, DeskStep, DeskView, HistoryItem } from './desk.dto.js';
import { DeskRepository, type DeskCallRow, type HistoryRow } from './desk.repository.js';

/** The operator's one screen: everything it shows, and everything it can do. */
@Injectable()
export class DeskService {
  constructor(
    private readonly repository: DeskRepository,
    private readonly operators: OperatorsService,
    private readonly campaigns: CampaignsService,
    private readonly offers: OffersService,
    private readonly scripts: ScriptsService,
    private readonly outcomeSets: OutcomeSetsService,
    private readonly leads: LeadsService,
    private readonly dialing: DialingService,
    private readonly dispositions: DispositionsService,
    private readonly callbacks: CallbackListsService,
    @Inject(CLOCK) private readonly clock: Clock,
    @Optional() @Inject(CALL_CAPTIONS) private readonly captions: CallCaptions | null,
  ) {}

  async getDesk(user: Principal): Promise<DeskView> {
    const operator = await this.operators.findOperator(user.userId);
    const signedIn = operator && operator.state !== 'offline' && operator.campaign_id !== null ? operator : null;
    const campaign = signedIn && (await this.campaigns.getCampaign(signedIn.campaign_id!, user.organisationId));
    const set = campaign ? await this.outcomeSets.getOutcomeSet(campaign.id) : { outcomes: [], refusalReasons: [] };
    const now = this.clock.now();
    const today = await this.repository.readToday(user.userId, startOfDay(now));
    return {
      operator: { id: user.userId, name: user.name },
      campaign: campaign && { id: campaign.id, name: campaign.name, state: campaign.state },
      state: signedIn?.state ?? 'offline',
      sinceAt: signedIn?.since_at ?? null,
      breakRequested: signedIn?.break_requested ?? false,
      wrapUpUntil: signedIn?.wrap_up_until ?? null,
      serverNow: now,
      call: await this.findCall(user, signedIn),
      outcomes: set.outcomes.map(({ code, label, category, asks, position }) => ({
        code,
        label,
        category,
        asks,
        position,
      })),
      refusalReasons: set.refusalReasons.map(({ code, parentCode, label, asks, position }) => ({
        ...{ code, parentCode, label, asks, position },
      })),
      today: { calls: today.calls, talkSeconds: today.talk_seconds, successes: today.successes },
      reminders: await this.listReminders(user),
    };
  }

  private async listReminders(user: Principal): Promise<DeskReminder[]> {
    return (await this.callbacks.listReminders(user.userId)).map((row) => ({
      id: row.id,
      campaignName: row.campaign_name,
      leadName: row.lead_name,
      maskedPhone: row.country !== null && row.last_digits !== null ? maskPhone(row.country, row.last_digits) : null,
      localTime: row.local_time,
      timeZone: row.time_zone,
      dueAt: row.due_at,
      callAt: row.call_at,
      note: row.note,
    }));
  }

  /** Throws campaign_not_found, and campaign_state (409) for one that takes no operators. */
  async signIn(user: Principal, campaignId: number): Promise<DeskView> {
    const joinable = await this.campaigns.listJoinable(user.organisationId);
    if (!joinable.some((campaign) => campaign.id === campaignId)) {
      const campaign = await this.campaigns.getCampaign(campaignId, user.organisationId);
      throw new Problem('campaign_state', 409, `The campaign is ${campaign.state}: there are no calls to take.`, {
        field: 'campaignId',
        fix: 'Choose a campaign that is running.',
      });
    }
    await this.operators.signIn(user.userId, user.organisationId, campaignId);
    return this.getDesk(user);
  }

  async becomeReady(user: Principal): Promise<DeskView> {
    await this.refuseUndisposed(user.userId);
    await this.operators.becomeReady(user.userId);
    return this.getDesk(user);
  }

  async takeBreak(user: Principal): Promise<DeskView> {
    await this.operators.takeBreak(user.userId);
    return this.getDesk(user);
  }

  async signOut(user: Principal): Promise<DeskView> {
    await this.refuseUndisposed(user.userId);
    await this.operators.signOut(user.userId);
    return this.getDesk(user);
  }

  /** Throws no_call (409). */
  async hangUp(user: Principal): Promise<DeskView> {
    const operator = await this.operators.findOperator(user.userId);
    if (operator?.state !== 'in_call' || operator.attempt_id === null)
      throw new Problem('no_call', 409, 'There is no call to end.', {
        fix: 'It has ended already; choose its outcome.',
      });
    await this.dialing.requestHangup(operator.attempt_id);
    return this.getDesk(user);
  }

  /** The outcome of the call in hand. Given while the two still talk, it ends the call. */
  async dispose(user: Principal, attemptId: number, input: DispositionInput): Promise<DeskView> {
    await this.dispositions.record(user.userId, attemptId, input);
    await this.dialing.requestHangup(attemptId);
    return this.getDesk(user);
  }

  listCampaigns(organisationId: number) {
    return this.campaigns.listJoinable(organisationId);
  }

  /** An open stream is a sign of life. */
  touch(user: Principal): Promise<void> {
    return this.operators.touch(user.userId);
  }

  private async refuseUndisposed(operatorId: number): Promise<void> {
    const operator = await this.operators.findOperator(operatorId);
    if (operator?.state === 'wrap_up')
      throw new Problem('outcome_missing', 409, 'The call that just ended has no outcome yet.', {
        field: 'outcome',
        fix: 'Choose how it ended; then you are ready for the next call.',
      });
  }

  private async findCall(user: Principal, operator: OperatorRow | null): Promise<DeskCall | null> {
    if (!operator?.attempt_id) return null;
    const row = await this.repository.findCall(operator.attempt_id);
    // Until the two are connected there is nothing to see: the customer may be gone before. With its outcome a call is done
    // with, also in the moment until the switch has ended it.
    if (!row?.bridged_at || row.disposed) return null;
    return this.viewOfCall(user, operator, row);
  }

  private async viewOfCall(user: Principal, operator: OperatorRow, row: DeskCallRow): Promise<DeskCall> {
    const { organisationId } = user;
    const campaign = await this.campaigns.getCampaign(operator.campaign_id!, organisationId);
    const scriptId = row.script_id ?? campaign.scriptId;
    const [found, history, offer, script] = await Promise.all([
      this.leads.findLeadCard(organisationId, row.lead_id, row.phone_id),
      this.repository.listHistory(row.lead_id, row.attempt_id),
      campaign.offerId === null ? null : this.offers.findOffer(organisationId, campaign.offerId),
      scriptId === null ? null : this.scripts.findSpoken(organisationId, scriptId, row.script_version),
    ]);
    const card = found ?? erasedCard(row.lead_id);
    const { zones, ...lead } = card;
    return {
      attemptId: row.attempt_id,
      answeredAt: row.answered_at,
      bridgedAt: row.bridged_at,
      endedAt: row.ended_at,
      lead: {
        ...lead,
        timeZones: zones,
        localTime: DateTime.fromJSDate(this.clock.now(), { zone: zones[0]! }).toFormat('HH:mm'),
        history: history.map(viewOfPast),
      },
      callback: row.promised_for && { note: row.callback_note, promisedFor: row.promised_for },
      offer: offer && {
        name: offer.name,
        description: offer.description,
        price: offer.price,
        currency: offer.currency,
      },
      script: script ? spokenSteps(script.content, { lead: card, offer, locale: user.locale }) : [],
      scriptId: script && scriptId,
      scriptVersion: script && script.version,
      caption: this.captions?.captionOf(row.attempt_id) ?? null,
    };
  }
}

/** Whoever was erased during the call has no face any more; the call still wants its outcome. */
function erasedCard(id: number): LeadCard {
  return { id, name: null, region: null, baseName: '', attributes: {}, zones: ['UTC'], maskedPhone: '' };
}

/** What an operator reads, in the order of the script. */
function spokenSteps(content: ScriptContent, sources: FillSources): DeskStep[] {
  return fillScript(content, sources).steps.map(({ title, text }) => ({ title, text }));
}

function viewOfPast(past: HistoryRow): HistoryItem {
  const { campaign_name, refusal_reason, offer_name, offer_price, offer_currency, date, ...item } = past;
  return {
    ...item,
    campaignName: campaign_name,
    refusalReason: refusal_reason,
    offerName: offer_name,
    offerPrice: offer_price,
    offerCurrency: offer_currency,
    reconsiderOn: date,
  };
}

function startOfDay(now: Date): Date {
  return DateTime.fromJSDate(now, { zone: 'utc' }).startOf('day').toJSDate();
}
