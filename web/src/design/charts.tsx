import { useId, useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { MinuteCounts } from '../api/contract';
import { useFormat } from '../shell/format';

/** A metric's name with the formula behind it, on hover and on focus. */
export function Formula(props: { name: string; formula?: string; end?: boolean }) {
  const id = useId();
  if (!props.formula) return <span>{props.name}</span>;
  return (
    <span className={props.end ? 'formula end' : 'formula'} tabIndex={0} aria-describedby={id}>
      {props.name}
      <span className="tip" role="tooltip" id={id}>
        {props.formula}
      </span>
    </span>
  );
}

export interface Bar {
  key: string;
  label: string;
  count: number;
  strong?: boolean;
}

/** Counts as horizontal bars, the longest first; each share is of the sum of all. */
export function Bars({ bars }: { bars: Bar[] }) {
  const format = useFormat();
  const sum = bars.reduce((total, bar) => total + bar.count, 0);
  // A share that is there is never shown as none.
  const share = (count: number) =>
    format.percent(sum === 0 ? null : count / sum, count > 0 && count / sum < 0.005 ? 1 : 0);
  const longest = Math.max(1, ...bars.map((bar) => bar.count));
  return (
    <ul className="bars">
      {[...bars]
        .sort((a, b) => b.count - a.count)
        .map((bar) => (
          <li key={bar.key}>
            <span className="clip" title={bar.label}>
              {bar.label}
            </span>
            <span className="value">
              <b>{format.number(bar.count)}</b> · {share(bar.count)}
            </span>
            <div className="track">
              <div className={bar.strong ? 'strong' : ''} style={{ width: `${(100 * bar.count) / longest}%` }} />
            </div>
          </li>
        ))}
    </ul>
  );
}

export interface Part {
  key: string;
  label: ReactNode;
  count: number;
  tone: string;
}

/** Parts of a whole as one bar, with a legend that adds up to the total. */
export function Stock({ parts, total, totalLabel }: { parts: Part[]; total: number; totalLabel: string }) {
  const format = useFormat();
  return (
    <div className="stack tight">
      <div className={total === 0 ? 'stock none' : 'stock'} aria-hidden="true">
        {parts
          .filter((part) => part.count > 0)
          .map((part) => (
            <div key={part.key} className={part.tone} style={{ flexGrow: part.count }} />
          ))}
      </div>
      <ul className="legend">
        {parts.map((part) => (
          <li key={part.key}>
            <span className={`swatch ${part.tone}`} />
            <span className="clip">{part.label}</span>
            <span className="value">{format.number(part.count)}</span>
          </li>
        ))}
        <li className="total">
          <span>{totalLabel}</span>
          <span className="value">{format.number(total)}</span>
        </li>
      </ul>
    </div>
  );
}

const WIDTH = 720;
const HEIGHT = 200;
const LEFT = 36;
const BOTTOM = 22;

/** A round number at or above `value` that halves into a round number. */
function ceiling(value: number): number {
  if (value <= 4) return 4;
  const step = 10 ** Math.floor(Math.log10(value));
  return (
    [1, 1.5, 2, 3, 4, 5, 6, 8, 10]
      .map((times) => times * step)
      .find((round) => round >= value && Number.isInteger(round / 2)) ?? value
  );
}

/** The last minutes: contacts are drawn within the dials that made them, successes within the contacts. */
export function MinuteChart({ series }: { series: MinuteCounts[] }) {
  const { t } = useTranslation();
  const format = useFormat();
  const [at, setAt] = useState<number | null>(null);
  const top = ceiling(Math.max(...series.map((point) => point.dials), 0));
  const slot = (WIDTH - LEFT) / Math.max(30, series.length);
  const first = WIDTH - slot * series.length;
  const y = (count: number) => (HEIGHT - BOTTOM) * (1 - count / top);
  const bar = (index: number, count: number, className: string) =>
    count > 0 && (
      <rect
        className={className}
        x={first + index * slot + slot * 0.14}
        y={y(count)}
        width={slot * 0.72}
        height={HEIGHT - BOTTOM - y(count)}
        rx={2}
      />
    );
  const read = at === null ? undefined : series[at];
  return (
    <figure className="minutes" onMouseLeave={() => setAt(null)}>
      <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} role="img" aria-label={t('live.chartLabel')}>
        {[top, top / 2, 0].map((tick) => (
          <g key={tick}>
            <line className="grid" x1={LEFT} x2={WIDTH} y1={y(tick)} y2={y(tick)} />
            <text x={LEFT - 8} y={y(tick) + 4} textAnchor="end">
              {format.number(tick)}
            </text>
          </g>
        ))}
        {series.map((point, index) => (
          <g key={point.minute}>
            {bar(index, point.dials, 'dials')}
            {bar(index, point.contacts, 'contacts')}
            {bar(index, point.successes, 'successes')}
            {(series.length - 1 - index) % 10 === 0 && (
              <text
                x={index === series.length - 1 ? WIDTH : first + (index + 0.5) * slot}
                y={HEIGHT - 4}
                textAnchor={index === series.length - 1 ? 'end' : 'middle'}
              >
                {format.time(point.minute)}
              </text>
            )}
            <rect
              className="slot"
              x={first + index * slot}
              y={0}
              width={slot}
              height={HEIGHT - BOTTOM}
              onMouseEnter={() => setAt(index)}
            />
          </g>
        ))}
      </svg>
      {read && at !== null && (
        <div
          className="read"
          style={
            at < series.length / 2
              ? { left: `${((first + (at + 1.5) * slot) / WIDTH) * 100}%` }
              : { right: `${(1 - (first + (at - 0.5) * slot) / WIDTH) * 100}%` }
          }
        >
          <strong>{format.time(read.minute)}</strong>
          <div>{t('live.readDials', { count: read.dials })}</div>
          <div>{t('live.readContacts', { count: read.contacts })}</div>
          <div>{t('live.readSuccesses', { count: read.successes })}</div>
        </div>
      )}
      <figcaption className="series-legend">
        <span>
          <i className="tone-3" /> {t('metric.dials')}
        </span>
        <span>
          <i className="tone-2" /> {t('metric.contacts')}
        </span>
        <span>
          <i className="tone-1" /> {t('metric.successes')}
        </span>
      </figcaption>
    </figure>
  );
}
