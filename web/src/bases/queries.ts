import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { api } from '../api/client';
import type { Base, Import } from '../api/contract';

const POLL_MS = 700;

export function isUnderWay(one: Import): boolean {
  return one.state === 'queued' || one.state === 'running';
}

export function useBases() {
  return useQuery({
    queryKey: ['bases'],
    queryFn: () => api.get<Base[]>('/bases'),
    // The list is looked at again only while something in it moves.
    refetchInterval: (query) =>
      query.state.data?.some((base) => base.lastImport && isUnderWay(base.lastImport)) ? 2000 : false,
  });
}

export function useImport(id: number) {
  return useQuery({
    queryKey: ['imports', id],
    queryFn: () => api.get<Import>(`/imports/${id}`),
    refetchInterval: (query) => (!query.state.data || isUnderWay(query.state.data) ? POLL_MS : false),
  });
}

export function useCancelImport(id: number) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: () => api.post<Import>(`/imports/${id}/cancel`),
    onSuccess: (found) => client.setQueryData(['imports', id], found),
  });
}

/** Files that this page has sent, by import: one that needs another mapping is sent again without being asked for. */
const sent = new Map<number, File>();

export function rememberFile(importId: number, file: File): void {
  sent.set(importId, file);
}

export function sentFile(importId: number): File | undefined {
  return sent.get(importId);
}
