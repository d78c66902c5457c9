import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import ts from 'typescript';

const ROOT = join(import.meta.dirname, '..');

/** Shapes of the console's contract, and the schema of the API that means the same. */
const SCHEMA_OF: Record<string, string> = {
  About: 'AboutView',
  Me: 'MeView',
  Base: 'BaseView',
  Import: 'ImportView',
  ImportMapping: 'ImportMappingView',
  AttributeMapping: 'MappedAttributeView',
  RejectCount: 'RejectCountView',
  ConsentGiven: 'ConsentView',
  Upload: 'UploadView',
  Analysis: 'AnalysisView',
  Dialect: 'DialectView',
  AnalysedColumn: 'ColumnView',
  AnalysedRow: 'FirstRowView',
  FileNotice: 'NoticeView',
  ImportEstimate: 'EstimateView',
  ZoneEstimate: 'ZonesView',
  AmbiguousZone: 'WorstZonesView',
  SameFile: 'SameFileView',
  AnalysisRequest: 'AnalysisRequestDto',
  AskedDialect: 'DialectDto',
  Dedupe: 'DedupeDto',
  Consent: 'ConsentDto',
  ImportOptions: 'ImportOptionsDto',
  NewBase: 'ImportBaseDto',
  SuppressionList: 'SuppressionListView',
  SuppressionListInput: 'CreateSuppressionListDto',
  SuppressionLoad: 'LoadListDto',
  NumberInput: 'NumberDto',
  Suppression: 'SuppressionView',
  SuppressionInput: 'AddSuppressionDto',
  AddedSuppression: 'AddedSuppressionView',
  ConsentProof: 'ConsentProofDto',
  ConsentUse: 'ConsentUseView',
  ConsentEntry: 'ConsentEntryView',
  ConsentGrant: 'GrantConsentDto',
  ConsentWithdrawal: 'WithdrawConsentDto',
  ErasureInput: 'EraseDto',
  Erasure: 'ErasureView',
  Dossier: 'DossierView',
  DossierPhone: 'DossierPhoneView',
  DossierLead: 'DossierLeadView',
  DossierSuppression: 'DossierSuppressionView',
  DossierList: 'DossierListView',
  DossierPrefix: 'DossierPrefixView',
  DossierDisposition: 'DossierDispositionView',
  DossierAttempt: 'DossierAttemptView',
  DossierReason: 'DossierReasonView',
  DossierRefusal: 'DossierRefusalView',
  DossierCallback: 'DossierCallbackView',
  DossierComplaint: 'DossierComplaintView',
  DossierErasure: 'DossierErasureView',
  DossierChange: 'DossierChangeView',
  Callback: 'CallbackView',
  CallbackEvent: 'CallbackEventView',
  OwnCallbacks: 'OwnCallbacksView',
  KeptCounts: 'KeptCountsView',
  CallbacksKept: 'KeptReportView',
  CallbackSettings: 'CallbackSettingsDto',
  DeskReminder: 'DeskReminder',
  FloorOperator: 'OperatorView',
  OperatorName: 'OperatorView',
  Segment: 'SegmentView',
  SegmentVersion: 'SegmentVersionView',
  SegmentField: 'SegmentFieldView',
  SegmentCount: 'SegmentCountView',
  SegmentFunnel: 'SegmentFunnelView',
  SegmentOverlap: 'SegmentOverlapView',
  BurnDownQuestion: 'BurnDownDto',
  BurnDown: 'BurnDownView',
  BurnDownAssumptions: 'BurnDownAssumptions',
  SampleLead: 'SampledLeadView',
  Offer: 'OfferView',
  WinBackDetail: 'WinBackDetailView',
  WinBackProposal: 'WinBackProposalView',
  WinBackOrder: 'BuildWinBackDto',
  WinBack: 'WinBackView',
  Texts: 'TextsDto',
  FormField: 'FormFieldDto',
  ScriptAnswer: 'ScriptAnswerDto',
  ScriptStep: 'ScriptStepView',
  ScriptObjection: 'ScriptObjectionDto',
  ScriptForm: 'ScriptFormDto',
  ScriptPrint: 'ScriptPrintDto',
  ScriptSummary: 'ScriptSummaryView',
  Script: 'ScriptView',
  ScriptVersionSummary: 'ScriptVersionSummaryView',
  ScriptVersion: 'ScriptVersionView',
  ScriptFault: 'ScriptFaultView',
  Finding: 'FindingView',
  ScriptReview: 'ScriptReviewView',
  FilledStep: 'FilledStepView',
  FilledScript: 'FilledScriptView',
  Claim: 'ClaimView',
  Competitors: 'CompetitorsDto',
  ListOrder: 'ListOrderView',
  Goals: 'GoalsView',
  GoalProgress: 'GoalProgressView',
  WeightedSegment: 'WeightedSegmentDto',
  CampaignSegment: 'CampaignSegmentView',
  CampaignInput: 'CreateCampaignDto',
  Campaign: 'CampaignView',
  CallerId: 'CallerIdView',
  CallerIdInput: 'CallerIdDto',
  PhoneKinds: 'PhoneKindsDto',
  RetryPlan: 'RetryPlanDto',
  RetryDelay: 'RetryDelayDto',
  RetryRule: 'RetryRuleDto',
  OutcomeRetry: 'OutcomeRetryDto',
  RetryResults: 'RetryResultsDto',
  RetryPhones: 'RetryPhonesDto',
  RetryPromises: 'RetryPromisesDto',
  Recycling: 'RecyclingDto',
  RecyclingRule: 'RecyclingRuleDto',
  RecycleCount: 'RecycleCountView',
  RecyclePreview: 'RecyclePreviewView',
  PreflightFinding: 'PreflightFindingView',
  ProfileCell: 'CellView',
  CallingProfile: 'ProfileView',
  CallingProfileVersion: 'ProfileVersionView',
  EffectiveRule: 'EffectiveRuleView',
  RuleOverride: 'OverrideView',
  RuleOverrideInput: 'CreateOverrideDto',
  Holiday: 'HolidayView',
  HolidayChangeInput: 'HolidayChangeDto',
  HolidayChange: 'HolidayChangeView',
  NumberingPlan: 'NumberingPlanView',
  LoadedNumberingPlan: 'LoadedPlanView',
  Actor: 'ActorView',
  FieldChange: 'FieldChangeView',
  Change: 'ChangeView',
  OutcomeSetName: 'OutcomeSetNameView',
  ReasonName: 'ReasonNameView',
  Idle: 'IdleView',
  CampaignSummary: 'CampaignSummaryView',
  CodeCount: 'CodeCountView',
  NotNow: 'NotNowView',
  ClosedPlace: 'ClosedPlaceView',
  CampaignStock: 'StockView',
  WhyReason: 'WhyReasonView',
  WhyEntry: 'WhyEntryView',
  WhyCallback: 'WhyCallbackView',
  Why: 'WhyView',
  WaitingLead: 'WaitingLeadView',
  LeadEvent: 'LeadEventView',
  LeadHistory: 'LeadHistoryView',
  Job: 'JobView',
  Report: 'ReportView',
  Outcome: 'DeskOutcome',
  RefusalReason: 'DeskRefusalReason',
  DeskHistory: 'HistoryItem',
  DeskStep: 'DeskStep',
  DeskCall: 'DeskCall',
  Caption: 'DeskCaption',
  Desk: 'DeskView',
  DeskCampaign: 'DeskCampaign',
  Disposition: 'DispositionDto',
  ProblemDocument: 'Problem',
};

/** Shapes of which the document of the API says no more than that they are objects, and shapes of a part of one. */
const WITHOUT_SCHEMA = [
  // Events of the live stream.
  'Live',
  'LiveOperator',
  'RecentCall',
  'MinuteCounts',
  // A rule is a tree that only code can check.
  'Condition',
  // What holds for a call: the engine says what is in it.
  'CallingRule',
];

/** Sent by the console: what it may leave out the API must not demand. The others are read by it. */
const REQUESTS = [
  'CampaignInput',
  'Disposition',
  'AnalysisRequest',
  'AskedDialect',
  'Dedupe',
  'Consent',
  'ImportOptions',
  'NewBase',
  'SuppressionListInput',
  'SuppressionLoad',
  'BurnDownQuestion',
  'WinBackOrder',
  'NumberInput',
  'SuppressionInput',
  'ConsentProof',
  'ConsentGrant',
  'ConsentWithdrawal',
  'ErasureInput',
  'RuleOverrideInput',
  'HolidayChangeInput',
];

interface Schema {
  $ref?: string;
  type?: string;
  enum?: string[];
  nullable?: boolean;
  properties?: Record<string, Schema>;
  required?: string[];
  items?: Schema;
  allOf?: Schema[];
}

const { schemas } = (
  JSON.parse(readFileSync(join(ROOT, 'docs/openapi.json'), 'utf8')) as {
    components: { schemas: Record<string, Schema> };
  }
).components;

const contractPath = join(ROOT, 'web/src/api/contract.ts');
const program = ts.createProgram([contractPath], {
  strict: true,
  noEmit: true,
  target: ts.ScriptTarget.ES2022,
  types: [],
});
const checker = program.getTypeChecker();
const contract = new Map<string, ts.Type>();
for (const node of program.getSourceFile(contractPath)?.statements ?? []) {
  if (ts.isInterfaceDeclaration(node)) contract.set(node.name.text, checker.getTypeAtLocation(node));
}

function resolved(schema: Schema): Schema {
  const of = schema.$ref ? { $ref: schema.$ref } : schema.allOf?.length === 1 ? schema.allOf[0] : undefined;
  if (!of?.$ref) return schema;
  const { nullable } = schema;
  const target = schemas[of.$ref.replace('#/components/schemas/', '')];
  if (!target) throw new Error(`There is no ${of.$ref}`);
  return { ...target, ...(nullable !== undefined && { nullable }) };
}

const isNull = (type: ts.Type) => (type.flags & ts.TypeFlags.Null) !== 0;
const isUndefined = (type: ts.Type) => (type.flags & ts.TypeFlags.Undefined) !== 0;
const membersOf = (type: ts.Type) => (type.isUnion() ? type.types : [type]);

/** Where a type of the contract and a schema say different things. */
function differences(type: ts.Type, schemaAsWritten: Schema, path: string, request: boolean): string[] {
  const schema = resolved(schemaAsWritten);
  const members = membersOf(type).filter((one) => !isUndefined(one));
  const solid = members.filter((one) => !isNull(one));
  if (members.some((one) => (one.flags & (ts.TypeFlags.Unknown | ts.TypeFlags.Any)) !== 0)) return [];
  const found: string[] = [];
  const ours = solid.length < members.length;
  const theirs = schema.nullable ?? false;
  if (ours !== theirs)
    found.push(
      `${path}: null is ${ours ? 'expected' : 'not expected'}, and the API ${theirs ? 'sends' : 'never sends'} it`,
    );

  const kinds = new Set(solid.map(kindOf));
  if (schema.type && !kinds.has(schema.type === 'integer' ? 'number' : schema.type))
    return [...found, `${path}: is ${schema.type}, and ${[...kinds].join(' or ')} is expected`];

  if (schema.enum && solid.every((one) => one.isStringLiteral())) {
    const expected = solid.map((one) => (one as ts.StringLiteralType).value).sort();
    const sent = [...schema.enum].sort();
    if (JSON.stringify(expected) !== JSON.stringify(sent))
      found.push(`${path}: is one of ${sent.join(', ')}, and ${expected.join(', ')} are expected`);
  }
  const [only] = solid;
  if (solid.length === 1 && only && schema.items) {
    const [item] = checker.getTypeArguments(only as ts.TypeReference);
    if (item) found.push(...differences(item, schema.items, `${path}[]`, request));
  }
  if (solid.length === 1 && only && schema.properties) found.push(...inProperties(only, schema, path, request));
  return found;
}

function inProperties(type: ts.Type, schema: Schema, path: string, request: boolean): string[] {
  return checker.getPropertiesOfType(type).flatMap((property) => {
    const at = `${path}.${property.name}`;
    const optional = (property.flags & ts.SymbolFlags.Optional) !== 0;
    const theirs = schema.properties?.[property.name];
    // What a request sends must be known to the API, which refuses what it does not know.
    if (!theirs) return optional && !request ? [] : [`${at}: the API has no such property`];
    const demanded = schema.required?.includes(property.name) ?? false;
    const wrong: string[] = [];
    if (request && optional && demanded) wrong.push(`${at}: may be left out here, and the API demands it`);
    if (!request && !optional && !demanded) wrong.push(`${at}: is counted on, and the API may leave it out`);
    return [...wrong, ...differences(checker.getTypeOfSymbol(property), theirs, at, request)];
  });
}

function kindOf(type: ts.Type): string {
  if (type.flags & ts.TypeFlags.StringLike) return 'string';
  if (type.flags & ts.TypeFlags.NumberLike) return 'number';
  if (type.flags & ts.TypeFlags.BooleanLike) return 'boolean';
  return checker.isArrayType(type) || checker.isTupleType(type) ? 'array' : 'object';
}

describe('the contract of the console', () => {
  it('has every shape compared with the API, or said to have no schema', () => {
    expect([...contract.keys()].sort()).toEqual([...Object.keys(SCHEMA_OF), ...WITHOUT_SCHEMA].sort());
  });

  it.each(Object.entries(SCHEMA_OF))('says of %s what the API says of %s', (name, schemaName) => {
    const type = contract.get(name);
    const schema = schemas[schemaName];
    if (!type || !schema) throw new Error(`There is no ${type ? schemaName : name}`);
    expect(schema.properties).toBeDefined();
    expect(differences(type, schema, name, REQUESTS.includes(name))).toEqual([]);
  });

  it('would be told apart from an API that drifted', () => {
    const me = contract.get('Me')!;
    const { properties } = schemas['MeView']!;
    const drifted = { ...schemas['MeView'], properties: { ...properties, name: { type: 'string', nullable: true } } };
    expect(differences(me, drifted, 'Me', false)).toEqual([expect.stringContaining('Me.name: null')]);
    const { login: _login, ...without } = properties!;
    expect(differences(me, { ...schemas['MeView'], properties: without }, 'Me', false)).toEqual([
      'Me.login: the API has no such property',
    ]);
  });
});
