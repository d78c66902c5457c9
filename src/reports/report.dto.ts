import { IsIn, IsISO8601, IsOptional } from 'class-validator';

import type { DialMode } from '../campaigns/campaign.entity.js';
import type { CampaignState } from '../campaigns/campaign-states.js';
import type { CampaignSummary, Report } from './report.js';

/** Which period to report. */
export class ReportPeriodDto {
  /** First instant; the beginning when left out. */
  @IsOptional()
  @IsISO8601({ strict: true })
  from?: string;

  /** Last instant; now when left out. */
  @IsOptional()
  @IsISO8601({ strict: true })
  to?: string;
}

/** Which campaigns to list. */
export class CampaignListDto {
  /** `true`: the archive; otherwise everything that is not in it. */
  @IsOptional()
  @IsIn(['true', 'false'])
  archived?: 'true' | 'false';
}

/** Which campaign a figure is about. */
export class ReportedCampaignView {
  /** Id of the campaign. */
  id!: number;
  /** What people call it. */
  name!: string;
  /** Where it is in its life. */
  state!: CampaignState;
  /** How calls are paced. */
  mode!: DialMode;
}

/** How many ended with a code. */
export class CodeCountView {
  /** The code. */
  code!: string;
  /** How many. */
  count!: number;
}

/** Calls by what the switch said. */
export class ResultCountView {
  /** The system result. */
  result!: string;
  /** How many. */
  count!: number;
}

/** Calls by what the operator said. */
export class OutcomeCountView extends CodeCountView {
  /** The outcome's category. */
  category!: string;
}

/** What is left on a calling list. total = completed + available. */
export class ListStockView {
  /** Leads on the list. */
  total!: number;
  /** Not called again in this campaign. */
  completed!: number;
  /** notYetDialled + toBeRedialled + inProgress. */
  available!: number;
  /** Never dialled. */
  notYetDialled!: number;
  /** Dialled before, and again later. */
  toBeRedialled!: number;
  /** In a call, or their outcome is awaited. */
  inProgress!: number;
  /** May be claimed now. */
  ready!: number;
  /** Due later. */
  waiting!: number;
  /** Why the completed ones are. */
  byCompletedCode!: CodeCountView[];
}

/** What became of promises to call back. */
export class CallbackCountsView {
  /** All of them. */
  promised!: number;
  /** The person was reached. */
  kept!: number;
  /** Of these, dialled no later than ten minutes after the promised time. */
  keptOnTime!: number;
  /** Given up. */
  missed!: number;
  /** Still to come. */
  open!: number;
  /** Ended by a rule. */
  cancelled!: number;
}

/** A campaign's figures. Rates are null where there is nothing to divide by; `formulas` says how each comes about. */
export class ReportView implements Report {
  /** Which campaign. */
  campaign!: ReportedCampaignView;
  /** First instant; null for the beginning. */
  from!: string | null;
  /** Last instant. */
  to!: string;
  /** As of now. */
  list!: ListStockView;
  /** Calls placed. */
  dials!: number;
  /** Answered, machines included. */
  connections!: number;
  /** Answered by a live person. */
  contacts!: number;
  /** With the person whom we meant. */
  rightParty!: number;
  /** Answered by a live person and not connected in time. */
  abandoned!: number;
  /** Connected to an operator. */
  bridged!: number;
  /** Ended with a success. */
  successes!: number;
  /** Leads dialled at least once. */
  leadsAttempted!: number;
  /** connections / dials */
  connectionRate!: number | null;
  /** contacts / dials */
  contactRate!: number | null;
  /** rightParty / contacts */
  rightPartyRate!: number | null;
  /** abandoned / contacts */
  abandonmentRate!: number | null;
  /** successes / contacts */
  conversionRate!: number | null;
  /** successes / leadsAttempted */
  successesPerLeadAttempted!: number | null;
  /** leadsAttempted / list.total */
  penetrationRate!: number | null;
  /** Operators' time in calls. */
  talkSeconds!: number;
  /** Operators' time after calls. */
  wrapUpSeconds!: number;
  /** Operators' time, breaks excluded. */
  signedInSeconds!: number;
  /** Talk minutes per signed-in hour. */
  talkMinutesPerOperatorHour!: number | null;
  /** (talk + wrap-up) / signed in */
  occupancyRate!: number | null;
  /** (talk + wrap-up) / bridged */
  ahtSeconds!: number | null;
  /** By system result. */
  results!: ResultCountView[];
  /** By outcome in force. */
  outcomes!: OutcomeCountView[];
  /** By refusal reason. */
  refusalReasons!: CodeCountView[];
  /** Promises to call back. */
  callbacks!: CallbackCountsView;
  /** How each figure comes about. */
  formulas!: Record<string, string>;
}

/** Why a campaign places no call now. */
export class IdleView {
  /** Stable code. */
  code!: string;
  /** The same for people. */
  sentence!: string;
  /** When it changes, where that is known. */
  until!: string | null;
}

/** Operators of a campaign by state. */
export class OperatorCountsView {
  /** Waiting for a call. */
  ready!: number;
  /** In a call. */
  inCall!: number;
  /** At work after a call. */
  wrapUp!: number;
  /** On a break. */
  break!: number;
}

/** One line of the overview of campaigns. */
export class CampaignSummaryView implements CampaignSummary {
  /** Id of the campaign. */
  id!: number;
  /** What people call it. */
  name!: string;
  /** Where it is in its life. */
  state!: CampaignState;
  /** How calls are paced. */
  mode!: DialMode;
  /** Leads on its calling list. */
  listed!: number;
  /** Calls placed. */
  dials!: number;
  /** Answered by a live person. */
  contacts!: number;
  /** Ended with a success. */
  successes!: number;
  /** successes / contacts */
  conversionRate!: number | null;
  /** By state. */
  operators!: OperatorCountsView;
  /** Why it places no call; null while it does. */
  idle!: IdleView | null;
}
