/** Who gets something, and who does not; and which requests are understood. */
import { type Check, fails, gravest, informs, type Outcome, passes, warns } from '../check.ts';
import { type Credential, credentialOf, readCredential, rightsIn } from '../credential.ts';
import { header } from '../headers.ts';
import { quote } from '../quote.ts';
import { NotChecked } from '../visit.ts';
import { AS_NOBODY, ASK_TWICE, PUT, withBadCredential, withoutSignature } from './refusals.ts';
import { BY_FORM, BY_GET, BY_JSON, NOTHING } from './ways.ts';

const PIN_ALGORITHMS = 'Name the algorithms that you sign with when you verify, and take none from the token.';
const SIGN_IN_FIRST =
  'Answer 401 with code 40101 to whoever has not signed in: clients wait for it, and after a 403 they never ask again.';

const anonymous: Check = {
  id: 'anonymous',
  title: 'A caller without a credential gets what they should',
  why: 'No identity, no token: an endpoint that gives one to everybody gives it to everybody on the internet.',
  source: 'Ably docs, auth/token; features spec RSA4c, RSA4d (403 ends the connection)',
  fix: SIGN_IN_FIRST,
  async run({ ask, target }) {
    const { status } = await ask(AS_NOBODY);
    if (status === 200) {
      if (target.anonymous === 'refused')
        return fails(
          '200, and --anonymous says refused',
          'Give no token without an identity: remove the anonymous source, or its rule.',
        );
      return target.anonymous === 'allowed'
        ? passes('200, as expected')
        : informs('200: everybody gets one. --anonymous refused or allowed says which is meant');
    }
    if (target.anonymous === 'allowed')
      return fails(`${status}, and --anonymous says allowed`, 'Add a rule for anonymous callers.');
    if (status === 401) return passes('401');
    return status === 403 ? warns('403: a client that signs in later needs a new connection') : fails(`${status}`);
  },
};

const badCredential: Check = {
  id: 'bad-credential',
  title: 'A credential that is not good is refused, and refused in a way that heals',
  why: 'Whoever falls through to anonymous loses their rights without a word, or keeps them with a forged signature. After a 403 a client whose session merely ended never asks again.',
  source: 'features spec RSA4c, RSA4d; RFC 9110, 15.5.2; RFC 8725, 3.1',
  fix: 'Verify the signature, and answer 401 with code 40101 to whatever is present and does not verify, expired or forged.',
  async run(visit) {
    const { target, ask } = visit;
    const { status } = await ask(withBadCredential(visit));
    const unsigned = withoutSignature(visit);
    if (status === 401 && unsigned && (await ask(unsigned)).status === 200)
      return fails('200 for a JWT without a signature (alg "none")', PIN_ALGORITHMS);
    if (status === 401) return passes('401');
    if (status === 403) return fails('403: a client whose session ended never asks again');
    if (status !== 200) return fails(`${status}`);
    if (target.credential.length > 0) return fails('200 for a credential that was changed on its way');
    if (target.anonymous === 'refused') return fails('200 for a bearer token that nobody issued');
    throw new NotChecked(
      'the endpoint may not read bearer tokens. Give a credential that it does read, with --bearer-env or --header-env',
    );
  },
};

const methods: Check = {
  id: 'methods',
  title: 'Other methods are refused with 405 and Allow',
  why: 'What answers PUT or HEAD with a credential makes one for every probe and link preview; what crashes on them raises alarms.',
  source: 'RFC 9110, 15.5.6 and 9.3.2',
  fix: 'Serve GET, POST and OPTIONS, and answer 405 with Allow to the rest.',
  async run({ ask }) {
    const [put, head] = [await ask(PUT), await ask({ method: 'HEAD' })];
    const found: Outcome[] = [];
    if (put.status === 200) found.push(fails('PUT: 200'));
    else if (put.status >= 500) found.push(fails(`PUT: ${put.status}`));
    else if (put.status === 405 && !put.headers.has('allow')) found.push(warns('PUT: 405 without Allow'));
    else if (put.status !== 405) found.push(warns(`PUT: ${put.status}`));
    if (head.status >= 500) found.push(fails(`HEAD: ${head.status}`));
    else if (head.status === 200) found.push(informs('HEAD: 200, a credential is made and thrown away'));
    return gravest(found, `405, Allow ${quote(header(put, 'allow') ?? '')}`);
  },
};

const formsAgree: Check = {
  id: 'forms-agree',
  title: 'GET, POST with a form and POST with JSON give the same',
  why: 'authMethod: "POST" sends a form. A gateway that hands the body on in base64, or a route for GET alone, makes it another request.',
  source: 'features spec RSA8c1; payloads of API Gateway',
  fix: 'Read the query, a form and JSON alike, and decode a body that the platform encodes.',
  async run(visit) {
    const byGet = await credentialOf(visit, BY_GET.ask(NOTHING));
    const found: Outcome[] = [];
    for (const way of [BY_FORM, BY_JSON]) {
      const answer = await visit.ask(way.ask(NOTHING));
      const got = answer.status === 200 ? readCredential(answer.body) : undefined;
      if (got) found.push(...(alike(got, byGet) ? [] : [fails(`${way.name} gives another credential than GET`)]));
      // No SDK of Ably's sends JSON; our client helper does.
      else found.push((way === BY_JSON ? informs : warns)(`${way.name}: ${answer.status}`));
    }
    return gravest(found, 'the same');
  },
};

function alike(a: Credential, b: Credential): boolean {
  return a.kind === b.kind && (a.clientId === undefined) === (b.clientId === undefined) && rightsIn(a) === rightsIn(b);
}

const duplicates: Check = {
  id: 'duplicate-parameter',
  title: 'A parameter that comes twice is refused',
  why: 'Two readers of the request take different ones: what a proxy checked is not what is signed.',
  source: 'CWE-235; SECURITY.md, rule S15',
  fix: 'Answer 400 with code 40000 when clientId or capability comes twice.',
  async run(visit) {
    await credentialOf(visit);
    const answer = await visit.ask(ASK_TWICE);
    if (answer.status >= 400 && answer.status < 500) return passes(`${answer.status}`);
    if (answer.status !== 200) return fails(`${answer.status}`);
    const { clientId } = readCredential(answer.body) ?? {};
    const asked: readonly unknown[] = ASK_TWICE.params?.map(([, value]) => value) ?? [];
    return asked.includes(clientId)
      ? fails('200, with one of the two')
      : warns('200: neither counts, and nobody is told');
  },
};

export const CALLERS: readonly Check[] = [anonymous, badCredential, methods, formsAgree, duplicates];
