/** Which settings of another Ably-compatible service can be used. */
import { expect, it } from 'vitest';
import { ablySettingsProblems } from '../../core/ably-settings.ts';

it.each([
  {},
  { ABLY_ENDPOINT: '', ABLY_PORT: '', ABLY_TLS: '' },
  { ABLY_ENDPOINT: 'main.realtime.ably.net', ABLY_PORT: '443', ABLY_TLS: 'true' },
  { ABLY_ENDPOINT: 'nonprod:sandbox', ABLY_PORT: '1', ABLY_TLS: 'false' },
  // A name that Docker makes.
  { ABLY_ENDPOINT: 'ably_local', ABLY_PORT: '65535' },
])('%o can be used', (env) => {
  expect(ablySettingsProblems(env)).toEqual([]);
});

it.each([
  ['ABLY_ENDPOINT', 'https://main.realtime.ably.net'],
  ['ABLY_ENDPOINT', 'main.realtime.ably.net/'],
  ['ABLY_ENDPOINT', 'a b'],
  ['ABLY_PORT', '0'],
  ['ABLY_PORT', '65536'],
  ['ABLY_PORT', '8o8o'],
  ['ABLY_TLS', 'no'],
])('%s=%s cannot', (setting, value) => {
  expect(ablySettingsProblems({ [setting]: value }).map((problem) => problem.setting)).toEqual([setting]);
});
