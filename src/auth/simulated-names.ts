const GIVEN = [
  'Anna',
  'Pavel',
  'Linh',
  'Maria',
  'Timur',
  'Ngoc',
  'Elena',
  'Marcus',
  'Olga',
  'Duc',
  'Sofia',
  'Ivan',
  'Mai',
  'Helen',
  'Artem',
  'Thao',
  'Nina',
  'Victor',
  'Irina',
  'Quang',
];
const FAMILY = [
  'Orlova',
  'Petrov',
  'Nguyen',
  'Silva',
  'Akhmetov',
  'Tran',
  'Sokolova',
  'Weber',
  'Morozova',
  'Pham',
  'Rossi',
  'Volkov',
  'Hoang',
  'Clarke',
  'Lebedev',
  'Vu',
  'Kovac',
  'Moreau',
  'Zaitseva',
  'Dang',
];

/** Login and name of the `number`-th simulated operator (from 1). Names differ for the first four hundred. */
export function simulatedOperator(number: number): { login: string; name: string } {
  const index = number - 1;
  const given = GIVEN[index % GIVEN.length]!;
  // Each round through the given names shifts the family names by one.
  const family = FAMILY[(index + Math.floor(index / GIVEN.length)) % FAMILY.length]!;
  return { login: `sim-${String(number).padStart(2, '0')}`, name: `${given} ${family}` };
}
