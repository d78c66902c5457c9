import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { api } from '../api/client';
import type { Offer, OfferInput, WinBack, WinBackOrder, WinBackProposal } from '../api/contract';

export const useAllOffers = () =>
  useQuery({ queryKey: ['offers', 'all'], queryFn: () => api.get<Offer[]>('/offers?archived=true') });

export const useOffer = (id: number | null) =>
  useQuery({
    queryKey: ['offers', id],
    queryFn: () => api.get<Offer>(`/offers/${id}`),
    enabled: id !== null,
    // What is being edited is not changed under the editor's hands: the version tells of others' changes on save.
    staleTime: Infinity,
    gcTime: 0,
  });

export function useSaveOffer(id: number | null) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ offer, version }: { offer: OfferInput; version: number }) =>
      id === null ? api.post<Offer>('/offers', offer) : api.put<Offer>(`/offers/${id}`, { ...offer, version }),
    meta: { quiet: true },
    onSuccess: (saved) => {
      client.setQueryData(['offers', saved.id], saved);
      return client.invalidateQueries({
        queryKey: ['offers'],
        predicate: ({ queryKey }) => queryKey.length !== 2 || queryKey[1] !== saved.id,
      });
    },
  });
}

/** Put an offer away, or bring it back. */
export function usePutAwayOffer() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ id, away }: { id: number; away: boolean }) =>
      api.post<Offer>(`/offers/${id}/${away ? 'archive' : 'restore'}`),
    onSuccess: (saved) => {
      client.setQueryData(['offers', saved.id], saved);
      return client.invalidateQueries({
        queryKey: ['offers'],
        predicate: ({ queryKey }) => queryKey.length !== 2 || queryKey[1] !== saved.id,
      });
    },
  });
}

export interface WinBackOptions {
  coolDownDays: number;
  endsWithinDays: number;
}

export const useWinBackProposals = (id: number, { coolDownDays, endsWithinDays }: WinBackOptions) =>
  useQuery({
    queryKey: ['offers', id, 'win-back', coolDownDays, endsWithinDays],
    queryFn: ({ signal }) =>
      api.get<WinBackProposal[]>(
        `/offers/${id}/win-back?coolDownDays=${coolDownDays}&endsWithinDays=${endsWithinDays}`,
        signal,
      ),
  });

export function useBuildWinBack(id: number) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (order: WinBackOrder) => api.post<WinBack>(`/offers/${id}/win-back`, order),
    meta: { quiet: true },
    onSuccess: () =>
      Promise.all([
        client.invalidateQueries({ queryKey: ['segments'], exact: true }),
        client.invalidateQueries({ queryKey: ['campaigns'], exact: true }),
      ]),
  });
}
