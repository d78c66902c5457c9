import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { api, upload } from '../api/client';
import type {
  CallerId,
  CallerIdInput,
  CallingProfile,
  CallingProfileVersion,
  EffectiveRule,
  Holiday,
  HolidayChange,
  HolidayChangeInput,
  LoadedNumberingPlan,
  NumberingPlan,
  RuleOverride,
  RuleOverrideInput,
  RulePurpose,
} from '../api/contract';

const KEY = ['calling-rules'];
const PATH = '/calling-rules';
const CALLER_IDS = ['caller-ids'];

export interface RulePlace {
  country: string;
  /** ISO 3166-2; empty where it is not known. */
  region: string;
  purpose: RulePurpose;
}

export function useProfiles() {
  return useQuery({ queryKey: [...KEY, 'profiles'], queryFn: () => api.get<CallingProfile[]>(`${PATH}/profiles`) });
}

export function useProfileVersions() {
  return useQuery({
    queryKey: [...KEY, 'versions'],
    queryFn: () => api.get<CallingProfileVersion[]>(`${PATH}/profile-versions`),
  });
}

export function useEffectiveRule({ country, region, purpose }: RulePlace) {
  const query = new URLSearchParams({ country, purpose, ...(region && { regions: region }) });
  return useQuery({
    queryKey: [...KEY, 'effective', country, region, purpose],
    queryFn: () => api.get<EffectiveRule>(`${PATH}/effective?${query.toString()}`),
    placeholderData: (before) => before,
  });
}

export function useOverrides() {
  return useQuery({ queryKey: [...KEY, 'overrides'], queryFn: () => api.get<RuleOverride[]>(`${PATH}/overrides`) });
}

export function useHolidays(country: string, region: string, year: number) {
  const query = new URLSearchParams({ country, year: String(year), ...(region && { region }) });
  return useQuery({
    queryKey: [...KEY, 'holidays', country, region, year],
    queryFn: () => api.get<Holiday[]>(`${PATH}/holidays?${query.toString()}`),
    placeholderData: (before) => before,
  });
}

export function useHolidayChanges() {
  return useQuery({
    queryKey: [...KEY, 'holiday-changes'],
    queryFn: () => api.get<HolidayChange[]>(`${PATH}/holiday-changes`),
  });
}

export function useNumberingPlans() {
  return useQuery({ queryKey: ['numbering-plans'], queryFn: () => api.get<NumberingPlan[]>('/numbering-plans') });
}

/** A change of the rules: everything that is shown of them is asked for again. */
function useRuleChange<Input, Answer>(change: (input: Input) => Promise<Answer>) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: change,
    meta: { quiet: true },
    onSuccess: () => client.invalidateQueries({ queryKey: KEY }),
  });
}

export const useUploadProfile = () =>
  useRuleChange((document: unknown) => api.post<CallingProfile>(`${PATH}/profiles`, { document }));

export const useRetireProfile = () =>
  useRuleChange(({ code, reason }: { code: string; reason: string }) =>
    api.post(`${PATH}/profiles/${code}/retire`, { reason }),
  );

export const useAddOverride = () =>
  useRuleChange((input: RuleOverrideInput) => api.post<RuleOverride>(`${PATH}/overrides`, input));

export const useRevokeOverride = () => useRuleChange((id: number) => api.post(`${PATH}/overrides/${id}/revoke`));

export const usePutHolidays = () =>
  useRuleChange((changes: HolidayChangeInput[]) => api.post<HolidayChange[]>(`${PATH}/holiday-changes`, { changes }));

export const useDeleteHoliday = () =>
  useRuleChange(({ country, region, day }: HolidayChange) => {
    const query = new URLSearchParams({ country, day, ...(region && { region }) });
    return api.delete(`${PATH}/holiday-changes?${query.toString()}`);
  });

export function useCallerIds() {
  return useQuery({ queryKey: CALLER_IDS, queryFn: () => api.get<CallerId[]>('/caller-ids') });
}

export function useSaveCallerId() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ saved, input }: { saved: CallerId | null; input: CallerIdInput }) =>
      saved
        ? api.patch<CallerId>(`/caller-ids/${saved.id}`, { ...input, version: saved.version })
        : api.post<CallerId>('/caller-ids', input),
    meta: { quiet: true },
    onSuccess: () => client.invalidateQueries({ queryKey: CALLER_IDS }),
  });
}

export function useRemoveCallerId() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (id: number) => api.delete(`/caller-ids/${id}`),
    onSuccess: () => client.invalidateQueries({ queryKey: CALLER_IDS }),
  });
}

export function useLoadNumberingPlan() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (file: File) =>
      upload<LoadedNumberingPlan>('/numbering-plans', file, () => undefined, new AbortController().signal),
    meta: { quiet: true },
    onSuccess: () => client.invalidateQueries({ queryKey: ['numbering-plans'] }),
  });
}
