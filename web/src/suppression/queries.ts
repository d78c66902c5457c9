import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect, useMemo, useRef } from 'react';
import { api } from '../api/client';
import type { Import, SuppressionList, SuppressionListInput, SuppressionLoad } from '../api/contract';
import { isUnderWay } from '../bases/queries';

const KEY = ['suppression-lists'];

export function useSuppressionLists() {
  return useQuery({ queryKey: KEY, queryFn: () => api.get<SuppressionList[]>('/suppression-lists') });
}

export function useSuppressionList(id: number) {
  return useQuery({ queryKey: [...KEY, id], queryFn: () => api.get<SuppressionList>(`/suppression-lists/${id}`) });
}

/** The newest file of each list that has one, by list. The lists are asked for again when one has ended. */
export function useLastLoads(): ReadonlyMap<number, Import> {
  const client = useQueryClient();
  const { data } = useQuery({
    queryKey: [...KEY, 'files'],
    queryFn: () => api.get<Import[]>('/suppression-lists/files'),
    refetchInterval: (query) => (query.state.data?.some(isUnderWay) ? 2000 : false),
  });
  const underWay = data?.filter(isUnderWay).length ?? 0;
  const before = useRef(0);
  useEffect(() => {
    if (underWay < before.current)
      void client.invalidateQueries({ queryKey: KEY, predicate: ({ queryKey }) => queryKey[1] !== 'files' });
    before.current = underWay;
  }, [underWay, client]);
  return useMemo(() => new Map(data?.map((load) => [load.listId ?? 0, load])), [data]);
}

export function useAddSuppressionList() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (list: SuppressionListInput) => api.post<SuppressionList>('/suppression-lists', list),
    meta: { quiet: true },
    onSuccess: (list) => {
      client.setQueryData([...KEY, list.id], list);
      return client.invalidateQueries({ queryKey: KEY, exact: true });
    },
  });
}

export function useLoadSuppressionList(id: number) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (load: SuppressionLoad) => api.post<Import>(`/suppression-lists/${id}/files`, load),
    meta: { quiet: true },
    onSuccess: (started) => {
      client.setQueryData(['imports', started.id], started);
      void client.invalidateQueries({ queryKey: KEY });
    },
  });
}

export function useRetireSuppressionList(id: number) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (reason: string) => api.post<SuppressionList>(`/suppression-lists/${id}/retire`, { reason }),
    meta: { quiet: true },
    onSuccess: (list) => {
      client.setQueryData([...KEY, id], list);
      return client.invalidateQueries({ queryKey: KEY, exact: true });
    },
  });
}
