import { Injectable } from '@nestjs/common';

import { Database, type Queryable } from '../database/database.js';
import { statement } from '../database/statement.js';
import { reviveConsents, type ConsentEntry, type ConsentForm, type ConsentKind, type ConsentScope } from './consent.js';

export const PROOF_KINDS = ['import_row', 'recording', 'web_form', 'paper'] as const;

/** By what a consent can be shown. */
export interface ConsentProof {
  kind: (typeof PROOF_KINDS)[number];
  /** Where it lies: id of a recording, row of a file, number of a form. */
  reference: string;
  /** SHA-256 of it, in hexadecimal, where it is a file. */
  hash?: string | null;
}

/** What was agreed to. */
export interface ConsentText {
  /** Where it was given, such as the name of a form. */
  source: string;
  /** Word for word. */
  wording: string;
}

export interface NewConsentEntry {
  organisationId: number;
  matchHash: Buffer;
  leadId: number | null;
  kind: ConsentKind;
  /** The next three with what gives consent, and with nothing else. */
  form: ConsentForm | null;
  textId: number | null;
  proof: ConsentProof | null;
  scope: ConsentScope;
  campaignId: number | null;
  purpose: 'sales' | 'service' | null;
  source: string;
  attemptId: number | null;
  at: Date;
  validTo: Date | null;
  recordedBy: number | null;
  createdAt: Date;
}

/** An entry with all that is known of it. */
export interface ConsentRow extends ConsentEntry {
  leadId: number | null;
  attemptId: number | null;
  textSource: string | null;
  wording: string | null;
  proof: ConsentProof | null;
  /** Of an import: where the proof of all its people lies. */
  proofPlace: string | null;
  source: string;
  recordedBy: string | null;
  createdAt: Date;
  /** Attempts that rest on it and were really made. */
  uses: { attemptId: number; at: Date }[];
}

/** Entries that an import's leads give. */
export interface ImportedConsents {
  organisationId: number;
  importId: number;
  textId: number;
  form: ConsentForm;
  /** When they were given: on one day, or as an attribute of each lead says. */
  givenAt: Date | null;
  dateAttribute: string | null;
  recordedBy: number | null;
  at: Date;
}

/**
 * SQL for the ledger of one number, as a jsonb array of `StoredConsent`. `hash` and `organisation` are SQL; to be read by
 * whoever reads more of the number in the same statement. One look-up in consents_match.
 */
export function consentFacts(hash: string, organisation: string): string {
  return `coalesce((select jsonb_agg(jsonb_build_object('id', k.id, 'kind', k.kind, 'form', k.form, 'scope', k.scope,
       'campaignId', k.campaign_id, 'purpose', k.purpose, 'at', k.at, 'validTo', k.valid_to,
       'proven', k.proof is not null and kt.voided_at is null) order by k.at, k.id)
     from consents k left join consent_texts kt on kt.id = k.text_id
     where k.match_hash = ${hash} and k.organisation_id = ${organisation}), '[]')`;
}

@Injectable()
export class ConsentsRepository {
  constructor(private readonly database: Database) {}

  /** The ledgers of numbers, in the order given. */
  async listLedgers(
    organisationId: number,
    matchHashes: readonly Buffer[],
    on: Queryable = this.database,
  ): Promise<ConsentEntry[][]> {
    const rows = await on.query<{ consents: Parameters<typeof reviveConsents>[0] }>(LIST_LEDGERS, [
      organisationId,
      matchHashes,
    ]);
    return rows.map((row) => reviveConsents(row.consents));
  }

  /** Everything of one number, oldest first. */
  async listOfNumber(organisationId: number, matchHash: Buffer, on: Queryable = this.database): Promise<ConsentRow[]> {
    const rows = await on.query<ConsentRow>(LIST_OF_NUMBER, [organisationId, matchHash]);
    return rows.map((row) => ({ ...row, uses: row.uses.map((use) => ({ ...use, at: new Date(use.at) })) }));
  }

  /** A text that is there already is used again. */
  async ensureText(
    on: Queryable,
    organisationId: number,
    text: ConsentText,
    createdBy: number | null,
    at: Date,
  ): Promise<number> {
    const values = [organisationId, text.source, text.wording, createdBy, at];
    const [row] = await on.query<{ id: number }>(ENSURE_TEXT, values);
    return row!.id;
  }

  /** Returns their ids, in the order given. */
  async insertEntries(on: Queryable, entries: readonly NewConsentEntry[]): Promise<number[]> {
    const rows = await on.query<{ id: number }>(INSERT_ENTRIES, [
      JSON.stringify(entries.map(({ matchHash, ...entry }) => ({ ...entry, matchHash: matchHash.toString('hex') }))),
    ]);
    return rows.map((row) => row.id);
  }

  /** What leads of an import say of themselves: one entry for each of their numbers. Returns how many. */
  async insertImported(
    on: Queryable,
    consents: ImportedConsents,
    leads: { fromId: number; toId: number } | { ids: readonly number[] },
  ): Promise<number> {
    const { organisationId, importId, textId, form, givenAt, dateAttribute, recordedBy, at } = consents;
    const [fromId, toId, ids] = 'ids' in leads ? [null, null, leads.ids] : [leads.fromId, leads.toId, null];
    const values = [organisationId, importId, textId, form, givenAt, dateAttribute, recordedBy, at];
    const which = ids === null ? INSERT_IMPORTED_RANGE : INSERT_IMPORTED;
    const [row] = await on.query<{ count: number }>(which, [...values, ...(ids === null ? [fromId, toId] : [ids])]);
    return row!.count;
  }

  /** Leads that have one of these numbers, in any base. */
  async listLeadIds(on: Queryable, organisationId: number, matchHashes: readonly Buffer[]): Promise<number[]> {
    return (await on.query<{ id: number }>(LIST_LEAD_IDS, [organisationId, matchHashes])).map((row) => row.id);
  }
}

// consents_match
const LIST_LEDGERS = statement(
  'consents.list_ledgers',
  `select ${consentFacts('h.match_hash', '$1')} as consents
   from unnest($2::bytea[]) with ordinality as h (match_hash, place) order by h.place`,
);

// consents_match; consent_uses_consent for each entry.
const LIST_OF_NUMBER = statement(
  'consents.list_of_number',
  `select k.id, k.kind, k.form, k.scope, k.campaign_id as "campaignId", k.purpose, k.at, k.valid_to as "validTo",
     k.proof is not null and t.voided_at is null as proven, k.lead_id as "leadId", k.attempt_id as "attemptId",
     t.source as "textSource", t.wording, t.proof as "proofPlace", k.proof, k.source, u.name as "recordedBy", k.created_at as "createdAt",
     coalesce((select jsonb_agg(jsonb_build_object('attemptId', a.id, 'at', x.at) order by a.id)
       from consent_uses x join attempts a on a.id = x.attempt_id
       where x.consent_id = k.id and (a.originated_at is not null or a.state <> 'ended')), '[]') as uses
   from consents k
   left join consent_texts t on t.id = k.text_id
   left join users u on u.id = k.recorded_by
   where k.match_hash = $2 and k.organisation_id = $1
   order by k.at, k.id`,
);

// consent_texts_hash
const ENSURE_TEXT = statement(
  'consents.ensure_text',
  `insert into consent_texts (organisation_id, source, wording, created_by, created_at, text_hash)
   values ($1, $2, $3, $4, $5, sha256(convert_to(jsonb_build_array($2::text, $3::text)::text, 'UTF8')))
   on conflict (organisation_id, text_hash) where text_hash is not null do update set source = excluded.source
   returning id`,
);

const INSERT_ENTRIES = statement(
  'consents.insert_entries',
  `insert into consents
     (organisation_id, match_hash, lead_id, kind, form, text_id, proof, scope, campaign_id, purpose, source, attempt_id, at,
      valid_to, recorded_by, created_at)
   select e."organisationId", decode(e."matchHash", 'hex'), e."leadId", e.kind, e.form, e."textId", e.proof, e.scope,
     e."campaignId", e.purpose, e.source, e."attemptId", e.at, e."validTo", e."recordedBy", e."createdAt"
   from rows from (jsonb_to_recordset($1::jsonb) as ("organisationId" smallint, "matchHash" text, "leadId" bigint,
     kind text, form text, "textId" int, proof jsonb, scope text, "campaignId" int, purpose text, source text,
     "attemptId" bigint, at timestamptz, "validTo" timestamptz, "recordedBy" int, "createdAt" timestamptz))
     with ordinality as e
       ("organisationId", "matchHash", "leadId", kind, form, "textId", proof, scope, "campaignId", purpose, source,
        "attemptId", at, "validTo", "recordedBy", "createdAt", place)
   order by e.place
   returning id`,
);

/** A day of a typed attribute; its beginning counts, in UTC. Leads without one, or with one to come, give no consent. */
const insertImported = (which: string) => `with made as (
     insert into consents
       (organisation_id, match_hash, lead_id, kind, form, scope, text_id, proof, source, at, recorded_by, created_at)
     select $1, p.match_hash, l.id, 'granted', $4, 'company', $3,
       jsonb_build_object('kind', 'import_row', 'reference', format('import %s, row %s', $2::int, l.row_number)),
       format('import %s', $2::int), g.at, $7, $8
     from leads l
     join phones p on p.lead_id = l.id
     cross join lateral (select coalesce($5::timestamptz,
       case when l.attributes ->> $6::text ~ '^[12][0-9]{3}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])'
         then (to_date(left(l.attributes ->> $6::text, 7), 'YYYY-MM') + (substring(l.attributes ->> $6::text, 9, 2)::integer - 1))
           ::timestamp at time zone 'UTC' end) as at) g
     where ${which} and l.consent_id = $3 and g.at <= $8
     returning 1
   )
   select count(*) as count from made`;

// Primary keys of leads and phones: a chunk's leads lie together.
const INSERT_IMPORTED_RANGE = statement(
  'consents.insert_imported_range',
  insertImported('l.id between $9::bigint and $10::bigint and l.import_id = $2'),
);

// Primary keys of leads and phones.
const INSERT_IMPORTED = statement(
  'consents.insert_imported',
  insertImported('l.id = any($9::bigint[]) and l.organisation_id = $1'),
);

// phones_match
const LIST_LEAD_IDS = statement(
  'consents.list_lead_ids',
  `select distinct p.lead_id as id from phones p
   where p.match_hash = any($2::bytea[]) and p.organisation_id = $1 order by 1`,
);
