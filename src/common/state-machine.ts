/** States and, for each, those that may follow it. A state with none is final. */
export type Transitions<S extends string> = Readonly<Record<S, readonly S[]>>;

export interface StateMachine<S extends string> {
  readonly states: readonly S[];
  /** May `to` follow `from` directly? */
  can(from: S, to: S): boolean;
  /** The states from which `to` may be entered: what an `update … where state = any($1)` guards with. */
  sourcesOf(to: S): S[];
  isFinal(state: S): boolean;
}

/** Build a machine from its table; a transition to a state that the table does not list is a programming error. */
export function stateMachine<S extends string>(name: string, table: Transitions<S>): StateMachine<S> {
  const states = Object.keys(table) as S[];
  for (const from of states)
    for (const to of table[from])
      if (!(to in table)) throw new Error(`${name}: ${from} leads to ${to}, which is no state of it`);
  return {
    states,
    can: (from, to) => table[from].includes(to),
    sourcesOf: (to) => states.filter((from) => table[from].includes(to)),
    isFinal: (state) => table[state].length === 0,
  };
}
