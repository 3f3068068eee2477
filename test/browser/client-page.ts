/**
 * A page with the browser build of `ably` and our client helper, as an app's bundler makes it, on the origin of the
 * endpoint; and the same page on another origin.
 */
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createServer, type RequestListener } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { dirname, join } from 'node:path';
import { build } from 'esbuild';
import type { BrowserContext, Page } from 'playwright-core';
import { createEnvironmentKeySource } from '../../adapters/key-sources/environment.ts';
import { startNodeServer } from '../../adapters/node/serve.ts';
import { type AblyService, startAblyService } from '../../dev/ably-service/ably-service.ts';
import { type AuthConfig, type AuthEvent, configureEndpoint, createSessionCookies, session } from '../../index.ts';
import { ROOT } from '../house/source-files.ts';
import { STAGE_KEY } from '../stage.ts';

export interface ClientPage {
  readonly url: string;
  /** The same page, where only listed origins may read the endpoint. */
  readonly otherUrl: string;
  readonly events: readonly AuthEvent[];
  readonly service: AblyService;
  signIn(context: BrowserContext, subject: string): Promise<void>;
  close(): Promise<void>;
}

/** What the page's own script offers to the tests, beside `auth` and `realtime`. */
const SCRIPT = `
  var signedOut = 0, states = [], auth, realtime;
  function start(ably, options) {
    auth = client.createAblyAuth({ onSignedOut: () => { signedOut += 1; }, ...options });
    realtime = auth.use(new Ably.Realtime({ ...ably, logLevel: 0, authCallback: auth.authCallback }));
    realtime.connection.on((change) => states.push(change.current));
  }
  function until(...wanted) {
    return new Promise((resolve) => {
      const look = () => {
        const { state, errorReason } = realtime.connection;
        if (!wanted.includes(state)) return;
        realtime.connection.off(look);
        resolve({ state, cause: errorReason?.cause && { code: errorReason.cause.code, statusCode: errorReason.cause.statusCode } });
      };
      realtime.connection.on(look);
      look();
    });
  }`;

export async function startClientPage(config: Partial<AuthConfig>, apiKey?: string): Promise<ClientPage> {
  const secrets = [randomBytes(32).toString('base64url')];
  const cookies = createSessionCookies({ secrets, secureCookies: false });
  const service = await startAblyService({ keys: [STAGE_KEY] });
  const events: AuthEvent[] = [];
  const page = await pageListener();
  const other = createServer(page);
  await new Promise<void>((resolve) => void other.listen(0, '127.0.0.1', resolve));
  const otherUrl = `http://127.0.0.1:${(other.address() as AddressInfo).port}`;
  const endpoint = configureEndpoint({
    definition: {
      build: () => ({
        sources: [session({ secrets })],
        rules: [],
        secureCookies: false,
        allowedOrigins: [otherUrl],
        ...config,
      }),
    },
    env: {},
    keySource: {
      ok: true,
      source: createEnvironmentKeySource({ ABLY_API_KEY: apiKey ?? `${STAGE_KEY.name}:${STAGE_KEY.secret}` }),
    },
    onEvent: (event) => events.push(event),
  });
  if (endpoint.problems.length > 0) throw new Error(JSON.stringify(endpoint.problems));
  const server = await startNodeServer({ endpoint, host: '127.0.0.1', port: 0, otherwise: page });
  return {
    url: server.url,
    otherUrl,
    events,
    service,
    async signIn(context, subject) {
      const [pair = ''] = cookies.write({ subject, lifetimeSeconds: 7_200 }, Date.now()).split(';');
      const [name = '', value = ''] = pair.split(/=(.*)/s);
      await context.addCookies([{ name, value, url: server.url, httpOnly: true, sameSite: 'Lax' }]);
    },
    async close() {
      await server.close();
      await service.close();
      other.closeAllConnections();
      await new Promise((resolve) => other.close(resolve));
    },
  };
}

/** Creates the client on a page that is open. */
export function startClient(
  on: ClientPage,
  page: Page,
  options: Readonly<Record<string, unknown>> = {},
  clientOptions: Readonly<Record<string, unknown>> = {},
) {
  const ably = JSON.stringify({ ...on.service.clientOptions, disconnectedRetryTimeout: 50, ...clientOptions });
  return page.evaluate(`start(${ably}, ${JSON.stringify({ url: `${on.url}/api/ably-auth`, ...options })})`);
}

async function pageListener(): Promise<RequestListener> {
  const ably = readFileSync(join(dirname(createRequire(import.meta.url).resolve('ably')), 'ably.min.js'), 'utf8');
  const { outputFiles } = await build({
    absWorkingDir: ROOT,
    entryPoints: ['client/index.ts'],
    ...({ bundle: true, write: false, format: 'iife', globalName: 'client', target: 'es2020' } as const),
  });
  const scripts = [ably, outputFiles[0]?.text ?? '', SCRIPT].map(
    (text) => `<script>${text.replaceAll('</script', '<\\/script')}</script>`,
  );
  const html = `<!doctype html><title>client</title><link rel="icon" href="data:,">${scripts.join('')}`;
  return (req, res) => {
    if (req.url === '/moved') res.writeHead(302, { Location: '/portal' }).end();
    else res.writeHead(200, { 'Content-Type': 'text/html; charset=utf-8' }).end(html);
  };
}
