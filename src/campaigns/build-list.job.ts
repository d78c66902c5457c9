/** Kind of the job that fills a campaign's calling list. */
export const BUILD_LIST = 'build-list';

export interface BuildListPayload {
  campaignId: number;
}
