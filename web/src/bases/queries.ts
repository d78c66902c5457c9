import { useInfiniteQuery, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { api } from '../api/client';
import type { Base, Import, OperatorName } from '../api/contract';

const POLL_MS = 700;
/** Imports that the API lists at once. */
const PAGE = 50;

/** Something about it still changes by itself. */
export function isUnderWay(one: Import): boolean {
  return one.state === 'queued' || one.state === 'running' || one.state === 'undoing';
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

/** All imports, newest first, page by page. */
export function useImports() {
  return useInfiniteQuery({
    queryKey: ['imports', 'list'],
    queryFn: ({ pageParam }) => api.get<Import[]>(pageParam === null ? '/imports' : `/imports?before=${pageParam}`),
    initialPageParam: null as number | null,
    getNextPageParam: (page) => (page.length < PAGE ? undefined : page.at(-1)?.id),
    refetchInterval: (query) => (query.state.data?.pages.flat().some(isUnderWay) ? 2000 : false),
  });
}

function useImportCommand(id: number, command: 'cancel' | 'undo') {
  const client = useQueryClient();
  return useMutation({
    mutationFn: () => api.post<Import>(`/imports/${id}/${command}`),
    onSuccess: (found) => client.setQueryData(['imports', id], found),
    onError: () => client.invalidateQueries({ queryKey: ['imports', id] }),
  });
}

export const useCancelImport = (id: number) => useImportCommand(id, 'cancel');
export const useUndoImport = (id: number) => useImportCommand(id, 'undo');

/** Operators who are people: simulated ones answer nobody's customers. */
export function useOperators() {
  return useQuery({
    queryKey: ['operators'],
    queryFn: () => api.get<OperatorName[]>('/operators'),
    select: (operators) => operators.filter(({ simulated }) => !simulated),
    staleTime: 60_000,
  });
}
