/** The endpoint that a tutorial leads to, an Express server with one route: what the doctor says of it, on docs/doctor.md too. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, it } from 'vitest';
import { describeDiagnosis } from '../../../cli/doctor/describe-diagnosis.ts';
import { type Diagnosis, diagnose } from '../../../cli/doctor/diagnose.ts';
import { ROOT } from '../../house/source-files.ts';
import { targetOf } from './endpoints.ts';

const SECRET = 'an obviously fake secret of a session';
let diagnosis: Diagnosis;

beforeAll(async () => {
  // It reads them when it is loaded.
  process.env.ABLY_API_KEY = 'appId1.keyId1:obviously-fake';
  process.env.ABLY_AUTH_SESSION_SECRET = SECRET;
  const { start } = await import('../../../dev/bench/tutorial/express-server.ts');
  const { writeSessionCookie } = await import('../../../dev/bench/tutorial/session.ts');
  const cookie = writeSessionCookie({ sub: 'bob', exp: Date.now() / 1000 + 36_000 }, SECRET);
  diagnosis = await diagnose(targetOf(`http://127.0.0.1:${await start()}/auth`, { credential: [['Cookie', cookie]] }));
});

function found(verdict: string): Readonly<Record<string, string>> {
  return Object.fromEntries(
    diagnosis.results.filter((result) => result.verdict === verdict).map(({ check, seen }) => [check.id, seen]),
  );
}

it('may be kept by caches, takes a forged cookie for a visitor, and lets no page of another origin in', () => {
  expect(found('fails')).toEqual({
    'not-cached': 'GET: no Cache-Control; PUT: no Cache-Control',
    'bad-credential': '200 for a credential that was changed on its way',
    preflight: expect.stringMatching(/no Access-Control-Allow-Origin; .*lacks authorization/),
    cors: expect.stringMatching(/^GET, 200: no Access-Control-Allow-Origin/),
  });
});

it('sends no ttl, knows GET alone, and says nothing of what it does not understand', () => {
  expect(Object.keys(found('warns'))).toEqual([
    'foreign-client-id',
    'ttl',
    'methods',
    'forms-agree',
    'duplicate-parameter',
    'error-shape',
    'foreign-origin',
  ]);
});

it('is read by every SDK', () => {
  expect(Object.keys(found('passes'))).toEqual(
    expect.arrayContaining(['ably-js', 'ably-java', 'ably-cocoa', 'ably-flutter', 'capability', 'clock']),
  );
});

it('is shown on the page as it is', () => {
  const page = readFileSync(join(ROOT, 'docs/doctor.md'), 'utf8');
  const shown = /```text\n([\s\S]*?)```/.exec(page)?.[1]?.split('\n') ?? [];
  const said = describeDiagnosis(new URL('http://127.0.0.1/auth'), diagnosis, { paint: (_, text) => text }).split('\n');
  expect(shown.length).toBeGreaterThan(20);
  expect(shown.filter((line) => line !== '…' && !said.includes(line))).toEqual([]);
});
