import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Button, Field, Notice } from '../design/controls';

/** The file has no column that looks like a phone: it is pointed out, or phones are made up where nobody can be rung. */
export function PhoneColumn(props: {
  columns: string[];
  canGenerate: boolean;
  onChoose: (column: string) => void;
  onGenerate: () => void;
}) {
  const { t } = useTranslation();
  const [column, setColumn] = useState('');
  return (
    <section className="card padded stack phone-column">
      <Notice tone="warn">
        <strong>{t('problem.phone_column_missing')}</strong>
        <p className="secondary">{t('import.phoneHint')}</p>
      </Notice>
      <div className="row">
        <Field label={t('import.phoneColumn')} className="grow">
          {(control) => (
            <select {...control} className="input" value={column} onChange={(event) => setColumn(event.target.value)}>
              <option value="" disabled>
                {t('import.choosePhone')}
              </option>
              {props.columns.map((name) => (
                <option key={name}>{name}</option>
              ))}
            </select>
          )}
        </Field>
        <Button variant="primary" disabled={column === ''} onClick={() => props.onChoose(column)}>
          {t('import.useColumn')}
        </Button>
      </div>
      {props.canGenerate && (
        <div className="generate">
          <div className="grow">
            <strong>{t('import.generateTitle')}</strong>
            <p className="small muted">{t('import.generateHint')}</p>
          </div>
          <Button onClick={props.onGenerate}>{t('import.generate')}</Button>
        </div>
      )}
    </section>
  );
}
