/** `retire`: revokes keys that are out of service for long enough, or one that leaked at once. */
import { RotationError } from '../core/rotation/ports.ts';
import { whoIsDisconnected } from '../core/rotation/replace-leaked.ts';
import { retireSettings } from '../core/rotation/rotate-settings.ts';
import { defineCommand, type ExitCode } from './command.ts';
import { ROTATION_OPTIONS, readRotation } from './rotation-arguments.ts';

export const retire = defineCommand({
  about:
    'Revokes the keys of earlier rotations of this project of which nothing can be in use any more, and says of the others until when they may be. Revoking is for good, and ends every connection and token of a key.',
  options: {
    ...ROTATION_OPTIONS,
    now: {
      value: 'appId.keyId',
      about: 'revokes this one without waiting, and says who is disconnected; refused while it serves',
    },
  },
  more: [
    'Needs ABLY_CONTROL_TOKEN.',
    'Exit code: 0; 1 when it was refused or somebody did not answer; 2 when it was not tried.',
  ].join('\n'),
  async run({ values }, terminal): Promise<ExitCode> {
    const { parts } = await readRotation(values, values.now, terminal);
    terminal.progress('asking Ably …');
    try {
      const retired = await retireSettings(parts, values.now);
      if (retired.length === 0) terminal.print('There is nothing to retire.');
      for (const { keyName, did, retireAfterMs } of retired) {
        const until =
          retireAfterMs === undefined || did === 'revoked' ? '' : ` until ${new Date(retireAfterMs).toISOString()}`;
        terminal.print(`${keyName}: ${did}${until}`);
      }
      if (values.now !== undefined) terminal.print(whoIsDisconnected(values.now).join('\n'));
      return 0;
    } catch (error) {
      if (!(error instanceof RotationError)) throw error;
      terminal.note(`${error.problem}: ${error.message}`);
      return 1;
    }
  },
});
