/** What `rotate` and `retire` have in common: which app, which project, and how Ably is reached. */
import { createAblyApi } from '../adapters/ably/ably-api.ts';
import { createControlApi } from '../adapters/ably/control-api.ts';
import { createKeyProbe } from '../adapters/ably/probe-key.ts';
import { ownerTag } from '../core/rotation/key-label.ts';
import type { SettingsRotation } from '../core/rotation/rotate-settings.ts';
import { CannotRun, type Options, type Terminal, type Values } from './command.ts';
import { createPlatformSettings, linkedProject, PLATFORMS, type Platform } from './platform-settings.ts';

export const ROTATION_OPTIONS = {
  platform: {
    value: 'PLATFORM',
    choices: PLATFORMS,
    about: 'where the settings are; on AWS, Secrets Manager calls a function',
  },
  app: { value: 'APP', about: 'the app; with a key that is named, not needed' },
} as const satisfies Options;

export type RotationValues = Values<typeof ROTATION_OPTIONS>;

const KEY_NAME = /^([\w-]+)\.([\w-]+)$/;

export interface RotationSetup {
  readonly platform: Platform;
  readonly parts: SettingsRotation;
}

/** @throws CannotRun */
export async function readRotation(
  values: RotationValues,
  key: string | undefined,
  terminal: Terminal,
): Promise<RotationSetup> {
  const platform = PLATFORMS.find((name) => name === values.platform);
  if (!platform)
    throw new CannotRun(`--platform is one of ${PLATFORMS.join(', ')}. On AWS, Secrets Manager calls a function.`);
  const appId = key === undefined ? values.app : splitKeyName(key).appId;
  if (appId === undefined || !/^[\w-]+$/.test(appId))
    throw new CannotRun('Name the app, --app appId, or a key, --key appId.keyId.');
  const { env } = terminal;
  const accessToken = env.ABLY_CONTROL_TOKEN;
  if (!accessToken)
    throw new CannotRun('ABLY_CONTROL_TOKEN is not set: an access token with read:key and write:key of the app.');
  const control = createControlApi({
    accessToken: () => accessToken,
    ...(env.ABLY_CONTROL_URL && { url: env.ABLY_CONTROL_URL }),
  });
  const owner = ownerTag(await linkedProject(platform, terminal));
  const settings = createPlatformSettings(platform, terminal);
  const probe = createKeyProbe({ ably: createAblyApi(env) });
  return { platform, parts: { control, settings, probe, appId, owner, nowMs: Date.now } };
}

/** Its name only: whoever puts a whole key on a command line has shown it, and is told without it being repeated. */
export function splitKeyName(key: string): { readonly appId: string; readonly keyId: string } {
  const [, appId = '', keyId = ''] = KEY_NAME.exec(key) ?? [];
  if (appId === '') throw new CannotRun('A key is named without its secret: appId.keyId.');
  return { appId, keyId };
}
