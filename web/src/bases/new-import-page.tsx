import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useEffect, useRef, useState, type DragEvent, type FormEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, useNavigate, useSearchParams } from 'react-router';
import { ApiProblem, upload } from '../api/client';
import type { Import, ImportMapping, ImportOptions } from '../api/contract';
import { useProblemText } from '../api/problem-text';
import { Button, Field, LinkButton, Notice, Segmented } from '../design/controls';
import { Icon } from '../design/icon';
import { useFormat } from '../shell/format';
import { PageHead } from '../shell/page-head';
import { readHead, type CsvHead } from './csv-head';
import { PhoneColumn } from './phone-column';
import { rememberFile, useBases } from './queries';
import './bases.css';

const COUNTRIES = ['AT', 'DE', 'ES', 'FR', 'GB', 'IT', 'KZ', 'NL', 'PL', 'PT', 'RU', 'UA', 'US', 'VN'];
const CURRENCIES = ['EUR', 'USD', 'GBP', 'RUB', 'VND', 'KZT', 'PLN', 'UAH'];
const COUNTRY_OF_LANGUAGE: Record<string, string> = { en: 'GB', ru: 'RU', vi: 'VN' };

export function NewImportPage() {
  const { t, i18n } = useTranslation();
  const format = useFormat();
  const navigate = useNavigate();
  const client = useQueryClient();
  const wording = useProblemText();
  const [search] = useSearchParams();
  const bases = useBases();

  const [file, setFile] = useState<File | null>(null);
  const [head, setHead] = useState<CsvHead | null>(null);
  const [into, setInto] = useState<'new' | 'existing'>(search.has('base') ? 'existing' : 'new');
  const [baseId, setBaseId] = useState(search.get('base') ?? '');
  const [name, setName] = useState('');
  const [source, setSource] = useState('');
  const [cost, setCost] = useState('');
  const [currency, setCurrency] = useState('EUR');
  const [country, setCountry] = useState(COUNTRY_OF_LANGUAGE[i18n.language] ?? 'GB');
  const [sent, setSent] = useState(0);
  const abort = useRef<AbortController | null>(null);
  useEffect(() => () => abort.current?.abort(), []);

  const send = useMutation({
    mutationFn: async (extra: { mapping?: ImportMapping; generatePhones?: boolean }) => {
      if (!file) throw new Error('No file is chosen.');
      const options: ImportOptions = {
        base:
          into === 'existing'
            ? { id: Number(baseId) }
            : {
                name: name.trim(),
                country,
                ...(source.trim() && { source: source.trim() }),
                ...(cost !== '' && { cost: Number(cost), currency }),
              },
        ...extra,
      };
      abort.current = new AbortController();
      setSent(0);
      return { file, started: await upload<Import>('/imports', file, options, setSent, abort.current.signal) };
    },
    meta: { quiet: true },
    onSuccess: ({ file: uploaded, started }) => {
      rememberFile(started.id, uploaded);
      client.setQueryData(['imports', started.id], started);
      void client.invalidateQueries({ queryKey: ['bases'] });
      void navigate(`/imports/${started.id}`);
    },
  });

  const choose = (chosen: File) => {
    setFile(chosen);
    send.reset();
    setHead(null);
    if (name === '') setName(chosen.name.replace(/\.[^.]+$/, '').replace(/[_-]+/g, ' '));
    readHead(chosen).then(setHead, () => setHead(null));
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    send.mutate({});
  };

  const error = send.error instanceof ApiProblem ? send.error : null;
  const noPhone = error?.code === 'phone_column_missing';
  const priorImport = error?.code === 'same_file_imported' ? Number(error.more.importId) : null;

  return (
    <form className="page narrow" onSubmit={submit}>
      <PageHead back={{ to: '/bases', name: t('nav.bases') }} title={t('import.title')} />

      <FilePicker file={file} head={head} disabled={send.isPending} onChoose={choose} />

      {error && !noPhone && (
        <Notice tone="bad">
          <strong>{wording(error).sentence}</strong>
          {wording(error).fix && <p className="secondary">{wording(error).fix}</p>}
          {priorImport !== null && Number.isInteger(priorImport) && (
            <p>
              <Link to={`/imports/${priorImport}`}>{t('import.seePrior')}</Link>
            </p>
          )}
        </Notice>
      )}
      {noPhone && (
        <PhoneColumn
          columns={head?.columns ?? []}
          canGenerate={/generatePhones/.test(error.fix ?? '')}
          onChoose={(column) => send.mutate({ mapping: { phone: column } })}
          onGenerate={() => send.mutate({ generatePhones: true })}
        />
      )}

      <section className="card padded stack">
        <div className="row spread wrap">
          <h2>{t('import.into')}</h2>
          {bases.data && bases.data.length > 0 && (
            <Segmented
              label={t('import.into')}
              value={into}
              choices={[
                { value: 'new', label: t('import.newBase') },
                { value: 'existing', label: t('import.existingBase') },
              ]}
              onChange={setInto}
            />
          )}
        </div>
        {into === 'existing' ? (
          <Field label={t('import.base')}>
            {(control) => (
              <select
                {...control}
                className="input"
                required
                value={baseId}
                onChange={(event) => setBaseId(event.target.value)}
              >
                <option value="" disabled>
                  {t('import.chooseBase')}
                </option>
                {bases.data?.map((base) => (
                  <option key={base.id} value={base.id}>
                    {base.name} · {format.number(base.leads)}
                  </option>
                ))}
              </select>
            )}
          </Field>
        ) : (
          <>
            <div className="two">
              <Field label={t('bases.name')}>
                {(control) => (
                  <input
                    {...control}
                    className="input"
                    required
                    maxLength={200}
                    value={name}
                    onChange={(event) => setName(event.target.value)}
                  />
                )}
              </Field>
              <Field label={t('bases.country')} hint={t('bases.countryHint')}>
                {(control) => (
                  <select
                    {...control}
                    className="input"
                    value={country}
                    onChange={(event) => setCountry(event.target.value)}
                  >
                    <CountryOptions locale={i18n.language} />
                  </select>
                )}
              </Field>
            </div>
            <div className="two">
              <Field label={t('bases.source')} optional>
                {(control) => (
                  <input
                    {...control}
                    className="input"
                    maxLength={200}
                    placeholder={t('bases.sourcePlaceholder')}
                    value={source}
                    onChange={(event) => setSource(event.target.value)}
                  />
                )}
              </Field>
              <Field label={t('bases.cost')} optional hint={t('bases.costHint')}>
                {(control) => (
                  <span className="with-unit">
                    <input
                      {...control}
                      className="input"
                      type="number"
                      min={0}
                      step="0.01"
                      value={cost}
                      onChange={(event) => setCost(event.target.value)}
                    />
                    <select
                      className="input"
                      aria-label={t('bases.currency')}
                      value={currency}
                      onChange={(event) => setCurrency(event.target.value)}
                    >
                      {CURRENCIES.map((code) => (
                        <option key={code}>{code}</option>
                      ))}
                    </select>
                  </span>
                )}
              </Field>
            </div>
          </>
        )}
      </section>

      {send.isPending ? (
        <section className="card padded stack tight" role="status">
          <div className="row spread">
            <strong>{sent < 1 ? t('import.uploading') : t('import.received')}</strong>
            <span>{format.percent(sent, 0)}</span>
          </div>
          <div className="progress">
            <div style={{ width: `${sent * 100}%` }} />
          </div>
          <div className="row spread">
            <span className="small muted">
              {t('import.sent', { sent: format.bytes(sent * (file?.size ?? 0)), total: format.bytes(file?.size ?? 0) })}
            </span>
            <Button small onClick={() => abort.current?.abort()}>
              {t('common.cancel')}
            </Button>
          </div>
        </section>
      ) : (
        <div className="form-end">
          <LinkButton to="/bases">{t('common.cancel')}</LinkButton>
          <Button type="submit" variant="primary" icon="upload" disabled={!file}>
            {t('import.start')}
          </Button>
        </div>
      )}
    </form>
  );
}

function CountryOptions({ locale }: { locale: string }) {
  const names = new Intl.DisplayNames(locale, { type: 'region' });
  return COUNTRIES.map((code) => ({ code, name: names.of(code) ?? code }))
    .sort((a, b) => a.name.localeCompare(b.name, locale))
    .map(({ code, name }) => (
      <option key={code} value={code}>
        {name}
      </option>
    ));
}

function FilePicker(props: {
  file: File | null;
  head: CsvHead | null;
  disabled: boolean;
  onChoose: (file: File) => void;
}) {
  const { t } = useTranslation();
  const format = useFormat();
  const [over, setOver] = useState(false);
  const { file, head } = props;

  const drop = (event: DragEvent) => {
    event.preventDefault();
    setOver(false);
    const dropped = event.dataTransfer.files[0];
    if (dropped && !props.disabled) props.onChoose(dropped);
  };

  return (
    <section className="card drop-card">
      <label
        className={`drop ${over ? 'over' : ''} ${file ? 'has-file' : ''}`}
        onDragOver={(event) => {
          event.preventDefault();
          setOver(true);
        }}
        onDragLeave={() => setOver(false)}
        onDrop={drop}
      >
        <input
          type="file"
          className="hidden-visually"
          accept=".csv,.tsv,.txt,text/csv,text/tab-separated-values"
          disabled={props.disabled}
          onChange={(event) => {
            const chosen = event.target.files?.[0];
            if (chosen) props.onChoose(chosen);
          }}
        />
        <span className="mark">
          <Icon name={file ? 'file' : 'upload'} size={24} />
        </span>
        {file ? (
          <span className="grow">
            <strong className="name">{file.name}</strong>
            <span className="small muted">
              {format.bytes(file.size)}
              {head && ` · ${t('import.columns', { count: head.columns.length })}`}
            </span>
          </span>
        ) : (
          <span>
            <strong>{t('import.drop')}</strong>
            <span className="small muted">{t('import.dropHint')}</span>
          </span>
        )}
        <span className="button plain small">{file ? t('import.another') : t('import.pick')}</span>
      </label>
      {head && head.rows.length > 0 && (
        <div className="scroll-x preview" tabIndex={0} role="group" aria-label={t('import.preview')}>
          <table className="table dense small">
            <thead>
              <tr>
                {head.columns.map((column, index) => (
                  <th key={index}>{column}</th>
                ))}
              </tr>
            </thead>
            <tbody>
              {head.rows.map((row, index) => (
                <tr key={index}>
                  {head.columns.map((_, at) => (
                    <td key={at}>{row[at]}</td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </section>
  );
}
