/** Whether each SDK does after a refusal what its status means: 403 stops, 401 and 5xx are tried again. */

import { isJsonObject, readJsonObject } from '../../read-json-object.ts';
import { type Check, fails, gravest, type Outcome, warns } from '../check.ts';
import { ablyCocoa } from '../clients/ably-cocoa.ts';
import { ablyJava } from '../clients/ably-java.ts';
import { ablyJs } from '../clients/ably-js.ts';
import { isNumber } from '../credential.ts';
import type { Exchange } from '../exchange.ts';
import { header, named } from '../headers.ts';
import { quote } from '../quote.ts';
import { NotChecked, type Visit } from '../visit.ts';
import { refusals } from './refusals.ts';

async function refusalsOf(visit: Visit): Promise<readonly Exchange[]> {
  const found = await refusals(visit);
  if (found.length === 0) throw new NotChecked('nothing was refused');
  return found;
}

const errorShape: Check = {
  id: 'error-shape',
  title: 'Every SDK reads a refusal alike, with its reason',
  why: 'ably-js believes the body before the status: 403 with {"error":"Forbidden"} is asked again for ever. ably-cocoa stops at code 40300 and no other.',
  source:
    'ably-js auth.ts and http.ts, run; ably-java ConnectionManager.java and ably-cocoa ARTRealtime.m, read in their code; docs/clients.md',
  fix: 'Content-Type: application/json exactly, {"error":{"code":40300,"statusCode":403,"message":"…"}} with numbers as numbers and the status of the answer, X-Ably-ErrorCode and X-Ably-ErrorMessage.',
  async run(visit) {
    const answers = await refusalsOf(visit);
    return gravest(
      answers.flatMap(shapeProblems),
      `${answers.length} refusals, each with code, statusCode, message and X-Ably-ErrorCode`,
    );
  },
};

function shapeProblems(answer: Exchange): readonly Outcome[] {
  const { status } = answer;
  const which = `${named(answer)}: ${status}`;
  const meant = status === 403 ? 'stops' : status === 401 || status >= 500 ? 'retries' : undefined;
  const others = [ablyJs, ablyJava, ablyCocoa].filter((client) => meant && client.afterRefusal(answer) !== meant);
  if (others.length > 0)
    return [
      fails(
        `${which}, after which ${others.map(({ name }) => name).join(' and ')} ${meant === 'stops' ? 'asks again and again' : 'stops for good'}`,
      ),
    ];
  const error = readJsonObject(answer.body)?.error;
  if (!isJsonObject(error)) return [warns(`${which} without an error object: the reason is lost`)];
  const { code, statusCode, message } = error;
  if (!isNumber(code) || !isNumber(statusCode) || typeof message !== 'string')
    return [warns(`${which}: code, statusCode or message is missing, or of another type`)];
  if (statusCode !== status) return [fails(`${which}, and statusCode ${statusCode} in the body`)];
  const type = header(answer, 'content-type');
  if (type !== 'application/json')
    return [warns(`${which} as ${quote(type ?? '')}: ably-js on Node does not read the reason`)];
  if (header(answer, 'x-ably-errorcode') !== String(code))
    return [warns(`${which} without X-Ably-ErrorCode: ably-js in a browser does not read the reason`)];
  return [];
}

const errorCodes: Check = {
  id: 'error-codes',
  title: 'No refusal has a code or status that a client takes for something else',
  why: 'After 40102 and 40171 clients stop for good; after 40140 to 40149 ably-cocoa renews a token while it asks for one; 429, as every 4xx but 401, ends Android clients with authUrl.',
  source: 'ably-js errors run; ably-cocoa ARTRest.m shouldRenewToken; ably-java ConnectionManager.isFatalError',
  fix: 'Use 40101 for who must sign in, 40160 for rights, 40300 for never, 42910 with status 401 for too often.',
  async run(visit) {
    const found: Outcome[] = [];
    // Being asked to wait is itself one of the answers to look at.
    await refusalsOf(visit).catch((error: unknown) => {
      if (!(error instanceof NotChecked) || visit.exchanges.every(({ status }) => status !== 429)) throw error;
    });
    for (const answer of visit.exchanges) {
      if (answer.status === 429) found.push(fails(`${named(answer)}: 429`));
      if (answer.status < 400) continue;
      const error = readJsonObject(answer.body)?.error;
      const codes = [isJsonObject(error) ? error.code : undefined, Number(header(answer, 'x-ably-errorcode'))];
      const forbidden = codes.find(
        (code) => isNumber(code) && (code === 40102 || code === 40171 || (code >= 40140 && code <= 40149)),
      );
      if (forbidden !== undefined) found.push(fails(`${named(answer)}: code ${forbidden}`));
    }
    return gravest(found, 'none');
  },
};

const wwwAuthenticate: Check = {
  id: 'www-authenticate',
  title: 'No answer has WWW-Authenticate',
  why: 'ably-java parses it, knows Basic, Digest and X-Ably-Token, and throws IllegalArgumentException at Bearer. Gateways’ own authorizers send it.',
  source: 'ably-java http/HttpAuth.java, HttpCore.handleResponse, read in its code',
  fix: 'Leave the header out, or take the authorizer away from this route and verify in the function.',
  async run(visit) {
    await refusals(visit);
    const found = visit.exchanges
      .filter(({ headers }) => headers.has('www-authenticate'))
      .map((answer) =>
        fails(`${named(answer)}: ${answer.status} with ${quote(header(answer, 'www-authenticate') ?? '')}`),
      );
    return gravest(found, 'none');
  },
};

export const ERRORS: readonly Check[] = [errorShape, errorCodes, wwwAuthenticate];
