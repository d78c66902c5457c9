import { Inject, Injectable } from '@nestjs/common';

import { CallingListService } from '../campaigns/calling-list.service.js';
import { CampaignsService } from '../campaigns/campaigns.service.js';
import { CLOCK, type Clock } from '../common/clock.js';
import { notFound } from '../common/problem.js';
import { Database } from '../database/database.js';
import { maskPhone } from '../leads/phone-number.js';
import { GateService } from './gate.service.js';
import { answerOf, listReasons, type WhyReason } from './why.js';
import {
  WhyRepository,
  type EntryStanding,
  type HistoryCursor,
  type HistoryRow,
  type WaitingRow,
} from './why.repository.js';

/** Why a lead is, or is not, called in a campaign now. */
export interface Why {
  leadId: number;
  leadName: string | null;
  at: Date;
  /** The very next free operator may have them. */
  mayBeCalled: boolean;
  verdict: 'allow' | 'defer' | 'deny';
  reasons: WhyReason[];
  nextAt: Date | null;
  listMode: string;
  /** By the segments' rules as they are now. */
  fits: boolean;
  entry: (Omit<EntryStanding, 'phone'> & { maskedPhone: string | null }) | null;
  /** Profiles of rules that bind the call, as code@version#hash. */
  profiles: string[];
}

/** One thing that happened with a lead; phones masked. */
export type Happened = HistoryRow;

/** Why somebody is not called, and all that happened with them. Reads only. */
@Injectable()
export class WhyService {
  constructor(
    private readonly database: Database,
    private readonly repository: WhyRepository,
    private readonly gate: GateService,
    private readonly campaigns: CampaignsService,
    private readonly lists: CallingListService,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** The list's reasons and the gate's, all of them. Throws campaign_not_found, lead_not_found. */
  async why(organisationId: number, campaignId: number, leadId: number): Promise<Why> {
    const { listMode } = await this.campaigns.getCampaign(campaignId, organisationId);
    const now = this.clock.now();
    const { standing, fits } = await this.database.transaction(async (tx) => ({
      standing: await this.repository.findStanding(tx, { organisationId, campaignId, leadId }),
      fits: !(await this.lists.findUnfit(tx, campaignId, [leadId], now)).has(leadId),
    }));
    if (!standing) throw notFound('lead', leadId);
    const { entry } = standing;
    const asked = entry && entry.state !== 'completed' ? await this.gate.explain(campaignId, leadId) : null;
    // The call at hand says it already.
    const gate = asked && entry!.state === 'in_progress' ? null : asked;
    const list = listReasons(
      {
        entry: entry && { ...entry, promised: entry.callback !== null },
        ...{ listMode, fits, hasPhone: standing.phones > 0 && (entry === null || entry.phone !== null) },
      },
      now,
    );
    return {
      ...{ leadId, leadName: standing.leadName, at: now, ...answerOf(list, gate), listMode, fits },
      entry: entry && withMasked(entry),
      profiles: [...(asked?.facts.profiles ?? [])],
    };
  }

  /** Attempts, refusals of the gate, promises and suppressions of a lead, newest first. Throws lead_not_found. */
  async history(
    organisationId: number,
    leadId: number,
    after: HistoryCursor | null,
    limit: number,
  ): Promise<Happened[]> {
    if (!(await this.repository.hasLead(organisationId, leadId))) throw notFound('lead', leadId);
    const rows = await this.repository.listHistory(organisationId, leadId, after, limit);
    return rows.map(({ detail: { phone, ...detail }, ...row }) => ({
      ...row,
      detail: { ...detail, maskedPhone: maskedOf((phone ?? null) as EntryStanding['phone']) },
    }));
  }

  /** Who waits for their time, the first to come due first. Throws campaign_not_found. */
  async listWaiting(organisationId: number, campaignId: number, limit: number): Promise<WaitingRow[]> {
    await this.campaigns.getCampaign(campaignId, organisationId);
    return this.repository.listWaiting(campaignId, limit);
  }
}

function withMasked({ phone, ...entry }: EntryStanding) {
  return { ...entry, maskedPhone: maskedOf(phone) };
}

function maskedOf(phone: EntryStanding['phone']): string | null {
  return phone && maskPhone(phone.country, phone.lastDigits);
}
