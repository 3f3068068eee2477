import { describe, expect, it } from 'vitest';
import { refusedIn, rightsIn, roomsEndpoint } from '../grants/asking.ts';
import { grantedAsWritten } from './naive/asked-by-prefix.ts';
import { ablyPermits } from './support.ts';

const isMember = (room: string): boolean => room === '7';

/** What reaches other channels than room:7, and is let through by whoever looks at its beginning or its middle only. */
const WIDER = ['room:7:*', 'room:7:secret'] as const;

describe('S3 a resource that a client asks for', () => {
  it.each(WIDER)('is more than the check was asked about, where %s is granted as it is written', (resource) => {
    const loot = JSON.stringify(grantedAsWritten([resource], isMember));
    expect(ablyPermits(loot, 'publish', 'room:7:secret')).toBe(true);
  });

  it.each([
    ...WIDER,
    ...[
      'room:*',
      '*',
      '*:7',
      'room:**',
      '[*]room:7',
      '[meta]room:7',
      '[queue]room:7',
      '[filter=x]room:7',
      '[?rewind=1]room:7',
    ],
    ...[
      'room:{id}',
      'room:{sub}',
      'room:{"a"}',
      'room:7,room:8',
      'room:7\n*',
      'room:7\u2028',
      'room:7?x',
      ' room:7',
      'room:7:',
      'room:',
    ],
    ...['__proto__', 'constructor', '{}', '0'],
  ])('ours asks no check about %j and gives nothing for it', async (resource) => {
    const rooms = roomsEndpoint((_, room) => isMember(room));
    const response = await rooms.ask(['room:7', resource]);
    expect(rightsIn(response)).toEqual({ lobby: ['subscribe'], 'room:7': ['publish', 'subscribe'] });
    expect(refusedIn(response)).toEqual([resource]);
    expect(rooms.checked).toEqual(['bob 7']);
  });

  it('gives no more than the entry, whatever the check says, and never another channel', async () => {
    const rooms = roomsEndpoint(() => ['*']);
    const capability = JSON.stringify(rightsIn(await rooms.ask(['room:7'])));
    for (const operation of ['publish', 'subscribe']) expect(ablyPermits(capability, operation, 'room:7')).toBe(true);
    for (const operation of ['presence', 'history', 'push-admin']) {
      expect(ablyPermits(capability, operation, 'room:7')).toBe(false);
    }
    for (const channel of ['room:8', 'room:7:x', 'room', '[meta]room:7']) {
      expect(ablyPermits(capability, 'publish', channel)).toBe(false);
    }
  });
});
