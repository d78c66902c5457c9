import { Inject, Injectable } from '@nestjs/common';

import { AuditTrailService } from '../audit/audit-trail.service.js';
import { CLOCK, type Clock } from '../common/clock.js';
import { Problem } from '../common/problem.js';
import { Database } from '../database/database.js';
import { attributeText, LeadsService, type Actor } from '../leads/leads.service.js';
import { maskPhone } from '../leads/phone-number.js';
import { PhoneVault } from '../leads/phone-vault.js';
import { LeadExportRepository, type ExportedLead } from './lead-export.repository.js';
import { csvLine } from './spreadsheet-safe.js';

/** How the numbers of an export are shown. */
export type ExportedPhones = 'masked' | 'full';

const PAGE = 1_000;

/** The people of a base as a file. */
@Injectable()
export class LeadExportService {
  constructor(
    @Inject(Database) private readonly database: Database,
    @Inject(LeadExportRepository) private readonly exports: LeadExportRepository,
    @Inject(AuditTrailService) private readonly audit: AuditTrailService,
    @Inject(LeadsService) private readonly leads: LeadsService,
    @Inject(PhoneVault) private readonly vault: PhoneVault,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /**
   * A base as CSV that the import reads again: external_id, name, phone, phone 2 …, region, priority, attributes. Who took it
   * out, and why, is in the audit trail before the first line. Throws base_not_found (404), export_reason_missing (422) when
   * numbers are to be shown without a reason.
   */
  async exportBase(
    actor: Actor,
    baseId: number,
    options: { phones: ExportedPhones; reason: string | null },
  ): Promise<{ fileName: string; lines: AsyncGenerator<string> }> {
    const base = await this.leads.getBase(actor.organisationId, baseId);
    const reason = options.reason?.trim() || null;
    if (options.phones === 'full' && reason === null)
      throw new Problem('export_reason_missing', 422, 'Numbers are shown only for a reason.', {
        field: 'reason',
        fix: 'Say what they are needed for: it is noted with your name.',
      });
    const { organisationId, userId } = actor;
    await this.audit.note(this.database, {
      ...{ organisationId, userId, action: 'base_exported', at: this.clock.now() },
      subject: { kind: 'base', id: baseId },
      before: null,
      after: { phones: options.phones, reason },
    });
    return { fileName: `${base.name}.csv`, lines: this.lines(organisationId, baseId, options.phones) };
  }

  private async *lines(organisationId: number, baseId: number, shown: ExportedPhones): AsyncGenerator<string> {
    const attributes = await this.exports.listAttributes(baseId);
    const phones = await this.exports.countPhones(baseId);
    const phoneColumns = Array.from({ length: phones }, (_, i) => (i === 0 ? 'phone' : `phone ${i + 1}`));
    // The mark tells a spreadsheet that it is UTF-8.
    yield `\ufeff${csvLine(['external_id', 'name', ...phoneColumns, 'region', 'priority', ...attributes])}`;
    let after = 0;
    for (;;) {
      const leads = await this.exports.listLeads(baseId, after, PAGE);
      if (leads.length === 0) return;
      after = leads.at(-1)!.id;
      yield leads
        .map((lead) =>
          csvLine([
            lead.externalId ?? '',
            lead.name ?? '',
            ...phoneColumns.map((_, i) => this.phoneOf(organisationId, lead, i, shown)),
            lead.region ?? '',
            String(lead.priority),
            ...attributes.map((name) => (name in lead.attributes ? attributeText(lead.attributes[name]) : '')),
          ]),
        )
        .join('');
    }
  }

  private phoneOf(organisationId: number, lead: ExportedLead, place: number, shown: ExportedPhones): string {
    const phone = lead.phones[place];
    if (!phone) return '';
    if (shown === 'masked') return maskPhone(phone.country, phone.lastDigits);
    return this.vault.open(organisationId, Buffer.from(phone.sealed, 'hex'), Buffer.from(phone.matchHash, 'hex'));
  }
}
