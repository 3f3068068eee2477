/** `doctor`: a deployed endpoint, looked at as its clients meet it. */
import { CannotRun, defineCommand, type ExitCode, type Terminal } from './command.ts';
import { describeDiagnosis, fixOf } from './doctor/describe-diagnosis.ts';
import { type Diagnosis, diagnose } from './doctor/diagnose.ts';
import { EVERY_CHECK } from './doctor/every-check.ts';
import { MAX_REQUESTS } from './doctor/visit.ts';
import { type DoctorValues, readTarget } from './doctor-arguments.ts';
import { readEnvironment } from './read-environment.ts';

const WHO = 'Who asks (nothing: a caller who has not signed in):';
const WHAT = 'What is looked at:';
/** Without these little is known of an endpoint, however many others pass. */
const NEEDED: ReadonlySet<string> = new Set(['reachable', 'credential']);

export const doctor = defineCommand({
  about: [
    'Looks at a deployed endpoint as its clients meet it: what each SDK makes of its answers, what a browser lets a page see, who gets what, clocks, caches, limits. Says of everything that is not well who breaks, and what to do.',
    `Makes ${MAX_REQUESTS} requests at most, one at a time, and changes nothing. Start with the address alone; then with a credential and --origin.`,
  ].join('\n\n'),
  operands: [{ name: 'URL', about: 'the endpoint, https://app.example/api/ably-auth' }],
  options: {
    'bearer-env': {
      value: 'NAME',
      about: 'the variable that holds what comes after "Authorization: Bearer"',
      group: WHO,
    },
    'bearer-stdin': { about: 'the same from standard input', group: WHO },
    'header-env': {
      value: 'HEADER=NAME',
      about: 'another header, and the variable that holds its value: Cookie=MY_COOKIE; may be repeated',
      repeats: true,
      group: WHO,
    },
    'operator-env': {
      value: 'NAME',
      about: 'the variable that holds ABLY_AUTH_OPERATOR_SECRET, for the check health',
      group: WHO,
    },
    env: { value: 'FILE', about: 'where these variables are, over those of this shell', group: WHO },
    origin: { value: 'ORIGIN', about: 'a page that may call, https://app.example', group: WHAT },
    'foreign-origin': { value: 'ORIGIN', about: 'one that may not (default: one that is made up)', group: WHAT },
    'client-id': {
      value: 'ID',
      about: 'a clientId that is not the caller’s (default: one that is made up)',
      group: WHAT,
    },
    anonymous: {
      value: 'WHAT',
      choices: ['allowed', 'refused'],
      about: 'whether a caller who has not signed in should get something',
      group: WHAT,
    },
    only: { value: 'CHECK', about: 'this check alone; may be repeated', repeats: true, group: WHAT },
    skip: { value: 'CHECK', about: 'all but this one; may be repeated', repeats: true, group: WHAT },
    timeout: { value: 'SECONDS', about: 'how long an answer is waited for (default: 15)' },
    strict: { about: 'warnings count as failures' },
    json: { about: 'one object {url, requests, checks: [{id, verdict, seen, should, why, source, fix}]}' },
  },
  more: [
    `Checks: ${EVERY_CHECK.map(({ id }) => id).join(', ')}. node_modules/ably-auth-functions/docs/doctor.md says of each what it is.`,
    'No credential is an argument, is shown, or goes over plain HTTP to another machine. An authority of your own: NODE_EXTRA_CA_CERTS.',
    'Exit code: 0; 1 when a check fails; 2 when it was not asked as it should be, or reachable or credential could not be checked: --skip credential when you have none to give.',
  ].join('\n'),
  async run({ values, operands }, terminal): Promise<ExitCode> {
    const { json, strict, only, skip } = values;
    for (const id of [...(only ?? []), ...(skip ?? [])]) {
      if (!EVERY_CHECK.some((check) => check.id === id)) throw new CannotRun('There is no such check.');
    }
    const env = await readEnvironment(values.env, terminal);
    const target = await readTarget(operands[0], values as DoctorValues, env, terminal);
    const diagnosis = await diagnose(target, {
      ...(only && { only }),
      ...(skip && { skip }),
      onCheck: ({ id }, index, count) => terminal.progress(`${index + 1}/${count} ${id}`),
      onWait: (seconds) => terminal.progress(`waiting for ${seconds} s, as the endpoint asks`),
    });
    terminal.progress(undefined);
    printDiagnosis(target.url, diagnosis, json === true, terminal);
    const heavy = diagnosis.results.some(({ verdict }) => verdict === 'fails' || (strict && verdict === 'warns'));
    if (heavy) return 1;
    const open = diagnosis.results.find(({ check, verdict }) => NEEDED.has(check.id) && verdict === 'not checked');
    if (!open) return 0;
    terminal.note(`${open.check.id} was not checked: what clients get is not known. Exit code 2.`);
    return 2;
  },
});

function printDiagnosis(url: URL, diagnosis: Diagnosis, asJson: boolean, terminal: Terminal): void {
  if (!asJson) {
    terminal.print(describeDiagnosis(url, diagnosis, terminal));
    return;
  }
  const checks = diagnosis.results.map((result) => {
    const { id, title, why, source } = result.check;
    return { id, verdict: result.verdict, seen: result.seen, should: title, why, source, fix: fixOf(result) };
  });
  terminal.print(
    JSON.stringify({ url: `${url.origin}${url.pathname}`, requests: diagnosis.requests, checks }, undefined, 2),
  );
}
