import { Inject, Injectable } from '@nestjs/common';

import { AuditTrailService, type AuditState } from '../audit/audit-trail.service.js';
import { CLOCK, type Clock } from '../common/clock.js';
import { notFound, Problem } from '../common/problem.js';
import { Database, type Tx } from '../database/database.js';
import type { Actor } from '../leads/leads.service.js';
import { PhoneVault } from '../leads/phone-vault.js';
import { HUB, type Hub } from '../realtime/hub.js';
import { ConsentsService } from './consents.service.js';
import { readNumber, type NumberInput } from './number-input.js';
import { lockKey } from './phone-lock.js';
import type { RefusalCoolDown } from './refusal-effects.js';
import {
  SuppressionsRepository,
  type NewSuppressions,
  type SuppressionReason,
  type SuppressionRow,
  type SuppressionScope,
} from './suppressions.repository.js';

/** Reasons that somebody may give. The others come from files, from rules, and from an erasure. */
export const GIVEN_REASONS = ['request', 'complaint', 'wrong_person', 'carrier_block', 'reassigned'] as const;
export type GivenReason = (typeof GIVEN_REASONS)[number];

/** What concerns the person and not the one number: it holds for all their numbers. */
const OF_THE_PERSON: ReadonlySet<SuppressionReason> = new Set(['request', 'complaint', 'erasure', 'refusal_cooldown']);

export interface SuppressionInput extends NumberInput {
  scope: SuppressionScope;
  /** With scope `campaign` only. */
  campaignId?: number | null;
  reason: GivenReason;
  /** By what it can be shown. */
  evidence: string;
  /** Null or left out: until it is taken back. */
  validTo?: Date | null;
}

/** Somebody's word in a call. */
export interface SaidInCall {
  organisationId: number;
  campaignId: number;
  attemptId: number;
  leadId: number;
  /** The number that was called. */
  matchHash: Buffer;
  operatorId: number | null;
}

const HOUR_MS = 3_600_000;
const PAGE = 50;

/** Who may not be called, by scope, and why. */
@Injectable()
export class SuppressionsService {
  constructor(
    private readonly database: Database,
    private readonly repository: SuppressionsRepository,
    private readonly audit: AuditTrailService,
    private readonly consents: ConsentsService,
    private readonly vault: PhoneVault,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(HUB) private readonly hub: Hub,
  ) {}

  /**
   * From the commit of `tx` on, the numbers are not called any more in the scope. Takes the phones' locks: a gate that has
   * one is waited for, and every gate after this one reads the suppression. Calls that ring are ended at the word of it.
   */
  async suppress(tx: Tx, suppression: Omit<NewSuppressions, 'validFrom'>): Promise<number[]> {
    await this.repository.lockPhones(tx, suppression.matchHashes.map(lockKey));
    const ids = await this.repository.insert(tx, { ...suppression, validFrom: this.clock.now() });
    tx.afterCommit(() => {
      for (const id of ids) this.hub.publish({ kind: 'suppression', id });
    });
    return ids;
  }

  /**
   * Somebody said in a call that they are not to be called. A request and a complaint hold for all numbers of the person,
   * and take back every consent in the scope; a wrong number is that number's fault only, and ends what was said of it.
   */
  async refuse(
    tx: Tx,
    said: SaidInCall,
    p: { scope: SuppressionScope; reason: 'request' | 'complaint' | 'wrong_person' },
  ): Promise<void> {
    const { organisationId, attemptId, leadId, operatorId } = said;
    const matchHashes = await this.numbersMeant(tx, said, p.reason);
    const campaignId = p.scope === 'campaign' ? said.campaignId : null;
    const source = `disposition of attempt ${attemptId}`;
    await this.suppress(tx, {
      ...{ organisationId, matchHashes, scope: p.scope, campaignId, reason: p.reason, source, evidence: null },
      ...{ leadId, attemptId, validTo: null, createdBy: operatorId },
    });
    await this.consents.end(tx, {
      ...{ organisationId, matchHashes, leadId, attemptId, source, campaignId, purpose: null },
      kind: p.reason === 'wrong_person' ? 'expired' : 'withdrawn',
      scope: p.scope === 'global' ? 'company' : p.scope,
      at: this.clock.now(),
      recordedBy: operatorId,
    });
  }

  /** Somebody said no to an offer, and is left alone for a while, on all their numbers. */
  async coolDown(tx: Tx, said: SaidInCall, coolDowns: readonly RefusalCoolDown[]): Promise<void> {
    if (coolDowns.length === 0) return;
    const { organisationId, attemptId, leadId, operatorId } = said;
    const matchHashes = await this.numbersMeant(tx, said, 'refusal_cooldown');
    for (const { scope, hours } of coolDowns)
      await this.suppress(tx, {
        ...{ organisationId, matchHashes, scope, campaignId: scope === 'campaign' ? said.campaignId : null },
        ...{ reason: 'refusal_cooldown', source: `disposition of attempt ${attemptId}`, evidence: null },
        ...{
          leadId,
          attemptId,
          validTo: new Date(this.clock.now().getTime() + hours * HOUR_MS),
          createdBy: operatorId,
        },
      });
  }

  /** A complaint is looked into by somebody. One a call. */
  async openComplaint(tx: Tx, said: SaidInCall, note: string | null): Promise<void> {
    const { operatorId: openedBy, ...complaint } = said;
    await this.repository.insertComplaint(tx, { ...complaint, note, openedBy, openedAt: this.clock.now() });
  }

  /**
   * By hand. What concerns the person holds for all numbers of those who have this one; returns what was made, the number
   * itself first. Throws phone_…, campaign_unclear, suppression_over (422), campaign_not_found (404).
   */
  async add(actor: Actor, input: SuppressionInput): Promise<SuppressionRow[]> {
    const now = this.clock.now();
    const { organisationId, userId } = actor;
    const { scope, reason, validTo = null } = input;
    const campaignId = input.campaignId ?? null;
    if ((scope === 'campaign') !== (campaignId !== null))
      throw new Problem('campaign_unclear', 422, 'A campaign belongs to the scope campaign, and to no other.', {
        field: 'campaignId',
      });
    if (campaignId !== null && !(await this.repository.isCampaign(organisationId, campaignId)))
      throw notFound('campaign', campaignId);
    if (validTo !== null && validTo <= now)
      throw new Problem('suppression_over', 422, 'The suppression would be over already.', { field: 'validTo' });
    const matchHash = this.vault.matchHash(organisationId, readNumber(input).e164);
    const ids = await this.database.transaction(async (tx) => {
      const owned = OF_THE_PERSON.has(reason)
        ? await this.repository.listNumbersOfOwners(tx, organisationId, matchHash)
        : [];
      const matchHashes = distinct([matchHash, ...owned.map(({ hash }) => hash)]);
      const made = await this.suppress(tx, {
        ...{
          organisationId,
          matchHashes,
          scope,
          campaignId,
          reason,
          source: 'person',
          evidence: input.evidence.trim(),
        },
        ...{ leadId: null, attemptId: null, validTo, createdBy: userId },
      });
      if (reason === 'request' || reason === 'complaint')
        await this.consents.end(tx, {
          ...{ organisationId, matchHashes, campaignId, purpose: null, leadId: null, attemptId: null },
          ...{ kind: 'withdrawn', scope: scope === 'global' ? 'company' : scope, source: 'person', at: now },
          recordedBy: userId,
        });
      const after = { scope, campaignId, reason, evidence: input.evidence.trim(), validTo, numbers: made.length };
      await this.record(tx, actor, 'suppression_added', made[0]!, null, after);
      return made;
    });
    return Promise.all(ids.map((id) => this.get(organisationId, id)));
  }

  /** Throws suppression_not_found (404). */
  async get(organisationId: number, id: number): Promise<SuppressionRow> {
    const found = await this.repository.find(organisationId, id);
    if (!found) throw notFound('suppression', id);
    return found;
  }

  /** 50 of them, newest first, those with an id below `before`. */
  list(
    organisationId: number,
    p: { before?: number | null; reason?: SuppressionReason | null },
  ): Promise<SuppressionRow[]> {
    return this.repository.list(organisationId, { before: p.before ?? null, reason: p.reason ?? null, limit: PAGE });
  }

  /**
   * Take it back: this one, with what shows that it may be. Consent does not come back with it. Throws
   * suppression_not_found (404), suppression_revoked (409).
   */
  async revoke(actor: Actor, id: number, evidence: string): Promise<SuppressionRow> {
    const at = this.clock.now();
    const { organisationId, userId } = actor;
    const found = await this.get(organisationId, id);
    await this.database.transaction(async (tx) => {
      if (!(await this.repository.revoke(tx, { id, at, userId, evidence })))
        throw new Problem('suppression_revoked', 409, 'This suppression was taken back already.');
      const { scope, campaignId, reason, source, validFrom, validTo } = found;
      const before = { scope, campaignId, reason, source, validFrom, validTo };
      await this.record(tx, actor, 'suppression_revoked', id, before, { evidence });
    });
    return this.get(organisationId, id);
  }

  private record(
    tx: Tx,
    { organisationId, userId }: Actor,
    action: string,
    id: number,
    before: AuditState | null,
    after: AuditState,
  ): Promise<void> {
    const at = this.clock.now();
    const subject = { kind: 'suppression', id };
    return this.audit.note(tx, { organisationId, userId, action, subject, before, after, at });
  }

  private async numbersMeant(tx: Tx, said: SaidInCall, reason: SuppressionReason): Promise<Buffer[]> {
    const all = OF_THE_PERSON.has(reason) ? await this.repository.listNumbersOfLead(tx, said.leadId) : [];
    return distinct([said.matchHash, ...all]);
  }
}

function distinct(hashes: readonly Buffer[]): Buffer[] {
  return [...new Map(hashes.map((hash) => [hash.toString('hex'), hash])).values()];
}
