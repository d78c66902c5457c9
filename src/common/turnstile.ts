/** Lets so many through at once; the others wait in their order. */
export class Turnstile {
  private inside = 0;
  private readonly waiting: (() => void)[] = [];

  constructor(private readonly width: number) {}

  async pass<T>(work: () => Promise<T>): Promise<T> {
    if (this.inside >= this.width) await new Promise<void>((enter) => this.waiting.push(enter));
    else this.inside++;
    try {
      return await work();
    } finally {
      // The place goes to whoever is next, if anybody is.
      const next = this.waiting.shift();
      if (next) next();
      else this.inside--;
    }
  }
}
