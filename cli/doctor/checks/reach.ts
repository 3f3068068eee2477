/** Whether clients come through to the endpoint at all, and how long that takes. */
import { type Check, fails, gravest, type Outcome, passes, warns } from '../check.ts';
import { type Exchange, NoAnswer } from '../exchange.ts';
import { header } from '../headers.ts';
import { isLoopback } from '../loopback.ts';
import { quote } from '../quote.ts';
import { type Ask, Limited, NotChecked, type Visit } from '../visit.ts';
import { BY_FORM, NOTHING } from './ways.ts';

const DAY_MS = 24 * 60 * 60 * 1000;
/** Certificates are renewed 30 days before their end: with less than this, renewing has failed for a while. */
const SOON_DAYS = 14;
/** After the first request: enough for a median. */
const WARM_TRIES = 4;
const FIX_REACHED: Readonly<Record<NoAnswer['kind'], string>> = {
  'unknown host': 'Correct the host name, or its DNS record.',
  refused: 'Start what should listen there, or correct the port; look at firewalls.',
  certificate: 'See the check tls.',
  'too late': 'See the function’s own log; a cold start, or a store that does not answer.',
  'broken off': 'See the log of what stands in front: a proxy, or a crash of the function.',
};

const reachable: Check = {
  id: 'reachable',
  title: 'The endpoint answers at this address',
  why: 'Without an answer every SDK goes to DISCONNECTED, and to SUSPENDED after two minutes of it.',
  source: 'features spec RSA4c, RTN14e',
  fix: 'Correct the address: /api/ably-auth, unless you serve it elsewhere.',
  async run(visit) {
    let answer: Exchange;
    let limit = '';
    try {
      answer = await visit.ask();
    } catch (error) {
      if (error instanceof NoAnswer) return fails(error.message, FIX_REACHED[error.kind]);
      if (!(error instanceof Limited)) throw error;
      // Somebody is there to be asked, and not now.
      ({ answer } = error);
      limit = ': it limits how often it may be asked';
    }
    const took = `${answer.status} from ${answer.address} after ${Math.round(answer.firstByteMs)} ms${limit}`;
    return answer.status === 404 || answer.status === 410 ? fails(`${took}: nothing is served there`) : passes(took);
  },
};

const tls: Check = {
  id: 'tls',
  title: 'The connection is TLS with a certificate that clients trust',
  why: 'iOS and Android refuse plain HTTP unless the app is told otherwise, a page on https may not ask http at all, and no client accepts a certificate that it cannot verify.',
  source: 'App Transport Security; Android network security configuration; mixed content in browsers',
  fix: 'Serve https with a certificate of a public authority, for this host name.',
  evenUnreached: true,
  async run({ target, ask }) {
    if (target.url.protocol === 'http:') {
      return isLoopback(target.url.hostname)
        ? passes('plain HTTP, on this machine only')
        : fails('plain HTTP: anybody on the way reads the credentials');
    }
    let answer: Exchange;
    try {
      answer = await ask();
    } catch (error) {
      if (error instanceof NoAnswer && error.kind === 'certificate')
        return fails(`not trusted: ${error.message}`, fixOf(error.message));
      throw error;
    }
    const { protocol, validToMs } = answer.certificate ?? { protocol: 'unknown', validToMs: Number.NaN };
    const days = Math.floor((validToMs - answer.receivedAtMs) / DAY_MS);
    const seen = `${protocol}, certificate valid for ${days} more days`;
    return days < SOON_DAYS ? warns(seen, 'Renew it now, and find out why that was not done by itself.') : passes(seen);
  },
};

function fixOf(code: string): string | undefined {
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID') return 'Have a certificate made that names this host.';
  if (code === 'CERT_HAS_EXPIRED') return 'Renew the certificate.';
  if (code === 'UNABLE_TO_VERIFY_LEAF_SIGNATURE')
    return 'Serve the intermediate certificates too: browsers find them by themselves, phones do not.';
  if (/SELF_SIGNED|ISSUER/.test(code))
    return 'Use a public authority. For one of your own, name its certificate in NODE_EXTRA_CA_CERTS and ask again.';
  return undefined;
}

const noRedirect: Check = {
  id: 'no-redirect',
  title: 'No request is redirected',
  why: 'A preflight must not be redirected; a redirected POST arrives as a GET without its body; ably-java does not go from http to https; and the Authorization header is left behind on another host.',
  source: 'Fetch standard, HTTP-redirect fetch and CORS preflight; java.net.HttpURLConnection',
  fix: 'Give clients the address that answers: its scheme, its host and its slash at the end, or none, exactly.',
  async run({ ask }) {
    const found: Outcome[] = [];
    for (const asked of [{}, BY_FORM.ask(NOTHING), { method: 'OPTIONS' }]) {
      const answer = await ask(asked);
      if (answer.status >= 300 && answer.status < 400)
        found.push(fails(`${answer.question.method}: ${answer.status} to ${quote(header(answer, 'location') ?? '')}`));
    }
    return gravest(found, 'GET, POST, OPTIONS: none');
  },
};

const firstByte: Check = {
  id: 'first-byte',
  title: 'The first byte comes well within the time that clients wait',
  why: 'ably-js and ably-cocoa give up after 10 seconds, ably-java after 4 for the connection and 10 for the answer; the time for the exchange with Ably comes on top.',
  source: 'ably-js realtimeRequestTimeout and httpRequestTimeout; ably-java ClientOptions',
  fix: 'See what is slow: the first request of an instance (cold start, reading the key) or every one (a session store, introspection).',
  async run(visit) {
    const { clientPatienceMs } = visit.target;
    const coldMs = await firstByteOf(visit, {});
    const warmMs: number[] = [];
    for (let again = 1; again <= WARM_TRIES; again++) warmMs.push(await firstByteOf(visit, { again }));
    const medianMs = warmMs.sort((a, b) => a - b)[Math.floor(WARM_TRIES / 2)] ?? 0;
    const slowestMs = Math.max(coldMs, ...warmMs);
    const seen = `first ${Math.round(coldMs)} ms, then ${Math.round(medianMs)} ms, at worst ${Math.round(slowestMs)} ms; each with a connection of its own`;
    if (slowestMs >= clientPatienceMs) return fails(seen);
    return slowestMs >= clientPatienceMs / 2 ? warns(seen) : passes(seen);
  },
};

async function firstByteOf({ ask, target }: Visit, asked: Ask): Promise<number> {
  try {
    return (await ask(asked)).firstByteMs;
  } catch (error) {
    if (!(error instanceof NoAnswer)) throw error;
    if (error.kind === 'too late') return target.timeoutMs;
    throw new NotChecked(error.message);
  }
}

export const REACH: readonly Check[] = [reachable, tls, noRedirect, firstByte];
