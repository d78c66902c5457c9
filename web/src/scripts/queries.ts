import { keepPreviousData, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { ApiProblem, api } from '../api/client';
import type {
  Claim,
  ClaimInput,
  Competitors,
  Script,
  ScriptInput,
  ScriptReview,
  ScriptVersion,
  ScriptVersionSummary,
} from '../api/contract';
import { useSettled } from '../segments/queries';
import { partsForReview, type ScriptDraft } from './script-draft';

export const useScript = (id: number | null) =>
  useQuery({
    queryKey: ['scripts', id],
    queryFn: () => api.get<Script>(`/scripts/${id}`),
    enabled: id !== null,
    // What is being edited is not changed under the editor's hands: the version tells of others' changes on save.
    staleTime: Infinity,
    gcTime: 0,
  });

export function useSaveScript() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ id, script, version }: { id: number | null; script: ScriptInput; version: number }) =>
      id === null ? api.post<Script>('/scripts', script) : api.put<Script>(`/scripts/${id}`, { ...script, version }),
    meta: { quiet: true },
    onSuccess: (saved) => {
      client.setQueryData(['scripts', saved.id], saved);
      return Promise.all([
        client.invalidateQueries({ queryKey: ['scripts'], exact: true }),
        client.invalidateQueries({ queryKey: ['scripts', saved.id, 'audit'] }),
      ]);
    },
  });
}

export function usePublishScript() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ id, version }: { id: number; version: number }) =>
      api.post<Script>(`/scripts/${id}/publish`, { version }),
    meta: { quiet: true },
    onSuccess: (saved) => {
      client.setQueryData(['scripts', saved.id], saved);
      return Promise.all([
        client.invalidateQueries({ queryKey: ['scripts'], exact: true }),
        client.invalidateQueries({ queryKey: ['scripts', saved.id, 'versions'] }),
        client.invalidateQueries({ queryKey: ['scripts', saved.id, 'audit'] }),
        client.invalidateQueries({ queryKey: ['campaigns'], predicate: ({ queryKey }) => queryKey[2] === 'preflight' }),
      ]);
    },
  });
}

export const useScriptVersions = (id: number) =>
  useQuery({
    queryKey: ['scripts', id, 'versions'],
    queryFn: () => api.get<ScriptVersionSummary[]>(`/scripts/${id}/versions`),
  });

/** It never changes. */
export const useScriptVersion = (id: number | null, version: number | null) =>
  useQuery({
    queryKey: ['scripts', id, 'version', version],
    queryFn: () => api.get<ScriptVersion>(`/scripts/${id}/versions/${version}`),
    enabled: id !== null && version !== null,
    staleTime: Infinity,
  });

const TYPING_MS = 500;

/** What publishing would say of the script as it stands; the last that is known while one types. */
export function useReview(draft: ScriptDraft, id: number | null) {
  const body = JSON.stringify({ ...partsForReview(draft), scriptId: id });
  const settled = useSettled(body, TYPING_MS);
  const query = useQuery({
    queryKey: ['lint', settled],
    queryFn: ({ signal }) => api.post<ScriptReview>('/scripts/lint', JSON.parse(settled), signal),
    placeholderData: keepPreviousData,
    gcTime: 10_000,
  });
  return { review: query.data ?? null, isCurrent: body === settled && !query.isFetching, error: query.error };
}

/** Faults and marks that came with a refusal to publish. */
export function reviewIn(error: unknown): ScriptReview | null {
  if (!(error instanceof ApiProblem)) return null;
  const { faults, findings } = error.more as Partial<ScriptReview>;
  return Array.isArray(faults) && Array.isArray(findings) ? { faults, findings } : null;
}

export const useClaims = () => useQuery({ queryKey: ['claims'], queryFn: () => api.get<Claim[]>('/claims') });

export function useAddClaim() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (claim: ClaimInput) => api.post<Claim>('/claims', claim),
    meta: { quiet: true },
    onSuccess: () => noteAdvertising(client),
  });
}

export function useWithdrawClaim() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (id: number) => api.post<Claim>(`/claims/${id}/withdraw`),
    onSuccess: () => noteAdvertising(client),
  });
}

export const useCompetitors = () =>
  useQuery({ queryKey: ['competitors'], queryFn: () => api.get<Competitors>('/competitors') });

export function useSetCompetitors() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (names: string[]) => api.put<Competitors>('/competitors', { names }),
    onSuccess: (saved) => {
      client.setQueryData(['competitors'], saved);
      return client.invalidateQueries({ queryKey: ['lint'] });
    },
  });
}

/** What is claimed and whom one may not name: both change what the linter marks. */
const noteAdvertising = (client: ReturnType<typeof useQueryClient>) =>
  Promise.all([client.invalidateQueries({ queryKey: ['claims'] }), client.invalidateQueries({ queryKey: ['lint'] })]);
