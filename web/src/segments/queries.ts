import { keepPreviousData, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { api } from '../api/client';
import type {
  BurnDown,
  BurnDownQuestion,
  Rule,
  SampleLead,
  Segment,
  SegmentCount,
  SegmentField,
  SegmentFunnel,
  SegmentOverlap,
  SegmentVersion,
} from '../api/contract';

const bodyOf = (key: string | null) => ({ rule: JSON.parse(key ?? '{}') as Rule });

/** The value, once it has rested for so long. */
export function useSettled<T>(value: T, milliseconds: number): T {
  const [settled, setSettled] = useState(value);
  useEffect(() => {
    const timer = window.setTimeout(() => setSettled(value), milliseconds);
    return () => window.clearTimeout(timer);
  }, [value, milliseconds]);
  return settled;
}

export const useSegmentFields = () =>
  useQuery({
    queryKey: ['segments', 'fields'],
    queryFn: () => api.get<SegmentField[]>('/segments/fields'),
    staleTime: 60_000,
  });

export interface LiveCount {
  /** The last that is known, of whichever rule; null at first. */
  count: SegmentCount | null;
  /** Of the rule that was asked for? */
  isCurrent: boolean;
  /** An exact number is on its way. */
  isRefining: boolean;
  error: unknown;
  retry: () => void;
}

/**
 * How many fit a rule, given as JSON. First about how many; where that is not exact already, the exact number after it.
 * Until a rule has its number, the last one stays.
 */
export function useLiveCount(key: string | null): LiveCount {
  const estimate = useQuery({
    queryKey: ['segments', 'estimate', key],
    queryFn: ({ signal }) => api.post<SegmentCount>('/segments/estimate', bodyOf(key), signal),
    enabled: key !== null,
  });
  const count = useQuery({
    queryKey: ['segments', 'count', key],
    queryFn: ({ signal }) => api.post<SegmentCount>('/segments/count', bodyOf(key), signal),
    // An estimate that failed is no reason not to count.
    enabled: key !== null && (estimate.isError || estimate.data?.exact === false),
  });
  const current = key === null ? undefined : (count.data ?? estimate.data);
  const [last, setLast] = useState<SegmentCount | null>(null);
  useEffect(() => {
    if (current) setLast(current);
  }, [current]);
  return {
    count: current ?? last,
    isCurrent: current !== undefined,
    isRefining: count.isFetching,
    error: current ? null : count.error,
    retry: () => void count.refetch(),
  };
}

/** What is asked of a rule that is at rest: `key` is its JSON, null for none. */
function useOfRule<T>(what: string, key: string | null) {
  return useQuery({
    queryKey: ['segments', what, key],
    queryFn: ({ signal }) => api.post<T>(`/segments/${what}`, bodyOf(key), signal),
    enabled: key !== null,
    placeholderData: keepPreviousData,
  });
}

export const useSample = (key: string | null) => useOfRule<{ leads: SampleLead[] }>('sample', key);
export const useFunnel = (key: string | null) => useOfRule<SegmentFunnel>('funnel', key);
export const useOverlap = (key: string | null) => useOfRule<SegmentOverlap[]>('overlap', key);

/** With `ofCallable` handed through: while an answer stands for the next, it goes with the number that it is of. */
export function useBurnDown(question: BurnDownQuestion | null, ofCallable: boolean) {
  return useQuery({
    queryKey: ['segments', 'burn-down', question, ofCallable],
    queryFn: async ({ signal }) => ({
      ...(await api.post<BurnDown>('/segments/burn-down', question, signal)),
      ofCallable,
    }),
    enabled: question !== null,
    placeholderData: keepPreviousData,
  });
}

export const useSegmentVersions = (id: number) =>
  useQuery({
    queryKey: ['segments', String(id), 'versions'],
    queryFn: () => api.get<SegmentVersion[]>(`/segments/${id}/versions`),
    staleTime: 0,
  });

export function useCloneSegment(id: number) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: () => api.post<Segment>(`/segments/${id}/clone`),
    onSuccess: () => client.invalidateQueries({ queryKey: ['segments'], exact: true }),
  });
}
