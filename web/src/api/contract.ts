/**
 * The shapes that the API speaks, as the console uses them. Ids are integers, instants ISO 8601 in UTC, rates 0 to 1 and
 * null where the denominator is 0. Kept in one file, so that types generated from OpenAPI can take its place.
 */
export type Instant = string;
export type Role = 'marketer' | 'manager' | 'operator';
export type Locale = 'en' | 'ru' | 'vi';

export interface ProblemDocument {
  title: string;
  status: number;
  code: string;
  detail: string;
  field?: string;
  fix?: string;
  errors?: { field: string; code: string; message: string }[];
  requestId?: string;
}

export interface About {
  name: string;
  version: string;
  demo: boolean;
  telephony: string;
  /** In a demo only. The password is told only while it is still the one the demo came with. */
  signIns: { login: string; role: Role; password?: string }[];
}

export interface Me {
  id: number;
  login: string;
  name: string;
  role: Role;
  locale: Locale;
}

export interface Base {
  id: number;
  name: string;
  source: string | null;
  cost: number | null;
  currency: string | null;
  country: string;
  createdAt: Instant;
  leads: number;
  lastImport: Import | null;
}

/** A file that has arrived and waits for somebody to say how it is to be imported; gone by itself after a day. */
export interface Upload {
  id: string;
  fileName: string;
  fileBytes: number;
  createdAt: Instant;
}

export const ENCODINGS = ['utf-8', 'windows-1251', 'koi8-r', 'windows-1252', 'utf-16le', 'utf-16be'] as const;
export type Encoding = (typeof ENCODINGS)[number];
export type Delimiter = ',' | ';' | '\t' | '|';
export type Quote = '"' | "'";
export type FileFormat = 'text' | 'gzip' | 'xlsx';

/** How a text is cut into records. */
export interface Dialect {
  encoding: Encoding;
  delimiter: Delimiter;
  quote: string | null;
  escape: 'double' | 'backslash';
  lineEnding: 'lf' | 'cr';
}

/** What of it is said by somebody; the rest is found in the file. */
export interface AskedDialect {
  encoding?: Encoding;
  delimiter?: Delimiter;
  quote?: Quote | null;
}

export const ATTRIBUTE_TYPES = ['text', 'number', 'date', 'boolean', 'list'] as const;
export type AttributeType = (typeof ATTRIBUTE_TYPES)[number];
export const DATE_ORDERS = ['dmy', 'mdy', 'ymd'] as const;
export type DateOrder = (typeof DATE_ORDERS)[number];

export interface AttributeMapping {
  column: string;
  name: string;
  type: AttributeType;
  dateOrder?: DateOrder;
}

/** Which column holds what. A column that is named nowhere is left out. */
export interface ImportMapping {
  /** The first is the one that is called first. */
  phones: string[];
  name: string | null;
  nameParts: string[];
  externalId: string | null;
  region: string | null;
  timeZone: string | null;
  priority: string | null;
  owner: string | null;
  attributes: AttributeMapping[];
}

export type ColumnField =
  | 'phone'
  | 'name'
  | 'firstName'
  | 'middleName'
  | 'lastName'
  | 'externalId'
  | 'region'
  | 'timeZone'
  | 'priority'
  | 'owner'
  | 'attribute';

export interface AnalysedColumn {
  name: string;
  field: ColumnField;
  /** 0 to 1. */
  confidence: number;
  by: 'header' | 'content' | 'saved' | 'none';
  type: AttributeType;
  filledRate: number;
  /** Up to three; phones are masked. */
  examples: string[];
}

export interface AnalysedRow {
  line: number;
  values: string[];
  /** Code of why this row would be rejected. */
  fault: string | null;
  faultDetail: string | null;
}

export interface FileNotice {
  code: string;
  detail: string;
  columns?: string[];
  lines?: number;
}

export interface RejectCount {
  code: string;
  count: number;
}

/** What would become of the rows: valid + duplicate + suppressed + rejected = rows. Reckoned from a sample where not exact. */
export interface ImportEstimate {
  rows: number;
  exact: boolean;
  sampledRows: number;
  valid: number;
  duplicate: number;
  suppressed: number;
  rejected: number;
  rejectsByCode: RejectCount[];
}

/** Leads whose time zone is certain and is not, and in how many hours of a week each kind may be called. */
export interface ZoneEstimate {
  certain: number;
  ambiguous: number;
  certainHours: number;
  ambiguousHours: number;
  worst: AmbiguousZone[];
}

export interface AmbiguousZone {
  country: string;
  zones: string[];
  leads: number;
  hours: number;
}

export interface SameFile {
  importId: number;
  /** Null where the rows went into a suppression list. */
  baseName: string | null;
  createdAt: Instant;
}

/** What was understood of a file, and what would become of its rows. */
export interface Analysis {
  format: FileFormat;
  sheets: string[];
  sheet: string | null;
  dialect: Dialect | null;
  encodingConfidence: number;
  header: { at: number | null; line: number | null };
  notices: FileNotice[];
  columns: AnalysedColumn[];
  firstRows: AnalysedRow[];
  mapping: ImportMapping;
  savedMappingAt: Instant | null;
  country: string;
  estimate: ImportEstimate;
  zones: ZoneEstimate;
  sameFile: SameFile | null;
}

export interface AnalysisRequest {
  dialect?: AskedDialect;
  sheet?: string;
  /** The record that names the columns, from 0; null: there is none. */
  headerAt?: number | null;
  mapping?: Partial<ImportMapping>;
  country?: string;
  baseId?: number;
  dedupe?: Dedupe;
  listId?: number;
}

/** Who counts as somebody who is there already, where that is looked for, and what becomes of the row. */
export interface Dedupe {
  key: 'phone' | 'external_id';
  scope: 'file' | 'base' | 'all_bases';
  action: 'skip' | 'update' | 'keep_both';
}

/** What people have agreed to, and how that can be shown. */
export interface Consent {
  source: string;
  wording: string;
  proof?: string | null;
}

export interface ConsentGiven {
  source: string;
  wording: string;
  proof: string | null;
}

export type ImportKind = 'leads' | 'suppression_list';
export type ImportState = 'queued' | 'running' | 'done' | 'failed' | 'cancelled' | 'undoing' | 'undone';

export interface Import {
  id: number;
  kind: ImportKind;
  /** Of leads: the base and its name; of a suppression list: null, and the list and its name. */
  baseId: number | null;
  baseName: string | null;
  listId: number | null;
  listName: string | null;
  fileName: string;
  fileBytes: number;
  bytesRead: number;
  state: ImportState;
  /** rows = imported + updated + duplicate + suppressed + rejected, at every moment. */
  rows: number;
  imported: number;
  updated: number;
  duplicate: number;
  suppressed: number;
  rejected: number;
  rejectsByCode: RejectCount[];
  problem: { code: string; detail: string; fix?: string } | null;
  generatedPhones: boolean;
  createdAt: Instant;
  startedAt: Instant | null;
  finishedAt: Instant | null;
  createdBy: string | null;
  mapping: ImportMapping;
  dedupe: Dedupe;
  country: string;
  consent: ConsentGiven | null;
  priority: number;
  ownerId: number | null;
  campaignId: number | null;
  canUndo: boolean;
  /** Of the undo: leads taken out, put back as they were, and left alone. */
  removed: number;
  restored: number;
  kept: number;
  undoneBy: string | null;
}

export interface NewBase {
  name: string;
  source?: string | null;
  cost?: number | null;
  currency?: string | null;
  country: string;
}

export interface ImportOptions {
  base: { id: number } | NewBase;
  mapping?: Partial<ImportMapping>;
  dialect?: AskedDialect;
  sheet?: string;
  headerAt?: number | null;
  country?: string;
  dedupe?: Dedupe;
  consent?: Consent | null;
  priority?: number;
  ownerId?: number | null;
  campaignId?: number | null;
  generatePhones?: boolean;
}

export const SUPPRESSION_KINDS = ['do_not_call', 'registry', 'prefixes'] as const;
export type SuppressionKind = (typeof SUPPRESSION_KINDS)[number];

/** Numbers that may not be called. */
export interface SuppressionList {
  id: number;
  name: string;
  kind: SuppressionKind;
  /** Such as TPS. */
  registry: string | null;
  country: string | null;
  numbers: number;
  /** Date of the newest load. */
  datedAt: Instant | null;
  ageDays: number | null;
  createdAt: Instant;
  retiredAt: Instant | null;
}

export interface SuppressionListInput {
  name: string;
  kind: SuppressionKind;
  registry?: string | null;
  country?: string | null;
}

export interface SuppressionLoad {
  uploadId: string;
  mode: 'replace' | 'add';
  /** Date of the download. */
  datedAt?: string;
  country?: string;
  dialect?: AskedDialect;
  sheet?: string;
  headerAt?: number | null;
  mapping?: Partial<ImportMapping>;
}

/** Who may own a lead. */
export interface OperatorName {
  id: number;
  name: string;
  simulated: boolean;
}

export const OPERATORS = [
  'equals',
  'not_equals',
  'one_of',
  'contains',
  'starts_with',
  'greater_than',
  'less_than',
  'between',
  'empty',
  'not_empty',
] as const;
export type Operator = (typeof OPERATORS)[number];

export interface Condition {
  field: string;
  is: Operator;
  value?: string | number | (string | number)[];
}
export type Rule = { all: Rule[] } | { any: Rule[] } | { none: Rule[] } | Condition;

export interface Segment {
  id: number;
  name: string;
  version: number;
  rule: Rule;
  createdAt: Instant;
  updatedAt: Instant;
}

export interface SegmentField {
  field: string;
  type: 'text' | 'number' | 'base';
  label: string;
  samples: string[];
}

export interface SegmentCount {
  count: number;
  elapsedMs: number;
}

export interface SampleLead {
  id: number;
  name: string | null;
  /** Empty for a lead without a phone. */
  maskedPhone: string;
  region: string | null;
  attributes: Record<string, unknown>;
}

export type CampaignState = 'draft' | 'ready' | 'running' | 'paused' | 'finished' | 'archived';
export type CampaignMode = 'progressive' | 'ratio';
export const WEEKDAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;
export type Weekday = (typeof WEEKDAYS)[number];
/** Local hours of the called person, `HH:mm`; a day that is absent is closed. */
export type Hours = Partial<Record<Weekday, [string, string]>>;

export interface Offer {
  id: number;
  name: string;
  description: string;
  price: number | null;
  currency: string | null;
}
export type OfferInput = Omit<Offer, 'id'>;

export interface ScriptStep {
  title: string;
  text: string;
}
export interface Script {
  id: number;
  name: string;
  steps: ScriptStep[];
}

export interface CampaignInput {
  name: string;
  segmentIds: number[];
  offerId?: number | null;
  scriptId?: number | null;
  mode: CampaignMode;
  ratio?: number;
  hours?: Hours;
  maxAttempts?: number;
  maxAttemptsPerDay?: number;
  maxLines?: number;
  ringTimeoutMs?: number;
  wrapUpMs?: number;
  callerId?: string | null;
  simulatedOperators?: number;
}

export interface Campaign extends CampaignInput {
  id: number;
  state: CampaignState;
  version: number;
  segments: { id: number; name: string }[];
  offer: Offer | null;
  listed: number;
  createdAt: Instant;
  startedAt: Instant | null;
  finishedAt: Instant | null;
}

export interface Idle {
  code: string;
  sentence: string;
  until: Instant | null;
}

export interface CampaignSummary {
  id: number;
  name: string;
  state: CampaignState;
  mode: CampaignMode;
  listed: number;
  dials: number;
  contacts: number;
  successes: number;
  conversionRate: number | null;
  operators: { ready: number; inCall: number; wrapUp: number; break: number };
  idle: Idle | null;
}

export interface Job {
  id: number;
  kind: string;
  state: 'queued' | 'running' | 'succeeded' | 'failed' | 'cancelled';
  progress: unknown;
  problem: { code: string; detail: string; fix?: string } | null;
}

export interface Report {
  campaign: { id: number; name: string; state: CampaignState; mode: CampaignMode };
  from: Instant | null;
  to: Instant;
  /** total = completed + available; available = notYetDialled + toBeRedialled + inProgress. */
  list: {
    total: number;
    completed: number;
    available: number;
    notYetDialled: number;
    toBeRedialled: number;
    inProgress: number;
    ready: number;
    waiting: number;
    byCompletedCode: { code: string; count: number }[];
  };
  dials: number;
  connections: number;
  contacts: number;
  rightParty: number;
  abandoned: number;
  bridged: number;
  successes: number;
  leadsAttempted: number;
  connectionRate: number | null;
  contactRate: number | null;
  rightPartyRate: number | null;
  abandonmentRate: number | null;
  conversionRate: number | null;
  successesPerLeadAttempted: number | null;
  penetrationRate: number | null;
  talkSeconds: number;
  wrapUpSeconds: number;
  signedInSeconds: number;
  talkMinutesPerOperatorHour: number | null;
  occupancyRate: number | null;
  ahtSeconds: number | null;
  results: { result: string; count: number }[];
  outcomes: { code: string; category: string; count: number }[];
  refusalReasons: { code: string; count: number }[];
  callbacks: { promised: number; kept: number; keptOnTime: number; missed: number; open: number; cancelled: number };
  formulas: Record<string, string>;
}

export type OperatorState = 'offline' | 'ready' | 'in_call' | 'wrap_up' | 'break';

export interface LiveOperator {
  id: number;
  name: string;
  simulated: boolean;
  state: OperatorState;
  sinceAt: Instant;
}

export interface RecentCall {
  at: Instant;
  leadName: string | null;
  maskedPhone: string;
  result: string;
  outcome: string | null;
  refusalReason: string | null;
  operatorName: string | null;
}

export interface MinuteCounts {
  minute: Instant;
  dials: number;
  contacts: number;
  successes: number;
}

export interface Live {
  at: Instant;
  campaign: { id: number; name: string; state: CampaignState; mode: CampaignMode; ratio: number | null };
  report: Report;
  operators: LiveOperator[];
  lines: { ringing: number; dialing: number; waiting: number; bridged: number };
  dialsPerMinute: number;
  pacing: { dials: number; reason: string; decidedAt: Instant } | null;
  idle: Idle | null;
  recent: RecentCall[];
  series: MinuteCounts[];
}

export interface Outcome {
  code: string;
  label: string | null;
  category: string;
  asks: 'nothing' | 'refusal_reason' | 'callback';
  position: number;
}

export interface RefusalReason {
  code: string;
  parentCode: string | null;
  label: string | null;
  asks: 'nothing' | 'price' | 'competitor' | 'date' | 'note';
  position: number;
}

export interface DeskHistory {
  at: Instant;
  campaignName: string;
  result: string;
  outcome: string | null;
  refusalReason: string | null;
  note: string | null;
}

export interface DeskCall {
  attemptId: number;
  answeredAt: Instant | null;
  bridgedAt: Instant | null;
  endedAt: Instant | null;
  lead: {
    id: number;
    name: string | null;
    maskedPhone: string;
    region: string | null;
    baseName: string;
    timeZones: string[];
    localTime: string;
    attributes: Record<string, unknown>;
    history: DeskHistory[];
  };
  callback: { note: string | null; promisedFor: Instant } | null;
  offer: { name: string; description: string; price: number | null; currency: string | null } | null;
  script: ScriptStep[];
  /** What a simulated customer has in mind; null on a real switch. */
  caption: Caption | null;
}

export interface Caption {
  outcome: string;
  refusalReason: string | null;
  competitor: string | null;
  price: number | null;
  callbackInMinutes: number | null;
}

export interface Desk {
  operator: { id: number; name: string };
  campaign: { id: number; name: string; state: CampaignState } | null;
  state: OperatorState;
  sinceAt: Instant | null;
  breakRequested: boolean;
  wrapUpUntil: Instant | null;
  serverNow: Instant;
  call: DeskCall | null;
  outcomes: Outcome[];
  refusalReasons: RefusalReason[];
  today: { calls: number; talkSeconds: number; successes: number };
}

export interface DeskCampaign {
  id: number;
  name: string;
  state: CampaignState;
}

export interface Disposition {
  attemptId: number;
  outcome: string;
  refusalReason?: string;
  refusalDetail?: { price?: number; competitor?: string; date?: string; note?: string };
  callback?: { localTime: string; timeZone?: string; personal?: boolean };
  note?: string;
  rightParty?: boolean;
}
