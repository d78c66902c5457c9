import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { api } from '../api/client';
import type { Campaign, CampaignSummary, Job, Offer, OfferInput, Script, Segment } from '../api/contract';

export function useCampaigns() {
  return useQuery({
    queryKey: ['campaigns'],
    queryFn: () => api.get<CampaignSummary[]>('/campaigns'),
    refetchInterval: 3000,
  });
}

export function useCampaign(id: number | null) {
  return useQuery({
    queryKey: ['campaigns', id],
    queryFn: () => api.get<Campaign>(`/campaigns/${id}`),
    enabled: id !== null,
  });
}

export type CampaignCommand = 'start' | 'pause' | 'finish';

export function useCampaignCommand(id: number) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (command: CampaignCommand) => api.post<Campaign>(`/campaigns/${id}/${command}`),
    onSuccess: (campaign) => client.setQueryData(['campaigns', id], campaign),
    onSettled: () => void client.invalidateQueries({ queryKey: ['campaigns'] }),
  });
}

/** Fills the calling list: answers with a job, which is followed until it has ended. */
export function useBuildList(id: number, jobId: number | null) {
  const client = useQueryClient();
  const start = useMutation({ mutationFn: () => api.post<{ jobId: number }>(`/campaigns/${id}/build-list`) });
  const job = useQuery({
    queryKey: ['jobs', jobId],
    enabled: jobId !== null,
    queryFn: async () => {
      const found = await api.get<Job>(`/jobs/${jobId}`);
      if (hasEnded(found)) await client.invalidateQueries({ queryKey: ['campaigns', id], exact: true });
      return found;
    },
    refetchInterval: (query) => (query.state.data && hasEnded(query.state.data) ? false : 500),
  });
  const running = start.isPending || (jobId !== null && !job.isError && !(job.data && hasEnded(job.data)));
  return { start, job: job.data, running };
}

function hasEnded(job: Job): boolean {
  return job.state === 'succeeded' || job.state === 'failed' || job.state === 'cancelled';
}

export const useSegments = () => useQuery({ queryKey: ['segments'], queryFn: () => api.get<Segment[]>('/segments') });
export const useOffers = () => useQuery({ queryKey: ['offers'], queryFn: () => api.get<Offer[]>('/offers') });
export const useScripts = () => useQuery({ queryKey: ['scripts'], queryFn: () => api.get<Script[]>('/scripts') });

export function useAddOffer() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (offer: OfferInput) => api.post<Offer>('/offers', offer),
    onSuccess: () => client.invalidateQueries({ queryKey: ['offers'] }),
  });
}

export function useAddScript() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (script: Omit<Script, 'id'>) => api.post<Script>('/scripts', script),
    onSuccess: () => client.invalidateQueries({ queryKey: ['scripts'] }),
  });
}
