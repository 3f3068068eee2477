/**
 * The rotation function: the secret that holds the key, and the one that holds the Control API's token, from its settings.
 * Bundled by `npm run build` into a folder of its own; the endpoint never reads a byte of it.
 */
import type { Environment } from '../../core/settings.ts';
import { createAblyApi } from '../ably/ably-api.ts';
import { createControlApi } from '../ably/control-api.ts';
import { createKeyProbe } from '../ably/probe-key.ts';
import { openLog } from '../compose/open-log.ts';
import { readSecretText } from '../key-sources/read-secret-text.ts';
import { createRotatingSecret } from '../key-sources/rotating-secret.ts';
import { printLine } from './print-line.ts';
import { createRotationHandler, type RotationHandler } from './rotation-handler.ts';

const env: Environment = process.env;
const { notice } = openLog(env, printLine);

export const handler: RotationHandler = createRotationHandler(
  () => ({
    control: createControlApi({
      accessToken: () => readSecretText(env.ABLY_CONTROL_TOKEN_SECRET_ID ?? '', 'ABLY_CONTROL_TOKEN_SECRET_ID'),
      ...(env.ABLY_CONTROL_URL && { url: env.ABLY_CONTROL_URL }),
    }),
    secret: createRotatingSecret({
      secretId: env.ABLY_API_KEY_SECRET_ID ?? '',
      field: env.ABLY_API_KEY_SECRET_FIELD || undefined,
    }),
    probe: createKeyProbe({ ably: createAblyApi(env) }),
    nowMs: Date.now,
  }),
  { onDone: notice },
);
