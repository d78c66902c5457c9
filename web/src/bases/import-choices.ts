import type { Analysis, Dedupe, ImportMapping, ImportOptions, NewBase, Quote } from '../api/contract.js';

/** What the form of an import holds, as it is typed. */
export interface Choices {
  into: 'new' | 'existing';
  baseId: string;
  name: string;
  source: string;
  cost: string;
  currency: string;
  /** Of a new base, and of numbers written without a country. Empty: that of the existing base. */
  country: string;
  dedupe: Dedupe;
  hasConsent: boolean;
  consentSource: string;
  consentWording: string;
  consentProof: string;
  consentForm: 'prior' | 'written';
  /** A day, `YYYY-MM-DD`; or the attribute that holds each one's, which goes before it. */
  consentDay: string;
  consentAttribute: string;
  priority: string;
  ownerId: string;
  campaignId: string;
}

/** The name of a base from that of its file: `leads_march-2.csv.gz` is `leads march 2`. */
export function nameFrom(fileName: string): string {
  return fileName
    .replace(/(\.[a-z0-9]{1,5}){1,2}$/i, '')
    .replace(/[_-]+/g, ' ')
    .trim()
    .slice(0, 200);
}

/** What the API is asked for: what was shown, and no more than was chosen. */
export function optionsOf(choices: Choices, analysis: Analysis, mapping: ImportMapping): ImportOptions {
  const { country, dedupe } = choices;
  return {
    base: choices.into === 'existing' ? { id: Number(choices.baseId) } : newBase(choices),
    mapping,
    ...readingOf(analysis),
    ...(country !== '' && { country }),
    dedupe,
    ...(choices.hasConsent && {
      consent: {
        source: choices.consentSource.trim(),
        wording: choices.consentWording.trim(),
        ...(choices.consentProof.trim() && { proof: choices.consentProof.trim() }),
        form: choices.consentForm,
        ...(choices.consentAttribute
          ? { dateAttribute: choices.consentAttribute }
          : choices.consentDay && { givenOn: choices.consentDay }),
      },
    }),
    ...(choices.priority !== '' && { priority: Number(choices.priority) }),
    ...(choices.ownerId !== '' && { ownerId: Number(choices.ownerId) }),
    ...(choices.campaignId !== '' && { campaignId: Number(choices.campaignId) }),
  };
}

/** How the file is to be read: as it was when it was shown. */
export function readingOf({ dialect, sheet, header }: Analysis) {
  return {
    ...(dialect && {
      dialect: { encoding: dialect.encoding, delimiter: dialect.delimiter, quote: dialect.quote as Quote | null },
    }),
    ...(sheet !== null && { sheet }),
    headerAt: header.at,
  };
}

function newBase(choices: Choices): NewBase {
  const { name, source, cost, currency, country } = choices;
  return {
    name: name.trim(),
    country,
    ...(source.trim() && { source: source.trim() }),
    ...(cost !== '' && { cost: Number(cost), currency }),
  };
}
