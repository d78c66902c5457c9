/**
 * The switch, as dialing sees it. Ids are the caller's: an attempt's id names its call at the switch, so that every command
 * is idempotent and what is found there after a crash can be matched. Drivers: the simulator; a real switch later.
 *
 * A driver guarantees, for each attempt it accepted: states only go forward (ringing, answered, ended), each event is
 * delivered at least once, there is exactly one `ended`, and `answered` never comes before `originate` has returned. It
 * promises no order between attempts. Commands on a call that has ended are no-ops.
 */
export interface TelephonyPort {
  /** What the switch knows now; events flow to `handler` from then on, one at a time for each attempt. */
  connect(handler: TelephonyHandler): Promise<TelephonySnapshot>;
  disconnect(): Promise<void>;
  /** The same again, at any time while connected. */
  snapshot(): Promise<TelephonySnapshot>;
  /** Place one call. `duplicate` when the switch already has a call of this id. */
  originate(command: OriginateCommand): Promise<OriginateAnswer>;
  /** Connect an answered call to an operator. */
  bridge(attemptId: number, operatorId: number): Promise<BridgeAnswer>;
  hangup(attemptId: number): Promise<void>;
}

/** Injection token for the driver of this process. */
export const TELEPHONY = Symbol('TelephonyPort');

export type OriginateAnswer = 'accepted' | 'duplicate' | 'rejected';
export type BridgeAnswer = 'bridged' | 'customer_gone' | 'operator_gone';

export interface OriginateCommand {
  attemptId: number;
  /** Called number in E.164, `+` first. */
  to: string;
  /** Caller ID in E.164, or null to leave it to the trunk. */
  from: string | null;
  /** After ringing for this long without an answer the switch gives up with `no_answer`. */
  ringTimeoutMs: number;
  /** The switch ends the call by itself after this long, whatever becomes of us. */
  maxLifeMs: number;
  /**
   * Which call to this number it is, from 1, as far as the caller's ledger knows. Real switches have no use for it; a
   * simulator that was started anew goes on from it.
   */
  callNumber?: number;
}

/** What the switch says of a call that has ended; `outcomes-and-metrics` calls it the system result. */
export type CallResult =
  | 'answered'
  | 'busy'
  | 'no_answer'
  | 'congestion'
  | 'invalid_number'
  | 'machine'
  | 'fax'
  | 'blocked_by_carrier'
  | 'cancelled'
  | 'failed';

export type TelephonyEvent = { attemptId: number; at: Date } & (
  | { type: 'ringing' }
  /** Somebody, or something, picked up. `unknown` where the driver does not detect machines. */
  | { type: 'answered'; by: 'person' | 'machine' | 'unknown' }
  /** The call is over. `result` is `answered` for every call that had been answered by a person or by we know not whom. */
  | { type: 'ended'; result: CallResult; by: 'customer' | 'dialer' | 'switch' }
);

export type TelephonyHandler = (event: TelephonyEvent) => Promise<void>;

/** Calls that are alive at the switch. An attempt of ours that is not among them has ended, or was never placed. */
export interface TelephonySnapshot {
  calls: { attemptId: number; state: 'dialing' | 'ringing' | 'answered' | 'bridged' }[];
}
