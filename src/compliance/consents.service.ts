import { Inject, Injectable } from '@nestjs/common';

import { AuditTrailService } from '../audit/audit-trail.service.js';
import { CLOCK, type Clock } from '../common/clock.js';
import { notFound, Problem } from '../common/problem.js';
import { Database, type Tx } from '../database/database.js';
import { LeadHistoryService } from '../leads/lead-history.service.js';
import type { Actor } from '../leads/leads.service.js';
import { PhoneVault } from '../leads/phone-vault.js';
import { HUB, type Hub } from '../realtime/hub.js';
import { currentConsent, type ConsentForm, type ConsentScope } from './consent.js';
import {
  ConsentsRepository,
  type ConsentProof,
  type ConsentRow,
  type ConsentText,
  type ImportedConsents,
  type NewConsentEntry,
} from './consents.repository.js';
import { readNumber, type NumberInput } from './number-input.js';
import { lockKey } from './phone-lock.js';
import { SuppressionsRepository } from './suppressions.repository.js';

/** How far what was said reaches. */
export interface ConsentReach {
  scope: ConsentScope;
  /** With scope `campaign` only. */
  campaignId?: number | null;
  /** Null or left out: whatever the purpose. */
  purpose?: 'sales' | 'service' | null;
}

export interface ConsentGrant extends NumberInput, ConsentReach {
  form: ConsentForm;
  /** Where it was given, and what was agreed to, word for word. */
  text: ConsentText;
  proof: ConsentProof;
  /** When it was given. */
  at: Date;
  validTo?: Date | null;
}

export interface ConsentWithdrawal extends NumberInput, ConsentReach {
  /** When it was taken back; now when left out. */
  at?: Date | null;
  /** How we know. */
  source: string;
}

/** What a person took back, for some of their numbers. */
export interface Withdrawal extends Required<ConsentReach> {
  organisationId: number;
  matchHashes: readonly Buffer[];
  kind: 'withdrawn' | 'expired';
  leadId: number | null;
  attemptId: number | null;
  source: string;
  at: Date;
  recordedBy: number | null;
}

/** The ledger of who agreed to be called, and who took it back. */
@Injectable()
export class ConsentsService {
  constructor(
    private readonly database: Database,
    private readonly repository: ConsentsRepository,
    private readonly suppressions: SuppressionsRepository,
    private readonly audit: AuditTrailService,
    private readonly history: LeadHistoryService,
    private readonly vault: PhoneVault,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(HUB) private readonly hub: Hub,
  ) {}

  /**
   * Somebody agreed, and it can be shown. Renewed, where a consent of the same reach still holds. Throws phone_… and
   * consent_in_future, consent_over, campaign_unclear (422), campaign_not_found (404).
   */
  async grant(actor: Actor, input: ConsentGrant): Promise<ConsentRow> {
    const now = this.clock.now();
    const { organisationId } = actor;
    const matchHash = this.hashOf(organisationId, input);
    checkInstants(input.at, input.validTo ?? null, now);
    const reach = await this.reachOf(organisationId, input);
    const id = await this.database.transaction(async (tx) => {
      await this.suppressions.lockPhones(tx, [lockKey(matchHash)]);
      const [ledger] = await this.repository.listLedgers(organisationId, [matchHash], tx);
      const held = currentConsent(
        ledger!.filter((entry) => entry.at < input.at),
        {
          at: input.at,
          campaignId: reach.campaignId ?? 0,
          purpose: reach.purpose ?? 'sales',
          neededForm: 'none',
          maxAgeDays: null,
        },
      );
      const textId = await this.repository.ensureText(tx, organisationId, input.text, actor.userId, now);
      return this.append(tx, actor, matchHash, {
        ...reach,
        kind: held ? 'renewed' : 'granted',
        form: input.form,
        textId,
        proof: input.proof,
        source: 'person',
        at: input.at,
        validTo: input.validTo ?? null,
      });
    });
    return this.getEntry(organisationId, matchHash, id);
  }

  /** Somebody took it back. Throws as `grant` does. */
  async withdraw(actor: Actor, input: ConsentWithdrawal): Promise<ConsentRow> {
    const now = this.clock.now();
    const at = input.at ?? now;
    checkInstants(at, null, now);
    const matchHash = this.hashOf(actor.organisationId, input);
    const reach = await this.reachOf(actor.organisationId, input);
    const id = await this.database.transaction(async (tx) => {
      await this.suppressions.lockPhones(tx, [lockKey(matchHash)]);
      return this.append(tx, actor, matchHash, {
        ...reach,
        ...{ kind: 'withdrawn', form: null, textId: null, proof: null, source: input.source.trim(), at, validTo: null },
      });
    });
    return this.getEntry(actor.organisationId, matchHash, id);
  }

  /** Everything of one number, oldest first. Throws phone_… (422). */
  listOfNumber(organisationId: number, input: NumberInput): Promise<ConsentRow[]> {
    return this.repository.listOfNumber(organisationId, this.hashOf(organisationId, input));
  }

  /** In the transaction of what led to it, whose phones it has locked. */
  async end(tx: Tx, withdrawal: Withdrawal): Promise<void> {
    const { matchHashes, ...said } = withdrawal;
    const entries = matchHashes.map((matchHash) => ({
      ...said,
      ...{ matchHash, form: null, textId: null, proof: null, validTo: null, createdAt: this.clock.now() },
    }));
    this.tell(tx, await this.repository.insertEntries(tx, entries));
    await this.noteChanged(tx, said.organisationId, matchHashes);
  }

  /** What leads of an import say of themselves, in the transaction that brings them in. Returns how many entries. */
  recordImported(
    tx: Tx,
    consents: ImportedConsents,
    leads: { fromId: number; toId: number } | { ids: readonly number[] },
  ): Promise<number> {
    return this.repository.insertImported(tx, consents, leads);
  }

  private async append(
    tx: Tx,
    actor: Actor,
    matchHash: Buffer,
    entry: Omit<NewConsentEntry, 'organisationId' | 'matchHash' | 'leadId' | 'attemptId' | 'recordedBy' | 'createdAt'>,
  ): Promise<number> {
    const at = this.clock.now();
    const { organisationId, userId } = actor;
    const ids = await this.repository.insertEntries(tx, [
      { ...entry, organisationId, matchHash, leadId: null, attemptId: null, recordedBy: userId, createdAt: at },
    ]);
    const { textId: _textId, ...after } = entry;
    const subject = { kind: 'number', id: lockKey(matchHash) };
    await this.audit.note(tx, {
      ...{ organisationId, userId, action: `consent_${entry.kind}`, subject, before: null },
      ...{ after: { consentId: ids[0]!, ...after }, at },
    });
    this.tell(tx, ids);
    await this.noteChanged(tx, organisationId, [matchHash]);
    return ids[0]!;
  }

  /** Live lists look at the people with these numbers again. */
  private async noteChanged(tx: Tx, organisationId: number, matchHashes: readonly Buffer[]): Promise<void> {
    const leadIds = await this.repository.listLeadIds(tx, organisationId, matchHashes);
    await this.history.noteChanged(tx, leadIds);
  }

  private tell(tx: Tx, ids: readonly number[]): void {
    tx.afterCommit(() => {
      for (const id of ids) this.hub.publish({ kind: 'consent', id });
    });
  }

  private async getEntry(organisationId: number, matchHash: Buffer, id: number): Promise<ConsentRow> {
    return (await this.repository.listOfNumber(organisationId, matchHash)).find((entry) => entry.id === id)!;
  }

  private async reachOf(organisationId: number, reach: ConsentReach) {
    const campaignId = reach.campaignId ?? null;
    if ((reach.scope === 'campaign') !== (campaignId !== null))
      throw new Problem('campaign_unclear', 422, 'A campaign belongs to the scope campaign, and to no other.', {
        field: 'campaignId',
      });
    if (campaignId !== null && !(await this.suppressions.isCampaign(organisationId, campaignId)))
      throw notFound('campaign', campaignId);
    return { scope: reach.scope, campaignId, purpose: reach.purpose ?? null };
  }

  private hashOf(organisationId: number, input: NumberInput): Buffer {
    return this.vault.matchHash(organisationId, readNumber(input).e164);
  }
}

function checkInstants(at: Date, validTo: Date | null, now: Date): void {
  if (at > now)
    throw new Problem('consent_in_future', 422, 'Nobody has said that yet: the instant is still to come.', {
      field: 'at',
      fix: 'Give the instant at which it was said.',
    });
  if (validTo !== null && validTo <= at)
    throw new Problem('consent_over', 422, 'The consent would end before it was given.', { field: 'validTo' });
}
