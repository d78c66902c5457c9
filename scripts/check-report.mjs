/** `node scripts/check-report.mjs FILE`: does the report of a campaign run hold a campaign, and do its numbers agree? */
import { readFileSync } from 'node:fs';

import { fail, say } from './prepare.mjs';

const { import: imported, report, checks } = JSON.parse(readFileSync(process.argv[2], 'utf8'));
const faults = [];
const check = (what, holds) => holds || faults.push(what);
const sum = (counts) => counts.reduce((total, { count }) => total + count, 0);

const { rows, updated, duplicate, suppressed, rejected } = imported;
const accounted = imported.imported + updated + duplicate + suppressed + rejected;
check(`${rows} rows, of which ${accounted} are accounted for`, rows > 0 && rows === accounted);
check('the command names no checks', Object.keys(checks).length > 0);
for (const [name, count] of Object.entries(checks)) check(`${name}: ${count}`, count === 0);
check('nothing was dialled', report.dials > 0);
check('nobody was reached', report.contacts > 0);
check('more contacts than connections', report.contacts <= report.connections);
check('more connections than dials', report.connections <= report.dials);
// A machine that answers gets its outcome without an operator.
const byOperators = sum(report.outcomes.filter(({ category }) => category !== 'automatic'));
check(`${report.bridged} calls reached an operator, ${byOperators} got an outcome`, report.bridged === byOperators);
const refusals = sum(report.outcomes.filter(({ code }) => code === 'refusal'));
const reasons = sum(report.refusalReasons);
check(`${refusals} refusals, ${reasons} reasons`, refusals === reasons);
if (faults.length > 0) fail(`The report of the campaign does not hold:\n  ${faults.join('\n  ')}`);
say(`The report holds: ${report.dials} dials, ${report.contacts} contacts.`);
