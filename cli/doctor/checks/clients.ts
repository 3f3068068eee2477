/** Each SDK in turn: asks as it asks, and reads the answer by its own rules. */

import { readJsonObject } from '../../read-json-object.ts';
import { type Check, fails, passes, warns } from '../check.ts';
import { ablyCocoa } from '../clients/ably-cocoa.ts';
import { ablyFlutter } from '../clients/ably-flutter.ts';
import { ablyJava } from '../clients/ably-java.ts';
import { ablyJs } from '../clients/ably-js.ts';
import type { Reader } from '../clients/client.ts';
import type { Exchange } from '../exchange.ts';
import { mediaType } from '../headers.ts';
import { NotChecked } from '../visit.ts';

function takes(
  client: Reader,
  id: string,
  of: Pick<Check, 'title' | 'why' | 'source'>,
  also?: (answer: Exchange) => string | undefined,
): Check {
  return {
    id,
    ...of,
    fix: 'Send what all of them take: a TokenRequest or TokenDetails as application/json with whole numbers and the capability as a string, or a token as application/jwt; whatever Accept says.',
    async run({ ask }) {
      const plain = await ask();
      const answer = await ask(client.ask);
      if (answer.status !== 200) {
        if (plain.status !== 200) throw new NotChecked(`no credential was given (${plain.status})`);
        return fails(
          `asked as ${client.name} asks: ${answer.status}, otherwise 200`,
          'Ignore Accept and parameters that mean nothing to you.',
        );
      }
      const problem = client.problem(answer);
      if (problem !== undefined) return fails(problem);
      const caution = also?.(answer);
      return caution === undefined ? passes(`takes ${mediaType(answer)}`) : warns(caution);
    },
  };
}

const js = takes(ablyJs, 'ably-js', {
  title: 'ably-js takes the answer: Node, browsers, React Native',
  why: 'What it does not take is error 40170 in every page and app: DISCONNECTED, again and again.',
  source: 'ably-js 2.28 auth.ts requestToken, run on Node and in a browser',
});

const java = takes(ablyJava, 'ably-java', {
  title: 'ably-java takes the answer: Android, Kotlin, the JVM',
  why: 'It reads by "issued" whether it has TokenDetails, and with authUrl an answer of another type ends the connection for good.',
  source: 'ably-java 1.8 rest/Auth.java requestToken, types/TokenRequest (Gson), read in its code',
});

const cocoa = takes(ablyCocoa, 'ably-cocoa', {
  title: 'ably-cocoa takes the answer: Swift, Objective-C',
  why: 'It asks for MessagePack and cannot do with it; it drops fields of another type, and keeps times in seconds: what it sends on then no longer matches what was signed.',
  source: 'ably-cocoa ARTAuth.m handleAuthUrlResponse, ARTTokenRequest.m, ARTJsonLikeEncoder.m, read in its code',
});

const flutter = takes(
  ablyFlutter,
  'ably-flutter',
  {
    title: 'ably_flutter takes what an app decodes of the answer',
    why: 'TokenRequest.fromMap throws when timestamp is missing or a number has a fraction; the app’s authCallback fails with it.',
    source: 'ably_flutter 1.2.44 token_request.dart, token_details.dart, AblyFlutterReader.m, read in its code',
  },
  ({ body }) =>
    typeof readJsonObject(body)?.token === 'string'
      ? 'on iOS it reads the end of TokenDetails from the field "issued", as seconds: hand your app the token alone, or a TokenRequest'
      : undefined,
);

export const CLIENTS: readonly Check[] = [js, java, cocoa, flutter];
