/** Kind of the job that puts a campaign's calling list into another order. */
export const RANK_LIST = 'rank-list';

export interface RankListPayload {
  campaignId: number;
}
