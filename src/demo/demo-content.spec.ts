import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';

import { lintScript } from '../campaigns/ad-law-linter.js';
import { compileClaims } from '../campaigns/advertising-claims.js';
import { checkScript } from '../campaigns/check-script.js';
import { compileNames } from '../campaigns/competitor-names.js';
import { contentOf } from '../campaigns/script-content.js';
import { STANDARD_REFUSAL_REASONS } from '../campaigns/standard-outcomes.js';
import { projectPath } from '../common/project-folder.js';
import { DEMO_SCRIPT } from './demo-content.js';

describe('the script of the demonstration', () => {
  const content = contentOf(DEMO_SCRIPT);

  it('has no fault on the base of the demonstration', () => {
    const [header] = readFileSync(projectPath('fixtures', 'demo-base.csv'), 'utf8').split('\n');
    const refusalReasons = new Set(STANDARD_REFUSAL_REASONS.map((reason) => reason.code));
    expect(checkScript(content, { attributes: new Set(header!.trim().split(',')), refusalReasons })).toEqual([]);
  });

  it('says all that must be said, and nothing that may not', () => {
    const context = { competitors: compileNames(['Lumina Énergie']), claims: compileClaims([], '2026-03-02') };
    expect(lintScript(content, context)).toEqual([]);
  });
});
