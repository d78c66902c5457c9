import { ValidationPipe, type ValidationError } from '@nestjs/common';

import { Problem, type FieldProblem } from './problem.js';

/** Bodies and queries are what their class says, no more and no less, or the request is refused field by field. */
export function createValidationPipe(): ValidationPipe {
  return new ValidationPipe({
    whitelist: true,
    forbidNonWhitelisted: true,
    transform: true,
    stopAtFirstError: false,
    validationError: { target: false, value: false },
    exceptionFactory: (errors) => validationProblem(errors),
  });
}

/** One problem for the request, with one entry for each rule that a field breaks. */
export function validationProblem(errors: readonly ValidationError[]): Problem {
  const problems = errors.flatMap((error) => flatten(error, ''));
  const [first] = problems;
  return new Problem('validation_failed', 422, first?.message ?? 'The request does not have the form it should.', {
    ...(first && { field: first.field }),
    errors: problems,
  });
}

function flatten(error: ValidationError, path: string): FieldProblem[] {
  const field = path === '' ? error.property : `${path}.${error.property}`;
  const own = Object.entries(error.constraints ?? {}).map(([rule, message]) => ({
    field,
    code: codeOf(rule),
    message: sentence(message),
  }));
  return [...own, ...(error.children ?? []).flatMap((child) => flatten(child, field))];
}

/** `isNotEmpty` → `is_not_empty`; a field that no class lists is `unknown_field`. */
function codeOf(rule: string): string {
  if (rule === 'whitelistValidation') return 'unknown_field';
  return rule.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

function sentence(message: string): string {
  const text = message.charAt(0).toUpperCase() + message.slice(1);
  return /[.!?]$/.test(text) ? text : `${text}.`;
}
