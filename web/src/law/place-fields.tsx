import { useTranslation } from 'react-i18next';
import type { CallingProfile } from '../api/contract';
import { CountryOptions } from '../bases/countries';
import { Field } from '../design/controls';

/** A country, and the part of it, where some profile speaks of parts. */
export function PlaceFields(props: {
  country: string;
  region: string;
  profiles: readonly CallingProfile[];
  onChange: (place: { country: string; region: string }) => void;
}) {
  const { t, i18n } = useTranslation();
  const { country, region, profiles, onChange } = props;
  const regions = [...new Set(profiles.flatMap((profile) => profile.regions))]
    .filter((code) => code.startsWith(`${country}-`))
    .sort();
  return (
    <>
      <Field label={t('bases.country')}>
        {(control) => (
          <select
            {...control}
            className="input"
            value={country}
            onChange={(event) => onChange({ country: event.target.value, region: '' })}
          >
            <CountryOptions locale={i18n.language} />
          </select>
        )}
      </Field>
      {regions.length > 0 && (
        <Field label={t('law.region')}>
          {(control) => (
            <select
              {...control}
              className="input"
              value={region}
              onChange={(event) => onChange({ country, region: event.target.value })}
            >
              <option value="">{t('law.anyRegion')}</option>
              {regions.map((code) => (
                <option key={code} value={code}>
                  {code.slice(3)}
                </option>
              ))}
            </select>
          )}
        </Field>
      )}
    </>
  );
}
