import { MutationCache, QueryCache, QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { lazy, Suspense } from 'react';
import { createBrowserRouter, Navigate, Route, RouterProvider, Routes } from 'react-router';
import { ApiProblem } from '../api/client';
import type { Role } from '../api/contract';
import { onStreamRefused } from '../api/event-stream';
import { ME, useSession } from '../auth/session';
import { SignIn } from '../auth/sign-in';
import { Failure, SkeletonRows } from '../design/states';
import { Toasts, sayProblem } from '../design/toast';
import { ErrorBoundary } from './error-boundary';
import { NotFound } from './not-found';
import { Shell } from './shell';

const BasesPage = lazy(async () => ({ default: (await import('../bases/bases-page')).BasesPage }));
const NewImportPage = lazy(async () => ({ default: (await import('../bases/new-import-page')).NewImportPage }));
const ImportPage = lazy(async () => ({ default: (await import('../bases/import-page')).ImportPage }));
const ImportsPage = lazy(async () => ({ default: (await import('../bases/imports-page')).ImportsPage }));
const SuppressionPage = lazy(async () => ({
  default: (await import('../suppression/suppression-page')).SuppressionPage,
}));
const SuppressionListPage = lazy(async () => ({
  default: (await import('../suppression/suppression-list-page')).SuppressionListPage,
}));
const NumbersPage = lazy(async () => ({ default: (await import('../suppression/numbers-page')).NumbersPage }));
const SegmentsPage = lazy(async () => ({ default: (await import('../segments/segments-page')).SegmentsPage }));
const SegmentPage = lazy(async () => ({ default: (await import('../segments/segment-page')).SegmentPage }));
const OffersPage = lazy(async () => ({ default: (await import('../offers/offers-page')).OffersPage }));
const OfferPage = lazy(async () => ({ default: (await import('../offers/offer-page')).OfferPage }));
const WinBackPage = lazy(async () => ({ default: (await import('../offers/win-back-page')).WinBackPage }));
const CampaignsPage = lazy(async () => ({ default: (await import('../campaigns/campaigns-page')).CampaignsPage }));
const CampaignFormPage = lazy(async () => ({
  default: (await import('../campaigns/campaign-form-page')).CampaignFormPage,
}));
const CampaignPage = lazy(async () => ({ default: (await import('../campaigns/campaign-page')).CampaignPage }));
const ScriptsPage = lazy(async () => ({ default: (await import('../scripts/scripts-page')).ScriptsPage }));
const ScriptPage = lazy(async () => ({ default: (await import('../scripts/script-page')).ScriptPage }));
const ClaimsPage = lazy(async () => ({ default: (await import('../scripts/claims-page')).ClaimsPage }));
const LawPage = lazy(async () => ({ default: (await import('../law/law-page')).LawPage }));
const CallbacksPage = lazy(async () => ({ default: (await import('../callbacks/callbacks-page')).CallbacksPage }));
const DeskPage = lazy(async () => ({ default: (await import('../desk/desk-page')).DeskPage }));

/** A session that has ended anywhere ends the page's: the sign-in shows in place. */
function noteFailure(error: unknown): void {
  if (error instanceof ApiProblem && error.code === 'not_signed_in') client.setQueryData(ME, null);
}

const client = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 5000,
      // A refusal stays a refusal; a server that restarts is worth another try.
      retry: (failures, error) =>
        failures < 2 && !(error instanceof ApiProblem && error.status >= 400 && error.status < 500),
    },
  },
  queryCache: new QueryCache({ onError: noteFailure }),
  mutationCache: new MutationCache({
    onError: (error, _variables, _result, mutation) => {
      noteFailure(error);
      if (!mutation.meta?.quiet) sayProblem(error);
    },
  }),
});

onStreamRefused(() => void client.invalidateQueries({ queryKey: ME }));

const HOME: Record<Role, string> = { marketer: '/bases', manager: '/campaigns', operator: '/desk' };

function Screens() {
  const session = useSession();
  if (session.isPending) return null;
  if (session.data === undefined) return <Failure error={session.error} onRetry={() => void session.refetch()} />;
  const me = session.data;
  if (!me) return <SignIn />;

  return (
    <Shell>
      <Suspense fallback={<SkeletonRows />}>
        <Routes>
          <Route index element={<Navigate to={HOME[me.role]} replace />} />
          {me.role === 'operator' ? (
            <Route path="desk" element={<DeskPage />} />
          ) : (
            <>
              <Route path="bases" element={<BasesPage />} />
              <Route path="imports" element={<ImportsPage />} />
              <Route path="imports/new" element={<NewImportPage />} />
              <Route path="imports/:id" element={<ImportPage />} />
              <Route path="calling-rules" element={<LawPage />} />
              <Route path="suppression" element={<SuppressionPage />} />
              <Route path="suppression/numbers" element={<NumbersPage />} />
              <Route path="suppression/:id" element={<SuppressionListPage />} />
              <Route path="segments" element={<SegmentsPage />} />
              <Route path="segments/:id" element={<SegmentPage />} />
              <Route path="offers" element={<OffersPage />} />
              <Route path="offers/new" element={<OfferPage />} />
              <Route path="offers/:id" element={<OfferPage />} />
              <Route path="offers/:id/win-back" element={<WinBackPage />} />
              <Route path="scripts" element={<ScriptsPage />} />
              <Route path="scripts/:id" element={<ScriptPage />} />
              <Route path="claims" element={<ClaimsPage />} />
              <Route path="callbacks" element={<CallbacksPage />} />
              <Route path="campaigns" element={<CampaignsPage />} />
              <Route path="campaigns/:id" element={<CampaignPage />} />
            </>
          )}
          {me.role === 'manager' && (
            <>
              <Route path="campaigns/new" element={<CampaignFormPage />} />
              <Route path="campaigns/:id/edit" element={<CampaignFormPage />} />
            </>
          )}
          <Route path="*" element={<NotFound home={HOME[me.role]} />} />
        </Routes>
      </Suspense>
    </Shell>
  );
}

/** One route for all: the screens differ by role. A router of this kind can hold somebody back who would lose edits. */
const router = createBrowserRouter([
  {
    path: '*',
    element: (
      <ErrorBoundary>
        <Screens />
      </ErrorBoundary>
    ),
  },
]);

export function App() {
  return (
    <ErrorBoundary>
      <QueryClientProvider client={client}>
        <RouterProvider router={router} />
        <Toasts />
      </QueryClientProvider>
    </ErrorBoundary>
  );
}
