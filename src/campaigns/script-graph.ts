import { END, type ScriptStep } from './script-content.js';

type Step = Pick<ScriptStep, 'id' | 'answers'>;

/**
 * Where a conversation can go: from the first step along the answers. A graph of at most a hundred steps, so that each
 * question is asked of it anew.
 */
export class ScriptGraph {
  private readonly steps: ReadonlyMap<string, Step>;
  private readonly first: string | undefined;

  constructor(steps: readonly Step[]) {
    this.steps = new Map(steps.map((step) => [step.id, step]));
    this.first = steps[0]?.id;
  }

  /** Does an answer lead anywhere? */
  leads(goto: string): boolean {
    return goto === END || this.steps.has(goto);
  }

  /** Ids of the steps that a conversation can come to. */
  reachable(): Set<string> {
    const seen = this.walk(this.first);
    seen.delete(END);
    return seen;
  }

  /**
   * Steps from which neither the end nor an open place (a step without answers, an answer to nowhere) can be reached:
   * whoever enters goes round for ever. One group of ids for each such loop.
   */
  loops(): string[][] {
    const open = (step: Step) => step.answers.length === 0 || step.answers.some(({ goto }) => !this.steps.has(goto));
    const out = new Set([...this.steps.values()].filter(open).map((step) => step.id));
    // Back along the answers: whoever leads to a way out has one too.
    for (let grown = true; grown;) {
      grown = false;
      for (const { id, answers } of this.steps.values())
        if (!out.has(id) && answers.some(({ goto }) => out.has(goto))) {
          out.add(id);
          grown = true;
        }
    }
    const loops: string[][] = [];
    const told = new Set<string>();
    for (const id of this.reachable()) {
      if (out.has(id) || told.has(id)) continue;
      const loop = [...this.walk(id)];
      for (const each of loop) told.add(each);
      loops.push(loop);
    }
    return loops;
  }

  /** The shortest way to a good end that leaves a step out; null where there is none: no such call goes without it. */
  wayAround(id: string): string[] | null {
    if (this.first === undefined || this.first === id) return null;
    const from = new Map<string, string | null>([[this.first, null]]);
    for (const at of from.keys()) {
      for (const { goto } of this.onward(at)) {
        if (goto === id || from.has(goto) || !this.leads(goto)) continue;
        from.set(goto, at);
        if (goto === END) return routeTo(END, from);
      }
    }
    return null;
  }

  /** Ids of the steps that every call with a good end passes. */
  unavoidable(): Set<string> {
    return new Set([...this.reachable()].filter((id) => this.wayAround(id) === null));
  }

  /** Answers that go on. A refusal that ends the call is no way around anything, unless there is no other end. */
  private onward(id: string): ScriptStep['answers'] {
    const answers = this.steps.get(id)?.answers ?? [];
    return this.hasGoodEnd() ? answers.filter((answer) => !(answer.refuses && answer.goto === END)) : answers;
  }

  private hasGoodEnd(): boolean {
    return [...this.reachable()].some((id) =>
      this.steps.get(id)!.answers.some((answer) => answer.goto === END && !answer.refuses),
    );
  }

  private walk(start: string | undefined): Set<string> {
    const seen = new Set(start === undefined ? [] : [start]);
    // A set goes on to what is added while it is walked.
    for (const id of seen)
      for (const { goto } of this.steps.get(id)?.answers ?? []) if (this.leads(goto)) seen.add(goto);
    return seen;
  }
}

function routeTo(end: string, from: ReadonlyMap<string, string | null>): string[] {
  const route: string[] = [];
  for (let at: string | null | undefined = end; at; at = from.get(at)) route.unshift(at);
  return route;
}
