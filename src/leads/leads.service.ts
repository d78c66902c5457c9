import { Inject, Injectable } from '@nestjs/common';

import { CLOCK, type Clock } from '../common/clock.js';
import { notFound, Problem } from '../common/problem.js';
import type { Queryable, Tx } from '../database/database.js';
import type { BaseRow } from './base.entity.js';
import { LeadsRepository } from './leads.repository.js';
import { checkCountry, isPhoneFault, maskPhone, parsePhone } from './phone-number.js';
import { PhoneVault } from './phone-vault.js';
import { joinRanges, unpackRanges, type NumberRanges } from './number-ranges.js';
import { whereabouts, type ZoneSource } from './whereabouts.js';

/** Who asks, and for which organisation. */
export interface Actor {
  organisationId: number;
  /** Null for the engine itself. */
  userId: number | null;
}

export interface BaseInput {
  name: string;
  source?: string | null;
  /** What the base cost, in `currency`. */
  cost?: number | null;
  /** ISO 4217. */
  currency?: string | null;
  /** ISO 3166-1: of numbers that are written without a country. */
  country: string;
}

/** A lead as the operator who has the call may see it. */
export interface LeadCard {
  id: number;
  name: string | null;
  region: string | null;
  baseName: string;
  /** What else the file said, by column. */
  attributes: Record<string, string>;
  /** IANA zones where the person may be; several when it is not certain. */
  zones: string[];
  maskedPhone: string;
}

/** A phone's row, as far as it takes to open it. */
export interface SealedNumber {
  organisationId: number;
  sealed: Buffer;
  matchHash: Buffer;
}

/** A phone of a lead, as far as it takes to have it called. */
export interface AddedPhone {
  phoneId: number;
  matchHash: Buffer;
  bucketId: number;
}

/** Where and by which clock a number may be called. */
export interface BucketKey {
  country: string;
  /** IANA, sorted, at least one. */
  zones: readonly string[];
  /** ISO 3166-2, sorted: parts of countries whose law and holidays may hold; left out: none that is known. */
  regions?: readonly string[];
  /** What told the zones; left out: nothing but the country. */
  source?: ZoneSource;
}

/** Bases, and the people in them. */
@Injectable()
export class LeadsService {
  private ranges: { version: string; byCountry: Readonly<Record<string, NumberRanges>> } | null = null;

  constructor(
    @Inject(LeadsRepository) private readonly leads: LeadsRepository,
    @Inject(PhoneVault) private readonly vault: PhoneVault,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** Newest first. */
  listBases(organisationId: number): Promise<BaseRow[]> {
    return this.leads.listBases(organisationId);
  }

  /** Throws base_not_found (404). */
  async getBase(organisationId: number, id: number, on?: Queryable): Promise<BaseRow> {
    const base = await this.leads.findBase(organisationId, id, on);
    if (!base) throw notFound('base', id);
    return base;
  }

  /** In the caller's transaction; returns the id. Throws country_unknown (422), currency_missing (422). */
  async createBase(actor: Actor, input: BaseInput, tx: Tx): Promise<number> {
    checkBase(input);
    return this.leads.insertBase(
      {
        organisationId: actor.organisationId,
        name: input.name.trim(),
        source: input.source?.trim() || null,
        cost: input.cost ?? null,
        currency: input.currency ?? null,
        country: input.country,
        createdBy: actor.userId,
        createdAt: this.clock.now(),
      },
      tx,
    );
  }

  /** By one of the lead's phones, or by its first. Throws lead_not_found (404). */
  async getLeadCard(organisationId: number, leadId: number, phoneId: number | null = null): Promise<LeadCard> {
    const card = await this.findLeadCard(organisationId, leadId, phoneId);
    if (!card) throw notFound('lead', leadId);
    return card;
  }

  /** The same; null for somebody who is not there, or not any more. */
  async findLeadCard(organisationId: number, leadId: number, phoneId: number | null = null): Promise<LeadCard | null> {
    const row = await this.leads.findLeadCard(organisationId, leadId, phoneId);
    if (!row) return null;
    const { country, lastDigits, attributes, ...card } = row;
    const texts = Object.entries(attributes).map(([name, value]) => [name, attributeText(value)]);
    return {
      ...card,
      attributes: Object.fromEntries(texts) as Record<string, string>,
      maskedPhone: maskPhone(country, lastDigits),
    };
  }

  /**
   * Another number of a lead, as somebody says it: its last phone from now on, or the one that it has already. `country`
   * reads numbers without one. Throws lead_not_found (404), phone_* (422) for the field.
   */
  async addPhone(
    tx: Tx,
    organisationId: number,
    leadId: number,
    said: { text: string; country: string; field: string },
  ): Promise<AddedPhone> {
    const lead = await this.leads.lockLead(tx, organisationId, leadId);
    if (!lead) throw notFound('lead', leadId);
    const parsed = parsePhone(said.text, said.country);
    if (isPhoneFault(parsed)) throw new Problem(parsed.code, 422, parsed.detail, { field: said.field });
    const { sealed, matchHash } = this.vault.seal(organisationId, parsed.e164);
    const known = await this.leads.findPhone(tx, leadId, matchHash);
    if (known) return { ...known, matchHash };
    const place = whereabouts({
      ...{ country: parsed.country, region: lead.region, e164: parsed.e164, lineType: parsed.lineType },
      ranges: (await this.numberRanges())[parsed.country] ?? null,
    });
    const [bucketId] = await this.bucketIds([{ country: parsed.country, ...place }]);
    const { country, lineType, lastDigits } = parsed;
    const phoneId = await this.leads.insertPhone(tx, {
      ...{ organisationId, leadId, sealed, matchHash, country, lineType, lastDigits, bucketId: bucketId! },
    });
    return { phoneId, matchHash, bucketId: bucketId! };
  }

  /** The number in E.164. For dialing only: it goes to the switch, and nowhere else. Throws phone_seal_broken (500). */
  openNumber(phone: SealedNumber): string {
    return this.vault.open(phone.organisationId, phone.sealed, phone.matchHash);
  }

  /** Where the ranges of countries' numbers belong, by country, from the registers that were loaded last. */
  async numberRanges(): Promise<Readonly<Record<string, NumberRanges>>> {
    const loads = await this.leads.listNumberingPlans();
    const version = loads.map(({ country, series, loadedAt }) => `${country}${series}${loadedAt.getTime()}`).join();
    if (this.ranges?.version === version) return this.ranges.byCountry;
    const parts = new Map<string, NumberRanges[]>();
    for (const { country, compact } of loads.length === 0 ? [] : await this.leads.readNumberingPlans())
      parts.set(country, [...(parts.get(country) ?? []), unpackRanges(compact)]);
    const byCountry = Object.fromEntries([...parts].map(([country, each]) => [country, joinRanges(each)]));
    this.ranges = { version, byCountry };
    return byCountry;
  }

  /**
   * Ids of the buckets, in the order asked; those that are new are made, in a transaction of their own, since a bucket
   * does no harm where nobody is in it.
   */
  async bucketIds(wanted: readonly BucketKey[]): Promise<number[]> {
    const found = await this.leads.findBuckets(wanted);
    // Looked up before they are inserted: an insert that meets a conflict still uses up one of 32,767 ids.
    const missing = wanted.filter((_, i) => found[i] === null);
    if (missing.length === 0) return found as number[];
    await this.leads.insertBuckets(missing);
    return (await this.leads.findBuckets(wanted)) as number[];
  }
}

/** The value of a typed attribute as it is read to somebody. */
export function attributeText(value: unknown): string {
  if (Array.isArray(value)) return value.join(', ');
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  return String(value);
}

/** Throws what would make a base unusable, before anything is written. */
export function checkBase(input: BaseInput): void {
  if (input.name.trim() === '' || input.name.trim().length > 200)
    throw new Problem('base_name_invalid', 422, 'The name of a base has from 1 to 200 characters.', {
      field: 'options.base.name',
    });
  checkCountry(input.country, 'options.base.country');
  if (input.cost !== undefined && input.cost !== null && !input.currency)
    throw new Problem('currency_missing', 422, 'The cost of the base has no currency.', {
      field: 'options.base.currency',
      fix: 'Give the three letters of ISO 4217, such as EUR.',
    });
}
