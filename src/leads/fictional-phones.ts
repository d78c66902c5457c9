import { Problem } from '../common/problem.js';

/** A range of numbers that its regulator keeps for fiction: nobody has them, nobody will. */
interface FictionalRange {
  country: string;
  /** E.164 without the last digits. */
  prefix: string;
  /** How many digits follow. */
  digits: number;
}

/**
 * France, Arcep decision 2018-0881 (numbering plan, numbers for audiovisual works). Its sixth range, 06 39 98, is left out:
 * libphonenumber holds none of its 10,000 numbers for valid, so that a file with them could not be imported again.
 */
const FRANCE = ['+3319900', '+3326191', '+3335301', '+3346571', '+3353649'];

/**
 * United Kingdom, Ofcom's numbers for drama, geographic areas. Leicester (0115 496 0), the "no area" 01632 960 and the
 * mobile 07700 900 are left out as libphonenumber does not hold them for valid; toll-free and premium ones are none to call.
 */
const UNITED_KINGDOM = [
  '+441134960',
  '+441144960',
  '+441164960',
  '+441174960',
  '+441184960',
  '+441214960',
  '+441314960',
  '+441414960',
  '+441514960',
  '+441614960',
  '+442079460',
  '+441914980',
  '+442896496',
  '+442920180',
];

const BLOCKS: readonly (readonly FictionalRange[])[] = [
  FRANCE.map((prefix) => ({ country: 'FR', prefix, digits: 4 })),
  UNITED_KINGDOM.map((prefix) => ({ country: 'GB', prefix, digits: 3 })),
];

const sizeOf = (block: readonly FictionalRange[]) => block.reduce((sum, range) => sum + 10 ** range.digits, 0);

/** How many people can be given a number of their own. */
export const FICTIONAL_PHONES = BLOCKS.reduce((sum, block) => sum + sizeOf(block), 0);

/**
 * The `index`-th (from 0) fictional number under `seed`, in E.164: another for each index, the same for the same two.
 * French ones first, British ones when those are used up. Throws fictional_phones_exhausted (409) beyond the last.
 */
export function fictionalPhone(index: number, seed: string): { e164: string; country: string } {
  let place = index;
  for (const block of BLOCKS) {
    const size = sizeOf(block);
    if (place < size) return numberAt(block, shuffledPlace(place, size, seed));
    place -= size;
  }
  throw new Problem(
    'fictional_phones_exhausted',
    409,
    `Only ${FICTIONAL_PHONES} numbers are reserved for fiction, and all of them are used.`,
    { fix: 'Generate phones for smaller files, or bring phones of your own.' },
  );
}

function numberAt(block: readonly FictionalRange[], place: number): { e164: string; country: string } {
  let left = place;
  for (const range of block) {
    const size = 10 ** range.digits;
    if (left < size) return { e164: range.prefix + String(left).padStart(range.digits, '0'), country: range.country };
    left -= size;
  }
  throw new RangeError(`There is no place ${place} in the block`);
}

/** A permutation of 0 … size - 1 by an affine map: its multiplier shares no factor with the size. */
function shuffledPlace(place: number, size: number, seed: string): number {
  const { factor, shift } = mapOf(size, seed);
  return (place * factor + shift) % size;
}

const maps = new Map<string, { factor: number; shift: number }>();

function mapOf(size: number, seed: string): { factor: number; shift: number } {
  const key = `${size}:${seed}`;
  let map = maps.get(key);
  if (!map) {
    const random = hash(key);
    let factor = Math.floor(size * 0.382) + (random % Math.floor(size / 4));
    while (greatestCommonDivisor(factor, size) !== 1) factor++;
    map = { factor, shift: hash(`${key}/shift`) % size };
    maps.set(key, map);
  }
  return map;
}

function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b);
}

/** FNV-1a, 32 bits: spreads seeds that differ little. */
function hash(text: string): number {
  let value = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) value = Math.imul(value ^ text.charCodeAt(i), 0x01000193) >>> 0;
  return value;
}
