import 'reflect-metadata';
import { Type } from 'class-transformer';
import { IsInt, IsString, ValidateNested } from 'class-validator';
import { describe, expect, it } from '@jest/globals';

import type { Problem } from './problem.js';
import { createValidationPipe } from './validation.js';

class Inner {
  @IsInt()
  count!: number;
}

class Outer {
  @IsString()
  name!: string;

  @ValidateNested()
  @Type(() => Inner)
  inner!: Inner;
}

async function refusal(body: unknown): Promise<Problem> {
  const checked = createValidationPipe().transform(body, { type: 'body', metatype: Outer });
  return checked.then(
    () => {
      throw new Error('it was let through');
    },
    (problem: Problem) => problem,
  );
}

describe('the check of a request', () => {
  it('lets through what fits, as an instance of its class', async () => {
    const pipe = createValidationPipe();
    const body = await pipe.transform({ name: 'a', inner: { count: 1 } }, { type: 'body', metatype: Outer });
    expect(body).toBeInstanceOf(Outer);
    expect((body as Outer).inner).toBeInstanceOf(Inner);
  });

  it('names every field that does not fit, by its path', async () => {
    const problem = await refusal({ name: 1, inner: { count: 'x' } });
    expect(problem).toMatchObject({ code: 'validation_failed', status: 422, field: 'name' });
    expect(problem.errors).toEqual([
      { field: 'name', code: 'is_string', message: 'Name must be a string.' },
      { field: 'inner.count', code: 'is_int', message: 'Count must be an integer number.' },
    ]);
  });

  it('refuses fields that no class knows, at any depth', async () => {
    const problem = await refusal({ name: 'a', inner: { count: 1, admin: true } });
    expect(problem.errors).toMatchObject([{ field: 'inner.admin', code: 'unknown_field' }]);
  });

  it('treats no body as an empty one', async () => {
    expect((await refusal(undefined)).errors).toMatchObject([{ field: 'name', code: 'is_string' }]);
  });
});
