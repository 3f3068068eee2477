/**
 * docs/architecture.svg: the way of one request from top to bottom, the file of each step, whom it asks, and with what a
 * request can end there. Made of a table, which a test holds against the pipeline; legible on light and dark.
 */
import type { FailureReason } from '../../core/errors.ts';

export interface Step {
  readonly name: string;
  /** What it decides, in few words. */
  readonly decides: string;
  readonly file: string;
  /** Outside of the process: what it is, and the folder of the drivers. */
  readonly asks?: readonly [what: string, drivers: string];
  /** What can end the request here. */
  readonly ends: readonly FailureReason[];
  /** Taken only where the config has it. */
  readonly optional?: true;
}

export const STEPS: readonly Step[] = [
  {
    ...{ name: 'keys', decides: 'which key signs', file: 'core/keys/load-key.ts' },
    ...{ asks: ['key store', 'adapters/key-sources'], ends: ['key-unavailable'] },
  },
  {
    ...{ name: 'identify', decides: 'who is calling', file: 'core/identity/identify.ts' },
    asks: ['identity provider', 'adapters/identity'],
    ends: ['no-credential', 'bad-credential', 'cross-site', 'identity-provider-unavailable'],
  },
  {
    ...{ name: 'limit', decides: 'does this caller ask too often', file: 'core/rate-limit/rate-limit.ts' },
    ...{ asks: ['record store', 'adapters/rate-limit'], ends: ['rate-limited'], optional: true },
  },
  {
    ...{ name: 'gate', decides: 'has this person been cut off', file: 'core/revocation/gate.ts' },
    asks: ['record store', 'adapters/stores'],
    ...{ ends: ['signed-out', 'banned', 'store-unavailable'], optional: true },
  },
  {
    ...{ name: 'wishes', decides: 'what the client asks for: untrusted', file: 'core/wire/read-wishes.ts' },
    ends: ['malformed-request'],
  },
  {
    ...{ name: 'decide', decides: 'what they may do, then narrowed', file: 'core/policy/decide.ts' },
    asks: ['functions, your checks', 'core/grants'],
    ends: ['anonymous-not-allowed', 'no-rule', 'foreign-client-id', 'policy-unavailable'],
  },
  {
    ...{ name: 'settle', decides: 'clientId, ttl, capability', file: 'core/policy/settle.ts' },
    ends: ['session-ending'],
  },
  {
    ...{ name: 'issue', decides: 'nothing: it signs what was settled', file: 'core/token/issue.ts' },
    asks: ['Ably, for some formats', 'adapters/ably'],
    ends: ['credential-too-large', 'ably-unavailable', 'ably-limit'],
  },
];

/** Before and behind the pipeline: the host reads and writes, and decides nothing. */
export const HOST = { read: 'adapters/aws-lambda/read-event.ts', write: 'adapters/aws-lambda/write-result.ts' };
export const ANSWER = 'core/wire/answer.ts';
export const EVENTS = { file: 'core/auth-event.ts', sinks: 'adapters/telemetry' };

const ROW = 54;
const TOP = 120;
const WIDTH = 900;
const COLUMN = { x: 210, width: 330 };
const MIDDLE = COLUMN.x + COLUMN.width / 2;

const STYLE = [
  'svg{--paper:#fff;--ink:#1d2733;--soft:#5b6875;--box:#eef3f8;--line:#8a99a8;--asks:#e6f3ea;--ends:#a3341f}',
  '@media(prefers-color-scheme:dark){svg{--paper:#10161d;--ink:#e8eef4;--soft:#9fb0c0;--box:#1c2733;--line:#6c7f91;--asks:#17301f;--ends:#ff9d85}}',
  'rect.paper{fill:var(--paper)}rect{fill:var(--box);stroke:var(--line)}rect.asks{fill:var(--asks)}rect.dashed{stroke-dasharray:5 4}',
  'text{font:12px system-ui,sans-serif;fill:var(--ink)}.name{font-weight:600}.file{font:10.5px ui-monospace,monospace;fill:var(--soft)}',
  '.ends{font-size:11px;fill:var(--ends)}path{stroke:var(--line);stroke-width:1.5;fill:none;marker-end:url(#tip)}',
  '#tip path{fill:var(--line);stroke:none;marker-end:none}',
].join('');

export function architecturePicture(): string {
  const bottom = TOP + STEPS.length * ROW;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${bottom + 170}" role="img">`,
    '<title>The way of one request: from the host through eight steps of the core and back, each with its file</title>',
    `<style>${STYLE}</style>`,
    '<defs><marker id="tip" markerWidth="8" markerHeight="8" refX="6" refY="4" orient="auto"><path d="M0 0L8 4L0 8z"/></marker></defs>',
    `<rect class="paper" x="0" y="0" width="${WIDTH}" height="${bottom + 170}" stroke="none"/>`,
    text(MIDDLE, 22, 'name', 'browser or phone: Ably’s SDK, by authUrl or authCallback', 'middle'),
    arrow(`M${MIDDLE} 30V46`),
    box(48, 'a host reads its event into an AuthRequest', `${HOST.read}, …`),
    arrow(`M${MIDDLE} 90V${TOP - 2}`),
    text(20, 70, 'name', 'outside'),
    text(20, 88, 'file', 'answers are checked,'),
    text(20, 103, 'file', 'outages are 503'),
    text(COLUMN.x + COLUMN.width + 30, 70, 'name', 'ends the request here'),
    text(COLUMN.x + COLUMN.width + 30, 88, 'file', 'docs/errors.md'),
    ...STEPS.flatMap((step, index) => stepAt(step, TOP + index * ROW)),
    box(bottom, 'the answer, never cacheable', ANSWER),
    arrow(`M${MIDDLE} ${bottom + 42}V${bottom + 58}`),
    box(bottom + 60, 'a host writes it back', `${HOST.write}, …`),
    arrow(`M${MIDDLE} ${bottom + 102}V${bottom + 118}`),
    text(MIDDLE, bottom + 136, 'name', 'a TokenRequest, a JWT or a token; the client takes it to Ably', 'middle'),
    text(20, bottom + 18, 'name', 'one event a request'),
    text(20, bottom + 34, 'file', EVENTS.file),
    text(20, bottom + 48, 'file', `${EVENTS.sinks}/`),
    arrow(`M${COLUMN.x} ${bottom + 20}H178`),
    text(20, bottom + 160, 'file', 'dashed: only where the config has it'),
    '</svg>',
    '',
  ].join('\n');
}

function stepAt({ name, decides, file, asks, ends, optional }: Step, y: number): readonly string[] {
  return [
    box(y, `${name}: ${decides}`, file, optional ? 'dashed' : ''),
    arrow(`M${MIDDLE} ${y + 42}V${y + ROW - 2}`),
    ...(asks
      ? [
          `<rect class="asks" x="14" y="${y + 2}" width="160" height="38" rx="6"/>`,
          text(22, y + 18, '', asks[0]),
          text(22, y + 33, 'file', `${asks[1]}/`),
          arrow(`M${COLUMN.x} ${y + 21}H178`),
        ]
      : []),
    ...ends.map((reason, index) =>
      text(COLUMN.x + COLUMN.width + 30 + (index % 2) * 165, y + 18 + Math.floor(index / 2) * 16, 'ends', reason),
    ),
  ];
}

function box(y: number, title: string, file: string, kind = ''): string {
  return [
    `<rect class="${kind}" x="${COLUMN.x}" y="${y}" width="${COLUMN.width}" height="42" rx="6"/>`,
    text(COLUMN.x + 12, y + 18, 'name', title),
    text(COLUMN.x + 12, y + 34, 'file', file),
  ].join('\n');
}

const arrow = (path: string): string => `<path d="${path}"/>`;

function text(x: number, y: number, kind: string, content: string, anchor = 'start'): string {
  return `<text class="${kind}" x="${x}" y="${y}" text-anchor="${anchor}">${content.replaceAll('&', '&amp;').replaceAll('<', '&lt;')}</text>`;
}
