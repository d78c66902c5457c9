import { STATUS_CODES } from 'node:http';
import { Catch, HttpException, Logger, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';

import { Problem } from './problem.js';

/** Problem details (RFC 9457), with a stable `code` and the id under which the log knows the request. */
export interface ProblemDocument {
  type: string;
  title: string;
  status: number;
  code: string;
  detail: string;
  field?: string;
  fix?: string;
  errors?: Problem['errors'];
  requestId: string;
  [more: string]: unknown;
}

/** The one place where errors become answers. What we did not expect is logged with its stack and told to nobody. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  private readonly log = new Logger(ProblemFilter.name);

  catch(error: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    const request = http.getRequest<FastifyRequest>();
    const reply = http.getResponse<FastifyReply>();
    const problem = toProblem(error);
    if (problem.status >= 500)
      this.log.error(`${request.method} ${pathOf(request.url)} (request ${request.id}): ${explain(error)}`);
    // A client that hung up, or an answer that was cut in the middle: there is nobody to tell.
    if (reply.sent || reply.raw.headersSent) return;
    void reply
      .status(problem.status)
      .header('content-type', 'application/problem+json; charset=utf-8')
      .send(JSON.stringify(documentOf(problem, request.id)));
  }
}

/** Any error as a `Problem`. */
export function toProblem(error: unknown): Problem {
  if (error instanceof Problem) return error;
  if (error instanceof HttpException) return fromNest(error);
  return (
    fromFastify(error) ??
    new Problem('internal_error', 500, 'Something went wrong on our side.', {
      fix: 'Try again. If it stays, tell whoever runs this installation the request id.',
    })
  );
}

export function documentOf(problem: Problem, requestId: string): ProblemDocument {
  const { code, status, field, fix, errors, more } = problem;
  const words = code.replaceAll('_', ' ');
  return {
    ...more,
    type: `urn:zvon:problem:${code}`,
    title: words.charAt(0).toUpperCase() + words.slice(1),
    status,
    code,
    detail: problem.message,
    ...(field !== undefined && { field }),
    ...(fix !== undefined && { fix }),
    ...(errors !== undefined && { errors }),
    requestId,
  };
}

/** Thrown by the framework: no such route, an id that is no number, or what the web server refused before it. */
function fromNest(error: HttpException): Problem {
  const status = error.getStatus();
  const refused = fromFastify(error.cause);
  if (refused) return refused;
  if (status >= 500) return new Problem(codeOf(status), status, STATUS_CODES[status] ?? 'Server error');
  if (status === 404)
    return new Problem('not_found', 404, 'There is nothing at this address.', { fix: 'Check the address.' });
  return new Problem(codeOf(status), status, error.message);
}

/** The web server's own, told by their codes. Its sentences speak of code and not to people, so ours stand in. */
function fromFastify(error: unknown): Problem | null {
  const { code, statusCode } = (error ?? {}) as { code?: unknown; statusCode?: unknown };
  if (typeof statusCode !== 'number' || statusCode < 400 || statusCode >= 500) return null;
  switch (code) {
    case 'FST_ERR_CTP_INVALID_JSON_BODY':
      return new Problem('invalid_json', 400, 'The body is not valid JSON.', { fix: 'Send valid JSON.' });
    case 'FST_ERR_CTP_EMPTY_JSON_BODY':
      return new Problem('invalid_json', 400, 'The body is empty where JSON belongs.', { fix: 'Send valid JSON.' });
    case 'FST_ERR_CTP_BODY_TOO_LARGE':
      return new Problem('body_too_large', 413, 'The body is larger than we read.');
    case 'FST_ERR_CTP_INVALID_MEDIA_TYPE':
      return new Problem('unsupported_media_type', 415, 'We do not read this content type.', {
        fix: 'Send application/json.',
      });
    case 'FST_REQ_FILE_TOO_LARGE':
      return new Problem('file_too_large', 413, 'The file is larger than this installation takes.', {
        fix: 'Split it, or raise MAX_UPLOAD_MB.',
      });
    default:
      return new Problem(codeOf(statusCode), statusCode, STATUS_CODES[statusCode] ?? 'The request was refused.');
  }
}

function codeOf(status: number): string {
  return (STATUS_CODES[status] ?? 'error').toLowerCase().replace(/[^a-z]+/g, '_');
}

/** Without the query, which may hold what a log should not. */
function pathOf(url: string): string {
  return url.split('?', 1)[0]!;
}

function explain(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
