import { Inject, Injectable } from '@nestjs/common';

import { AuditTrailService } from '../audit/audit-trail.service.js';
import type { Locale } from '../auth/access.js';
import { CLOCK, type Clock } from '../common/clock.js';
import { notFound, Problem } from '../common/problem.js';
import type { Queryable } from '../database/database.js';
import { LeadsService } from '../leads/leads.service.js';
import { blocks, lintScript, lintText, type Finding } from './ad-law-linter.js';
import { AdvertisingService } from './advertising.service.js';
import { checkScript } from './check-script.js';
import { fillScript, type FilledScript, type ScriptOffer, type ScriptSubject } from './fill-script.js';
import type { Fault } from './form-fields.js';
import { OffersService } from './offers.service.js';
import type { ScriptContent } from './script-content.js';
import type { Script } from './script.entity.js';
import { ScriptsRepository } from './scripts.repository.js';
import { scriptChanged, type ScriptAuthor } from './scripts.service.js';
import { STANDARD_REFUSAL_REASONS } from './standard-outcomes.js';

/** What keeps a script from being published, and what else the linter marks. */
export interface ScriptReview {
  faults: Fault[];
  findings: Finding[];
}

/** For whom a text is linted: its names of competitors are added to the organisation's. */
export interface LintScope {
  scriptId?: number | null;
  campaignId?: number | null;
}

export interface PreviewInput {
  content: ScriptContent;
  locale: Locale;
  /** A lead of ours. */
  leadId?: number | null;
  /** Or one that is made up; without either, fields show their names. */
  lead?: { name?: string | null; region?: string | null; attributes?: Record<string, unknown> };
  offerId?: number | null;
  answers?: Record<string, unknown>;
}

/** From draft to what is said in calls: checked, held against advertising law, and shown as one lead will hear it. */
@Injectable()
export class ScriptPublishingService {
  constructor(
    private readonly scripts: ScriptsRepository,
    private readonly audit: AuditTrailService,
    private readonly advertising: AdvertisingService,
    private readonly offers: OffersService,
    private readonly leads: LeadsService,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** Everything that publishing would say of it. */
  async review(
    organisationId: number,
    content: ScriptContent,
    scope: LintScope = {},
    on?: Queryable,
  ): Promise<ScriptReview> {
    const attributes = await this.scripts.listAttributes(organisationId, on);
    // The standard set is made with the first campaign, which may come after the script.
    const standard = STANDARD_REFUSAL_REASONS.map((reason) => reason.code);
    const refusalReasons = new Set([...standard, ...(await this.scripts.listRefusalReasons(organisationId, on))]);
    const faults = checkScript(content, { attributes: new Set(attributes), refusalReasons });
    const context = await this.advertising.lintContext(organisationId, scope, on);
    return { faults, findings: lintScript(content, context) };
  }

  /** Marks of one text, while it is being typed. */
  async lint(organisationId: number, text: string, locale: Locale | null, scope: LintScope = {}): Promise<Finding[]> {
    return lintText(text, 'text', locale, await this.advertising.lintContext(organisationId, scope));
  }

  /**
   * Make the draft what calls use, from the next dial on. A draft that says what is published already makes no new
   * version. Throws script_not_found, version_conflict (409) when somebody changed it since `version`, and script_faulty
   * or script_unlawful (422) with all faults and findings.
   */
  async publish(author: ScriptAuthor, id: number, version: number): Promise<Script> {
    const { organisationId, userId } = author;
    const now = this.clock.now();
    return this.scripts.inTransaction(async (tx) => {
      const script = await this.scripts.lockScript(organisationId, id, tx);
      if (!script) throw notFound('script', id);
      if (script.version !== version) throw scriptChanged(script.version);
      const { content, publishedVersion } = script;
      const review = await this.review(organisationId, content, { scriptId: id }, tx);
      refuseFaulty(review);
      const published =
        publishedVersion && (await this.scripts.findVersion(organisationId, id, publishedVersion, tx))?.content;
      // Both come from jsonb, which keeps the members of an object in one order.
      if (published && JSON.stringify(published) === JSON.stringify(content)) return script;
      const next = await this.scripts.insertVersion(
        { scriptId: id, content, publishedBy: userId, publishedAt: now },
        tx,
      );
      await this.scripts.updateScript(id, { publishedVersion: next }, tx);
      await this.audit.note(tx, {
        ...{ organisationId, userId, action: 'script_published', at: now },
        subject: { kind: 'script', id },
        before: { publishedVersion },
        after: { publishedVersion: next },
      });
      return { ...script, publishedVersion: next };
    });
  }

  /** The script as somebody will hear it. Throws lead_not_found, offer_not_found. */
  async preview(organisationId: number, input: PreviewInput): Promise<FilledScript> {
    const { content, locale, answers } = input;
    const lead = await this.subjectOf(organisationId, input);
    const offer = input.offerId ? await this.getOffer(organisationId, input.offerId) : null;
    return fillScript(content, { lead, offer, locale, ...(answers && { answers }) });
  }

  private async subjectOf(organisationId: number, { leadId, lead }: PreviewInput): Promise<ScriptSubject> {
    if (leadId) return this.leads.getLeadCard(organisationId, leadId);
    if (lead) return { name: lead.name ?? null, region: lead.region ?? null, attributes: lead.attributes ?? {} };
    const names = await this.scripts.listAttributes(organisationId);
    const attributes = Object.fromEntries(names.map((name) => [name, `‹${name}›`]));
    return { name: '‹name›', region: '‹region›', attributes };
  }

  private async getOffer(organisationId: number, id: number): Promise<ScriptOffer> {
    const offer = await this.offers.findOffer(organisationId, id);
    if (!offer) throw notFound('offer', id);
    return offer;
  }
}

function refuseFaulty({ faults, findings }: ScriptReview): void {
  const more = { faults, findings };
  if (faults.length > 0)
    throw new Problem('script_faulty', 422, `The script has faults: ${faults[0]!.message}`, {
      field: faults[0]!.path,
      fix: 'Mend what is marked, then publish again.',
      errors: faults.map(({ path, code, message }) => ({ field: path, code, message })),
      more,
    });
  const unlawful = findings.filter((finding) => finding.severity === 'blocks');
  if (blocks(findings))
    throw new Problem('script_unlawful', 422, `The script breaks advertising law: ${unlawful[0]!.message}`, {
      field: unlawful[0]!.path,
      fix: unlawful[0]!.fix,
      errors: unlawful.map(({ path, code, message }) => ({ field: path, code, message })),
      more,
    });
}
