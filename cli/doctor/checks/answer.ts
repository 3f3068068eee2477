/** Whether what is given is a credential, in a form that clients take, and nobody keeps it on the way. */

import { isJsonObject, readJsonObject } from '../../read-json-object.ts';
import { type Check, fails, gravest, informs, type Outcome, passes, warns } from '../check.ts';
import { credentialOf, readCredential } from '../credential.ts';
import type { Exchange } from '../exchange.ts';
import { header, listed, mediaType, named } from '../headers.ts';
import { quote } from '../quote.ts';
import { NotChecked, type Visit } from '../visit.ts';
import { REPLACE_NOW } from './keys.ts';
import { refusals } from './refusals.ts';

const SIGN_IT = 'Sign it with the Ably API key: createTokenRequest, or a JWT with HS256 whose kid is the key’s name.';

const credential: Check = {
  id: 'credential',
  title: 'A caller who may have a credential gets one that Ably could take',
  why: 'Nobody connects without one.',
  source: 'features spec RSA8c, RSA9; Ably docs, auth/token/jwt',
  fix: 'See the endpoint’s log under the request id; or what you gave as the credential has expired.',
  async run({ ask, target }) {
    const answer = await ask();
    const { status } = answer;
    if (status === 200) {
      const found = readCredential(answer.body);
      if (answer.apiKeys.length > 0 && (!found || found.problem !== undefined))
        return fails(
          `200, and in the place of a credential the API key ${answer.apiKeys.map(quote).join()}`,
          REPLACE_NOW,
        );
      if (found?.problem !== undefined) return fails(`a ${found.kind}, and ${found.problem}`, SIGN_IT);
      if (found) return passes(`a ${found.kind}`);
      const isPage = mediaType(answer) === 'text/html';
      return fails(
        `200 ${quote(mediaType(answer) ?? 'without a type')}, and no credential in it`,
        isPage
          ? 'A page is served there: correct the address, or keep the route from the app’s own fallback.'
          : undefined,
      );
    }
    const error = readJsonObject(answer.body)?.error;
    const message = isJsonObject(error) && typeof error.message === 'string' ? ` ${quote(error.message)}` : '';
    if (target.credential.length > 0 || target.anonymous === 'allowed' || status >= 500 || status < 400)
      return fails(`${status}${message}`);
    throw new NotChecked(`callers without a credential are refused (${status}). Give one, with --bearer-env`);
  },
};

const form: Check = {
  id: 'answer-form',
  title: 'The answer is the bare credential under its exact content type',
  why: 'No SDK takes text/html, and none trims or unwraps: a line break stays part of the token, an envelope is taken for a broken TokenRequest.',
  source: 'ably-js auth.ts; ably-java Auth.java; ably-cocoa ARTAuth.m; features spec RSA8c',
  fix: 'Send a TokenRequest or TokenDetails as application/json and a token as application/jwt, one Content-Type line, nothing around it.',
  async run({ ask }) {
    const answer = await ask();
    if (answer.status !== 200) throw new NotChecked(`no credential was given (${answer.status})`);
    const types = answer.headers.get('content-type') ?? [];
    const type = mediaType(answer);
    const isJson = answer.body.trim().startsWith('{') || answer.body.trim().startsWith('"');
    const found: Outcome[] = [];
    if (types.length !== 1) found.push(fails(types.length === 0 ? 'no Content-Type' : 'Content-Type twice'));
    else if (isJson && type !== 'application/json') found.push(fails(`JSON as ${quote(types[0] ?? '')}`));
    else if (!isJson && type !== 'application/jwt' && type !== 'text/plain')
      found.push(fails(`a token as ${quote(types[0] ?? '')}`));
    else if (types[0] !== type)
      found.push(informs(`${quote(types[0] ?? '')}: the parameter is harmless here, not on an error`));
    found.push(...bodyProblems(answer.body));
    return gravest(found, `${quote(types[0] ?? '')}, ${answer.body.length} characters`);
  },
};

function bodyProblems(body: string): readonly Outcome[] {
  const fields = readJsonObject(body);
  if (fields && 'response' in fields)
    return [fails('a key "response", which a browser’s ably-js takes for an envelope')];
  if (fields && !readCredential(body)) return [fails('JSON that is neither a TokenRequest nor TokenDetails')];
  if (body.startsWith('"')) return [fails('a token as a JSON string, which ably-java and ably-cocoa refuse')];
  if (!fields && /^\s|\s$|\ufeff/.test(body)) return [fails('white space or a line break around the token')];
  return [];
}

const notCached: Check = {
  id: 'not-cached',
  title: 'No cache keeps an answer',
  why: 'A TokenRequest serves once and for two minutes: a second client that is given it gets error 40105 from Ably, a later one 40104. A token from a cache is somebody else’s identity.',
  source: 'ably-common errors 40104 and 40105; ably-labs/NextJS-chat-app needed it for the CDN of Vercel',
  fix: 'Cache-Control: no-store on every answer, CDN-Cache-Control: no-store too, and no page rule, framework default or ETag against it.',
  async run(visit) {
    const answers = [await visit.ask(), ...(await refusals(visit)).slice(0, 2)];
    const found = answers.flatMap((answer) => cacheProblems(answer));
    if (answers[0]?.status === 200 && readCredential(answers[0].body)) found.push(...(await repeated(visit)));
    return gravest(found, `${quote(header(answers[0] as Exchange, 'cache-control') ?? '')}, each answer its own`);
  },
};

const CDN_RULES = [
  'cdn-cache-control',
  'vercel-cdn-cache-control',
  'netlify-cdn-cache-control',
  'surrogate-control',
  'cloudflare-cdn-cache-control',
];
const CDN_TRACES = ['x-cache', 'x-vercel-cache', 'cf-cache-status', 'cache-status', 'x-nextjs-cache'];

function cacheProblems(answer: Exchange): Outcome[] {
  const found: Outcome[] = [];
  const which = named(answer);
  if (!listed(answer, 'cache-control').includes('no-store'))
    found.push(
      fails(
        `${which}: ${answer.headers.has('cache-control') ? quote(header(answer, 'cache-control') ?? '') : 'no Cache-Control'}`,
      ),
    );
  for (const name of CDN_RULES) {
    const rule = listed(answer, name);
    if (rule.length > 0 && !rule.includes('no-store') && !rule.includes('private') && !rule.includes('max-age=0'))
      found.push(fails(`${which}: ${name} ${quote(rule.join(', '))}`));
  }
  for (const name of CDN_TRACES)
    if (/\bhit\b/i.test(header(answer, name) ?? '')) found.push(fails(`${which}: ${name} says it comes from a cache`));
  const age = header(answer, 'age');
  if (age !== undefined && age !== '0') found.push(fails(`${which}: Age ${quote(age)}, it comes from a cache`));
  if (answer.headers.has('etag'))
    found.push(
      warns(
        `${which}: an ETag, by which a cache may keep it`,
        'Turn ETags off for this route (Express: app.set("etag", false)).',
      ),
    );
  return found;
}

/** Two answers must not be one: a TokenRequest has its nonce; a JWT the second in which it was made. */
async function repeated(visit: Visit): Promise<readonly Outcome[]> {
  const first = await credentialOf(visit);
  if (first.kind === 'JWT') await new Promise((resolve) => setTimeout(resolve, 1_100));
  // Others were made again when answers were timed, within the same second.
  const second = await credentialOf(visit, { again: first.kind === 'JWT' ? 9 : 1 });
  const same = first.kind === 'TokenRequest' ? 'nonce' : 'token';
  return first.unique === second.unique ? [fails(`two requests got the same ${same}`)] : [];
}

const compression: Check = {
  id: 'compression',
  title: 'Nothing is compressed that was not asked to be',
  why: 'A client that does not announce gzip is not going to undo it, and takes bytes for a token.',
  source: 'RFC 9110, 12.5.3',
  fix: 'Compress by Accept-Encoding only, or leave these few hundred bytes as they are.',
  async run({ ask }) {
    const plain = await ask({ headers: [['Accept-Encoding', 'identity']] });
    const gzip = await ask({ headers: [['Accept-Encoding', 'gzip']] });
    const [whenNot, whenAsked] = [header(plain, 'content-encoding'), header(gzip, 'content-encoding')];
    if (whenNot !== undefined && whenNot !== 'identity')
      return fails(`${quote(whenNot)}, where only identity was accepted`);
    if (whenAsked !== undefined && whenAsked !== 'gzip') return fails(`${quote(whenAsked)}, where gzip was accepted`);
    if (gzip.status === 200 && plain.status === 200 && !readCredential(gzip.body) && readCredential(plain.body))
      return fails('what is called gzip is none');
    return passes(whenAsked === 'gzip' ? 'gzip where it is accepted' : 'none');
  },
};

export const ANSWER: readonly Check[] = [credential, form, notCached, compression];
