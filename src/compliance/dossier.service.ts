import { Inject, Injectable } from '@nestjs/common';

import { AuditTrailService } from '../audit/audit-trail.service.js';
import { CLOCK, type Clock } from '../common/clock.js';
import { Database } from '../database/database.js';
import type { Actor } from '../leads/leads.service.js';
import { maskPhone } from '../leads/phone-number.js';
import { PhoneVault } from '../leads/phone-vault.js';
import { ConsentsRepository, type ConsentRow } from './consents.repository.js';
import {
  DossierRepository,
  type DossierAttempt,
  type DossierCallback,
  type DossierChange,
  type DossierComplaint,
  type DossierErasure,
  type DossierLead,
  type DossierList,
  type DossierRefusal,
} from './dossier.repository.js';
import { readNumber, type NumberInput } from './number-input.js';
import { lockKey } from './phone-lock.js';
import { SuppressionListsService } from './suppression-lists.service.js';
import { SuppressionsRepository, type SuppressionRow } from './suppressions.repository.js';

/** Everything that is known of one number. */
export interface Dossier {
  maskedPhone: string;
  country: string;
  lineType: string;
  at: Date;
  /** Something that binds every campaign, or one of them, is in force. */
  suppressed: 'everywhere' | 'in_campaigns' | 'no';
  leads: DossierLead[];
  suppressions: SuppressionRow[];
  lists: DossierList[];
  /** The beginning of the number that a list names. */
  prefix: { prefix: string; listId: number; name: string } | null;
  consents: ConsentRow[];
  attempts: DossierAttempt[];
  /** When it was about to be called and was not. */
  refusals: DossierRefusal[];
  callbacks: DossierCallback[];
  complaints: DossierComplaint[];
  erasures: DossierErasure[];
  /** Who looked it up or changed its consent. */
  changes: DossierChange[];
}

/** What is known of a number, for whoever answers for it. */
@Injectable()
export class DossierService {
  constructor(
    private readonly database: Database,
    private readonly repository: DossierRepository,
    private readonly suppressions: SuppressionsRepository,
    private readonly consents: ConsentsRepository,
    private readonly audit: AuditTrailService,
    private readonly lists: SuppressionListsService,
    private readonly vault: PhoneVault,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** Noted in the audit trail before it is read. Throws phone_… (422). */
  async read(actor: Actor, input: NumberInput, purpose: 'read' | 'export'): Promise<Dossier> {
    const { organisationId, userId } = actor;
    const parsed = readNumber(input);
    const matchHash = this.vault.matchHash(organisationId, parsed.e164);
    const key = lockKey(matchHash);
    const at = this.clock.now();
    const subject = { kind: 'number', id: key };
    const note = { organisationId, userId, action: `dossier_${purpose}`, subject, before: null, after: null, at };
    await this.audit.note(this.database, note);
    const [leads, suppressions, lists, consents, attempts, refusals] = await Promise.all([
      this.repository.listLeads(organisationId, matchHash),
      this.suppressions.listOfNumber(organisationId, matchHash),
      this.repository.listLists(organisationId, matchHash),
      this.consents.listOfNumber(organisationId, matchHash),
      this.repository.listAttempts(organisationId, matchHash),
      this.repository.listRefusals(organisationId, matchHash),
    ]);
    const prefix = await this.findPrefix(organisationId, parsed.e164);
    const binding = suppressions.filter((one) => isInForce(one, at));
    const everywhere = lists.length > 0 || prefix !== null || binding.some(({ scope }) => scope !== 'campaign');
    return {
      maskedPhone: maskPhone(parsed.country, parsed.lastDigits),
      country: parsed.country,
      lineType: parsed.lineType,
      at,
      suppressed: everywhere ? 'everywhere' : binding.length > 0 ? 'in_campaigns' : 'no',
      ...{ leads, suppressions, lists, prefix, consents, attempts, refusals },
      callbacks: await this.repository.listCallbacks(organisationId, matchHash),
      complaints: await this.repository.listComplaints(organisationId, matchHash),
      erasures: await this.repository.listErasures(organisationId, matchHash),
      changes: await this.repository.listChanges(organisationId, key),
    };
  }

  private async findPrefix(organisationId: number, e164: string): Promise<Dossier['prefix']> {
    const listed = await this.lists.findListedPrefix(organisationId, e164);
    return listed && { ...listed, name: (await this.lists.getList(organisationId, listed.listId)).name };
  }
}

export function isInForce(suppression: SuppressionRow, at: Date): boolean {
  const { validFrom, validTo, revokedAt } = suppression;
  return revokedAt === null && validFrom <= at && (validTo === null || validTo > at);
}
