import { keepPreviousData, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { api } from '../api/client';
import type {
  Callback,
  CallbackEvent,
  CallbackGroup,
  CallbackSettings,
  CallbacksKept,
  FloorOperator,
  OwnCallbacks,
} from '../api/contract';

const KEY = ['callbacks'];
const OWN = ['desk', 'callbacks'];
export const PAGE = 50;

export interface CallbackQuery {
  state?: CallbackGroup;
  campaignId?: number;
  /** 0: those that are all of the campaign's. */
  operatorId?: number;
  escalated?: boolean;
  offset: number;
}

export function useCallbacks(query: CallbackQuery) {
  const asked = Object.entries({ ...query, limit: PAGE }).filter(([, value]) => value !== undefined);
  const text = new URLSearchParams(asked.map(([name, value]) => [name, String(value)])).toString();
  return useQuery({
    queryKey: [...KEY, 'list', text],
    queryFn: () => api.get<Callback[]>(`/callbacks?${text}`),
    refetchInterval: 10_000,
    placeholderData: keepPreviousData,
  });
}

export function useKept(days: number) {
  return useQuery({
    queryKey: [...KEY, 'kept', days],
    queryFn: () => {
      const from = new Date(Date.now() - days * 86_400_000).toISOString();
      return api.get<CallbacksKept>(`/callbacks/kept?from=${encodeURIComponent(from)}`);
    },
    refetchInterval: 30_000,
  });
}

export function useCallbackEvents(id: number) {
  return useQuery({
    queryKey: [...KEY, id, 'events'],
    queryFn: () => api.get<CallbackEvent[]>(`/callbacks/${id}/events`),
  });
}

export function useFloorOperators() {
  return useQuery({
    queryKey: ['operators'],
    queryFn: () => api.get<FloorOperator[]>('/operators'),
    staleTime: 30_000,
  });
}

export function useCallbackSettings() {
  return useQuery({ queryKey: [...KEY, 'settings'], queryFn: () => api.get<CallbackSettings>('/callbacks/settings') });
}

export function useChangeCallbackSettings() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (settings: CallbackSettings) => api.put<CallbackSettings>('/callbacks/settings', settings),
    meta: { quiet: true },
    onSuccess: () => void client.invalidateQueries({ queryKey: KEY }),
  });
}

/** What can be done to a promise: by a manager to any, by an operator to the own. */
export type CallbackChange =
  | { act: 'move'; body: { localTime: string; timeZone?: string } }
  | { act: 'reassign' | 'hand-over'; body: { operatorId: number | null } }
  | { act: 'cancel'; body: { reason: string } };

export function useChangeCallback(place: '/callbacks' | '/desk/callbacks') {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ id, change }: { id: number; change: CallbackChange }) =>
      api.post<{ id: number }>(`${place}/${id}/${change.act}`, change.body),
    meta: { quiet: true },
    onSettled: () => {
      void client.invalidateQueries({ queryKey: KEY });
      void client.invalidateQueries({ queryKey: OWN });
    },
  });
}

/** The operator's own, by the operator's day. */
export function useOwnCallbacks() {
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  return useQuery({
    queryKey: OWN,
    queryFn: () => api.get<OwnCallbacks>(`/desk/callbacks?timeZone=${encodeURIComponent(zone)}`),
    refetchInterval: 15_000,
  });
}
