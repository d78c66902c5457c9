import { useTranslation } from 'react-i18next';
import type { Finding, ScriptFault, ScriptReview } from '../api/contract';
import { useProblemText } from '../api/problem-text';
import { LinkButton, Pill } from '../design/controls';
import { Icon } from '../design/icon';
import { LANGUAGES } from '../shell/language';
import { faultText, findingText } from './notes';

/** Everything that is said of the script, each with the way to its place. */
export function ReviewRail(props: {
  review: ScriptReview | null;
  isCurrent: boolean;
  error: unknown;
  steps: { title: string }[];
  onShow: (path: string) => void;
}) {
  const { t } = useTranslation();
  const wording = useProblemText();
  const { review } = props;
  const notes: { note: ScriptFault | Finding; blocks: boolean; text: string; word: string }[] = [
    ...(review?.faults ?? []).map((note) => ({ note, blocks: true, text: faultText(t, note), word: '' })),
    ...(review?.findings ?? []).map((note) => ({
      note,
      blocks: note.severity === 'blocks',
      text: findingText(t, note),
      word: note.word,
    })),
  ].sort((a, b) => Number(b.blocks) - Number(a.blocks));
  const blocking = notes.filter((one) => one.blocks).length;

  const placeOf = (path: string, locale: string | null): string => {
    const [part, at] = path.split('.');
    const language = LANGUAGES.find((one) => one.locale === locale)?.name;
    const place =
      part === 'steps' && at === undefined
        ? (language ?? t('scriptEditor.whole'))
        : part === 'steps'
          ? t('scriptEditor.stepPlace', {
              number: Number(at) + 1,
              title: props.steps[Number(at)]?.title ?? '',
            })
          : t(`scriptPlace.${part}`, { number: Number(at) + 1 });
    return place;
  };

  return (
    <aside className="card padded stack tight review" aria-label={t('scriptEditor.review')}>
      <div className="row spread">
        <h2>{t('scriptEditor.review')}</h2>
        {!props.isCurrent && review !== null && <span className="spinner" aria-label={t('common.loading')} />}
      </div>
      <div aria-live="polite" className="row wrap">
        {review === null ? (
          <span className="muted">{props.error ? wording(props.error).sentence : t('scriptEditor.reviewing')}</span>
        ) : notes.length === 0 ? (
          <Pill tone="good">{t('scriptEditor.allClear')}</Pill>
        ) : (
          <>
            {blocking > 0 && <Pill tone="bad">{t('campaign.blocks', { count: blocking })}</Pill>}
            {notes.length > blocking && (
              <Pill tone="warn">{t('campaign.warns', { count: notes.length - blocking })}</Pill>
            )}
          </>
        )}
      </div>
      <ul className="review-list">
        {notes.map(({ note, blocks, text, word }, at) => (
          <li key={at} className={blocks ? 'blocks' : 'warns'}>
            <button type="button" onClick={() => props.onShow(note.path)}>
              <Icon name={blocks ? 'ban' : 'alert'} size={14} />
              <span>
                <span className="small muted place">{placeOf(note.path, 'locale' in note ? note.locale : null)}</span>
                {word !== '' && <strong>{word} </strong>}
                {text}
              </span>
            </button>
          </li>
        ))}
      </ul>
      <p className="small muted">{t('scriptEditor.claimsHint')}</p>
      <span>
        <LinkButton small to="/claims">
          {t('claims.title')}
        </LinkButton>
      </span>
    </aside>
  );
}

/** The way to a place: what is closed opens, and what can be focused there is. */
export function goTo(path: string): void {
  for (let place = path; place !== ''; place = place.split('.').slice(0, -1).join('.')) {
    const found = document.querySelector<HTMLElement>(`[data-path="${CSS.escape(place)}"]`);
    if (!found) continue;
    for (let part = found.closest('details'); part; part = part.parentElement?.closest('details') ?? null)
      part.open = true;
    found.focus({ preventScroll: true });
    found.scrollIntoView({ block: 'center' });
    return;
  }
}
