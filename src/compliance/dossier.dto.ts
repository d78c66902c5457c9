import { maskPhone } from '../leads/phone-number.js';
import { ConsentEntryView } from './consent.dto.js';
import { isInForce, type Dossier } from './dossier.service.js';
import { SuppressionView } from './suppression.dto.js';

/** A phone of somebody. */
export class DossierPhoneView {
  /** Order in which it is tried, from 1. */
  position!: number;
  /** Masked. */
  maskedPhone!: string;
  /** It is the number that was asked for. */
  asked!: boolean;
}

/** Somebody who has the number. */
export class DossierLeadView {
  /** Id of the lead. */
  id!: number;
  /** Name, as the file has it. */
  name!: string | null;
  /** Id in the system that the file came from. */
  externalId!: string | null;
  /** Region, as the file has it. */
  region!: string | null;
  /** The base. */
  baseId!: number;
  /** Its name. */
  baseName!: string;
  /** The import that brought it in. */
  importId!: number;
  /** Row of its file, from 1. */
  rowNumber!: number;
  /** When it came in. */
  createdAt!: string;
  /** What else the file said. */
  attributes!: Record<string, unknown>;
  /** All phones of the person. */
  phones!: DossierPhoneView[];
}

/** A suppression, and whether it binds now. */
export class DossierSuppressionView extends SuppressionView {
  /** It binds now. */
  inForce!: boolean;
}

/** A list that names the number. */
export class DossierListView {
  /** The list. */
  listId!: number;
  /** Its name. */
  name!: string;
  /** What is in it. */
  kind!: string;
  /** Code of the registry. */
  registry!: string | null;
}

/** A list that names how the number begins. */
export class DossierPrefixView {
  /** First digits, in E.164 without the plus. */
  prefix!: string;
  /** The list. */
  listId!: number;
  /** Its name. */
  name!: string;
}

/** How a call ended, in the operator's words. */
export class DossierDispositionView {
  /** Code of the outcome. */
  outcome!: string;
  /** Its category. */
  category!: string;
  /** Code of the reason. */
  refusalReason!: string | null;
  /** What the operator wrote. */
  note!: string | null;
  /** Made by the engine. */
  automatic!: boolean;
  /** When. */
  at!: string;
  /** Corrected since. */
  supersededAt!: string | null;
}

/** Why a call was allowed. */
export class DossierDecisionView {
  /** `allow`. */
  verdict!: string;
  /** Rules that said no: none. */
  reasons!: unknown;
  /** When. */
  at!: string;
  /** What it rests on. */
  facts!: unknown;
}

/** One dial. */
export class DossierAttemptView {
  /** Id of the attempt. */
  id!: number;
  /** The campaign. */
  campaignId!: number;
  /** Its name. */
  campaignName!: string;
  /** Whom it was meant for. */
  leadId!: number;
  /** Where it stands. */
  state!: string;
  /** System result, once ended. */
  result!: string | null;
  /** Number that was shown. */
  callerId!: string | null;
  /** Who took it. */
  operator!: string | null;
  /** When it was reserved. */
  reservedAt!: string;
  /** When it was dialled; null: it never was. */
  originatedAt!: string | null;
  /** When somebody picked up. */
  answeredAt!: string | null;
  /** When the operator was on the line. */
  bridgedAt!: string | null;
  /** When it ended. */
  endedAt!: string | null;
  /** The consent that it rests on. */
  consentId!: number | null;
  /** How it ended; the last one is in force. */
  dispositions!: DossierDispositionView[];
  /** Why it was allowed. */
  decision!: DossierDecisionView | null;
}

/** A rule that said no. */
export class DossierReasonView {
  /** Code of the rule. */
  code!: string;
  /** The same in words. */
  sentence!: string;
}

/** A time at which it was about to be called and was not. */
export class DossierRefusalView {
  /** When. */
  at!: string;
  /** The campaign. */
  campaignId!: number;
  /** Whom it was meant for. */
  leadId!: number;
  /** `deny` or `defer`. */
  verdict!: string;
  /** Each rule that said no. */
  reasons!: DossierReasonView[];
  /** When that was to change. */
  nextAt!: string | null;
}

/** A promise to call. */
export class DossierCallbackView {
  /** Id of the promise. */
  id!: number;
  /** The campaign. */
  campaignId!: number;
  /** Its name. */
  campaignName!: string;
  /** Whom it was made to. */
  leadId!: number;
  /** The call in which it was made. */
  attemptId!: number;
  /** What became of it. */
  state!: string;
  /** The promised instant. */
  dueAt!: string;
  /** The same in the customer's time. */
  localTime!: string;
  /** IANA. */
  timeZone!: string;
  /** What the operator wrote. */
  note!: string | null;
  /** When it was made. */
  createdAt!: string;
  /** When it ended. */
  endedAt!: string | null;
}

/** A complaint. */
export class DossierComplaintView {
  /** Id of the complaint. */
  id!: number;
  /** open or closed. */
  state!: string;
  /** The call in which it was made. */
  attemptId!: number | null;
  /** The campaign. */
  campaignId!: number | null;
  /** Its name. */
  campaignName!: string | null;
  /** What the operator wrote. */
  note!: string | null;
  /** When it was made. */
  openedAt!: string;
  /** When it was closed. */
  closedAt!: string | null;
  /** What was done. */
  resolution!: string | null;
}

/** An erasure that took the number's owner out. */
export class DossierErasureView {
  /** Id of the erasure. */
  id!: number;
  /** queued, running, done or failed. */
  state!: string;
  /** By what the wish can be shown. */
  evidence!: string;
  /** When it was asked for. */
  requestedAt!: string;
  /** By whom. */
  requestedBy!: string | null;
  /** When it was done. */
  finishedAt!: string | null;
}

/** Who looked the number up, or changed its consent. */
export class DossierChangeView {
  /** When. */
  at!: string;
  /** What was done. */
  action!: string;
  /** By whom; null for the engine itself. */
  actor!: string | null;
  /** What it was made. */
  after!: unknown;
}

/** Everything that is known of one number. */
export class DossierView {
  /** Masked: the number is never given back. */
  maskedPhone!: string;
  /** ISO 3166-1. */
  country!: string;
  /** mobile, fixed_line and so on. */
  lineType!: string;
  /** When it was put together. */
  at!: string;
  /** May it be called? Not everywhere, not in some campaigns; or nothing is against it. */
  suppressed!: 'everywhere' | 'in_campaigns' | 'no';
  /** People who have it. */
  leads!: DossierLeadView[];
  /** Of the number, also those that are over. */
  suppressions!: DossierSuppressionView[];
  /** Lists that name it. */
  lists!: DossierListView[];
  /** A list that names how it begins. */
  prefix!: DossierPrefixView | null;
  /** Its ledger, oldest first. */
  consents!: ConsentEntryView[];
  /** Dials, newest first. */
  attempts!: DossierAttemptView[];
  /** When it was about to be called and was not, newest first. */
  refusals!: DossierRefusalView[];
  /** Promises made in calls to it. */
  callbacks!: DossierCallbackView[];
  /** Complaints. */
  complaints!: DossierComplaintView[];
  /** Erasures. */
  erasures!: DossierErasureView[];
  /** Who looked it up or changed its consent, newest first. */
  changes!: DossierChangeView[];

  static of(dossier: Dossier): DossierView {
    const { leads, suppressions, consents, at } = dossier;
    const more = {
      at: at.toISOString(),
      leads: leads.map((lead) => ({
        ...lead,
        phones: lead.phones.map(({ position, country, lastDigits, asked }) => ({
          ...{ position, asked },
          maskedPhone: maskPhone(country, lastDigits),
        })),
      })),
      suppressions: suppressions.map((row) => ({ ...SuppressionView.of(row), inForce: isInForce(row, at) })),
      consents: consents.map((row) => ConsentEntryView.of(row)),
    };
    // Instants become text as the answer is written.
    return Object.assign(new DossierView(), dossier, more);
  }
}
