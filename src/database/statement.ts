/**
 * One SQL statement with a name of its own. The name is that of the prepared statement: each connection parses and plans
 * it once, which for a claim or a gate read costs more than running it.
 */
export interface Statement {
  readonly name: string;
  readonly text: string;
}

/** `name` is `module.what`, unique in the project and at most 63 characters long (Postgres cuts longer ones). */
export function statement(name: string, text: string): Statement {
  if (name.length > 63) throw new Error(`The statement name ${name} is longer than 63 characters`);
  return { name, text };
}
