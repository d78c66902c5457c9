import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { ApiProblem, api } from '../api/client';
import type { About, Locale, Me } from '../api/contract';
import { speak } from '../shell/language';

export const ME = ['me'] as const;

async function whoAmI(): Promise<Me | null> {
  try {
    return await api.get<Me>('/auth/me');
  } catch (error) {
    if (error instanceof ApiProblem && error.status === 401) return null;
    throw error;
  }
}

/** Who is signed in; null is nobody. */
export function useSession() {
  return useQuery({ queryKey: ME, queryFn: whoAmI, staleTime: Infinity, retry: 1 });
}

export function useMe(): Me {
  const { data } = useSession();
  if (!data) throw new Error('Nobody is signed in.');
  return data;
}

export function useAbout() {
  return useQuery({ queryKey: ['about'], queryFn: () => api.get<About>('/about'), staleTime: Infinity, retry: 1 });
}

export function useSignOut() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: () => api.post<void>('/auth/sign-out'),
    onSuccess: () => {
      client.clear();
      client.setQueryData(ME, null);
    },
  });
}

/** The language is shown at once and kept with the account. */
export function useChangeLanguage() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: async (locale: Locale) => {
      await speak(locale);
      return api.patch<Me>('/auth/me', { locale });
    },
    onSuccess: (me) => client.setQueryData(ME, me),
  });
}
