/** Which commands there are. Each is loaded when it is asked for. */
import type { Command } from './command.ts';

export interface Listed {
  /** For the list of commands: a phrase that starts small and ends without a full stop. */
  readonly summary: string;
  /** The heading that the list puts it under. */
  readonly group: string;
  readonly load: () => Promise<Command>;
}

const STARTING = 'Starting:';
const POLICY = 'Who may do what:';
const OPERATING = 'Operating it:';

export const COMMANDS: Readonly<Record<string, Listed>> = {
  init: {
    summary: 'the files with which a project has the endpoint',
    group: STARTING,
    load: async () => (await import('./init.ts')).init,
  },
  dev: {
    summary: 'the endpoint of this project on this machine, with a local Ably where there is no key',
    group: STARTING,
    load: async () => (await import('./dev.ts')).dev,
  },
  lint: {
    summary: 'what is wrong with a policy, or allowed and hardly meant',
    group: POLICY,
    load: async () => (await import('./lint.ts')).lint,
  },
  explain: {
    summary: 'what a caller gets, and why',
    group: POLICY,
    load: async () => (await import('./explain.ts')).explain,
  },
  token: {
    summary: 'a credential for somebody, as the endpoint would issue it',
    group: POLICY,
    load: async () => (await import('./token.ts')).token,
  },
  inspect: {
    summary: 'what a credential is worth: decoded, checked, explained',
    group: POLICY,
    load: async () => (await import('./inspect.ts')).inspect,
  },
  rights: {
    summary: 'what the API key must be able to do for a policy, and no more',
    group: POLICY,
    load: async () => (await import('./rights.ts')).rights,
  },
  doctor: {
    summary: 'what is wrong with a deployed endpoint, as its clients meet it',
    group: OPERATING,
    load: async () => (await import('./doctor.ts')).doctor,
  },
  revoke: {
    summary: 'cuts somebody off: revokes their tokens, bans them, signs them out',
    group: OPERATING,
    load: async () => (await import('./revoke.ts')).revoke,
  },
  rotate: {
    summary: 'another API key into the settings of Vercel or Netlify',
    group: OPERATING,
    load: async () => (await import('./rotate.ts')).rotate,
  },
  retire: {
    summary: 'the end of keys that were rotated out',
    group: OPERATING,
    load: async () => (await import('./retire.ts')).retire,
  },
  completion: {
    summary: 'a script with which a shell completes all this',
    group: 'Beside:',
    load: async () => (await import('./completion.ts')).createCompletion(COMMANDS),
  },
};
