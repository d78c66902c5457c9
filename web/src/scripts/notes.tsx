import type { TFunction } from 'i18next';
import { createContext, useContext } from 'react';
import { useTranslation } from 'react-i18next';
import type { Finding, ScriptFault, ScriptReview } from '../api/contract';
import { Icon } from '../design/icon';
import { notesAt } from './marks';

const ReviewContext = createContext<ScriptReview>({ faults: [], findings: [] });
export const ReviewProvider = ReviewContext.Provider;
export const useNotes = (paths: readonly string[], within = false) => notesAt(useContext(ReviewContext), paths, within);

export const faultText = (t: TFunction, fault: ScriptFault) =>
  t(`scriptFault.${fault.code}`, { defaultValue: fault.message });
export const findingText = (t: TFunction, finding: Finding) =>
  t(`lint.${finding.code}`, { defaultValue: finding.message });
export const fixText = (t: TFunction, finding: Finding) => t(`lintFix.${finding.code}`, { defaultValue: finding.fix });

/** What keeps a script from being published, at the place where it is mended. */
export function Faults({ paths, within }: { paths: string[]; within?: boolean }) {
  const { t } = useTranslation();
  const { faults, findings } = useNotes(paths, within);
  if (faults.length === 0 && findings.length === 0) return null;
  return (
    <ul className="notes small">
      {faults.map((fault) => (
        <li key={`${fault.path} ${fault.code} ${fault.message}`} className="blocks">
          <Icon name="alert" size={14} />
          <span>{faultText(t, fault)}</span>
        </li>
      ))}
      {findings.map((finding, at) => (
        <FindingNote key={at} finding={finding} />
      ))}
    </ul>
  );
}

export function FindingNote({ finding, onShow }: { finding: Finding; onShow?: () => void }) {
  const { t } = useTranslation();
  return (
    <li className={finding.severity}>
      <Icon name={finding.severity === 'blocks' ? 'ban' : 'alert'} size={14} />
      <span>
        {finding.word !== '' &&
          (onShow ? (
            <button type="button" className="link-button" onClick={onShow}>
              {finding.word}
            </button>
          ) : (
            <strong>{finding.word}</strong>
          ))}{' '}
        {findingText(t, finding)} <span className="muted">{fixText(t, finding)}</span>
      </span>
    </li>
  );
}
