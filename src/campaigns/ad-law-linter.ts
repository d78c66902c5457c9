import type { Locale } from '../auth/access.js';
import {
  AFTER_NOTHING,
  BETWEEN,
  CONJUNCTIONS,
  CURRENCIES,
  NEGATORS,
  NOBODY,
  NOBODY_PAIRS,
  NOT_ONLY,
  NUMERALS,
  ONES,
} from './ad-law-words.js';
import { findPhrases, isNumber, type Match } from './ad-law-phrases.js';
import { claimedUntil, type ClaimBook } from './advertising-claims.js';
import { readTokens, type Token } from './ad-law-text.js';
import { compileNames, findNames, type NameBook } from './competitor-names.js';
import { textsOf, type PlacedText, type ScriptContent, type ScriptPurpose } from './script-content.js';
import { ScriptGraph } from './script-graph.js';

/**
 * A linter of advertising law for what operators say: claims of being the best, comparisons with competitors,
 * guarantees, pressure, and what must be said and is not. It tells words, not lies: it finds what the law wants proven.
 * Its rules are those of Russia (38-FZ art. 5: no unproven superlative, no incorrect comparison; art. 18: consent) and of
 * Vietnam (Law on Advertising art. 8: nhất, duy nhất, tốt nhất, số một only with proof), held against every text, for a
 * script that is clean under them is clean elsewhere. Time grows with the length of the text, whatever it holds.
 */

/** Statements that a call owes the person called. */
export const STATEMENTS = ['seller', 'purpose', 'right_to_refuse', 'price', 'advert', 'consent'] as const;
export type Statement = (typeof STATEMENTS)[number];

export const LINT_CODES = [
  'superlative',
  'superlative_implied',
  'comparison',
  'competitor_named',
  'guarantee',
  'guarantee_implied',
  'pressure',
  'pressure_implied',
  'mixed_alphabets',
  'must_say_avoidable',
  ...STATEMENTS.map((statement) => `missing_${statement}` as const),
] as const;
export type LintCode = (typeof LINT_CODES)[number];

/** One thing that the linter marks. */
export interface Finding {
  code: LintCode;
  severity: 'blocks' | 'warns';
  /** Which text: `steps.2.texts.ru`; of a statement that is nowhere: `steps`. */
  path: string;
  /** UTF-16 offsets in that text; `to` is exclusive. Both 0 where no word is meant. */
  from: number;
  to: number;
  /** The words meant, as they are written there. */
  word: string;
  /** Language in which it was found, or is missing. */
  locale: Locale;
  message: string;
  fix: string;
}

/** A statement that scripts must hold. An unknown jurisdiction gets what all of them ask. */
export interface StatementRule {
  statement: Statement;
  purposes: readonly ScriptPurpose[];
  /** Scripts in these languages; null: in any. */
  locales: readonly Locale[] | null;
  severity: Finding['severity'];
  source: string;
  /** A primary text, B secondary source, R recalled, house: our own. */
  confidence: 'A' | 'B' | 'R' | 'house';
}

const EVERY_PURPOSE = ['sale', 'survey', 'service'] as const;

export const STATEMENT_RULES: readonly StatementRule[] = [
  {
    ...{ statement: 'seller', purposes: EVERY_PURPOSE, locales: null, severity: 'blocks' },
    ...{ source: 'US 16 CFR 310.4(d), EU 2011/83 art. 8(5): identity of the trader at the beginning', confidence: 'R' },
  },
  {
    ...{ statement: 'purpose', purposes: EVERY_PURPOSE, locales: null, severity: 'blocks' },
    ...{ source: 'US 16 CFR 310.4(d), EU 2011/83 art. 8(5): commercial purpose of the call', confidence: 'R' },
  },
  {
    ...{ statement: 'right_to_refuse', purposes: EVERY_PURPOSE, locales: null, severity: 'blocks' },
    ...{ source: 'house rule, after 38-FZ art. 18(1): stop at once on demand', confidence: 'house' },
  },
  {
    ...{ statement: 'price', purposes: ['sale'], locales: null, severity: 'blocks' },
    ...{ source: 'EU 2011/83 art. 8(2): total price before the order', confidence: 'R' },
  },
  {
    ...{ statement: 'advert', purposes: ['sale'], locales: ['ru'], severity: 'blocks' },
    ...{ source: '38-FZ art. 5: advertising must be recognisable as such', confidence: 'R' },
  },
  {
    ...{ statement: 'consent', purposes: ['sale'], locales: ['ru'], severity: 'blocks' },
    ...{ source: '38-FZ art. 18(1): prior consent, burden of proof on the caller', confidence: 'A' },
  },
];

export interface LintContext {
  competitors: NameBook;
  /** Claims that hold on the day. */
  claims: ClaimBook;
  /** What must be said; left out: the rules of the house. */
  statementRules?: readonly StatementRule[];
}

/** Marks of one text. `locale`: its language; null: told by its letters. Nothing is missing from a single text. */
export function lintText(text: string, path: string, locale: Locale | null, context: LintContext): Finding[] {
  return new TextLinter(text, path, locale ?? languageOf(text), context).findings();
}

/** Marks of a whole script, and what it fails to say, in the order of its texts. */
export function lintScript(content: ScriptContent, context: LintContext): Finding[] {
  const texts = textsOf(content);
  const unspecified = texts.filter((placed) => placed.locale === null);
  const main = languageOf(unspecified.map((placed) => placed.text).join('\n'));
  const readings = texts.map((placed) => ({
    placed,
    linter: new TextLinter(placed.text, placed.path, placed.locale ?? main, context),
  }));
  const seller = content.seller === null ? null : compileNames([content.seller]);
  const said = readings
    .filter(({ placed }) => placed.step !== null)
    .map(({ placed, linter }) => ({ placed, locale: linter.locale, statements: linter.statements(seller) }));
  const languages = new Set(content.languages.length > 0 ? content.languages : said.map(({ locale }) => locale));
  return [
    ...readings.flatMap(({ linter }) => linter.findings()),
    ...[...languages].flatMap((locale) => missingIn(locale, content, said, context.statementRules ?? STATEMENT_RULES)),
  ];
}

/** What stands in the way of publishing. */
export function blocks(findings: readonly Finding[]): boolean {
  return findings.some((finding) => finding.severity === 'blocks');
}

interface Said {
  placed: PlacedText;
  locale: Locale;
  statements: ReadonlyMap<Statement, { from: number; to: number }>;
}

function missingIn(
  locale: Locale,
  content: ScriptContent,
  said: readonly Said[],
  rules: readonly StatementRule[],
): Finding[] {
  const unavoidable = new ScriptGraph(content.steps).unavoidable();
  const isUnavoidable = ({ placed }: Said) => unavoidable.has(content.steps[placed.step!]!.id);
  return rules
    .filter((rule) => rule.purposes.includes(content.purpose) && (rule.locales?.includes(locale) ?? true))
    .flatMap(({ statement, severity }): Finding[] => {
      const places = said.filter((each) => each.locale === locale && each.statements.has(statement));
      if (places.some(isUnavoidable)) return [];
      const [place] = places;
      if (!place) {
        const code = `missing_${statement}` as const;
        return [{ code, severity, path: 'steps', from: 0, to: 0, word: '', locale, ...TEXTS[code] }];
      }
      const { from, to } = place.statements.get(statement)!;
      const { path, text } = place.placed;
      const code = 'must_say_avoidable';
      return [{ code, severity, path, from, to, word: text.slice(from, to), locale, ...TEXTS[code] }];
    });
}

/** What each code says, and what to do about it. */
const TEXTS: Record<LintCode, { message: string; fix: string }> = {
  superlative: {
    message: 'A claim to be the best, the first or the only one needs its criterion and proof.',
    fix: 'Say what is measurable, or enter the claim with its proof in the register of claims.',
  },
  superlative_implied: {
    message: 'This may be taken for a claim to be the best.',
    fix: 'Say what is measurable, or enter the claim with its proof in the register of claims.',
  },
  comparison: {
    message: 'Comparing with competitors is forbidden where it cannot be proven point by point.',
    fix: 'Say what the offer gives, without the others; or enter the claim with its proof in the register of claims.',
  },
  competitor_named: {
    message: 'A competitor is named here.',
    fix: 'Ask whose customer the person is without naming anybody.',
  },
  guarantee: {
    message: 'A guarantee of a result is a promise that binds the seller.',
    fix: 'Say what the contract says, or enter the claim with its proof in the register of claims.',
  },
  guarantee_implied: {
    message: 'This may be taken for a guarantee of a result.',
    fix: 'Say what exactly is warranted, by whom and for how long.',
  },
  pressure: {
    message: 'This presses the person to decide at once.',
    fix: 'Name the date until which the offer holds, and leave the decision to the person.',
  },
  pressure_implied: {
    message: 'This may be taken for pressure to decide at once.',
    fix: 'Name the date or the number that limits the offer, if there is one.',
  },
  mixed_alphabets: {
    message: 'Latin and Cyrillic letters stand in one word.',
    fix: 'Write the word in one alphabet.',
  },
  must_say_avoidable: {
    message: 'This must be said in every call, and a branch of the script goes around it.',
    fix: 'Move it to a step that every call passes.',
  },
  missing_seller: {
    message: 'The script does not say on whose behalf the call is made.',
    fix: 'Give the seller, and say the name, or {{seller}}, in a step that every call passes.',
  },
  missing_purpose: {
    message: 'The script does not say what the call is about.',
    fix: 'Begin with why you are calling: “I am calling about…”.',
  },
  missing_right_to_refuse: {
    message: 'The script does not say that the person may refuse.',
    fix: 'Say that the person may decline, or ask not to be called again.',
  },
  missing_price: {
    message: 'The script names no price with its currency.',
    fix: 'Say the price with its currency, or {{offer.price}}, in a step that every sale passes.',
  },
  missing_advert: {
    message: 'The script does not say that this is an advertisement.',
    fix: 'Say that this is an advertising call.',
  },
  missing_consent: {
    message: 'The script does not speak of the consent to be called.',
    fix: 'Remind of the consent that was given, or ask for it before going on.',
  },
};

const FAULTS: Partial<Record<Match['group'], { code: LintCode; severity: Finding['severity'] }>> = {
  superlative: { code: 'superlative', severity: 'blocks' },
  superlative_implied: { code: 'superlative_implied', severity: 'warns' },
  comparison: { code: 'comparison', severity: 'blocks' },
  guarantee: { code: 'guarantee', severity: 'blocks' },
  guarantee_implied: { code: 'guarantee_implied', severity: 'warns' },
  pressure: { code: 'pressure', severity: 'blocks' },
  pressure_implied: { code: 'pressure_implied', severity: 'warns' },
};

const STATED: Partial<Record<Match['group'], Statement>> = {
  says_purpose: 'purpose',
  says_right_to_refuse: 'right_to_refuse',
  says_advert: 'advert',
  says_consent: 'consent',
  says_free: 'price',
};

/** A mark before it is judged: tokens from `first` up to but without `end`. */
interface Mark {
  code: LintCode;
  severity: Finding['severity'];
  first: number;
  end: number;
}

class TextLinter {
  private readonly tokens: Token[];
  private readonly matches: Match[];
  /** Of each token: is it part of a phrase that does no harm? */
  private readonly harmless: boolean[];

  constructor(
    private readonly text: string,
    private readonly path: string,
    readonly locale: Locale,
    private readonly context: LintContext,
  ) {
    this.tokens = readTokens(text, locale);
    this.matches = findPhrases(this.tokens);
    this.harmless = this.tokens.map(() => false);
    for (const { group, first, end } of this.matches) if (group === 'harmless') this.harmless.fill(true, first, end);
  }

  findings(): Finding[] {
    const claimed = claimedUntil(this.context.claims, this.tokens);
    const marks = [...this.faults(), ...this.comparisons(), ...this.mixtures()];
    const unproven = outermost(marks.filter((mark) => claimed[mark.first]! < mark.end));
    return worst(unproven).map(({ code, severity, first, end }) => {
      const [from, to] = [this.tokens[first]!.from, this.tokens[end - 1]!.to];
      const word = this.text.slice(from, to);
      return { code, severity, path: this.path, from, to, word, locale: this.locale, ...TEXTS[code] };
    });
  }

  /** What the text states, and where. `seller`: the name on whose behalf the call is made. */
  statements(seller: NameBook | null): Map<Statement, { from: number; to: number }> {
    const stated = new Map<Statement, { from: number; to: number }>();
    const note = (statement: Statement, first: number, end: number) => {
      if (!stated.has(statement))
        stated.set(statement, { from: this.tokens[first]!.from, to: this.tokens[end - 1]!.to });
    };
    for (const { group, first, end } of this.matches) {
      const statement = STATED[group];
      if (statement) note(statement, first, end);
    }
    for (const [at, token] of this.tokens.entries()) {
      if (token.kind === 'field' && token.forms[0] === 'offer.price') note('price', at, at + 1);
      if (token.kind === 'field' && token.forms[0] === 'seller' && seller !== null) note('seller', at, at + 1);
      if (isNumber(token)) {
        const currency = this.currencyNear(at);
        if (currency !== null) note('price', Math.min(at, currency), Math.max(at, currency) + 1);
      }
    }
    if (seller) for (const { first, end } of findNames(this.tokens, seller)) note('seller', first, end);
    return stated;
  }

  private faults(): Mark[] {
    return this.matches.flatMap(({ group, first, end, hasOwnNegation }) => {
      const fault = FAULTS[group];
      if (!fault || this.harmless[first] || this.harmless[end - 1] || this.isCountedOn(first, end)) return [];
      if (!hasOwnNegation && this.isDenied(first, end, group)) return [];
      return [{ ...fault, first, end }];
    });
  }

  /** A competitor beside words that compare, in one sentence, is compared with; alone it is only named. */
  private comparisons(): Mark[] {
    const comparing = new Set(
      this.matches
        .filter(({ group, first }) => group === 'compares' && !this.harmless[first])
        .map(({ first }) => this.tokens[first]!.sentence),
    );
    const isCompared = ({ first }: { first: number }) => comparing.has(this.tokens[first]!.sentence);
    const named = findNames(this.tokens, this.context.competitors).flatMap(({ first, end, hasCapital }): Mark[] => {
      if (isCompared({ first })) return [{ first, end, code: 'comparison', severity: 'blocks' }];
      // The name of a mobile network may also be the word for a colour.
      if (hasCapital && /^\p{Ll}/u.test(this.text.slice(this.tokens[first]!.from, this.tokens[first]!.to))) return [];
      return [{ first, end, code: 'competitor_named', severity: 'warns' }];
    });
    const rivals = this.matches
      .filter((match) => match.group === 'rival' && isCompared(match))
      .map(({ first, end }): Mark => ({ first, end, code: 'comparison', severity: 'blocks' }));
    return [...named, ...rivals];
  }

  private mixtures(): Mark[] {
    return [...this.tokens.entries()]
      .filter(([, token]) => token.mixed)
      .map(([at]) => ({ code: 'mixed_alphabets', severity: 'warns', first: at, end: at + 1 }));
  }

  /** Is the one that ends a phrase no rank: part of another number (`số một trăm`), or of another clause? */
  private isCountedOn(first: number, end: number): boolean {
    const [last, next] = [this.tokens[end - 1]!, this.tokens[end]];
    if (!last.forms.some((form) => ONES.has(form))) return false;
    if (this.tokens[first]!.clause !== last.clause) return true;
    if (next?.clause !== last.clause) return false;
    return next.forms.some((form) => NUMERALS.has(form)) || (isNumber(next) && next.forms[0]!.length > 1);
  }

  /** Is the word at a place, in this clause, one of these? */
  private has(at: number, clause: number, words: ReadonlySet<string>): boolean {
    return this.tokens[at]?.clause === clause && this.tokens[at].forms.some((form) => words.has(form));
  }

  /** `nobody`, `không ai`, `никто не`. */
  private saysNobody(at: number, clause: number): boolean {
    if (this.has(at, clause, NOBODY)) {
      const isFirst = this.tokens[at - 1]?.clause !== clause || this.has(at - 1, clause, CONJUNCTIONS);
      if (isFirst) return true;
    }
    return (this.tokens[at]?.forms ?? []).some((form) => {
      const seconds = NOBODY_PAIRS.get(form);
      return seconds !== undefined && this.has(at + 1, clause, seconds);
    });
  }

  /** Denied by a word before it in the same clause; a promise also by who makes it, and by what comes right after it. */
  private isDenied(first: number, end: number, group: Match['group']): boolean {
    const { clause } = this.tokens[first]!;
    const has = (at: number, words: ReadonlySet<string>) => this.has(at, clause, words);
    const promises = PROMISES.has(group);
    for (let at = first - 1, steps = 0; steps < 5 && this.tokens[at]?.clause === clause; at -= 1, steps += 1) {
      // Who says that nobody else has the best price praises his own.
      const isNobody = this.saysNobody(at, clause) || this.saysNobody(at - 1, clause);
      if (has(at, NEGATORS) && (promises || !isNobody)) return at + 1 === first || !has(at + 1, NOT_ONLY);
      if (!has(at, BETWEEN)) break;
    }
    if (promises)
      for (let at = first - 1; at >= first - 8 && !has(at, CONJUNCTIONS); at -= 1)
        if (this.saysNobody(at, clause)) return true;
    if (group.startsWith('guarantee') && this.isDeniedAfter(end, clause, group)) return true;
    // `không phải` denies the whole clause: it is the verb that is denied, and what is praised comes last.
    for (let at = first - 1; at >= Math.max(first - 8, 1); at -= 1)
      if (has(at, VI_VERB) && has(at - 1, NEGATORS)) return true;
    return false;
  }

  /** `We guarantee nothing`, `гарантий не даём`. To guarantee that one won't do something is a guarantee all the same. */
  private isDeniedAfter(end: number, clause: number, group: Match['group']): boolean {
    for (let at = end; at < end + 2; at += 1) {
      const isAll = this.tokens[at + 1]?.clause !== clause || this.has(at + 1, clause, AFTER_NOTHING);
      if (this.has(at, clause, NOBODY) && isAll) return true;
      if (group === 'guarantee_implied' && this.has(at, clause, NEGATORS)) return true;
    }
    return false;
  }

  private currencyNear(at: number): number | null {
    for (const other of [at + 1, at - 1, at + 2, at + 3]) {
      const token = this.tokens[other];
      // 49.90 € are two numbers and a sign, 299 nghìn đồng a number and two words.
      if (token?.sentence === this.tokens[at]!.sentence && token.forms.some((form) => CURRENCIES.has(form)))
        return other;
    }
    return null;
  }
}

const PROMISES: ReadonlySet<Match['group']> = new Set([
  ...(['guarantee', 'guarantee_implied', 'pressure', 'pressure_implied'] as const),
]);

const VI_VERB: ReadonlySet<string> = new Set(['phải']);

/** Of marks within one another the weightier, and of those the longer; in the order of the text. */
function outermost(marks: readonly Mark[]): Mark[] {
  const sorted = [...marks].sort(
    (a, b) => a.first - b.first || Number(b.severity === 'blocks') - Number(a.severity === 'blocks') || b.end - a.end,
  );
  const kept: Mark[] = [];
  for (const mark of sorted) {
    const last = kept.at(-1);
    const overlaps = last !== undefined && mark.first < last.end;
    if (!overlaps) kept.push(mark);
    else if (last.severity === 'warns' && mark.severity === 'blocks') kept[kept.length - 1] = mark;
    else if (mark.severity === last.severity && mark.end > last.end) kept[kept.length - 1] = { ...last, end: mark.end };
  }
  return kept;
}

/** At most this many of one text, those that block before the others. */
const MOST_FINDINGS = 200;

function worst(marks: readonly Mark[]): Mark[] {
  if (marks.length <= MOST_FINDINGS) return [...marks];
  const weight = ({ severity }: Mark) => Number(severity === 'warns');
  return [...marks]
    .sort((a, b) => weight(a) - weight(b) || a.first - b.first)
    .slice(0, MOST_FINDINGS)
    .sort((a, b) => a.first - b.first);
}

/** The language of a text, by its letters. */
export function languageOf(text: string): Locale {
  const sample = text.slice(0, SAMPLE);
  const count = (pattern: RegExp) => sample.match(pattern)?.length ?? 0;
  const cyrillic = count(/\p{Script=Cyrillic}/gu);
  if (cyrillic > count(/\p{Script=Latin}/gu)) return 'ru';
  // Letters that of the three only Vietnamese has; decomposed text has its marks alone.
  const vietnamese = count(/[ăâđêôơưạảấầẩẫậắằẳẵặẹẻẽếềểễệỉịọỏốồổỗộớờởỡợụủứừửữựỳỵỷỹ\u0309\u0323\u031b]/giu);
  return vietnamese > 1 ? 'vi' : 'en';
}
const SAMPLE = 20_000;
