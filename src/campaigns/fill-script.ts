/** One step of a script: what to say, under a heading. */
export interface ScriptStep {
  title: string;
  text: string;
}

/** What a script may name of a lead, besides its attributes. */
export interface ScriptSubject {
  name: string | null;
  region: string | null;
  attributes: Readonly<Record<string, unknown>>;
}

// No nesting and no overlap, so this takes one pass over the text whatever it holds.
const PLACEHOLDER = /\{\{([^{}]{1,200})\}\}/g;

/**
 * Fill `{{name}}`, `{{region}}` and `{{attribute}}` with the lead's own words. A field that the lead lacks leaves nothing
 * behind. What is filled in is never read for placeholders again, and the result is plain text: whoever shows it must not
 * treat it as markup.
 */
export function fillScript(steps: readonly ScriptStep[], lead: ScriptSubject): ScriptStep[] {
  const fill = (text: string) => text.replace(PLACEHOLDER, (_match, field: string) => fieldOf(lead, field.trim()));
  return steps.map((step) => ({ title: fill(step.title), text: fill(step.text) }));
}

function fieldOf(lead: ScriptSubject, field: string): string {
  if (field === 'name') return lead.name ?? '';
  if (field === 'region') return lead.region ?? '';
  const key = field.startsWith('attribute.') ? field.slice('attribute.'.length) : field;
  if (!Object.hasOwn(lead.attributes, key)) return '';
  const value = lead.attributes[key];
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? String(value) : '';
}
