import { useTranslation } from 'react-i18next';
import { ApiProblem } from './client';

export interface ProblemText {
  sentence: string;
  fix?: string;
}

/** Puts a failure into the reader's language by its code; what has no code of ours is said as the API says it. */
export function useProblemText(): (error: unknown) => ProblemText {
  const { t, i18n } = useTranslation();
  return (error) => {
    if (!isProblemLike(error)) return { sentence: t('problem.unexpected'), fix: t('problemFix.unexpected') };
    const own = i18n.exists(`problem.${error.code}`);
    const ownFix = i18n.exists(`problemFix.${error.code}`);
    const fields = error instanceof ApiProblem ? error.errors.map((one) => one.message).join(' ') : '';
    const said = error instanceof ApiProblem ? error.message : error.detail;
    return {
      sentence: own ? t(`problem.${error.code}`) : said || t('problem.unexpected'),
      fix: ownFix ? t(`problemFix.${error.code}`) : fields || (own ? undefined : error.fix),
    };
  };
}

type ProblemLike = ApiProblem | { code: string; detail: string; fix?: string };

function isProblemLike(error: unknown): error is ProblemLike {
  return (
    error instanceof ApiProblem || (typeof error === 'object' && error !== null && 'code' in error && 'detail' in error)
  );
}
