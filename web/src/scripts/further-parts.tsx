import { useTranslation } from 'react-i18next';
import { Button } from '../design/controls';
import { Fold } from '../design/fold';
import { useRefusalReasons } from '../campaigns/queries';
import { useFormat } from '../shell/format';
import { FieldsEditor } from './fields-editor';
import { MarkedText } from './marked-text';
import { Faults } from './notes';
import { fieldIds, freeId, textPaths, type ScriptDraft, type TextKey } from './script-draft';

interface PartsProps {
  draft: ScriptDraft;
  textKey: TextKey;
  fillable: { name: string; label: string }[];
  onChange: (part: Partial<ScriptDraft>) => void;
}

/** What is not said in turn: answers to refusals, forms and papers. Closed, each says how much of it there is. */
export function FurtherParts(props: PartsProps) {
  return (
    <section className="card more-options">
      <Objections {...props} />
      <Forms {...props} />
      <Printed {...props} />
    </section>
  );
}

const replaced = <T,>(list: T[], at: number, part: Partial<T>): T[] =>
  list.map((one, place) => (place === at ? { ...one, ...part } : one));
const without = <T,>(list: T[], at: number): T[] => list.filter((_, place) => place !== at);

function Objections({ draft, textKey, fillable, onChange }: PartsProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const { objections } = draft;
  const reasons = useRefusalReasons();
  const now =
    objections.length === 0
      ? t('campaignForm.none')
      : format.list([...new Set(objections.map(({ refusalReason }) => reasons.nameOf(refusalReason)))]);
  return (
    <Fold title={t('scriptEditor.objections')} now={now}>
      <p className="small muted">{t('scriptEditor.objectionsHint')}</p>
      {objections.map((objection, at) => {
        const path = `objections.${at}`;
        const set = (part: Partial<typeof objection>) => onChange({ objections: replaced(objections, at, part) });
        return (
          <div key={objection.key} className="part stack tight" data-path={path} tabIndex={-1}>
            <div className="part-head">
              <select
                className="input"
                aria-label={t('scriptEditor.reason')}
                data-path={`${path}.refusalReason`}
                value={objection.refusalReason}
                onChange={(event) => set({ refusalReason: event.target.value })}
              >
                {[...new Set([...reasons.codes, objection.refusalReason])].map((code) => (
                  <option key={code} value={code}>
                    {reasons.nameOf(code)}
                  </option>
                ))}
              </select>
              <input
                className="input"
                maxLength={200}
                aria-label={t('scriptEditor.heading')}
                placeholder={t('scriptEditor.objectionPlaceholder')}
                value={objection.title}
                onChange={(event) => set({ title: event.target.value })}
              />
              <Button
                small
                variant="ghost"
                icon="trash"
                aria-label={t('scriptEditor.removeObjection')}
                title={t('scriptEditor.removeObjection')}
                onClick={() => onChange({ objections: without(objections, at) })}
              />
            </div>
            <Faults paths={[path, `${path}.refusalReason`, `${path}.title`]} />
            <MarkedText
              label={t('scriptEditor.said')}
              paths={textPaths(path, textKey, draft.languages)}
              lang={textKey === 'none' ? undefined : textKey}
              fillable={fillable}
              value={objection.words[textKey] ?? ''}
              onChange={(text) => set({ words: { ...objection.words, [textKey]: text } })}
            />
          </div>
        );
      })}
      <span>
        <Button
          small
          icon="plus"
          onClick={() => {
            const key = freeId(
              'o',
              objections.map((one) => one.key),
            );
            const used = new Set(objections.map(({ refusalReason }) => refusalReason));
            const refusalReason = reasons.codes.find((code) => !used.has(code)) ?? 'other';
            onChange({ objections: [...objections, { key, refusalReason, title: '', words: {} }] });
          }}
        >
          {t('scriptEditor.addObjection')}
        </Button>
      </span>
    </Fold>
  );
}

function Forms({ draft, onChange }: PartsProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const { forms } = draft;
  const now =
    forms.length === 0
      ? t('campaignForm.none')
      : format.list(forms.map(({ title, kind }) => title || t(`formKind.${kind}`)));
  return (
    <Fold title={t('scriptEditor.forms')} now={now}>
      <p className="small muted">{t('scriptEditor.formsHint')}</p>
      {forms.map((form, at) => {
        const path = `forms.${at}`;
        const set = (part: Partial<typeof form>) => onChange({ forms: replaced(forms, at, part) });
        return (
          <div key={form.id} className="part stack tight" data-path={path} tabIndex={-1}>
            <div className="part-head">
              <select
                className="input"
                aria-label={t('scriptEditor.formKind')}
                value={form.kind}
                onChange={(event) => set({ kind: event.target.value as typeof form.kind })}
              >
                {(['order', 'questionnaire'] as const).map((kind) => (
                  <option key={kind} value={kind}>
                    {t(`formKind.${kind}`)}
                  </option>
                ))}
              </select>
              <input
                className="input"
                required
                maxLength={200}
                aria-label={t('scriptEditor.heading')}
                placeholder={t('scriptEditor.heading')}
                value={form.title}
                onChange={(event) => set({ title: event.target.value })}
              />
              <Button
                small
                variant="ghost"
                icon="trash"
                aria-label={t('scriptEditor.removeForm')}
                title={t('scriptEditor.removeForm')}
                onClick={() => onChange({ forms: without(forms, at) })}
              />
            </div>
            <Faults paths={[path, `${path}.id`, `${path}.title`]} />
            <FieldsEditor
              path={`${path}.fields`}
              fields={form.fields}
              taken={fieldIds(draft)}
              onChange={(fields) => set({ fields })}
            />
          </div>
        );
      })}
      <span>
        <Button
          small
          icon="plus"
          onClick={() => {
            const id = freeId(
              'form',
              forms.map((one) => one.id),
            );
            onChange({ forms: [...forms, { id, kind: 'order', title: t('formKind.order'), fields: [] }] });
          }}
        >
          {t('scriptEditor.addForm')}
        </Button>
      </span>
    </Fold>
  );
}

function Printed({ draft, textKey, fillable, onChange }: PartsProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const { printed } = draft;
  const now =
    printed.length === 0 ? t('campaignForm.none') : format.list(printed.map(({ title }) => title).filter(Boolean));
  return (
    <Fold title={t('scriptEditor.printed')} now={now}>
      <p className="small muted">{t('scriptEditor.printedHint')}</p>
      {printed.map((print, at) => {
        const path = `printed.${at}`;
        const set = (part: Partial<typeof print>) => onChange({ printed: replaced(printed, at, part) });
        return (
          <div key={print.id} className="part stack tight" data-path={path} tabIndex={-1}>
            <div className="part-head plain">
              <input
                className="input"
                required
                maxLength={200}
                aria-label={t('scriptEditor.heading')}
                placeholder={t('scriptEditor.heading')}
                data-path={`${path}.title`}
                value={print.title}
                onChange={(event) => set({ title: event.target.value })}
              />
              <Button
                small
                variant="ghost"
                icon="trash"
                aria-label={t('scriptEditor.removePrint')}
                title={t('scriptEditor.removePrint')}
                onClick={() => onChange({ printed: without(printed, at) })}
              />
            </div>
            <Faults paths={[path, `${path}.id`, `${path}.title`]} />
            <MarkedText
              label={t('scriptEditor.printText')}
              paths={textPaths(path, textKey, draft.languages)}
              lang={textKey === 'none' ? undefined : textKey}
              fillable={fillable}
              value={print.words[textKey] ?? ''}
              onChange={(text) => set({ words: { ...print.words, [textKey]: text } })}
            />
          </div>
        );
      })}
      <span>
        <Button
          small
          icon="plus"
          onClick={() => {
            const id = freeId(
              'p',
              printed.map((one) => one.id),
            );
            onChange({ printed: [...printed, { id, title: '', words: {} }] });
          }}
        >
          {t('scriptEditor.addPrint')}
        </Button>
      </span>
    </Fold>
  );
}
