import type { DialMode } from '../campaigns/campaign.entity.js';
import type { CampaignState } from '../campaigns/campaign-states.js';
import type { Idle } from './idle.js';
import type { CallCounts, ListStock, MinuteCounts, OperatorTime, Rates } from './metrics.js';

/** A campaign's figures over a period. Instants are ISO 8601 in UTC. */
export interface Report extends CallCounts, OperatorTime, Rates {
  campaign: { id: number; name: string; state: CampaignState; mode: DialMode };
  /** Null: from the beginning. */
  from: string | null;
  to: string;
  /** As of now, whatever the period. */
  list: ListStock;
  leadsAttempted: number;
  callbacks: {
    promised: number;
    kept: number;
    keptOnTime: number;
    missed: number;
    open: number;
    cancelled: number;
  };
  /** How each figure comes about. */
  formulas: Readonly<Record<string, string>>;
}

/** One line of the overview of campaigns. */
export interface CampaignSummary {
  id: number;
  name: string;
  state: CampaignState;
  mode: DialMode;
  /** Entries of its calling list. */
  listed: number;
  dials: number;
  contacts: number;
  successes: number;
  conversionRate: number | null;
  operators: { ready: number; inCall: number; wrapUp: number; break: number };
  idle: Idle | null;
}

/** A campaign this instant. */
export interface Live {
  at: string;
  campaign: { id: number; name: string; state: CampaignState; mode: DialMode; ratio: number };
  report: Report;
  operators: { id: number; name: string; simulated: boolean; state: string; sinceAt: string }[];
  lines: { ringing: number; dialing: number; waiting: number; bridged: number };
  /** Dials of the last 60 seconds. */
  dialsPerMinute: number;
  /** What the campaign's loop decided last. */
  pacing: { dials: number; reason: string; decidedAt: string } | null;
  idle: Idle | null;
  /** Calls that ended last, latest first. */
  recent: {
    at: string;
    leadName: string | null;
    maskedPhone: string;
    result: string;
    outcome: string | null;
    refusalReason: string | null;
    operatorName: string | null;
  }[];
  /** The last 30 minutes, oldest first. */
  series: MinuteCounts[];
}
