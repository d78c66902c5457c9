import { BadRequestException, HttpException, NotFoundException } from '@nestjs/common';
import { describe, expect, it } from '@jest/globals';

import { documentOf, toProblem } from './problem.filter.js';
import { Problem } from './problem.js';

function fastifyError(code: string, statusCode: number): Error {
  return Object.assign(new Error('words of the web server'), { code, statusCode });
}

describe('the answer to an error', () => {
  it('carries the code, what to do, further members and the id of the request', () => {
    const problem = new Problem('callback_outside_hours', 422, 'Nobody may be called then.', {
      field: 'callback.localTime',
      fix: 'Choose another time.',
      more: { nearest: '2026-11-23T09:00' },
    });
    expect(documentOf(toProblem(problem), 'r-1')).toEqual({
      type: 'urn:zvon:problem:callback_outside_hours',
      title: 'Callback outside hours',
      status: 422,
      code: 'callback_outside_hours',
      detail: 'Nobody may be called then.',
      field: 'callback.localTime',
      fix: 'Choose another time.',
      nearest: '2026-11-23T09:00',
      requestId: 'r-1',
    });
  });

  it('lets no further member stand in for one of its own', () => {
    const problem = new Problem('a', 409, 'b', { more: { status: 200, code: 'fine' } });
    expect(documentOf(problem, 'r')).toMatchObject({ status: 409, code: 'a' });
  });

  it.each([
    ['an unexpected error', new Error('password=hunter2 at db.internal')],
    ['an error that only says 500', Object.assign(new Error('hunter2'), { statusCode: 500 })],
    ['something thrown that is no error', 'hunter2'],
    ['nothing thrown', undefined],
  ])('tells nobody about %s', (_what, error) => {
    const document = documentOf(toProblem(error), 'r');
    expect(document).toMatchObject({ status: 500, code: 'internal_error' });
    expect(JSON.stringify(document)).not.toContain('hunter2');
  });

  it.each([
    [new NotFoundException('Cannot GET /api/secret?token=1'), 404, 'not_found'],
    [new BadRequestException('Validation failed (numeric string is expected)'), 400, 'bad_request'],
    [fastifyError('FST_ERR_CTP_BODY_TOO_LARGE', 413), 413, 'body_too_large'],
    [fastifyError('FST_ERR_CTP_INVALID_JSON_BODY', 400), 400, 'invalid_json'],
    [fastifyError('FST_REQ_FILE_TOO_LARGE', 413), 413, 'file_too_large'],
    [fastifyError('FST_SOMETHING_NEW', 431), 431, 'request_header_fields_too_large'],
  ])('of the framework has a code of ours: %s', (error, status, code) => {
    expect(toProblem(error)).toMatchObject({ status, code });
  });

  it('finds the web server’s error where the framework has wrapped it', () => {
    const cause = fastifyError('FST_ERR_CTP_INVALID_JSON_BODY', 400);
    expect(toProblem(new HttpException('words', 400, { cause }))).toMatchObject({ code: 'invalid_json' });
  });

  it('does not repeat an address that was not found: it may hold a secret', () => {
    expect(toProblem(new NotFoundException('Cannot GET /x?token=1')).message).not.toContain('token');
  });
});
