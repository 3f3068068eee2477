/**
 * What the tests on the JVM talk to: two real endpoints with a local Ably service each, one whose tokens live an hour and
 * one that asks for a renewal every second; the local server of `npm start`; answers that are not ours; and a few
 * questions and orders by HTTP, because the tests run in another process.
 *
 * Each test has subjects of its own, so that they need not wait for one another.
 */
import { randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { SignJWT } from 'jose';
import definition from '../../../auth.config.ts';
import { AuthFailure, FAILURES, type FailureReason } from '../../../core/errors.ts';
import { startDevServer } from '../../../dev/server.ts';
import { type AuthConfig, type IdentitySource, remembering, requestable, sharedSecretJwt } from '../../../index.ts';
import { type Stage, startStage } from '../../stage.ts';
import { answerAsAnother } from './foreign-answers.ts';
import { createHeldRequests, type HeldRequests } from './held-requests.ts';

const SECRET = randomBytes(32);

export interface JvmStage {
  /** Where the orders go. */
  readonly url: string;
  close(): Promise<void>;
}

export async function startJvmStage(): Promise<JvmStage> {
  const failing = new Map<string, FailureReason>();
  const held = createHeldRequests();
  const requests = new Map<string, number>();
  const foreign = answerAsAnother();
  const config = { sources: [asTold({ failing, held, requests })], ...RULES };
  const steady = await startStage({ config });
  // Our shortest token lives a minute; a lead of 59 seconds makes the service prompt after one.
  const hasty = await startStage({ config: { ...config, ttl: '60s' }, service: { renewalLeadMs: 59_000 } });
  const env = { ABLY_AUTH_SESSION_SECRET: randomBytes(32).toString('base64url'), ABLY_AUTH_LOG: 'silent', PORT: '0' };
  const jwt = await startStage({ config: { ...config, tokenFormat: 'jwt' } });
  const ablyToken = await startStage({ config: { ...config, tokenFormat: 'ably-token' } });
  const stages = { steady, hasty, jwt, 'ably-token': ablyToken };
  const local = await startDevServer({ definition, env, print: () => {} });

  const places = Object.entries(stages).map(([name, { authUrl, service }]) => [
    name,
    { authUrl, host: service.host, port: service.port },
  ]);

  const order = async (req: IncomingMessage, res: ServerResponse): Promise<void> => {
    const { pathname, searchParams } = new URL(req.url ?? '/', 'http://stage');
    const subject = searchParams.get('sub') ?? '';
    switch (pathname) {
      case '/places':
        return answer(res, { ...Object.fromEntries(places), local: local.url });
      case '/token':
        return answer(res, { token: await tokenOf(subject, searchParams) });
      case '/fail':
        failing.set(subject, reasonOf(searchParams.get('reason')));
        return answer(res, {});
      case '/mend':
        failing.delete(subject);
        return answer(res, {});
      case '/hold':
        held.hold(subject);
        return answer(res, {});
      case '/held':
        return answer(res, { count: held.count(subject) });
      case '/release':
        held.release(subject);
        return answer(res, {});
      case '/requests':
        return answer(res, { count: requests.get(subject) ?? 0 });
      case '/connections':
        return answer(res, { open: Object.values(stages).flatMap((stage) => connectionsOf(stage, subject)) });
      default:
        return foreign(req, res);
    }
  };
  const server = createServer((req, res) => {
    order(req, res).catch((error: unknown) => res.writeHead(500).end(String(error)));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async close() {
      held.releaseAll();
      server.close();
      server.closeAllConnections();
      await Promise.all([...Object.values(stages), local].map((each) => each.close()));
    },
  };
}

/** By subject: what its requests are to meet, and how many there were. */
interface Orders {
  readonly failing: ReadonlyMap<string, FailureReason>;
  readonly held: HeldRequests;
  readonly requests: Map<string, number>;
}

const LOBBY = { lobby: ['publish', 'subscribe', 'presence', 'history'] } as const;

const RULES: Pick<AuthConfig, 'rules' | 'requestable' | 'grants'> = {
  rules: [{ name: 'members', when: { claims: { plan: 'member' } }, grant: LOBBY }],
  // Even rooms are open, odd ones closed.
  requestable: [
    requestable({
      resource: 'room:{id}',
      operations: ['publish', 'subscribe'],
      check: ({ id }) => /[02468]$/.test(id),
    }),
  ],
  grants: remembering('client'),
};

/** Bearer tokens of a backend, but that a subject may be made to wait, or to fail for any reason of the closed table. */
function asTold({ failing, held, requests }: Orders): IdentitySource {
  const tokens = sharedSecretJwt({ secrets: [SECRET] });
  return {
    ...tokens,
    carriesCredential: (request, context) => tokens.carriesCredential(request, context),
    async verify(request, context) {
      const verdict = await tokens.verify(request, context);
      if (verdict.kind !== 'identified') return verdict;
      const { subject } = verdict.identity;
      requests.set(subject, (requests.get(subject) ?? 0) + 1);
      await held.pass(subject);
      const reason = failing.get(subject);
      if (reason !== undefined) throw new AuthFailure(reason);
      return verdict;
    },
  };
}

function tokenOf(subject: string, searchParams: URLSearchParams): Promise<string> {
  const seconds = Number(searchParams.get('seconds') ?? 7_200);
  return new SignJWT({ plan: searchParams.get('plan') ?? 'member' })
    .setProtectedHeader({ alg: 'HS256' })
    .setSubject(subject)
    .setIssuedAt()
    .setExpirationTime(Math.floor(Date.now() / 1000) + seconds)
    .sign(SECRET);
}

function reasonOf(text: string | null): FailureReason {
  if (text === null || !(text in FAILURES)) throw new Error(`no such reason: ${text}`);
  return text as FailureReason;
}

function connectionsOf({ service }: Stage, subject: string) {
  return service.connections().filter(({ clientId }) => clientId === subject);
}

function answer(res: ServerResponse, value: unknown): void {
  res.writeHead(200, { 'Content-Type': 'application/json' }).end(JSON.stringify(value));
}
