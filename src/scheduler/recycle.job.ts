/** Kind of the job that brings people back onto a campaign's list. */
export const RECYCLE_LIST = 'recycle-list';

export interface RecyclePayload {
  campaignId: number;
  /** What is walked, one after another: as the plan was when it was asked for. */
  spans: { code: string; round: number; endedBefore: string }[];
}

/** How far it is. */
export interface RecycleCursor {
  span: number;
  /** The last entry that was looked at in it. */
  after: { at: string; id: number } | null;
  recycled: number;
}
