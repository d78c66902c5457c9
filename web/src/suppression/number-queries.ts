import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { api } from '../api/client';
import type {
  AddedSuppression,
  ConsentEntry,
  ConsentGrant,
  ConsentWithdrawal,
  Dossier,
  Erasure,
  ErasureInput,
  NumberInput,
  Suppression,
  SuppressionInput,
} from '../api/contract';

const SUPPRESSIONS = ['suppressions'];
const ERASURES = ['erasures'];

export function useSuppressions() {
  return useQuery({ queryKey: SUPPRESSIONS, queryFn: () => api.get<Suppression[]>('/suppressions') });
}

export const isBusy = ({ state }: Pick<Erasure, 'state'>) => state === 'queued' || state === 'running';

/** For managers. Asked again while one is under way. */
export function useErasures(enabled: boolean) {
  return useQuery({
    queryKey: ERASURES,
    queryFn: () => api.get<Erasure[]>('/erasures'),
    enabled,
    refetchInterval: (query) => (query.state.data?.some(isBusy) ? 1000 : false),
  });
}

/** Asked for by hand, since each look is noted; the number is in no key and no address. */
export function useDossier() {
  return useMutation({
    mutationFn: (number: NumberInput) => api.post<Dossier>('/dossiers', number),
    meta: { quiet: true },
  });
}

function useChange<Input, Output>(path: (input: Input) => string, body: (input: Input) => unknown) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (input: Input) => api.post<Output>(path(input), body(input)),
    meta: { quiet: true },
    onSuccess: () =>
      Promise.all([
        client.invalidateQueries({ queryKey: SUPPRESSIONS }),
        client.invalidateQueries({ queryKey: ERASURES }),
      ]),
  });
}

export const useSuppress = () =>
  useChange<SuppressionInput, AddedSuppression>(
    () => '/suppressions',
    (input) => input,
  );

export const useRevoke = () =>
  useChange<{ id: number; evidence: string }, Suppression>(
    ({ id }) => `/suppressions/${id}/revoke`,
    ({ evidence }) => ({ evidence }),
  );

export const useGrantConsent = () =>
  useChange<ConsentGrant, ConsentEntry>(
    () => '/consents',
    (input) => input,
  );

export const useWithdrawConsent = () =>
  useChange<ConsentWithdrawal, ConsentEntry>(
    () => '/consents/withdraw',
    (input) => input,
  );

export const useErase = () =>
  useChange<ErasureInput, Erasure>(
    () => '/erasures',
    (input) => input,
  );
