/** The tables of docs/scale.md, from figures.ts. Pure: the page is written by write.ts, and a test computes it again. */
import {
  ASSUMED,
  AWS,
  KEY_REFRESH_SECONDS,
  PLANS,
  RENEWAL_LEAD_SECONDS,
  TEMPLATE_THROTTLE_PER_SECOND,
} from './figures.ts';

const TTLS = [
  ['10m', 600],
  ['15m', 900],
  ['1h', 3_600],
  ['24h', 86_400],
] as const;
const CLIENTS = [1_000, 10_000, 100_000, 1_000_000, 10_000_000, 100_000_000];
const HOUR = 3_600;

/** Steady: how often `clients` connected ones ask, whose tokens live for this long. */
export function renewalsPerSecond(clients: number, ttlSeconds: number): number {
  return clients / (ttlSeconds - RENEWAL_LEAD_SECONDS);
}

/** Environments that are busy at once (Little's law). */
export function concurrency(perSecond: number, ms: number): number {
  return Math.ceil((perSecond * ms) / 1_000);
}

export function capacityTables(): Readonly<Record<string, string>> {
  return {
    limits: table(
      ['limit', 'a second', 'from'],
      [
        [
          'API Gateway, all APIs of an account and region',
          whole(AWS.gatewayPerSecond),
          link('API Gateway', 'apigateway/latest/developerguide/limits.html'),
        ],
        ['our templates, `ThrottleRate`', whole(TEMPLATE_THROTTLE_PER_SECOND), 'infra/aws'],
        [
          'Lambda, new environments of a function',
          whole(AWS.newEnvironmentsPerSecond),
          link('Lambda', 'lambda/latest/dg/scaling-behavior.html'),
        ],
        [
          'Lambda, environments at once (not a rate)',
          whole(AWS.lambdaConcurrency),
          link('Lambda', 'lambda/latest/dg/gettingstarted-limits.html'),
        ],
        [
          'Secrets Manager, `GetSecretValue`',
          whole(AWS.getSecretValuePerSecond),
          link('Secrets Manager', 'secretsmanager/latest/userguide/reference_limits.html'),
        ],
        [
          'DynamoDB, read units of an on-demand table',
          whole(AWS.tableReadUnitsPerSecond),
          link('DynamoDB', 'amazondynamodb/latest/developerguide/ServiceQuotas.html'),
        ],
      ],
    ),
    assumed: table(
      ['one request holds an environment for', 'ms'],
      [
        ['warm, the key cached', whole(ASSUMED.warmMs)],
        ['one read of a store, on top', whole(ASSUMED.storeReadMs)],
        ['the first of an environment, key from Secrets Manager', whole(ASSUMED.coldMs)],
      ],
    ),
    renewals: table(
      ['ttl', 'requests a second', 'a day'],
      TTLS.map(([ttl, seconds]) => {
        const rate = renewalsPerSecond(1_000, seconds);
        return [ttl, decimals(rate), whole(rate * 86_400)];
      }),
    ),
    endpoint: table(
      [
        'clients',
        'requests a second',
        'environments busy',
        'with a store',
        'of the gateway’s default',
        'reads of the table, of its default',
      ],
      CLIENTS.map((clients) => {
        const rate = renewalsPerSecond(clients, HOUR);
        return [
          whole(clients),
          decimals(rate),
          whole(concurrency(rate, ASSUMED.warmMs)),
          whole(concurrency(rate, ASSUMED.warmMs + ASSUMED.storeReadMs)),
          percent(rate / AWS.gatewayPerSecond),
          percent(rate / AWS.tableReadUnitsPerSecond),
        ];
      }),
    ),
    plans: table(
      [
        'plan',
        'TokenRequests a second, by the hour',
        'clients renewed, ttl 15m',
        'ttl 1h',
        'ttl 24h',
        'connections it allows',
      ],
      PLANS.map(({ plan, tokenRequestsPerSecond, tokenRequestsPerHour, connections }) => {
        const hourly = Math.min(tokenRequestsPerSecond, tokenRequestsPerHour / HOUR);
        const clients = (ttl: number): string => whole(Math.floor(hourly * (ttl - RENEWAL_LEAD_SECONDS)));
        return [plan, decimals(hourly), clients(900), clients(HOUR), clients(86_400), whole(connections)];
      }),
    ),
    herd: table(
      [
        'clients',
        'gateway at its default',
        'our throttle at its default',
        'TokenRequests, plan Pro',
        'new connections, plan Pro',
      ],
      CLIENTS.map((clients) => {
        const { tokenRequestsPerSecond, tokenRequestsPerHour, newConnectionsPerSecond } = PLANS[2];
        // The hour's are used up sooner than the hour is over; then the next one has to come.
        const fullHours = Math.floor((clients - 1) / tokenRequestsPerHour);
        const tokenSeconds = fullHours * HOUR + (clients - fullHours * tokenRequestsPerHour) / tokenRequestsPerSecond;
        return [
          whole(clients),
          duration(clients / AWS.gatewayPerSecond),
          duration(clients / TEMPLATE_THROTTLE_PER_SECOND),
          duration(tokenSeconds),
          duration(clients / newConnectionsPerSecond),
        ];
      }),
    ),
    secret: table(
      ['', 'reads a second', 'of the default'],
      [
        ['1,000 environments, each every five minutes', 1_000 / KEY_REFRESH_SECONDS],
        ['as many new environments as Lambda makes', AWS.newEnvironmentsPerSecond],
        ['100,000,000 clients, ttl 1h, every request another environment', renewalsPerSecond(100_000_000, HOUR)],
      ].map(([what, rate]) => [
        String(what),
        decimals(Number(rate)),
        percent(Number(rate) / AWS.getSecretValuePerSecond),
      ]),
    ),
  };
}

function link(text: string, path: string): string {
  return `[${text}](https://docs.aws.amazon.com/${path})`;
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [line(head), `|---|${'---:|'.repeat(head.length - 1)}`, ...rows.map(line)].join('\n');
}

function whole(value: number): string {
  return Math.round(value).toLocaleString('en-US');
}

/** Three digits that count, as far as there are that many behind the point. */
function decimals(value: number): string {
  if (value >= 100) return whole(value);
  return Number(value.toPrecision(3)).toString();
}

function percent(share: number): string {
  return `${decimals(share * 100)} %`;
}

function duration(seconds: number): string {
  if (seconds < 60) return `${decimals(seconds)} s`;
  if (seconds < 2 * HOUR) return `${decimals(seconds / 60)} min`;
  return `${decimals(seconds / HOUR)} h`;
}
