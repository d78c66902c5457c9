import { useTranslation } from 'react-i18next';
import type { AnalysedRow, Analysis } from '../api/contract';
import { Icon } from '../design/icon';
import { useFormat } from '../shell/format';
import type { ColumnPlan } from './column-plan';

/** The first rows as they will be read; a row that would be rejected says why. */
export function FirstRows({ analysis, plan }: { analysis: Analysis; plan: ColumnPlan }) {
  const { t } = useTranslation();
  const { columns, firstRows } = analysis;
  const heldBy = (index: number) => plan[index]?.holds ?? 'attribute';
  if (firstRows.length === 0) return null;
  return (
    <section className="card first-rows" aria-labelledby="first-rows-title">
      <header>
        <h2 id="first-rows-title">{t('analysis.firstRows', { count: firstRows.length })}</h2>
      </header>
      <div className="scroll-x preview" tabIndex={0} role="group" aria-labelledby="first-rows-title">
        <table className="table dense small">
          <thead>
            <tr>
              <th className="num line">{t('analysis.line')}</th>
              {columns.map((column, index) => (
                <th key={index} className={heldBy(index) === 'leaveOut' ? 'left-out' : ''}>
                  <span className="clip">{column.name}</span>
                  <span className="held clip">{t(`holding.${heldBy(index)}`)}</span>
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {firstRows.map((row) => (
              <Row key={row.line} row={row} width={columns.length} heldBy={heldBy} />
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}

function Row(props: { row: AnalysedRow; width: number; heldBy: (index: number) => string }) {
  const { t } = useTranslation();
  const format = useFormat();
  const { row, width } = props;
  return (
    <>
      <tr className={row.fault ? 'faulty' : ''}>
        <td className="num line muted">{format.number(row.line)}</td>
        {Array.from({ length: width }, (_, at) => (
          <td key={at} className={props.heldBy(at) === 'leaveOut' ? 'left-out' : ''} title={row.values[at]}>
            {row.values[at]}
          </td>
        ))}
      </tr>
      {row.fault && (
        <tr className="fault">
          <td className="line" />
          <td colSpan={width}>
            <span className="why">
              <Icon name="alert" size={14} />
              {t(`reject.${row.fault}`, { defaultValue: row.faultDetail ?? row.fault })}
            </span>
          </td>
        </tr>
      )}
    </>
  );
}
