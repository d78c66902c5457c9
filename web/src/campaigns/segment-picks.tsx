import { useTranslation } from 'react-i18next';
import { LinkButton, Notice } from '../design/controls';
import { useFormat } from '../shell/format';
import { blendShare } from './campaign-draft';
import { useSegments } from './queries';

type Chosen = { id: number; weight: number }[];

/** Whom the campaign calls; of several segments, how many leads of each for each lead of the others. */
export function SegmentPicks(props: { chosen: Chosen; error?: string; onChange: (chosen: Chosen) => void }) {
  const { t } = useTranslation();
  const format = useFormat();
  const segments = useSegments();
  const { chosen, onChange } = props;
  return (
    <fieldset className="field" data-place="segments">
      <legend className="label">{t('campaignForm.segments')}</legend>
      {segments.isPending ? (
        <span className="skeleton" />
      ) : segments.data?.length === 0 ? (
        <Notice>
          {t('campaignForm.noSegments')}{' '}
          <LinkButton small to="/segments/new">
            {t('segments.create')}
          </LinkButton>
        </Notice>
      ) : (
        <ul className="segment-picks">
          {segments.data?.map((segment) => {
            const own = chosen.find(({ id }) => id === segment.id);
            return (
              <li key={segment.id} className="row">
                <label className="check grow">
                  <input
                    type="checkbox"
                    checked={own !== undefined}
                    onChange={(event) =>
                      onChange(
                        event.target.checked
                          ? [...chosen, { id: segment.id, weight: 1 }]
                          : chosen.filter(({ id }) => id !== segment.id),
                      )
                    }
                  />
                  <span className="clip" title={segment.name}>
                    {segment.name}
                  </span>
                </label>
                {own && chosen.length > 1 && (
                  <label className="row weight">
                    <span className="hidden-visually">{t('campaignForm.weightOf', { name: segment.name })}</span>
                    <input
                      className="input"
                      type="number"
                      min={1}
                      max={100}
                      required
                      value={Number.isNaN(own.weight) ? '' : own.weight}
                      onChange={(event) =>
                        onChange(
                          chosen.map((one) =>
                            one.id === own.id ? { ...one, weight: event.target.valueAsNumber } : one,
                          ),
                        )
                      }
                    />
                    <span className="small muted share">{format.percent(blendShare(chosen, own.weight), 0)}</span>
                  </label>
                )}
              </li>
            );
          })}
        </ul>
      )}
      {props.error ? (
        <span className="error" role="alert">
          {props.error}
        </span>
      ) : (
        chosen.length > 1 && <span className="hint">{t('campaignForm.blendHint')}</span>
      )}
    </fieldset>
  );
}
