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
  form?: 'prior' | 'written' | null;
  givenOn?: string | null;
  dateAttribute?: string | null;
}

export interface ConsentGiven {
  source: string;
  wording: string;
  proof: string | null;
  form: 'prior' | 'written';
  /** The day on which all of them gave it; or the attribute that holds each one's. */
  givenOn: string | null;
  dateAttribute: string | null;
  /** No proof or no day: nobody counts as having agreed. */
  isClaim: boolean;
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

/** A number as somebody types it; it goes into bodies only, never into an address. */
export interface NumberInput {
  number: string;
  country?: string | null;
}

export const SUPPRESSION_SCOPES = ['campaign', 'client', 'company', 'global'] as const;
export type SuppressionScope = (typeof SUPPRESSION_SCOPES)[number];
/** Reasons that somebody may give; the others come from files and rules. */
export const GIVEN_REASONS = ['request', 'complaint', 'wrong_person', 'carrier_block', 'reassigned'] as const;
export type GivenReason = (typeof GIVEN_REASONS)[number];
export type SuppressionReason = GivenReason | 'refusal_cooldown' | 'registry' | 'erasure' | 'imported';

export interface Suppression {
  id: number;
  /** Null: nobody with the number is there. */
  maskedPhone: string | null;
  scope: SuppressionScope;
  campaignId: number | null;
  campaignName: string | null;
  reason: SuppressionReason;
  source: string;
  evidence: string | null;
  leadId: number | null;
  attemptId: number | null;
  validFrom: Instant;
  validTo: Instant | null;
  createdBy: string | null;
  revokedAt: Instant | null;
  revokedBy: string | null;
  revokeEvidence: string | null;
}

export interface SuppressionInput extends NumberInput {
  scope: SuppressionScope;
  campaignId?: number | null;
  reason: GivenReason;
  evidence: string;
  validTo?: Instant | null;
}

export interface AddedSuppression {
  suppression: Suppression;
  /** How many numbers it holds for. */
  numbers: number;
}

export const PROOF_KINDS = ['import_row', 'recording', 'web_form', 'paper'] as const;

export interface ConsentProof {
  kind: (typeof PROOF_KINDS)[number];
  reference: string;
  hash?: string | null;
}

export interface ConsentUse {
  attemptId: number;
  at: Instant;
}

/** One entry of a number's consent ledger. */
export interface ConsentEntry {
  id: number;
  kind: 'granted' | 'renewed' | 'withdrawn' | 'expired';
  form: 'prior' | 'written' | null;
  scope: 'campaign' | 'client' | 'company';
  campaignId: number | null;
  purpose: 'sales' | 'service' | null;
  /** It can be shown, and its import was not undone. */
  proven: boolean;
  at: Instant;
  validTo: Instant | null;
  textSource: string | null;
  wording: string | null;
  proof: ConsentProof | null;
  proofPlace: string | null;
  source: string;
  leadId: number | null;
  attemptId: number | null;
  recordedBy: string | null;
  createdAt: Instant;
  uses: ConsentUse[];
}

export interface ConsentGrant extends NumberInput {
  scope: 'campaign' | 'client' | 'company';
  campaignId?: number | null;
  purpose?: 'sales' | 'service' | null;
  form: 'prior' | 'written';
  source: string;
  wording: string;
  proof: ConsentProof;
  at: Instant;
  validTo?: Instant | null;
}

export interface ConsentWithdrawal extends NumberInput {
  scope: 'campaign' | 'client' | 'company';
  campaignId?: number | null;
  purpose?: 'sales' | 'service' | null;
  source: string;
  at?: Instant | null;
}

export interface ErasureInput extends NumberInput {
  evidence: string;
}

export interface Erasure {
  id: number;
  state: 'queued' | 'running' | 'done' | 'failed';
  evidence: string;
  leads: number;
  phones: number;
  rejects: number;
  looked: number;
  requestedAt: Instant;
  requestedBy: string | null;
  finishedAt: Instant | null;
}

export interface DossierPhone {
  position: number;
  maskedPhone: string;
  asked: boolean;
}

export interface DossierLead {
  id: number;
  name: string | null;
  externalId: string | null;
  region: string | null;
  baseId: number;
  baseName: string;
  createdAt: Instant;
  phones: DossierPhone[];
}

export interface DossierSuppression extends Suppression {
  inForce: boolean;
}

export interface DossierList {
  listId: number;
  name: string;
  kind: string;
  registry: string | null;
}

export interface DossierPrefix {
  prefix: string;
  listId: number;
  name: string;
}

export interface DossierDisposition {
  outcome: string;
  refusalReason: string | null;
  note: string | null;
  at: Instant;
  supersededAt: Instant | null;
}

export interface DossierAttempt {
  id: number;
  campaignId: number;
  campaignName: string;
  state: string;
  result: string | null;
  operator: string | null;
  reservedAt: Instant;
  originatedAt: Instant | null;
  consentId: number | null;
  dispositions: DossierDisposition[];
}

export interface DossierReason {
  code: string;
  sentence: string;
}

export interface DossierRefusal {
  at: Instant;
  campaignId: number;
  verdict: string;
  reasons: DossierReason[];
  nextAt: Instant | null;
}

export interface DossierCallback {
  id: number;
  campaignName: string;
  state: string;
  dueAt: Instant;
  localTime: string;
  timeZone: string;
  note: string | null;
}

export interface DossierComplaint {
  id: number;
  state: string;
  campaignName: string | null;
  note: string | null;
  openedAt: Instant;
  closedAt: Instant | null;
  resolution: string | null;
}

export interface DossierErasure {
  id: number;
  state: string;
  evidence: string;
  requestedAt: Instant;
  requestedBy: string | null;
  finishedAt: Instant | null;
}

export interface DossierChange {
  at: Instant;
  action: string;
  actor: string | null;
}

/** Everything that is known of one number. */
export interface Dossier {
  maskedPhone: string;
  country: string;
  lineType: string;
  at: Instant;
  suppressed: 'everywhere' | 'in_campaigns' | 'no';
  leads: DossierLead[];
  suppressions: DossierSuppression[];
  lists: DossierList[];
  prefix: DossierPrefix | null;
  consents: ConsentEntry[];
  attempts: DossierAttempt[];
  refusals: DossierRefusal[];
  callbacks: DossierCallback[];
  complaints: DossierComplaint[];
  erasures: DossierErasure[];
  changes: DossierChange[];
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
  'before',
  'after',
  'in_last_days',
  'more_than_days_ago',
  'in_next_days',
  'has',
  'is_true',
  'is_false',
  'empty',
  'not_empty',
  'in',
  'not_in',
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

/** A segment as it was. */
export interface SegmentVersion {
  version: number;
  name: string;
  rule: Rule;
  createdBy: number | null;
  createdAt: Instant;
}

export interface SegmentField {
  field: string;
  type:
    | 'text'
    | 'number'
    | 'amount'
    | 'boolean'
    | 'date'
    | 'instant'
    | 'base'
    | 'user'
    | 'offer'
    | 'offers'
    | 'segment'
    | 'zone'
    | 'list';
  label: string;
  samples: string[];
}

export interface SegmentCount {
  count: number;
  /** False: reckoned from a share of the leads. */
  exact: boolean;
  elapsedMs: number;
}

/** All but `matched` sum to it. */
export interface SegmentFunnel {
  matched: number;
  suppressed: number;
  noConsent: number;
  noPhone: number;
  capped: number;
  inOtherCampaign: number;
  callable: number;
}

/** A campaign that calls, or soon will, and has some of the same leads. */
export interface SegmentOverlap {
  campaignId: number;
  name: string;
  leads: number;
}

export interface BurnDownQuestion {
  count: number;
  operators: number;
  /** Left out: as measured so far. */
  contactRate?: number;
  hoursPerDay?: number;
}

export interface BurnDown {
  leads: number;
  /** Rounded up to a tenth. */
  days: number;
  perDay: number;
  assumptions: BurnDownAssumptions;
}

export interface BurnDownAssumptions {
  contactRate: number;
  contactRateFrom: 'given' | 'measured' | 'assumed';
  hoursPerDay: number;
  maxAttempts: number;
  maxAttemptsPerDay: number;
  handleSeconds: number;
  ringSeconds: number;
  linesPerOperator: number;
  attemptsPerLead: number;
  reachRate: number;
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
  /** Texts, numbers, true or false, by names of the user's choice. */
  attributes: Record<string, unknown>;
  version: number;
  createdAt: Instant;
  updatedAt: Instant;
  archivedAt: Instant | null;
}
export type OfferInput = Pick<Offer, 'name' | 'description' | 'price' | 'currency'> &
  Partial<Pick<Offer, 'attributes'>>;
/** What a campaign says of its offer. */
export type CampaignOffer = Pick<Offer, 'id' | 'name' | 'description' | 'price' | 'currency'>;

export const WIN_BACK_REASONS = ['price', 'competitor', 'timing'] as const;
export type WinBackReason = (typeof WIN_BACK_REASONS)[number];

/** What a proposal rests on. */
export interface WinBackDetail {
  refusalReasons: string[];
  price: number | null;
  currency: string | null;
  endsWithinDays: number | null;
  coolDownDays: number;
}

/** People whom an offer may win back. */
export interface WinBackProposal {
  reason: WinBackReason;
  detail: WinBackDetail;
  rule: Rule;
  leads: number;
  callable: number;
}

/** The campaign to be made. */
export interface WinBackOrder {
  reasons?: WinBackReason[];
  name?: string;
  coolDownDays?: number;
  endsWithinDays?: number;
}

/** What was made to win people back. */
export interface WinBack {
  segmentId: number;
  campaignId: number;
  jobId: number;
}

export const SCRIPT_PURPOSES = ['sale', 'survey', 'service'] as const;
export type ScriptPurpose = (typeof SCRIPT_PURPOSES)[number];
export const FIELD_TYPES = ['text', 'number', 'date', 'boolean', 'choice', 'phone', 'email', 'address'] as const;
export type FieldType = (typeof FIELD_TYPES)[number];
export const TEXT_PATTERNS = ['digits', 'letters', 'letters_and_digits', 'iban', 'inn'] as const;
export type TextPattern = (typeof TEXT_PATTERNS)[number];

/** The same words in several languages. */
export interface Texts {
  en?: string;
  ru?: string;
  vi?: string;
}

/** What is asked of the customer. Bounds: of a number, a day, or the length of a text. */
export interface FormField {
  id: string;
  label: string;
  type: FieldType;
  required?: boolean;
  min?: number | string;
  max?: number | string;
  pattern?: TextPattern;
  choices?: string[];
}

export interface ScriptAnswer {
  label: string;
  /** Id of a step, or `end`. */
  goto: string;
  /** The customer says no here. */
  refuses?: boolean;
}

/** Said in the script's main language (`text`) or in several (`texts`). */
export interface ScriptStep {
  id: string;
  title: string;
  text?: string;
  texts?: Texts;
  /** No call may end well without it. */
  mustSay?: boolean;
  fields?: FormField[];
  answers: ScriptAnswer[];
}

export interface ScriptObjection {
  refusalReason: string;
  title: string;
  text?: string;
  texts?: Texts;
}

export interface ScriptForm {
  id: string;
  kind: 'order' | 'questionnaire';
  title: string;
  fields: FormField[];
}

export interface ScriptPrint {
  id: string;
  title: string;
  text?: string;
  texts?: Texts;
}

export interface ScriptSummary {
  id: number;
  name: string;
  version: number;
  /** The one that calls use. */
  publishedVersion: number | null;
  purpose: ScriptPurpose;
  languages: Locale[];
  createdAt: Instant;
  updatedAt: Instant;
}

/** A script with its draft. */
export interface Script extends ScriptSummary {
  seller: string | null;
  steps: ScriptStep[];
  objections: ScriptObjection[];
  forms: ScriptForm[];
  printed: ScriptPrint[];
}
/** What a script says. */
export type ScriptParts = Pick<
  Script,
  'purpose' | 'seller' | 'languages' | 'steps' | 'objections' | 'forms' | 'printed'
>;
export type ScriptInput = ScriptParts & Pick<Script, 'name'>;

export interface ScriptVersionSummary {
  version: number;
  publishedAt: Instant;
  publishedBy: string | null;
}

/** A version that was published; it never changes. */
export interface ScriptVersion {
  scriptId: number;
  version: number;
  publishedAt: Instant;
  purpose: ScriptPurpose;
  languages: Locale[];
  seller: string | null;
  steps: ScriptStep[];
  objections: ScriptObjection[];
  forms: ScriptForm[];
  printed: ScriptPrint[];
}

/** What keeps a script from being published. */
export interface ScriptFault {
  /** Such as `steps.2.answers.0.goto`. */
  path: string;
  code: string;
  message: string;
}

/** A mark of the linter of advertising law. */
export interface Finding {
  code: string;
  severity: 'blocks' | 'warns';
  /** Which text, such as `steps.2.texts.ru`; `steps` of what is said nowhere. */
  path: string;
  /** Offsets in that text, as `slice` counts. */
  from: number;
  to: number;
  word: string;
  locale: Locale;
  message: string;
  fix: string;
}

export interface ScriptReview {
  faults: ScriptFault[];
  findings: Finding[];
}

/** A step as it is heard: plain text. */
export interface FilledStep {
  id: string;
  title: string;
  text: string;
  mustSay: boolean;
  fields: FormField[];
  answers: ScriptAnswer[];
}

export interface FilledScript {
  steps: FilledStep[];
  objections: { refusalReason: string; title: string; text: string }[];
  forms: ScriptForm[];
  printed: { id: string; title: string; text: string }[];
}

/** What advertising may claim, because there is proof. */
export interface Claim {
  id: number;
  text: string;
  criterion: string;
  proof: string;
  /** Its last day. */
  validUntil: string | null;
  createdBy: string | null;
  createdAt: Instant;
  withdrawnAt: Instant | null;
}
export type ClaimInput = Pick<Claim, 'text' | 'criterion' | 'proof' | 'validUntil'>;

export interface Competitors {
  names: string[];
}

export const LIST_MODES = ['snapshot', 'live'] as const;
export type ListMode = (typeof LIST_MODES)[number];
export const LIST_ORDERS = ['priority', 'oldest', 'newest', 'score', 'attribute', 'random'] as const;
export const GOAL_KINDS = ['sales', 'contacts', 'budget'] as const;
export type GoalKind = (typeof GOAL_KINDS)[number];

/** In which order leads are called that nothing else tells apart. */
export interface ListOrder {
  by: (typeof LIST_ORDERS)[number];
  attribute?: string;
  descending?: boolean;
  seed?: number;
}

export interface Goals {
  sales?: number;
  contacts?: number;
  budget?: number;
  action: 'finish' | 'alert';
}

export interface GoalProgress {
  goal: GoalKind;
  value: number;
  target: number;
  /** Above 1 where calling went on. */
  share: number;
  reachedAt: Instant | null;
}

/** A segment, and how many of its leads are called for each lead of the others. */
export interface WeightedSegment {
  id: number;
  weight?: number;
}

export interface CampaignSegment {
  id: number;
  name: string;
  weight: number;
}

/** When whoever ended so is tried again. */
export interface RetryDelay {
  delayMinutes: number;
  growth: number;
  /** Null: as often as the campaign tries. */
  limit: number | null;
}

export interface RetryRule extends RetryDelay {
  phone: 'same' | 'next';
}

export interface OutcomeRetry extends RetryDelay {
  code: string;
}

/** By result of the line; what is left out is as in the standard plan. */
export interface RetryResults {
  busy?: RetryRule;
  no_answer?: RetryRule;
  machine?: RetryRule;
  answered?: RetryRule;
  congestion?: RetryRule;
  failed?: RetryRule;
  cancelled?: RetryRule;
  indeterminate?: RetryRule;
  abandoned?: RetryRule;
}

export interface RetryPhones {
  triesEach: number | null;
  wrap: boolean;
  delayMinutes: number;
}

export interface RetryPromises {
  tries: number;
  delayMinutes: number;
}

export interface RecyclingRule {
  codes: string[];
  afterDays: number;
}

/** Who comes back for another round. */
export interface Recycling {
  automatic: boolean;
  rounds: number;
  rules: RecyclingRule[];
}

export interface RetryPlan {
  results: RetryResults;
  outcomes: OutcomeRetry[];
  longestDelayMinutes: number;
  phones: RetryPhones;
  promises: RetryPromises;
  recycling: Recycling | null;
}

export interface RecycleCount {
  code: string;
  afterDays: number;
  eligible: number;
  suppressed: number;
  settled: number;
  noPhone: number;
  later: number;
  nextAt: Instant | null;
  usedUp: number;
}

/** Who would come back onto a campaign's list now. */
export interface RecyclePreview {
  recycling: Recycling | null;
  eligible: number;
  codes: RecycleCount[];
  jobId: number | null;
}

/** Which phone of a lead is tried first, and when each kind is called. */
export interface PhoneKinds {
  first?: PhoneKind | null;
  mobileHours?: Hours;
  fixedHours?: Hours;
}
export type PhoneKind = 'mobile' | 'fixed';

export const CALLER_ID_AUTHORITIES = ['owned', 'contract', 'mandate'] as const;
export type CallerIdAuthority = (typeof CALLER_ID_AUTHORITIES)[number];

/** What is said of a number that may be shown. */
export interface CallerIdInput {
  number: string;
  name: string;
  authority: CallerIdAuthority;
  evidence?: string;
  /** None: everywhere. */
  countries?: string[];
  label?: string | null;
  validTo?: Instant | null;
}

/** A number that we may show to whom we call. */
export interface CallerId extends Required<CallerIdInput> {
  id: number;
  lineType: string;
  version: number;
  campaigns: { id: number; name: string }[];
}

export interface CampaignInput {
  name: string;
  segments?: WeightedSegment[];
  offerId?: number | null;
  scriptId?: number | null;
  outcomeSetId?: number;
  mode: CampaignMode;
  /** The law asks less of calls that serve a contract. */
  purpose?: RulePurpose;
  ratio?: number;
  hours?: Hours;
  maxAttempts?: number;
  maxAttemptsPerDay?: number;
  /** Whoever refused within so many days is spared. */
  coolDownDays?: number;
  /** After a conversation, others who share the phone are spared for so long. */
  householdPauseHours?: number;
  phoneKinds?: PhoneKinds | null;
  maxLines?: number;
  ringTimeoutMs?: number;
  wrapUpMs?: number;
  callerId?: string | null;
  simulatedOperators?: number;
  listMode?: ListMode;
  order?: ListOrder;
  /** Of dials, those to leads that were tried before; null: they come first. */
  retryShare?: number | null;
  /** When people are tried again; null: as the standard plan says. */
  retryPlan?: RetryPlan | null;
  startsAt?: Instant | null;
  endsAt?: Instant | null;
  endAction?: 'finish' | 'pause';
  goals?: Goals | null;
  costPerDial?: number | null;
  costPerMinute?: number | null;
  currency?: string | null;
  spendCeilingDaily?: number | null;
  spendCeilingTotal?: number | null;
  competitors?: string[];
}

export interface Campaign extends Required<CampaignInput> {
  id: number;
  state: CampaignState;
  version: number;
  segments: CampaignSegment[];
  offer: CampaignOffer | null;
  /** Codes of what keeps it from starting at its time, as in the preflight. */
  startHeldBy: string[];
  goalsProgress: GoalProgress[];
  goalReachedAt: Instant | null;
  clonedFromId: number | null;
  listed: number;
  createdAt: Instant;
  startedAt: Instant | null;
  finishedAt: Instant | null;
}

/** Something that keeps a campaign from dialling, or from all of its leads. */
export interface PreflightFinding {
  code: string;
  severity: 'blocks' | 'warns';
  detail: string;
  fix: string;
  /** Page where it is mended. */
  link: string;
  values: Record<string, unknown>;
}

export interface Actor {
  id: number;
  name: string;
}

export interface FieldChange {
  field: string;
  before: unknown;
  after: unknown;
}

/** One change of a campaign, an offer, a script or a segment. */
export interface Change {
  id: number;
  at: Instant;
  /** Null: the engine itself. */
  actor: Actor | null;
  action: string;
  cause: 'schedule' | 'goal' | null;
  changes: FieldChange[];
}

export interface ReasonName {
  code: string;
  parentCode: string | null;
  label: string | null;
}

export interface OutcomeSetName {
  id: number;
  name: string;
  refusalReasons: ReasonName[];
}

export interface Idle {
  code: string;
  sentence: string;
  until: Instant | null;
}

export interface CodeCount {
  code: string;
  count: number;
}

/** Why some are not called now, and when the first of them may be. */
export interface NotNow extends CodeCount {
  nextAt: Instant | null;
}

export interface ClosedPlace {
  bucketId: number;
  country: string;
  regions: string[];
  zones: string[];
  count: number;
  opensAt: Instant | null;
}

/** total = completed + available; available = notYetDialled + toBeRedialled + inProgress = ready + inProgress + notNow. */
export interface CampaignStock {
  at: Instant;
  total: number;
  completed: number;
  available: number;
  notYetDialled: number;
  toBeRedialled: number;
  inProgress: number;
  ready: number;
  readyBy: CodeCount[];
  notNow: NotNow[];
  closed: ClosedPlace[];
  completedBy: CodeCount[];
  idle: Idle | null;
}

export interface WhyReason {
  code: string;
  sentence: string;
  nextAt: Instant | null;
}

export interface WhyEntry {
  state: 'ready' | 'waiting' | 'in_progress' | 'completed';
  tier: number;
  dueAt: Instant;
  attempts: number;
  rounds: number;
  phonePosition: number;
  maskedPhone: string | null;
  owner: { name: string; ready: boolean } | null;
  lastResult: string | null;
  heldBy: string | null;
  completedCode: string | null;
  completedAt: Instant | null;
  planned: { code: string; sentence: string; because: string; held: string[]; dueAt: Instant | null } | null;
  callback: WhyCallback | null;
}

export interface WhyCallback {
  id: number;
  state: string;
  dueAt: Instant;
  callAt: Instant;
  localTime: string;
  timeZone: string;
  owner: string | null;
  note: string | null;
}

/** Why a lead is, or is not, called in a campaign now. */
export interface Why {
  leadId: number;
  leadName: string | null;
  at: Instant;
  mayBeCalled: boolean;
  verdict: 'allow' | 'defer' | 'deny';
  reasons: WhyReason[];
  nextAt: Instant | null;
  listMode: string;
  fits: boolean;
  entry: WhyEntry | null;
  profiles: string[];
}

export interface WaitingLead {
  leadId: number;
  leadName: string | null;
  state: string;
  tier: number;
  dueAt: Instant;
  attempts: number;
  heldBy: string | null;
  promised: boolean;
}

export interface LeadEvent {
  at: Instant;
  kind: 'attempt' | 'refusal' | 'callback' | 'suppression';
  id: number;
  campaignId: number | null;
  campaignName: string | null;
  /** By its kind. */
  detail: Record<string, unknown>;
}

export interface LeadHistory {
  events: LeadEvent[];
  /** `after` of the next page. */
  next: string | null;
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
  /** What was refused or bought, at its price of that time. */
  offerName: string | null;
  offerPrice: number | null;
  offerCurrency: string | null;
  /** With a refusal: what they named, whose customer they were, and the local date from which they would think again. */
  price: number | null;
  competitor: string | null;
  reconsiderOn: string | null;
}

/** What the operator reads out, filled in. */
export interface DeskStep {
  title: string;
  text: string;
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
  script: DeskStep[];
  scriptId: number | null;
  scriptVersion: number | null;
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

/** A call that the operator has promised in person, and that is due soon or already. */
export interface DeskReminder {
  id: number;
  campaignName: string;
  leadName: string | null;
  maskedPhone: string | null;
  localTime: string;
  timeZone: string;
  dueAt: Instant;
  callAt: Instant;
  note: string | null;
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
  reminders: DeskReminder[];
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
  callback?: { localTime: string; timeZone?: string; personal?: boolean; phone?: string };
  note?: string;
  rightParty?: boolean;
}

export type RulePurpose = 'sales' | 'service';

/** One rule of a profile. */
export interface ProfileCell {
  /** Its place in the profile, such as `dialing.modes`. */
  cell: string;
  value: unknown;
  isKnown: boolean;
  /** The profile's value, or the house's where it does not know. */
  holds: unknown;
  source: string | null;
  date: string | null;
  confidence: string | null;
  since: string | null;
  note: string | null;
}

export interface CallingProfile {
  code: string;
  version: string;
  title: string;
  origin: 'house' | 'shipped' | 'uploaded';
  hash: string;
  countries: string[];
  regions: string[];
  purposes: string[];
  reviewedBy: string;
  reviewedAt: string;
  sources: string[];
  cells: ProfileCell[];
}

export interface CallingProfileVersion {
  id: number;
  code: string;
  version: string;
  hash: string;
  isCurrent: boolean;
  createdBy: string | null;
  createdAt: Instant;
  retiredAt: Instant | null;
}

/** Everything that holds for a call; see the engine's profile.ts. */
export interface CallingRule {
  hours: Partial<Record<Weekday, [string, string][]>>[];
  closedOnHolidays: boolean;
  closingMarginSeconds: number;
  caps: { key: string; count: string; max: number; window: { hours?: number; days?: number } }[];
  coolDowns: { after: string; hours: number; scope: string }[];
  consent: 'none' | 'prior' | 'written';
  consentMaxAgeDays: number | null;
  registries: { registry: string; maxAgeDays: number }[];
  modes: string[];
  abandon: {
    maxRate: number;
    windowDays: number;
    connectTimeoutMs: number;
    message: boolean;
    redialAfterHours: number;
  };
  ring: { minSeconds: number; maxSeconds: number };
  callerId: { required: boolean; mobileAllowed: boolean; prefixes: string[] | null; registered: boolean };
  recording: string;
  retentionDays: number;
  overrides: { id: number; profile: string; cell: string; opinion: string; validTo: Instant }[];
}

export interface EffectiveRule {
  profiles: { code: string; version: string; hash: string; title: string; unknown: string[] }[];
  rule: CallingRule;
}

export interface RuleOverride {
  id: number;
  profile: string;
  cell: string;
  value: unknown;
  opinion: string;
  validFrom: Instant;
  validTo: Instant;
  isGenuine: boolean;
  state: 'coming' | 'holds' | 'over' | 'revoked' | 'forged';
  createdBy: string | null;
  createdAt: Instant;
  revokedAt: Instant | null;
}

export interface RuleOverrideInput {
  profile: string;
  cell: string;
  value: unknown;
  opinion: string;
  validFrom?: Instant;
  validTo: Instant;
}

export interface Holiday {
  day: string;
  name: string;
  region: string;
  imported: boolean;
}

export interface HolidayChangeInput {
  country: string;
  region?: string;
  day: string;
  kind: 'holiday' | 'working';
  name?: string;
}

export interface HolidayChange {
  country: string;
  region: string;
  day: string;
  kind: 'holiday' | 'working';
  name: string;
  createdBy: string | null;
  createdAt: Instant;
}

export interface NumberingPlan {
  country: string;
  series: string;
  fileName: string;
  ranges: number;
  sha256: string;
  loadedBy: string | null;
  loadedAt: Instant;
}

export interface LoadedNumberingPlan {
  country: string;
  series: string;
  rows: number;
  ranges: number;
  unknown: { name: string; rows: number }[];
}

export type CallbackState = 'scheduled' | 'reminded' | 'due' | 'offered' | 'kept' | 'missed' | 'cancelled' | 'moved';
export type CallbackGroup = 'open' | 'overdue' | CallbackState;

/** A promised call. */
export interface Callback {
  id: number;
  state: CallbackState;
  campaign: { id: number; name: string };
  lead: { id: number; name: string | null; maskedPhone: string | null };
  /** Null: all of the campaign. */
  owner: { id: number; name: string | null } | null;
  promisedTo: { id: number; name: string | null } | null;
  /** In the customer's time. */
  localTime: string;
  timeZone: string;
  dueAt: Instant;
  callAt: Instant;
  createdAt: Instant;
  otherPhone: boolean;
  note: string | null;
  remindedAt: Instant | null;
  offeredAt: Instant | null;
  dialledAt: Instant | null;
  lateReason: string | null;
  handedOverAt: Instant | null;
  escalatedAt: Instant | null;
  endedAt: Instant | null;
  endReason: string | null;
  movedFromId: number | null;
}

export interface CallbackEvent {
  at: Instant;
  event: string;
  fromState: string | null;
  toState: string;
  actor: string | null;
  attemptId: number | null;
  reason: string | null;
  detail: Record<string, unknown> | null;
}

export interface OwnCallbacks {
  overdue: Callback[];
  today: Callback[];
  upcoming: Callback[];
  serverNow: Instant;
}

export interface KeptCounts {
  promised: number;
  open: number;
  overdue: number;
  escalated: number;
  kept: number;
  missed: number;
  moved: number;
  cancelledByRule: number;
  cancelledByPeople: number;
  keptOnTime: number;
  cameDueAndEnded: number;
  keptOnTimeRate: number | null;
}

export interface CallbacksKept {
  from: Instant;
  to: Instant;
  onTimeMinutes: number;
  formula: string;
  total: KeptCounts;
  campaigns: (KeptCounts & { id: number; name: string })[];
  operators: (KeptCounts & { id: number | null; name: string | null })[];
}

export interface CallbackSettings {
  reminderMinutes: number;
  onTimeMinutes: number;
  awayGraceSeconds: number;
  breakGraceSeconds: number;
  busyGraceSeconds: number;
  escalateMinutes: number;
}

/** An operator as the floor shows one. */
export interface FloorOperator {
  id: number;
  name: string;
  simulated: boolean;
  state: OperatorState;
  campaignId: number | null;
  sinceAt: Instant | null;
}
