import type { TFunction } from 'i18next';
import { useTranslation } from 'react-i18next';
import {
  ATTRIBUTE_TYPES,
  DATE_ORDERS,
  type AnalysedColumn,
  type Analysis,
  type AttributeType,
  type DateOrder,
} from '../api/contract';
import { Icon } from '../design/icon';
import { useFormat } from '../shell/format';
import { retype, take, type ColumnPlan, type Holding, type PlannedColumn } from './column-plan';

const GROUPS: { name: string; holdings: Holding[] }[] = [
  { name: 'phones', holdings: ['phone', 'secondPhone'] },
  { name: 'person', holdings: ['name', 'firstName', 'middleName', 'lastName', 'externalId'] },
  { name: 'place', holdings: ['region', 'timeZone'] },
  { name: 'calling', holdings: ['priority', 'owner'] },
  { name: 'other', holdings: ['attribute', 'leaveOut'] },
];
const SURE = 0.8;

/** Each column of the file, what it is taken for, and how sure that is. */
export function ColumnsCard(props: { analysis: Analysis; plan: ColumnPlan; onPlan: (plan: ColumnPlan) => void }) {
  const { t } = useTranslation();
  const { analysis, plan, onPlan } = props;
  return (
    <section className="card columns-card" aria-labelledby="columns-title">
      <header>
        <h2 id="columns-title">{t('analysis.columnsTitle')}</h2>
        <span className="small muted">{t('analysis.columnsHint')}</span>
      </header>
      <table className="table dense columns-table">
        <thead>
          <tr>
            <th>{t('analysis.column')}</th>
            <th>{t('analysis.holds')}</th>
            <th>
              <span className="hidden-visually">{t('analysis.confidence')}</span>
            </th>
            <th>{t('analysis.filled')}</th>
            <th>{t('analysis.examples')}</th>
          </tr>
        </thead>
        <tbody>
          {plan.map((planned, index) => {
            const column = analysis.columns[index];
            return (
              column && <ColumnRow key={planned.column} column={column} planned={planned} plan={plan} onPlan={onPlan} />
            );
          })}
        </tbody>
      </table>
    </section>
  );
}

function ColumnRow(props: {
  column: AnalysedColumn;
  planned: PlannedColumn;
  plan: ColumnPlan;
  onPlan: (plan: ColumnPlan) => void;
}) {
  const { t } = useTranslation();
  const format = useFormat();
  const { column, planned, plan, onPlan } = props;
  const { name } = column;
  return (
    <tr className={planned.holds === 'leaveOut' ? 'left-out' : ''}>
      <td className="column-name">{name}</td>
      <td>
        <div className="holding">
          <select
            className="input small-input"
            aria-label={t('analysis.holdsOf', { column: name })}
            value={planned.holds}
            onChange={(event) => onPlan(take(plan, name, event.target.value as Holding))}
          >
            {GROUPS.map((group) => (
              <optgroup key={group.name} label={t(`holdingGroup.${group.name}`)}>
                {group.holdings.map((holding) => (
                  <option key={holding} value={holding}>
                    {t(`holding.${holding}`)}
                  </option>
                ))}
              </optgroup>
            ))}
          </select>
          {planned.holds === 'attribute' && (
            <select
              className="input small-input"
              aria-label={t('analysis.typeOf', { column: name })}
              value={planned.type}
              onChange={({ target }) => {
                const type = target.value as AttributeType;
                onPlan(retype(plan, name, type, type === 'date' ? (planned.dateOrder ?? 'dmy') : undefined));
              }}
            >
              {ATTRIBUTE_TYPES.map((type) => (
                <option key={type} value={type}>
                  {t(`columnType.${type}`)}
                </option>
              ))}
            </select>
          )}
          {planned.holds === 'attribute' && planned.type === 'date' && (
            <select
              className="input small-input"
              aria-label={t('analysis.dateOrderOf', { column: name })}
              value={planned.dateOrder ?? 'dmy'}
              onChange={(event) => onPlan(retype(plan, name, 'date', event.target.value as DateOrder))}
            >
              {DATE_ORDERS.map((order) => (
                <option key={order} value={order}>
                  {t(`dateOrder.${order}`)}
                </option>
              ))}
            </select>
          )}
        </div>
      </td>
      <td>
        <Sureness column={column} planned={planned} />
      </td>
      <td className="filled">
        <span className="track" aria-hidden="true">
          <span style={{ width: `${column.filledRate * 100}%` }} />
        </span>
        {format.percent(column.filledRate, 0)}
      </td>
      <td className="examples">
        {column.examples.length > 0 ? (
          <span className="clip" title={column.examples.join('\n')}>
            {column.examples.join(' · ')}
          </span>
        ) : (
          <span className="muted">{t('analysis.noExamples')}</span>
        )}
      </td>
    </tr>
  );
}

/** How sure a column's meaning is. Nothing where nothing was guessed: of what somebody chose, and of plain attributes. */
function Sureness({ column, planned }: { column: AnalysedColumn; planned: PlannedColumn }) {
  const { t } = useTranslation();
  if (planned.chosen) return <span className="sureness">{t('analysis.chosen')}</span>;
  if (column.by === 'saved')
    return (
      <span className="sureness sure">
        <Icon name="check" size={14} />
        {t('analysis.asBefore')}
      </span>
    );
  if (column.by === 'none' || planned.holds === 'attribute' || planned.holds === 'leaveOut') return null;
  return column.confidence >= SURE ? (
    <span className="sureness sure">
      <Icon name="check" size={14} />
      {t('analysis.sure')}
    </span>
  ) : (
    <span className="sureness guess" title={reason(t, column)}>
      <Icon name="alert" size={14} />
      {t('analysis.guess')}
    </span>
  );
}

const reason = (t: TFunction, column: AnalysedColumn) =>
  column.by === 'header' ? t('analysis.byHeader') : t('analysis.byContent');
