import { Injectable } from '@nestjs/common';

import { Database } from '../database/database.js';
import { statement } from '../database/statement.js';

export interface DossierLead {
  id: number;
  name: string | null;
  externalId: string | null;
  region: string | null;
  baseId: number;
  baseName: string;
  importId: number;
  rowNumber: number;
  createdAt: Date;
  /** Attributes as the file said them. */
  attributes: Record<string, unknown>;
  phones: { position: number; country: string; lastDigits: string; asked: boolean }[];
}

export interface DossierList {
  listId: number;
  name: string;
  kind: string;
  registry: string | null;
}

export interface DossierAttempt {
  id: number;
  campaignId: number;
  campaignName: string;
  leadId: number;
  state: string;
  result: string | null;
  callerId: string | null;
  operator: string | null;
  reservedAt: Date;
  originatedAt: Date | null;
  answeredAt: Date | null;
  bridgedAt: Date | null;
  endedAt: Date | null;
  consentId: number | null;
  dispositions: {
    outcome: string;
    category: string;
    refusalReason: string | null;
    note: string | null;
    automatic: boolean;
    at: string;
    supersededAt: string | null;
  }[];
  decision: { verdict: string; reasons: unknown; at: string; facts: unknown } | null;
}

export interface DossierRefusal {
  at: Date;
  campaignId: number;
  leadId: number;
  verdict: string;
  reasons: { code: string; sentence: string }[];
  nextAt: Date | null;
}

export interface DossierCallback {
  id: number;
  campaignId: number;
  campaignName: string;
  leadId: number;
  attemptId: number;
  state: string;
  dueAt: Date;
  localTime: string;
  timeZone: string;
  note: string | null;
  createdAt: Date;
  endedAt: Date | null;
}

export interface DossierComplaint {
  id: number;
  state: string;
  attemptId: number | null;
  campaignId: number | null;
  campaignName: string | null;
  note: string | null;
  openedAt: Date;
  closedAt: Date | null;
  resolution: string | null;
}

export interface DossierErasure {
  id: number;
  state: string;
  evidence: string;
  requestedAt: Date;
  requestedBy: string | null;
  finishedAt: Date | null;
}

export interface DossierChange {
  at: Date;
  action: string;
  actor: string | null;
  after: unknown;
}

/** A number has few rows of each; a dossier of the engine's own test number has to end somewhere. */
const MOST = 1_000;

/** What all tables know of one number. Read-only. */
@Injectable()
export class DossierRepository {
  constructor(private readonly database: Database) {}

  listLeads(organisationId: number, matchHash: Buffer): Promise<DossierLead[]> {
    return this.database.query<DossierLead>(LIST_LEADS, [organisationId, matchHash, MOST]);
  }

  listLists(organisationId: number, matchHash: Buffer): Promise<DossierList[]> {
    return this.database.query<DossierList>(LIST_LISTS, [organisationId, matchHash]);
  }

  listAttempts(organisationId: number, matchHash: Buffer): Promise<DossierAttempt[]> {
    return this.database.query<DossierAttempt>(LIST_ATTEMPTS, [organisationId, matchHash, MOST]);
  }

  listRefusals(organisationId: number, matchHash: Buffer): Promise<DossierRefusal[]> {
    return this.database.query<DossierRefusal>(LIST_REFUSALS, [organisationId, matchHash, MOST]);
  }

  listCallbacks(organisationId: number, matchHash: Buffer): Promise<DossierCallback[]> {
    return this.database.query<DossierCallback>(LIST_CALLBACKS, [organisationId, matchHash, MOST]);
  }

  listComplaints(organisationId: number, matchHash: Buffer): Promise<DossierComplaint[]> {
    return this.database.query<DossierComplaint>(LIST_COMPLAINTS, [organisationId, matchHash]);
  }

  listErasures(organisationId: number, matchHash: Buffer): Promise<DossierErasure[]> {
    return this.database.query<DossierErasure>(LIST_ERASURES, [organisationId, matchHash]);
  }

  /** Who looked at the number or changed its consent. `key`: see lockKey. */
  listChanges(organisationId: number, key: bigint): Promise<DossierChange[]> {
    return this.database.query<DossierChange>(LIST_CHANGES, [organisationId, String(key), MOST]);
  }
}

// phones_match, then primary keys.
const LIST_LEADS = statement(
  'dossier.list_leads',
  `select l.id, l.name, l.external_id as "externalId", l.region, l.base_id as "baseId", b.name as "baseName",
     l.import_id as "importId", l.row_number as "rowNumber", l.created_at as "createdAt", l.attributes,
     (select jsonb_agg(jsonb_build_object('position', q.position, 'country', q.country, 'lastDigits', q.last_digits,
        'asked', q.match_hash = $2) order by q.position)
      from phones q where q.lead_id = l.id) as phones
   from (select distinct p.lead_id from phones p where p.match_hash = $2 and p.organisation_id = $1) o
   join leads l on l.id = o.lead_id
   left join bases b on b.id = l.base_id
   order by l.id limit $3`,
);

// suppression_numbers_match of each file.
const LIST_LISTS = statement(
  'dossier.list_lists',
  `select distinct n.list_id as "listId", n.name, n.kind, n.registry
   from listed_numbers n where n.match_hash = $2 and n.organisation_id = $1 order by 1`,
);

// attempts_phone; dispositions by attempt through dispositions_lead, decisions_attempt, the key of consent_uses.
const LIST_ATTEMPTS = statement(
  'dossier.list_attempts',
  `select a.id, a.campaign_id as "campaignId", c.name as "campaignName", a.lead_id as "leadId", a.state, a.result,
     a.caller_id as "callerId", u.name as operator, a.reserved_at as "reservedAt", a.originated_at as "originatedAt",
     a.answered_at as "answeredAt", a.bridged_at as "bridgedAt", a.ended_at as "endedAt",
     (select x.consent_id from consent_uses x where x.attempt_id = a.id) as "consentId",
     coalesce((select jsonb_agg(jsonb_build_object('outcome', d.outcome_code, 'category', d.category,
        'refusalReason', d.refusal_reason, 'note', d.note, 'automatic', d.automatic, 'at', d.at,
        'supersededAt', d.superseded_at) order by d.id)
      from dispositions d where d.lead_id = a.lead_id and d.attempt_id = a.id), '[]') as dispositions,
     (select jsonb_build_object('verdict', e.verdict, 'reasons', e.reasons, 'at', e.at, 'facts', e.facts)
      from decisions e where e.attempt_id = a.id) as decision
   from attempts a
   join campaigns c on c.id = a.campaign_id
   left join users u on u.id = a.operator_id
   where a.match_hash = $2 and a.organisation_id = $1
   order by a.reserved_at desc, a.id desc limit $3`,
);

// phones_match, then decisions_lead.
const LIST_REFUSALS = statement(
  'dossier.list_refusals',
  `select e.at, e.campaign_id as "campaignId", e.lead_id as "leadId", e.verdict, e.reasons, e.next_at as "nextAt"
   from phones p
   join decisions e on e.lead_id = p.lead_id and e.phone_id = p.id and e.attempt_id is null
   where p.match_hash = $2 and p.organisation_id = $1
   order by e.at desc, e.id desc limit $3`,
);

// attempts_phone, then callbacks_attempt.
const LIST_CALLBACKS = statement(
  'dossier.list_callbacks',
  `select k.id, k.campaign_id as "campaignId", c.name as "campaignName", k.lead_id as "leadId",
     k.promised_in_attempt_id as "attemptId", k.state, k.due_at as "dueAt",
     to_char(k.local_time, 'YYYY-MM-DD"T"HH24:MI') as "localTime", k.time_zone as "timeZone", k.note,
     k.created_at as "createdAt", k.ended_at as "endedAt"
   from attempts a
   join callbacks k on k.promised_in_attempt_id = a.id
   join campaigns c on c.id = k.campaign_id
   where a.match_hash = $2 and a.organisation_id = $1
   order by k.due_at desc, k.id desc limit $3`,
);

// complaints_match
const LIST_COMPLAINTS = statement(
  'dossier.list_complaints',
  `select k.id, k.state, k.attempt_id as "attemptId", k.campaign_id as "campaignId", c.name as "campaignName", k.note,
     k.opened_at as "openedAt", k.closed_at as "closedAt", k.resolution
   from complaints k left join campaigns c on c.id = k.campaign_id
   where k.match_hash = $2 and k.organisation_id = $1 order by k.id desc`,
);

// erasure_numbers_match
const LIST_ERASURES = statement(
  'dossier.list_erasures',
  `select e.id, e.state, e.evidence, e.requested_at as "requestedAt", u.name as "requestedBy", e.finished_at as "finishedAt"
   from erasure_numbers n join erasures e on e.id = n.erasure_id left join users u on u.id = e.requested_by
   where n.match_hash = $2 and e.organisation_id = $1 order by e.id desc`,
);

// audit_trail_subject
const LIST_CHANGES = statement(
  'dossier.list_changes',
  `select t.at, t.action, u.name as actor, t.after
   from audit_trail t left join users u on u.id = t.actor_id
   where t.subject_kind = 'number' and t.subject_id = $2::bigint and t.organisation_id = $1
   order by t.id desc limit $3`,
);
