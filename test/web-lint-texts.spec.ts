import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';

import { LINT_CODES } from '../src/campaigns/ad-law-linter.js';

const ROOT = join(import.meta.dirname, '..');

/** Codes that a source names, as `code: 'x'` or as the second word of a fault. */
function codesIn(file: string): string[] {
  const source = readFileSync(join(ROOT, 'src/campaigns', file), 'utf8');
  return [...source.matchAll(/(?:code: |fault\([^,()]*, |fault\(`[^`]*`, )'([a-z_]+)'/g)].map(([, code]) => code!);
}

describe.each(['en', 'ru', 'vi'])('in %s', (locale) => {
  const texts = JSON.parse(readFileSync(join(ROOT, `web/src/locales/${locale}.json`), 'utf8')) as Record<
    string,
    Record<string, string>
  >;

  it('the linter’s marks have each a sentence and what to do about it', () => {
    expect(Object.keys(texts['lint']!).sort()).toEqual([...LINT_CODES].sort());
    expect(Object.keys(texts['lintFix']!).sort()).toEqual([...LINT_CODES].sort());
  });

  it('the faults of scripts and of answers to their forms have each a sentence', () => {
    const fields = codesIn('form-fields.ts');
    const script = [...codesIn('check-script.ts'), ...fields.filter((code) => !code.startsWith('answer_'))];
    const answers = fields.filter((code) => code.startsWith('answer_'));
    expect([script.length > 12, answers.length > 6]).toEqual([true, true]);
    expect(Object.keys(texts['scriptFault']!).sort()).toEqual([...new Set(script)].sort());
    expect(Object.keys(texts['answerFault']!).sort()).toEqual([...new Set(answers)].sort());
  });
});
