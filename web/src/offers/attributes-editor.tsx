import { useTranslation } from 'react-i18next';
import { Button } from '../design/controls';
import { ATTRIBUTE_KINDS, faultIn, newRow, type AttributeKind, type AttributeRow } from './attributes';

/** What else is said of an offer, by names of the user's choice. */
export function AttributesEditor(props: { rows: AttributeRow[]; onChange: (rows: AttributeRow[]) => void }) {
  const { t } = useTranslation();
  const { rows, onChange } = props;
  const change = (key: number, changes: Partial<AttributeRow>) =>
    onChange(rows.map((row) => (row.key === key ? { ...row, ...changes } : row)));
  return (
    <div className="stack tight">
      {rows.map((row) => {
        const fault = faultIn(row, rows);
        return (
          <div key={row.key} className="attribute-row">
            <input
              className="input"
              aria-label={t('offerAttribute.name')}
              placeholder={t('offerAttribute.name')}
              aria-invalid={fault === 'nameless' || fault === 'twice' ? true : undefined}
              maxLength={100}
              value={row.name}
              onChange={(event) => change(row.key, { name: event.target.value })}
            />
            <select
              className="input"
              aria-label={t('offerAttribute.kind')}
              value={row.kind}
              onChange={(event) => {
                const kind = event.target.value as AttributeKind;
                change(row.key, { kind, value: kind === 'boolean' ? 'true' : row.kind === 'boolean' ? '' : row.value });
              }}
            >
              {ATTRIBUTE_KINDS.map((kind) => (
                <option key={kind} value={kind}>
                  {t(`offerAttribute.kind_${kind}`)}
                </option>
              ))}
            </select>
            {row.kind === 'boolean' ? (
              <select
                className="input"
                aria-label={t('offerAttribute.value')}
                value={row.value}
                onChange={(event) => change(row.key, { value: event.target.value })}
              >
                <option value="true">{t('offerAttribute.yes')}</option>
                <option value="false">{t('offerAttribute.no')}</option>
              </select>
            ) : (
              <input
                className="input"
                aria-label={t('offerAttribute.value')}
                placeholder={t('offerAttribute.value')}
                aria-invalid={fault === 'noNumber' ? true : undefined}
                inputMode={row.kind === 'number' ? 'decimal' : undefined}
                maxLength={1000}
                value={row.value}
                onChange={(event) => change(row.key, { value: event.target.value })}
              />
            )}
            <Button
              small
              variant="ghost"
              icon="close"
              aria-label={t('offerAttribute.remove')}
              title={t('offerAttribute.remove')}
              onClick={() => onChange(rows.filter(({ key }) => key !== row.key))}
            />
            {fault && (
              <span className="fault small" role="alert">
                {t(`offerAttributeFault.${fault}`)}
              </span>
            )}
          </div>
        );
      })}
      <span>
        <Button small icon="plus" onClick={() => onChange([...rows, newRow()])}>
          {t('offerAttribute.add')}
        </Button>
      </span>
    </div>
  );
}
