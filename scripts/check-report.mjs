/** `node scripts/check-report.mjs FILE`: does the report of a campaign run hold a campaign, and do its numbers agree? */
import { readFileSync } from 'node:fs';

import { fail, say } from './prepare.mjs';

const file = JSON.parse(readFileSync(process.argv[2], 'utf8'));
const report = file.report ?? file;
const faults = [];
const check = (what, holds) => holds || faults.push(what);

check('nothing was dialled', report.dials > 0);
check('nobody was reached', report.contacts > 0);
check('more contacts than connections', report.contacts <= report.connections);
check('more connections than dials', report.connections <= report.dials);
const outcomes = (report.outcomes ?? []).reduce((sum, { count }) => sum + count, 0);
check(`${report.bridged} calls were bridged and ${outcomes} got an outcome`, report.bridged === outcomes);
const refusals = (report.outcomes ?? []).find(({ code }) => code === 'refusal')?.count ?? 0;
const reasons = (report.refusalReasons ?? []).reduce((sum, { count }) => sum + count, 0);
check(`${refusals} refusals, ${reasons} reasons`, refusals === reasons);
if (faults.length > 0) fail(`The report of the campaign does not hold:\n  ${faults.join('\n  ')}`);
say(`The report holds: ${report.dials} dials, ${report.contacts} contacts.`);
