/**
 * docs/errors.md, made of the table of refusals: one heading per reason, which is the anchor that `href` of an answer
 * points to, and before them what each kind of client makes of a status.
 */
import { FAILURES, type FailureReason } from '../../core/errors.ts';
import { REMEDIES } from '../../core/remedies.ts';
import { ERROR_NOTES } from './error-notes.ts';

type Answer = `${number} / ${number}`;

const AGAIN = 'tries again';

/** By status and code: ably-js, ably-java with `authUrl`, ably-cocoa, our helper. docs/clients.md says how it is known. */
const CLIENTS: Readonly<Record<Answer, readonly [js: string, java: string, cocoa: string, helper: string]>> = {
  '400 / 40000': [AGAIN, 'ends **FAILED**', AGAIN, AGAIN],
  '405 / 40500': [AGAIN, 'ends **FAILED**', AGAIN, AGAIN],
  '401 / 40101': [AGAIN, AGAIN, AGAIN, `calls \`onSignedOut\`, and ${AGAIN}`],
  '401 / 40160': [AGAIN, AGAIN, AGAIN, AGAIN],
  '401 / 42910': [AGAIN, AGAIN, AGAIN, 'waits for `Retry-After`'],
  '403 / 40300': ['FAILED', 'FAILED', 'FAILED', 'FAILED'],
  '500 / 50000': [AGAIN, 'asks six times, then again later', AGAIN, AGAIN],
  '503 / 50000': [AGAIN, 'asks six times, then again later', AGAIN, 'waits for `Retry-After`'],
};

const REASONS = Object.keys(FAILURES) as readonly FailureReason[];

const answerOf = (reason: FailureReason): Answer => `${FAILURES[reason].status} / ${FAILURES[reason].code}`;

/** Line breaks are not made: the page is generated, and compared as a whole. */
export function errorsPage(): string {
  return [
    '<!-- Written by `npm run docs` from core/errors.ts, core/remedies.ts and dev/docs/error-notes.ts. -->',
    '# Errors',
    '',
    'Every refusal of the endpoint, by the reason that its log line gives and its `href` points to. The answer is',
    '`{"error":{"code","statusCode","message","requestId"}}`; with `docsBaseUrl` in the config it has an `href` as well, which is',
    'that address, `#` and the reason: set it to where you keep this page. Reason and detail are in the log under the request',
    'id; a caller sees the message only.',
    '',
    '## What clients do',
    '',
    '| answer | ably-js | ably-java, Android: `authUrl` | ably-cocoa | [our helper](client.md) |',
    '|---|---|---|---|---|',
    ...Object.entries(CLIENTS).map(([answer, cells]) => `| ${answer} | ${cells.join(' | ')} |`),
    '',
    '"Tries again" leaves a live connection up until its token ends; FAILED ends it, until the app makes a new client. With an',
    '`authCallback` on Android nothing but a 403 is fatal. More, and how it is known: [clients.md](clients.md).',
    '',
    'An answer without a `requestId` is not ours: a gateway, a firewall or the platform gave it. Codes that SDKs make themselves',
    '(40170, 40171, 80019) and those of Ably (40140 to 40149 about tokens, 40160 when a channel is not allowed, 40102 when the',
    '`clientId` changed) are explained at `https://help.ably.io/error/` and the code.',
    '',
    '## Reasons',
    '',
    '| reason | answer | message |',
    '|---|---|---|',
    ...REASONS.map((reason) => `| [${reason}](#${reason}) | ${answerOf(reason)} | ${FAILURES[reason].message} |`),
    '',
    ...REASONS.flatMap(section),
  ].join('\n');
}

function section(reason: FailureReason): readonly string[] {
  const { message, ...row } = FAILURES[reason];
  const wait = 'retryAfterSeconds' in row ? `, \`Retry-After: ${row.retryAfterSeconds}\`` : '';
  const { when, developer, operator } = ERROR_NOTES[reason];
  return [
    ...[`### ${reason}`, '', `**${answerOf(reason)}**${wait}: "${message}"`, ''],
    ...[`- **When.** ${when}`, `- **Clients.** ${clientsAt(answerOf(reason))}`, `- **First.** ${REMEDIES[reason]}`],
    ...[`- **Who writes the client.** ${developer}`, `- **Who operates it.** ${operator}`, ''],
  ];
}

const CLIENT_NAMES = ['ably-js', 'ably-java by `authUrl`', 'ably-cocoa', 'our helper'];

/** The row of the table in words, for whoever comes from an `href`. */
function clientsAt(answer: Answer): string {
  const behaviours = CLIENTS[answer] ?? [];
  const [usual = ''] = behaviours;
  const others = behaviours.flatMap((what, index) => (what === usual ? [] : [`${CLIENT_NAMES[index]} ${what}`]));
  const all = usual === 'FAILED' ? 'Every SDK stops: FAILED' : `An SDK ${usual}`;
  return `${[all, ...others].join('; ')}.`;
}
