/** What went wrong with one field of a request. */
export interface FieldProblem {
  /** Path of the field, dots between levels: `options.mapping.phone`. */
  field: string;
  code: string;
  message: string;
}

/**
 * An expected failure: a stable code, the HTTP status that it means, a sentence and what to do about it. Services throw
 * it; the exception filter turns it into problem details (RFC 9457).
 */
export class Problem extends Error {
  readonly code: string;
  readonly status: number;
  readonly field?: string;
  readonly fix?: string;
  readonly errors?: FieldProblem[];
  /** Further members of the problem document, such as the instant when a refusal ends. */
  readonly more?: Record<string, unknown>;

  constructor(
    code: string,
    status: number,
    detail: string,
    extra: { field?: string; fix?: string; errors?: FieldProblem[]; more?: Record<string, unknown> } = {},
  ) {
    super(detail);
    this.name = 'Problem';
    this.code = code;
    this.status = status;
    Object.assign(this, extra);
  }
}

/** 404 for a thing that does not exist, or that the caller may not know of. */
export function notFound(what: string, id: string | number): Problem {
  return new Problem(`${what}_not_found`, 404, `There is no ${what.replaceAll('_', ' ')} ${id}.`, {
    fix: 'Check the address, or choose one from the list.',
  });
}
