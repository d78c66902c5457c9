import type { Finding, ScriptFault, ScriptReview } from '../api/contract.js';

export interface Piece {
  text: string;
  /** Null: nothing is marked here. */
  severity: Finding['severity'] | null;
}

/** Does a mark still lie on the words that it was made for? While one types, marks are of a text just gone by. */
export const isInPlace = (text: string, finding: Finding): boolean =>
  finding.to > finding.from && text.slice(finding.from, finding.to) === finding.word;

/** A text cut where marks begin and end. Joined, the pieces are the text; where marks overlap, what blocks wins. */
export function piecesOf(text: string, findings: readonly Finding[]): Piece[] {
  const marks = findings.filter((finding) => isInPlace(text, finding));
  const cuts = [...new Set([0, text.length, ...marks.flatMap(({ from, to }) => [from, to])])].sort((a, b) => a - b);
  return cuts.slice(0, -1).map((from, at) => {
    const to = cuts[at + 1] ?? text.length;
    const here = marks.filter((mark) => mark.from <= from && mark.to >= to);
    const severity = here.some((mark) => mark.severity === 'blocks') ? 'blocks' : (here[0]?.severity ?? null);
    return { text: text.slice(from, to), severity };
  });
}

/** What is said of a place, or of what lies within it. */
export function notesAt(
  review: ScriptReview,
  paths: readonly string[],
  within = false,
): { faults: ScriptFault[]; findings: Finding[] } {
  const isHere = ({ path }: { path: string }) =>
    paths.some((place) => path === place || (within && path.startsWith(`${place}.`)));
  return { faults: review.faults.filter(isHere), findings: review.findings.filter(isHere) };
}

/** Would publishing be refused? */
export const blocks = (review: ScriptReview): boolean =>
  review.faults.length > 0 || review.findings.some(({ severity }) => severity === 'blocks');
