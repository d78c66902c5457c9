/**
 * A lead base as marketing has it: 12 columns, phones written in many ways, some of them wrong, some people twice, some
 * values in quotes. The same seed gives the same file. Numbers are of a real plan, as the import has to judge them; nobody
 * calls them.
 */
import { createWriteStream } from 'node:fs';
import { once } from 'node:events';

const FIRST = ['Ivan', 'Maria', 'Алексей', 'Ольга', 'Nguyễn', 'Trần', 'John', 'Élodie', 'Дмитрий', 'Anna'];
const LAST = ['Petrov', 'Иванова', 'Смирнов', 'Văn An', 'Thị Lan', 'Smith', 'Dupont', 'Кузнецова', 'García', 'Orlov'];
const CITIES = ['Moscow', 'Novosibirsk', 'Казань', 'Samara', 'Екатеринбург', 'Omsk', 'Perm', 'Уфа'];
const REGIONS = [
  'Moscow',
  'Novosibirsk',
  'Татарстан',
  'Samara',
  'Свердловская область',
  'Omsk',
  'Пермский край',
  'Башкортостан',
];
const TARIFFS = ['Home 100', 'Home 300', 'Family', 'Старт', 'Business'];
const WRONG = ['12345', '', '+7 916 12', '000000000000', 'no phone', '7.91E+10', '+999123456789'];

export const COLUMNS = [
  'customer id', 'first name', 'last name', 'phone', 'email', 'region', 'city', 'address', 'tariff', 'contract', 'balance', 'comment',
]; // prettier-ignore

/** @param {number} seed a whole number; returns numbers from 0 up to `below` */
export function random(seed) {
  let state = seed >>> 0;
  return (below) => {
    // Mulberry32.
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

/** The national number of the i-th person: mobile numbers of the plan that are all valid. */
export function numberOf(index) {
  return `916${String((index * 7_919) % 10_000_000).padStart(7, '0')}`;
}

function written(national, style) {
  const [a, b, c, d] = [national.slice(0, 3), national.slice(3, 6), national.slice(6, 8), national.slice(8)];
  switch (style) {
    case 0:
      return `+7${national}`;
    case 1:
      return `8 (${a}) ${b}-${c}-${d}`;
    case 2:
      return `8${national}`;
    case 3:
      return `+7 ${a} ${b} ${c} ${d}`;
    case 4:
      return `7${national}`;
    default:
      return `${a}-${b}-${c}-${d}`;
  }
}

/** Write `rows` data rows: 4 % invalid, 6 % whose number came before, 5 % with values in quotes. */
export async function writeMessyBase(path, rows, seed = 1) {
  const pick = random(seed);
  const out = createWriteStream(path, { highWaterMark: 1 << 20 });
  let people = 0;
  let block = `${COLUMNS.join(',')}\n`;
  for (let row = 1; row <= rows; row++) {
    const fate = pick(100);
    let phone;
    if (fate < 4) phone = WRONG[pick(WRONG.length)];
    else if (fate < 10 && people > 0) phone = written(numberOf(pick(people)), pick(6));
    else phone = written(numberOf(people++), pick(6));
    const place = pick(CITIES.length);
    const quoted = pick(20) === 0;
    const address = `Lenina ${pick(300)}${quoted ? `, "corner" ${pick(90)}` : ` - ${pick(90)}`}`;
    block += [
      `C${row}`,
      FIRST[pick(FIRST.length)],
      LAST[pick(LAST.length)],
      phone,
      `user${row}@example.com`,
      REGIONS[place],
      CITIES[place],
      quoted ? `"${address.replaceAll('"', '""')}"` : address,
      TARIFFS[pick(TARIFFS.length)],
      `K-${pick(1_000_000)}`,
      `${pick(10_000)}.${10 + pick(90)}`,
      pick(3) === 0 ? 'called in spring - asked for a better price' : '',
    ].join(',');
    block += '\n';
    if (block.length > 1 << 20) {
      if (!out.write(block)) await once(out, 'drain');
      block = '';
    }
  }
  out.end(block);
  await once(out, 'finish');
}

/** Numbers not to be called: every 50th of the base's people, and many of others. */
export async function writeDoNotCall(path, people, others) {
  const out = createWriteStream(path, { highWaterMark: 1 << 20 });
  out.write('phone\n');
  let block = '';
  for (let i = 0; i < people; i += 50) block += `+7${numberOf(i)}\n`;
  for (let i = 0; i < others; i++) {
    block += `+7${925_000_0000 + i}\n`;
    if (block.length > 1 << 20) {
      if (!out.write(block)) await once(out, 'drain');
      block = '';
    }
  }
  out.end(block);
  await once(out, 'finish');
}
