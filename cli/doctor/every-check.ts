/** The checks, in the order in which they are made and told. */
import type { Check } from './check.ts';
import { ANSWER } from './checks/answer.ts';
import { BROWSERS } from './checks/browsers.ts';
import { CALLERS } from './checks/callers.ts';
import { CLIENTS } from './checks/clients.ts';
import { ERRORS } from './checks/errors.ts';
import { HEALTH } from './checks/health.ts';
import { KEYS } from './checks/keys.ts';
import { REACH } from './checks/reach.ts';
import { RIGHTS } from './checks/rights.ts';
import { TIMES } from './checks/times.ts';

export const EVERY_CHECK: readonly Check[] = [
  ...REACH,
  ...ANSWER,
  ...CLIENTS,
  ...RIGHTS,
  ...TIMES,
  ...CALLERS,
  ...ERRORS,
  ...BROWSERS,
  ...HEALTH,
  // The last: it looks at what the others were answered.
  ...KEYS,
];
