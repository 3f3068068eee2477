/** Whether a credential says what may be done with it, and only gives what its caller has. */
import { contains } from '../../../core/capability/algebra.ts';
import type { Capability } from '../../../core/capability/capability.ts';
import { parseCapability } from '../../../core/capability/parse.ts';
import { readJsonObject } from '../../read-json-object.ts';
import { type Check, fails, gravest, type Outcome, passes, warns } from '../check.ts';
import { type Credential, credentialOf, openCredentialOf, readCredential, rightsIn } from '../credential.ts';
import type { Exchange } from '../exchange.ts';
import { type Ask, NotChecked } from '../visit.ts';
import { BY_GET, EVERY_WAY, NOTHING } from './ways.ts';

const EVERYTHING = '{"*":["*"]}';
const NARROW_OR_401 = 'Answer 401 with code 40160, or give what the caller has anyway.';
const ROOMS = Array.from({ length: 60 }, (_, index) => [`doctor:a-room-with-a-long-name-${index}`, ['subscribe']]);
const MANY_ROOMS: Ask = BY_GET.ask([['capability', JSON.stringify(Object.fromEntries(ROOMS))]]);

const capability: Check = {
  id: 'capability',
  title: 'The credential says what it allows, and that is not everything',
  why: 'A token without a capability may do all that the API key can, on every channel.',
  source: 'Ably docs, auth/capabilities, capability determination; error 40160 for an empty one',
  fix: 'Always sign a capability: the caller’s channels by name, as a JSON string.',
  async run(visit) {
    const found = (await openCredentialOf(visit)).capability;
    if (found === undefined || found === null || found === '') return fails('none: it may do all that the key can');
    if (typeof found !== 'string') return fails('it is no string');
    const parsed = parse(found);
    if (!parsed) return fails('Ably would not take it: an unknown operation, or "*" beside others, or it is not JSON');
    if (parsed.size === 0) return fails('it is empty: whoever has it may do nothing');
    const all = [...parsed].some(([resource, operations]) => /^(?:\[\*\])?\*$/.test(resource) && operations.has('*'));
    const seen = `${parsed.size} resource${parsed.size === 1 ? '' : 's'}`;
    return all ? warns('every operation on every channel, in so many words') : passes(seen);
  },
};

const notWidened: Check = {
  id: 'capability-not-widened',
  title: 'Asking for more rights gives none',
  why: 'The capability in a request is written by whoever sends it. An endpoint that passes it on to Ably lets every caller choose.',
  source: 'Ably docs, auth/capabilities; features spec RSA8c (tokenParams in the query, or in a form)',
  fix: 'Decide the capability by who is calling, and let the one asked for only narrow it, wherever in the request it stands.',
  async run(visit) {
    const unasked = await openCredentialOf(visit);
    const found: Outcome[] = [];
    for (const way of EVERY_WAY) {
      const answer = await visit.ask(way.ask([['capability', EVERYTHING]]));
      const plain = await visit.ask(way.ask(NOTHING));
      if (answer.status === 200) found.push(...widened(plain, answer, unasked, way.name));
      // Where this way is closed to everybody, forms-agree says so.
      else if (plain.status === 200 && (answer.status === 403 || answer.status === 400))
        found.push(warns(`${way.name}: ${answer.status}, by which some clients stop for good`, NARROW_OR_401));
    }
    // Where "*" is refused by its name, and channels are not compared with anything.
    const named = await visit.ask(MANY_ROOMS);
    if (named.status === 200)
      found.push(...widened(await visit.ask(), named, unasked, 'GET, where channels are named'));
    return gravest(found, 'no more than unasked, by GET and by POST');
  },
};

function widened(plain: Exchange, answer: Exchange, unasked: Credential, how: string): readonly Outcome[] {
  const asked = readCredential(answer.body);
  if (!asked?.isOpen) return [];
  const usual = plain.status === 200 ? readCredential(plain.body) : undefined;
  const [given, givenThen] = [rightsIn(usual ?? unasked), rightsIn(asked)];
  if (given === givenThen) return [];
  const [before, after] = [parse(given), parse(givenThen)];
  if (!before || !after) return [fails(`something else than unasked, by ${how}, which cannot be compared`)];
  return contains(before, after) ? [] : [fails(`more than unasked, by ${how}`)];
}

function parse(text: unknown): Capability | undefined {
  const value = typeof text === 'string' ? readJsonObject(text) : undefined;
  const parsed = value && parseCapability(value);
  return parsed?.ok ? parsed.capability : undefined;
}

const foreignClientId: Check = {
  id: 'foreign-client-id',
  title: 'Nobody gets a clientId by asking for it',
  why: 'With another’s clientId one speaks as them in every channel. ably-js sends clientId whenever its options have one: in the query, or with authMethod POST in a form.',
  source: 'features spec RSA8c, TK2c; Ably docs, auth/identified-clients',
  fix: 'Take the clientId from the session, and from no part of the request. Answer 403 with code 40300 when another is asked for.',
  async run(visit) {
    await credentialOf(visit);
    const found: Outcome[] = [];
    let isClosed = false;
    for (const way of EVERY_WAY) {
      for (const [wanted, whose] of [[visit.target.foreignClientId, 'another’s'] as const, ['*', '"*"'] as const]) {
        const answer = await visit.ask(way.ask([['clientId', wanted]]));
        const got = answer.status === 200 ? readCredential(answer.body) : undefined;
        const asked = `asked for ${whose} by ${way.name}`;
        if (got && !got.isOpen) isClosed = true;
        else if (got && got.clientId === wanted) found.push(fails(`${asked}, it was given`));
        else if (answer.status === 200)
          found.push(warns(`${asked}, it was not given: 200. ably-js then fails over the mismatch (40102)`));
        else if (answer.status !== 403 && (await visit.ask(way.ask(NOTHING))).status === 200)
          found.push(warns(`${asked}: ${answer.status}, after which clients ask again and again`));
      }
    }
    if (isClosed && found.every(({ verdict }) => verdict !== 'fails'))
      throw new NotChecked('it was answered 200, with a token that cannot be looked into');
    return gravest(found, '403, for another’s and for "*", by GET and by POST');
  },
};

const size: Check = {
  id: 'size',
  title: 'The credential and the request for it fit where they must travel',
  why: 'SDKs send a JWT in a header, where servers stop at 8 KB, and refuse JSON of more than 128 KiB; with authMethod GET the capability that a client asks for is in the address.',
  source:
    'Ably docs, auth/token/jwt; features spec RSA4f; quotas of API Gateway (10,240 bytes of headers and request line)',
  fix: 'Grant patterns instead of long lists of channels, or use a TokenRequest; allow addresses of 4 KB in what stands in front.',
  async run(visit) {
    const answer = await visit.ask();
    const found: Outcome[] = [];
    if (answer.status === 200) {
      const isJson = answer.body.startsWith('{');
      const bytes = Buffer.byteLength(answer.body);
      if (isJson && bytes > 131_072) found.push(fails(`${bytes} bytes of JSON`));
      if (!isJson && bytes > 6_000)
        found.push(
          bytes > 8_000 ? fails(`a token of ${bytes} bytes`) : warns(`a token of ${bytes} bytes, near the limit`),
        );
    }
    const long = await visit.ask(MANY_ROOMS);
    if (long.status === 414 || long.status === 431 || long.status === 413 || long.status >= 500)
      found.push(fails(`an address of ${long.question.url.href.length} characters: ${long.status}`));
    return gravest(found, `${answer.body.length} characters; an address of ${long.question.url.href.length} is read`);
  },
};

export const RIGHTS: readonly Check[] = [capability, notWidened, foreignClientId, size];
