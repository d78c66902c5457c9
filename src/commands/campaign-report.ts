import type { Report } from '../reports/report.js';

import type { LedgerChecks, ShiftPlan, ShiftResult } from '../simulation/shift.service.js';
import { describeOperatorWorld } from '../operators/simulated-operator.js';
import { DEFAULT_WORLD, describeWorld } from '../telephony/simulator/world.js';

/** The report of a simulated shift, for people. */
export function printReport(shift: {
  plan: ShiftPlan;
  result: ShiftResult;
  report: Report;
  tookSeconds: number;
}): void {
  const { plan, result, report, tookSeconds } = shift;
  const { account, checks } = result;
  const out: string[] = [''];
  const section = (title: string) => out.push('', title, '─'.repeat(title.length));
  const row = (name: string, value: string, remark = '') =>
    out.push(`  ${name.padEnd(40)} ${value.padStart(10)}  ${remark}`.trimEnd());

  out.push(
    `${plan.fileName}: ${plan.operators} operators, ${plan.shiftMs / 3_600_000} h, ${plan.mode}, seed ${plan.seed}`,
  );
  section('Import');
  row('rows', whole(account.rows));
  row('imported', whole(account.imported));
  if (account.duplicate > 0) row('duplicate', whole(account.duplicate));
  if (account.suppressed > 0) row('suppressed', whole(account.suppressed));
  row('rejected', whole(account.rejected));
  for (const { code, count } of account.rejectsByCode) row(`  ${code}`, whole(count));
  if (account.options.generate !== null)
    out.push('  The file has no phones. They were made up, from ranges that are reserved for fiction.');

  section('Calls');
  row('dials', whole(report.dials));
  row('contacts', whole(report.contacts), 'answered by a person');
  row('contact rate', rate(report.contactRate), 'contacts / dials');
  row('right-party rate', rate(report.rightPartyRate), 'right party reached / contacts');
  row('abandonment', rate(report.abandonmentRate), `${report.abandoned} abandoned / answered by a person`);
  row(
    'talk per operator hour',
    report.talkMinutesPerOperatorHour === null ? '–' : `${report.talkMinutesPerOperatorHour.toFixed(1)} min`,
  );
  row('occupancy', rate(report.occupancyRate), '(talk + wrap-up) / signed in, breaks excluded');
  row(
    'handling time',
    report.ahtSeconds === null ? '–' : `${report.ahtSeconds.toFixed(0)} s`,
    'talk + wrap-up, per handled call',
  );

  section('System results');
  for (const { result: name, count } of report.results) row(name, whole(count), share(count, report.dials));
  section('Outcomes');
  // What the machine put down by itself stands under the system results.
  for (const { code, category, count } of report.outcomes)
    if (category !== 'automatic') row(code, whole(count), share(count, report.contacts));
  section('Refusal reasons');
  const refusals = report.refusalReasons.reduce((sum, reason) => sum + reason.count, 0);
  for (const { code, count } of report.refusalReasons) row(code, whole(count), share(count, refusals));

  section('Callbacks');
  row('promised', whole(report.callbacks.promised));
  row('kept', whole(report.callbacks.kept), `${report.callbacks.keptOnTime} on time`);
  row('missed', whole(report.callbacks.missed));
  row('still to come', whole(report.callbacks.open));

  section('Conversion');
  const successes = report.outcomes
    .filter((outcome) => outcome.category === 'success')
    .reduce((sum, o) => sum + o.count, 0);
  row('successes', whole(successes));
  row('conversion', rate(report.conversionRate), 'successes / contacts');
  row('per lead attempted', rate(report.successesPerLeadAttempted), 'successes / leads attempted');

  section('Left on the list');
  row('total', whole(report.list.total), 'completed + available');
  row('completed', whole(report.list.completed));
  for (const { code, count } of report.list.byCompletedCode) row(`  ${code}`, whole(count));
  row('available', whole(report.list.available));
  row('  not yet dialled', whole(report.list.notYetDialled));
  row('  to be redialled', whole(report.list.toBeRedialled));
  row('penetration', rate(report.penetrationRate), 'leads attempted / leads loaded');

  section('Checks');
  for (const [name, count] of Object.entries(checks))
    row(words(name), whole(count).padStart(2), count === 0 ? 'ok' : 'VIOLATED');

  section('Simulated, and after what');
  for (const { parameter, value, origin, note } of [
    ...describeWorld({ ...DEFAULT_WORLD, answerRate: plan.answerRate }),
    ...describeOperatorWorld(),
  ])
    out.push(`  ${words(parameter).padEnd(28)} ${origin.padEnd(8)} ${value}${note ? `; ${note}` : ''}`);
  out.push('', `${whole(report.dials)} dials in ${tookSeconds.toFixed(1)} s of real time.`, '');
  console.log(out.join('\n'));
}

/** Do all laws hold? */
export function isClean(checks: LedgerChecks): boolean {
  return Object.values(checks).every((count) => count === 0);
}

function whole(count: number): string {
  return count.toLocaleString('en');
}

function rate(value: number | null): string {
  return value === null ? '–' : `${(100 * value).toFixed(1)} %`;
}

function share(part: number, all: number): string {
  return all === 0 ? '' : rate(part / all);
}

function words(name: string): string {
  return name.replace(/([A-Z])/g, (letter) => ` ${letter.toLowerCase()}`);
}
