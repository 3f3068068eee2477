/** `rotate`: the next key into a platform's settings, and, once it is deployed, the end of the rotation. */
import { RotationError } from '../core/rotation/ports.ts';
import { beginRotation, finishRotation, nextKeyName } from '../core/rotation/rotate-settings.ts';
import { CannotRun, defineCommand, type ExitCode } from './command.ts';
import { deployedKeyName } from './deployed-key.ts';
import { COMMANDS } from './platform-settings.ts';
import { ROTATION_OPTIONS, readRotation, splitKeyName } from './rotation-arguments.ts';

export const rotate = defineCommand({
  about: [
    'Makes another API key like the one that serves, has Ably accept what it signs, and writes it into the project’s settings through the platform’s own command: ABLY_API_KEY, and the old one into ABLY_API_KEY_PREVIOUS. Then deploy, and call it again: when the endpoint signs with the new key, the rotation is finished, and it says from when the old one can be retired.',
    'It may be called again at any time, wherever it was cut off. Run it in the folder that is linked to the project.',
  ].join('\n\n'),
  options: {
    ...ROTATION_OPTIONS,
    key: { value: 'appId.keyId', about: 'the key that serves now; needed the first time only' },
    url: {
      value: 'URL',
      about: 'the endpoint, https://app.example/api/ably-auth: asked as a visitor which key it signs with',
    },
    deployed: { about: 'says that the new key is deployed, where visitors get nothing' },
    now: { about: 'also while the key before may still be in use: for the day when a key leaks' },
  },
  more: [
    'Needs ABLY_CONTROL_TOKEN: an access token of Ably’s Control API with read:key and write:key of the app.',
    'Exit code: 0, also when a deployment is awaited; 1 when it was refused or somebody did not answer; 2 when it was not tried.',
  ].join('\n'),
  async run({ values }, terminal): Promise<ExitCode> {
    if (values.url !== undefined && !URL.canParse(values.url)) throw new CannotRun('--url is no URL.');
    const { platform, parts } = await readRotation(values, values.key, terminal);
    terminal.progress('asking Ably, which may take half a minute …');
    try {
      const waiting = await nextKeyName(parts);
      if (
        waiting !== undefined &&
        (values.deployed || (values.url && (await deployedKeyName(values.url)) === waiting))
      ) {
        const retireAfterMs = await finishRotation(parts);
        const when = retireAfterMs === undefined ? 'it is dated' : new Date(retireAfterMs).toISOString();
        terminal.print(`${waiting} serves. The key before it may be in use until ${when}; then run retire.`);
        return 0;
      }
      const servingId = values.key === undefined ? undefined : splitKeyName(values.key).keyId;
      const { serving, next } = await beginRotation(parts, { servingId, evenIfEarly: values.now === true });
      terminal.print(
        [
          `${next} is made, and Ably accepts it. ABLY_API_KEY has it, ABLY_API_KEY_PREVIOUS has ${serving}.`,
          `Now deploy (${COMMANDS[platform].redeploy}), and call this again with --url or --deployed.`,
        ].join('\n'),
      );
      return 0;
    } catch (error) {
      if (!(error instanceof RotationError)) throw error;
      terminal.note(`${error.problem}: ${error.message}`);
      return 1;
    }
  },
});
