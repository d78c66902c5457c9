import { useInfiniteQuery, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { api } from '../api/client';
import type {
  Campaign,
  Change,
  CampaignSummary,
  Job,
  Offer,
  OfferInput,
  OutcomeSetName,
  PreflightFinding,
  ScriptSummary,
  Segment,
} from '../api/contract';
import { reasonName } from '../api/names';

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

/** What would keep it from dialling. Much of it changes elsewhere: lists, scripts, operators. */
export function usePreflight(id: number | null) {
  return useQuery({
    queryKey: ['campaigns', id, 'preflight'],
    enabled: id !== null,
    queryFn: () => api.get<PreflightFinding[]>(`/campaigns/${id}/preflight`),
    refetchInterval: 10_000,
  });
}

export const CHANGES_A_PAGE = 20;

/** Who changed what, newest first. `of`: the folder of the API. */
export function useChanges(of: 'campaigns' | 'offers' | 'scripts', id: number) {
  return useInfiniteQuery({
    queryKey: [of, id, 'audit'],
    initialPageParam: null as number | null,
    queryFn: ({ pageParam }) =>
      api.get<Change[]>(
        `/${of}/${id}/audit?limit=${CHANGES_A_PAGE}${pageParam === null ? '' : `&before=${pageParam}`}`,
      ),
    getNextPageParam: (last) => (last.length < CHANGES_A_PAGE ? null : (last.at(-1)?.id ?? null)),
  });
}

export type CampaignCommand = 'start' | 'pause' | 'finish' | 'archive';

export function useCampaignCommand(id: number) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (command: CampaignCommand) => api.post<Campaign>(`/campaigns/${id}/${command}`),
    onSuccess: (campaign) => client.setQueryData(['campaigns', id], campaign),
    onSettled: () => void client.invalidateQueries({ queryKey: ['campaigns'] }),
  });
}

export function useCloneCampaign(id: number) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: () => api.post<Campaign>(`/campaigns/${id}/clone`),
    onSuccess: (copy) => {
      client.setQueryData(['campaigns', copy.id], copy);
      return client.invalidateQueries({ queryKey: ['campaigns'], exact: true });
    },
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
      if (hasEnded(found)) await client.invalidateQueries({ queryKey: ['campaigns', id] });
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
export const useScripts = () =>
  useQuery({ queryKey: ['scripts'], queryFn: () => api.get<ScriptSummary[]>('/scripts') });
export const useOutcomeSets = () =>
  useQuery({
    queryKey: ['outcome-sets'],
    queryFn: () => api.get<OutcomeSetName[]>('/outcome-sets'),
    staleTime: 60_000,
  });

export interface RefusalReasons {
  /** Those that can be recorded, of all sets, each once: one that has parts is never recorded itself. */
  codes: string[];
  nameOf: (code: string) => string;
}

export function useRefusalReasons(): RefusalReasons {
  const { t } = useTranslation();
  const { data: sets } = useOutcomeSets();
  return useMemo(() => {
    const labels = new Map<string, string | null>();
    for (const { refusalReasons } of sets ?? []) {
      const parents = new Set(refusalReasons.map(({ parentCode }) => parentCode));
      for (const { code, label } of refusalReasons) if (!parents.has(code)) labels.set(code, labels.get(code) ?? label);
    }
    return { codes: [...labels.keys()], nameOf: (code) => reasonName(t, code, labels.get(code)) };
  }, [sets, t]);
}

export function useAddOffer() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (offer: OfferInput) => api.post<Offer>('/offers', offer),
    onSuccess: () => client.invalidateQueries({ queryKey: ['offers'] }),
  });
}
