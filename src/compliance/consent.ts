/** What an entry of the consent ledger does. */
export type ConsentKind = 'granted' | 'renewed' | 'withdrawn' | 'expired';
/** `prior`: said yes before the call. `written`: signed, on paper or by machine; it also counts as prior. */
export type ConsentForm = 'prior' | 'written';
/** There are no clients apart from the organisation yet: client and company reach as far. */
export type ConsentScope = 'campaign' | 'client' | 'company';

/** One entry of a number's consent ledger, as the law reads it. */
export interface ConsentEntry {
  id: number;
  kind: ConsentKind;
  /** Null where it ends a consent. */
  form: ConsentForm | null;
  scope: ConsentScope;
  /** With scope `campaign` only. */
  campaignId: number | null;
  /** Null: whatever the purpose. */
  purpose: 'sales' | 'service' | null;
  /** It can be shown. A claim that can't be is no consent. */
  proven: boolean;
  /** When the person said so, whenever it was written down. */
  at: Date;
  /** From then on it counts no more; null: no end was agreed. */
  validTo: Date | null;
}

export interface ConsentQuestion {
  at: Date;
  campaignId: number;
  purpose: 'sales' | 'service';
  /** `none`: any form will do. */
  neededForm: 'none' | ConsentForm;
  /** Days after which it is stale; null: never. */
  maxAgeDays: number | null;
}

const DAY_MS = 24 * 3_600_000;

/**
 * The consent that holds for a call, from all entries of a number in any order; null for none. What was taken back counts
 * against everything said up to then that it reaches: only a grant that was given later holds again, and of two of the same
 * instant the withdrawal wins. Of several that hold, the latest; what has the form wanted only.
 */
export function currentConsent(ledger: readonly ConsentEntry[], question: ConsentQuestion): ConsentEntry | null {
  const { at, campaignId, purpose, neededForm, maxAgeDays } = question;
  const said = ledger.filter(
    (entry) =>
      entry.at <= at &&
      (entry.scope !== 'campaign' || entry.campaignId === campaignId) &&
      (entry.purpose === null || entry.purpose === purpose),
  );
  const endedAt = said.reduce((latest, entry) => (isGrant(entry) ? latest : Math.max(latest, +entry.at)), -Infinity);
  return said.reduce<ConsentEntry | null>((best, entry) => {
    const holds =
      isGrant(entry) &&
      entry.proven &&
      +entry.at > endedAt &&
      (entry.validTo === null || entry.validTo > at) &&
      (maxAgeDays === null || +at - +entry.at <= maxAgeDays * DAY_MS) &&
      (neededForm !== 'written' || entry.form === 'written');
    if (!holds) return best;
    const isLater = best === null || +entry.at > +best.at || (+entry.at === +best.at && entry.id > best.id);
    return isLater ? entry : best;
  }, null);
}

/** Entries as they come out of JSON, with their dates made dates again. */
export function reviveConsents(rows: readonly StoredConsent[]): ConsentEntry[] {
  return rows.map((row) => ({
    ...row,
    at: new Date(row.at),
    validTo: row.validTo === null ? null : new Date(row.validTo),
  }));
}

/** An entry in JSON: as the ledger's readers give it, and as a decision keeps it. */
export type StoredConsent = Omit<ConsentEntry, 'at' | 'validTo'> & { at: string | Date; validTo: string | Date | null };

function isGrant(entry: ConsentEntry): boolean {
  return entry.kind === 'granted' || entry.kind === 'renewed';
}
