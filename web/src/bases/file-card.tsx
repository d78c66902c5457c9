import type { TFunction } from 'i18next';
import { useRef, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import {
  ENCODINGS,
  type Analysis,
  type AskedDialect,
  type Delimiter,
  type Encoding,
  type FileNotice,
  type Quote,
  type SameFile,
  type Upload,
} from '../api/contract';
import { Button, Field, Notice } from '../design/controls';
import { Icon } from '../design/icon';
import { useFormat, type Format } from '../shell/format';
import { FileInput } from './file-drop';

/** What has been said about how the file is to be read; what is left out is found in the file. */
export interface Reading {
  dialect?: AskedDialect;
  sheet?: string;
  headerAt?: number | null;
}

const DELIMITERS: { value: Delimiter; name: string }[] = [
  { value: ',', name: 'comma' },
  { value: ';', name: 'semicolon' },
  { value: '\t', name: 'tab' },
  { value: '|', name: 'pipe' },
];
const NO_QUOTE = 'none';
const NO_HEADER = 'none';
const HEADER_ROWS_OFFERED = 10;
const SURE = 0.8;

const encodingName = (t: TFunction, code: string) => t(`encoding.${code}`, { defaultValue: code });
const delimiterName = (t: TFunction, value: string) => {
  const known = DELIMITERS.find((one) => one.value === value);
  return known ? t(`delimiter.${known.name}`) : value;
};

/** The chosen file and how it was understood, each part of which can be corrected. */
export function FileCard(props: {
  upload: Upload;
  analysis: Analysis | undefined;
  reading: Reading;
  onRead: (reading: Reading) => void;
  onAnother: (file: File) => void;
  /** It can't be read: there is nothing to wait for. */
  isUnreadable: boolean;
  /** Further fields that say how the file is to be read. */
  children?: ReactNode;
}) {
  const { t } = useTranslation();
  const format = useFormat();
  const input = useRef<HTMLInputElement>(null);
  const { upload, analysis } = props;
  return (
    <section className="card padded stack file-card" aria-label={t('analysis.file')}>
      <div className="row file-head">
        <span className="mark">
          <Icon name="file" size={22} />
        </span>
        <div className="grow">
          <h2 className="file-name">{upload.fileName}</h2>
          <p className="small muted">
            {format.bytes(upload.fileBytes)}
            {analysis && ` · ${t('analysis.columns', { count: analysis.columns.length })}`}
          </p>
        </div>
        <FileInput ref={input} onFile={props.onAnother} />
        <Button small onClick={() => input.current?.click()}>
          {t('upload.another')}
        </Button>
      </div>
      {analysis ? (
        <>
          <p>{understood(t, format, analysis)}</p>
          <ReadingFields {...props} analysis={analysis}>
            {props.children}
          </ReadingFields>
        </>
      ) : (
        !props.isUnreadable && (
          <div className="stack" role="status">
            <p className="secondary">{t('analysis.reading')}</p>
            <span className="skeleton field-skeleton" />
          </div>
        )
      )}
    </section>
  );
}

/** In a sentence: what the file is, and where its columns are named. */
function understood(t: TFunction, format: Format, analysis: Analysis): string {
  const { dialect, header } = analysis;
  const what =
    analysis.format === 'xlsx' || !dialect
      ? t('analysis.isWorkbook', { count: analysis.sheets.length, sheet: analysis.sheet ?? '' })
      : t(analysis.format === 'gzip' ? 'analysis.isGzip' : 'analysis.isText', {
          encoding: encodingName(t, dialect.encoding),
          delimiter: delimiterName(t, dialect.delimiter),
        });
  const names =
    header.line === null
      ? t('analysis.headerNone')
      : header.at === 0
        ? t('analysis.headerFirst')
        : t('analysis.headerAt', { line: format.number(header.line) });
  return `${what} ${names}`;
}

function ReadingFields(props: {
  analysis: Analysis;
  reading: Reading;
  onRead: (reading: Reading) => void;
  children?: ReactNode;
}) {
  const { t } = useTranslation();
  const format = useFormat();
  const { analysis, reading, onRead } = props;
  const { dialect, header } = analysis;
  const say = (part: AskedDialect) => onRead({ ...reading, dialect: { ...reading.dialect, ...part } });

  const encoding = reading.dialect?.encoding ?? dialect?.encoding ?? 'utf-8';
  const delimiter = reading.dialect?.delimiter ?? dialect?.delimiter ?? ',';
  const askedQuote = reading.dialect?.quote;
  const quote = askedQuote === undefined ? (dialect?.quote ?? null) : askedQuote;
  const headerAt = reading.headerAt === undefined ? header.at : reading.headerAt;
  // Lines and records part only where a record before the header spans several lines.
  const offset = header.at !== null && header.line !== null ? header.line - header.at : 1;
  const rows = Array.from({ length: Math.max(HEADER_ROWS_OFFERED, (headerAt ?? 0) + 3) }, (_, at) => at);

  return (
    <div className="reading">
      {dialect && (
        <>
          <Field
            label={t('analysis.encoding')}
            className="wide"
            hint={
              analysis.encodingConfidence < SURE && reading.dialect?.encoding === undefined
                ? t('analysis.encodingUnsure')
                : undefined
            }
          >
            {(control) => (
              <select
                {...control}
                className="input"
                value={encoding}
                onChange={(event) => say({ encoding: event.target.value as Encoding })}
              >
                {ENCODINGS.map((code) => (
                  <option key={code} value={code}>
                    {encodingName(t, code)}
                  </option>
                ))}
              </select>
            )}
          </Field>
          <Field label={t('analysis.delimiter')} className="wide">
            {(control) => (
              <select
                {...control}
                className="input"
                value={delimiter}
                onChange={(event) => say({ delimiter: event.target.value as Delimiter })}
              >
                {DELIMITERS.map((one) => (
                  <option key={one.value} value={one.value}>
                    {t(`delimiterOption.${one.name}`)}
                  </option>
                ))}
              </select>
            )}
          </Field>
          <Field label={t('analysis.quote')}>
            {(control) => (
              <select
                {...control}
                className="input"
                value={quote ?? NO_QUOTE}
                onChange={({ target }) => say({ quote: target.value === NO_QUOTE ? null : (target.value as Quote) })}
              >
                <option value={'"'}>{t('analysis.quoteDouble')}</option>
                <option value="'">{t('analysis.quoteSingle')}</option>
                <option value={NO_QUOTE}>{t('analysis.quoteNone')}</option>
              </select>
            )}
          </Field>
        </>
      )}
      {analysis.sheets.length > 0 && (
        <Field label={t('analysis.sheet')}>
          {(control) => (
            <select
              {...control}
              className="input"
              value={reading.sheet ?? analysis.sheet ?? ''}
              onChange={(event) => onRead({ sheet: event.target.value })}
            >
              {analysis.sheets.map((name) => (
                <option key={name}>{name}</option>
              ))}
            </select>
          )}
        </Field>
      )}
      <Field label={t('analysis.header')}>
        {(control) => (
          <select
            {...control}
            className="input"
            value={headerAt ?? NO_HEADER}
            onChange={({ target }) =>
              onRead({ ...reading, headerAt: target.value === NO_HEADER ? null : Number(target.value) })
            }
          >
            {rows.map((at) => (
              <option key={at} value={at}>
                {t('analysis.headerRow', { line: format.number(at + offset) })}
              </option>
            ))}
            <option value={NO_HEADER}>{t('analysis.noHeader')}</option>
          </select>
        )}
      </Field>
      {props.children}
    </div>
  );
}

const sameFileText = (t: TFunction, format: Format, { baseName, createdAt }: SameFile) =>
  baseName === null
    ? t('analysis.sameFileAnywhere', { at: format.dateTime(createdAt) })
    : t('analysis.sameFile', { base: baseName, at: format.dateTime(createdAt) });

/** What is worth knowing before it is imported. */
export function FileNotices({ analysis }: { analysis: Analysis }) {
  const { t, i18n } = useTranslation();
  const format = useFormat();
  const { sameFile, savedMappingAt, notices } = analysis;
  const text = (notice: FileNotice): string => {
    const key = `fileNotice.${notice.code}`;
    const columns = notice.columns?.join(', ');
    if (!i18n.exists(key, { count: 1 })) return notice.detail;
    return t(key, { columns: columns ?? '', count: notice.lines ?? notice.columns?.length ?? 0 });
  };
  if (!sameFile && !savedMappingAt && notices.length === 0) return null;
  return (
    <div className="stack tight">
      {sameFile && (
        <Notice tone="warn">
          {sameFileText(t, format, sameFile)} <Link to={`/imports/${sameFile.importId}`}>{t('import.seePrior')}</Link>
        </Notice>
      )}
      {savedMappingAt && <Notice>{t('analysis.savedMapping', { at: format.date(savedMappingAt) })}</Notice>}
      {notices.map((notice) => (
        <Notice key={notice.code} tone={notice.code === 'duplicate_headers' ? 'warn' : 'info'}>
          {text(notice)}
        </Notice>
      ))}
    </div>
  );
}
