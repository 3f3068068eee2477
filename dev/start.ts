/** `npm start`: reads `.env`, starts the local server, says what it is doing, and stops when told to. */
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import definition from '../auth.config.ts';
import { describeProblem } from '../index.ts';
import { CannotStart, startDevServer } from './server.ts';

if (existsSync('.env')) process.loadEnvFile('.env');

try {
  const env = {
    ...process.env,
    // Without one of your own, sessions of the demo last until the server stops.
    ABLY_AUTH_SESSION_SECRET: process.env.ABLY_AUTH_SESSION_SECRET || randomBytes(32).toString('base64url'),
  };
  const server = await startDevServer({ definition, env, print: (line) => console.log(`  ${line}`) });
  console.log(
    [
      '',
      '  ably-auth-functions, local server',
      '',
      `  Page      ${server.url}`,
      `  Endpoint  ${server.url}/auth and ${server.url}/api/ably-auth`,
      `  Ably      ${server.ably.description}.`,
      ...(server.ably.mode === 'local'
        ? ['            Set it, here or in .env, and the same page connects to Ably itself.']
        : []),
      '',
      `  Try       curl ${server.url}/auth`,
      ...(server.hasProvider
        ? [
            '  Mobile    sign in through the local identity provider, and call with its access token:',
            `            token=$(curl -s -X POST -H 'Sec-Fetch-Site: same-origin' -d '{"name":"ada"}' ${server.url}/demo/provider-login | cut -d '"' -f 4)`,
            `            curl -H "Authorization: Bearer $token" ${server.url}/auth`,
          ]
        : []),
      '  Stop      Ctrl+C',
      '',
    ].join('\n'),
  );
  let stopping = false;
  const stop = (): void => {
    if (stopping) process.exit(130);
    stopping = true;
    void server.close().then(() => process.exit(0));
  };
  process.on('SIGINT', stop).on('SIGTERM', stop);
} catch (error) {
  console.error(explain(error));
  process.exitCode = 1;
}

function explain(error: unknown): string {
  if (error instanceof CannotStart) {
    return ['', '  The local server cannot start:', ...error.problems.map((p) => `  - ${describeProblem(p)}`), ''].join(
      '\n',
    );
  }
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code === 'EADDRINUSE')
    return '\n  The port is in use. Choose another, PORT=3001 npm start, or PORT=0 for any free one.\n';
  return String(error instanceof Error ? error.stack : error);
}
