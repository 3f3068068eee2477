/**
 * What a client may be answered by somebody else than the endpoint: a gateway, a captive portal, a server that is down.
 * Each path below `/foreign/` has its own count, which `/foreign-count/` tells.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';

interface ForeignAnswer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** Another of these, to which it redirects. */
  readonly leadsTo?: string;
}

const PAGE = { 'Content-Type': 'text/html' };
const JSON_TYPE = { 'Content-Type': 'application/json' };

const ANSWERS: Readonly<Record<string, ForeignAnswer>> = {
  'too-many': { status: 429, headers: JSON_TYPE, body: '{"message":"Too Many Requests"}' },
  'bad-request': { status: 400, headers: JSON_TYPE, body: '{"message":"Bad Request"}' },
  'not-found': { status: 404, headers: PAGE, body: '<h1>Not here</h1>' },
  'bad-gateway': { status: 502, headers: PAGE, body: '<h1>Bad gateway</h1>' },
  unavailable: { status: 503, headers: { ...JSON_TYPE, 'Retry-After': '5' }, body: '{"message":"Unavailable"}' },
  'portal-refusal': { status: 403, headers: PAGE, body: '<h1>Accept our terms</h1>' },
  'portal-login': { status: 401, headers: PAGE, body: '<h1>Sign in to the Wi-Fi</h1>' },
  'portal-page': { status: 200, headers: PAGE, body: '<h1>Accept our terms</h1>' },
  'portal-redirect': { status: 302, leadsTo: 'portal-page' },
  // As the authorizers of gateways, and servers in between, ask for a credential.
  challenge: refusalWith('Bearer'),
  'challenge-bearer': refusalWith('Bearer scope="" error="invalid_token"'),
  'challenge-basic': refusalWith('Basic realm="intranet"'),
  'gateway-refusal': { status: 403, headers: JSON_TYPE, body: '{"message":"Forbidden"}' },
  nothing: { status: 200, headers: JSON_TYPE, body: '' },
  'quoted-token': { status: 200, headers: JSON_TYPE, body: '"a.fake.token"' },
};

function refusalWith(challenge: string): ForeignAnswer {
  return {
    status: 401,
    headers: { ...JSON_TYPE, 'WWW-Authenticate': challenge },
    body: '{"message":"Unauthorized"}',
  };
}

export function answerAsAnother(): (req: IncomingMessage, res: ServerResponse) => void {
  const counts = new Map<string, number>();
  return (req, res) => {
    const { pathname } = new URL(req.url ?? '/', 'http://stage');
    const [, folder, name = '', id = ''] = pathname.split('/');
    const key = `${name}/${id}`;
    if (folder === 'foreign-count') {
      res.writeHead(200, JSON_TYPE).end(JSON.stringify({ count: counts.get(key) ?? 0 }));
      return;
    }
    const answer = ANSWERS[name];
    if (folder !== 'foreign' || answer === undefined) throw new Error(`nothing is at ${pathname}`);
    counts.set(key, (counts.get(key) ?? 0) + 1);
    req.resume();
    const location = answer.leadsTo && { Location: `/foreign/${answer.leadsTo}/${id}` };
    res.writeHead(answer.status, { ...answer.headers, ...location }).end(answer.body);
  };
}
