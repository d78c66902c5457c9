import { createHash, randomBytes } from 'node:crypto';

/** Chance, handed in: a stream of numbers, and streams derived from it by name. */
export interface Random {
  /** Uniform in [0, 1). */
  next(): number;
  /** An independent stream that depends only on this stream's seed and `label`, not on how much was drawn. */
  fork(label: string): Random;
}

/** Injection token for the one source of chance of a process. */
export const RANDOM = Symbol('Random');

/** sfc32 (Chris Doty-Humphrey's Small Fast Counting generator, public domain), seeded by a hash of the seed's text. */
export class SeededRandom implements Random {
  private a: number;
  private b: number;
  private c: number;
  private counter = 1;

  constructor(private readonly seed: string) {
    const digest = createHash('sha256').update(seed).digest();
    this.a = digest.readInt32LE(0);
    this.b = digest.readInt32LE(4);
    this.c = digest.readInt32LE(8);
    for (let i = 0; i < 12; i++) this.next();
  }

  next(): number {
    const t = (((this.a + this.b) | 0) + this.counter) | 0;
    this.counter = (this.counter + 1) | 0;
    this.a = this.b ^ (this.b >>> 9);
    this.b = (this.c + (this.c << 3)) | 0;
    this.c = (((this.c << 21) | (this.c >>> 11)) + t) | 0;
    return (t >>> 0) / 4_294_967_296;
  }

  fork(label: string): Random {
    return new SeededRandom(`${this.seed}/${label}`);
  }
}

/** A source with a seed nobody knows, for the server. */
export function unpredictableRandom(): Random {
  return new SeededRandom(randomBytes(16).toString('hex'));
}

/** Standard normal by Box and Muller. */
export function normal(random: Random): number {
  const u = 1 - random.next();
  return Math.sqrt(-2 * Math.log(u)) * Math.cos(2 * Math.PI * random.next());
}

/** Lognormal with parameters of the underlying normal. */
export function lognormal(random: Random, mu: number, sigma: number): number {
  return Math.exp(mu + sigma * normal(random));
}

/** One of the keys of `weights`, with a probability in proportion to its weight. Weights are 0 or more, not all 0. */
export function pickWeighted<K extends string>(random: Random, weights: Readonly<Record<K, number>>): K {
  const entries = Object.entries(weights) as [K, number][];
  let left = random.next() * entries.reduce((sum, [, weight]) => sum + weight, 0);
  for (const [key, weight] of entries) {
    left -= weight;
    if (left < 0) return key;
  }
  return entries[entries.length - 1]![0];
}
