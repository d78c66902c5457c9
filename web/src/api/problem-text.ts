import { useTranslation } from 'react-i18next';
import { useFormat, type Format } from '../shell/format';
import { ApiProblem } from './client';

export interface ProblemText {
  sentence: string;
  fix?: string;
}

/** Puts a failure into the reader's language by its code; what has no text of ours is said as the API says it. */
export function useProblemText(): (error: unknown) => ProblemText {
  const { t, i18n } = useTranslation();
  const format = useFormat();

  /** Null where there is no such text, or where the problem lacks a member that the text tells of. */
  const text = (key: string, members: Record<string, string>): string | null => {
    if (!i18n.exists(key)) return null;
    const wanted = [...t(key, { skipInterpolation: true }).matchAll(/\{\{\s*(\w+)/g)].map((match) => match[1] ?? '');
    return wanted.every((name) => members[name] !== undefined) ? t(key, members) : null;
  };
  const stateName = (state: string): string =>
    i18n.exists(`campaignState.${state}`) ? t(`campaignState.${state}`) : state;
  const ownStateName = (state: string): string =>
    i18n.exists(`operatorState.${state}`) ? t(`operatorState.${state}`) : state;

  return (error) => {
    if (!isProblemLike(error)) return { sentence: t('problem.unexpected'), fix: t('problemFix.unexpected') };
    const isApi = error instanceof ApiProblem;
    const nameOf = error.code === 'operator_state' ? ownStateName : stateName;
    const members = isApi ? membersOf(error.more, format, nameOf) : {};
    const own = text(`problem.${error.code}`, members);
    const fields = isApi ? error.errors.map((one) => one.message).join(' ') : '';
    const said = isApi ? error.message : error.detail;
    return {
      sentence: own ?? (said || t('problem.unexpected')),
      fix: text(`problemFix.${error.code}`, members) ?? (fields || (own === null ? error.fix : undefined)),
    };
  };
}

/** The members of a problem that a text can tell of, as the reader's language writes them. */
function membersOf(
  more: Record<string, unknown>,
  format: Format,
  stateName: (state: string) => string,
): Record<string, string> {
  const members: Record<string, string> = {};
  const { nearest, timeZone, version, state, retryAt } = more;
  if (typeof nearest === 'string') members['nearest'] = format.wallTime(nearest.slice(0, 16));
  if (typeof timeZone === 'string') members['timeZone'] = timeZone;
  if (typeof version === 'number') members['version'] = format.number(version);
  if (typeof state === 'string') members['state'] = stateName(state);
  if (typeof retryAt === 'string') members['retryAt'] = format.time(retryAt);
  return members;
}

type ProblemLike = ApiProblem | { code: string; detail: string; fix?: string };

function isProblemLike(error: unknown): error is ProblemLike {
  return (
    error instanceof ApiProblem || (typeof error === 'object' && error !== null && 'code' in error && 'detail' in error)
  );
}
