/**
 * The examples for phones, as far as the wire goes: the codes, headers and parameters that they name are the endpoint's,
 * and it answers the requests that they send as they expect it. Their Kotlin runs in the lane `jvm`.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { FAILURES } from '../../core/errors.ts';
import { MAX_REQUESTED_RESOURCES } from '../../core/limits.ts';
import { EXPOSED_HEADERS } from '../../core/wire/cors.ts';
import { type Rooms, startRooms } from '../client/rooms.ts';
import { ROOT } from '../house/source-files.ts';

const read = (...path: readonly string[]): string => readFileSync(join(ROOT, 'examples', ...path), 'utf8');

const KOTLIN = 'app/src/main/kotlin/com/example/rooms';

const EXAMPLES = {
  android: { ending: 'kt', session: `${KOTLIN}/AblySession.kt`, screen: `${KOTLIN}/MainActivity.kt` },
  ios: { ending: 'swift', session: 'Rooms/AblySession.swift', screen: 'Rooms/RoomsApp.swift' },
  flutter: { ending: 'dart', session: 'lib/ably_session.dart', screen: 'lib/main.dart' },
} as const;

type Example = keyof typeof EXAMPLES;

function sourcesOf(example: Example): string {
  const { ending } = EXAMPLES[example];
  const paths = readdirSync(join(ROOT, 'examples', example), { recursive: true, encoding: 'utf8' });
  return paths
    .filter((path) => path.endsWith(`.${ending}`))
    .map((path) => read(example, path))
    .join('\n');
}

const names = Object.keys(EXAMPLES) as readonly Example[];

describe.each(names)('the example %s', (example) => {
  const sources = sourcesOf(example);
  const readme = read(example, 'README.md');

  it('goes by codes that the endpoint answers with, and tells the SDK its own', () => {
    const ours = Object.values(FAILURES).map(({ code }) => String(code));
    // What an SDK says by itself: another identity on this connection, and no usable answer.
    const known = new Set([...ours, '40102', '40170']);
    expect(sources.match(/\b4\d{4}\b/g)?.filter((code) => !known.has(code))).toEqual([]);
    expect(sources).toContain('40101');
  });

  it('reads headers that the endpoint writes, and asks by its parameter', () => {
    const exposed = EXPOSED_HEADERS.toLowerCase().split(', ');
    const read = sources.toLowerCase().match(/x-ably-[a-z-]+/g) ?? [];
    expect(read.filter((name) => !exposed.includes(name))).toEqual([]);
    expect(read).toEqual(expect.arrayContaining(['x-ably-errorcode', 'x-ably-auth-refused']));
    expect(sources).toMatch(/["']resources["']/);
    expect(sources).toMatch(/["']Bearer [\\$]/);
  });

  it('says signed out for JSON alone, and sends no more channels than the endpoint reads', () => {
    const session = read(example, EXAMPLES[example].session);
    expect(session).toMatch(/\b401\b.*isJson.*["']40101["']/i);
    const [, most] = /max_?channels = (\d+)/i.exec(session) ?? [];
    expect(Number(most)).toBe(MAX_REQUESTED_RESOURCES);
  });

  it('leaves it to the session of whoever is refused to close', () => {
    const [, become = ''] = /become\(.*\bnext\b.*\{\n([\s\S]*)/.exec(read(example, EXAMPLES[example].session)) ?? [];
    expect(become).toMatch(/refused\b.*close\(\)/i);
    expect(read(example, EXAMPLES[example].screen)).not.toMatch(/refused/i);
  });

  it('names files that it has', () => {
    const files = [...readme.matchAll(/^\| `([\w./-]+\.\w+)` \|/gm)].map(([, file = '']) => file);
    expect(files).toContain(EXAMPLES[example].session);
    expect(files.filter((file) => !existsSync(join(ROOT, 'examples', example, file)))).toEqual([]);
  });

  it('says under which address a device finds the machine, how far it is tested, and what each refusal means', () => {
    for (const part of ['192.168.', 'HOST=0.0.0.0', '## How far this is tested', '`resources`', 'X-Ably-Auth-Refused'])
      expect(readme).toContain(part);
    const pairs = new Set(Object.values(FAILURES).map(({ status, code }) => `${status} / ${code}`));
    const named = readme.match(/\b\d{3} \/ \d{5}\b/g) ?? [];
    expect(named.length).toBeGreaterThanOrEqual(4);
    expect(named.filter((pair) => !pairs.has(pair))).toEqual([]);
  });
});

const version = (pattern: RegExp, text: string): string | undefined => pattern.exec(text)?.[1];

describe('the Android example', () => {
  const gradle = read('android/app/build.gradle.kts');
  const pom = readFileSync(join(ROOT, 'test/platforms/jvm/pom.xml'), 'utf8');

  it('builds with the versions that the lane runs', () => {
    const pairs = [
      [/okhttp3:okhttp:([\d.]+)"/, /<okhttp.version>([\d.]+)/],
      [/jetbrains\.kotlin\.android"\) version "([\d.]+)"/, /<kotlin.version>([\d.]+)/],
    ] as const;
    for (const [inGradle, inPom] of pairs) {
      expect(version(inGradle, gradle)).toMatch(/^\d/);
      expect(version(inGradle, gradle)).toBe(version(inPom, pom));
    }
  });

  it('says which version of the SDK it takes, and which one the lane runs', () => {
    const readme = read('android/README.md');
    const inLane = version(/<artifactId>ably-java<\/artifactId>\s*<version>([\d.]+)/, pom);
    expect(readme).toContain(`ably-android ${version(/ably-android:([\d.]+)"/, gradle)}:`);
    expect(readme).toContain(`ably-java ${inLane},`);
  });

  it('says that its libraries are AndroidX, without which Gradle stops', () => {
    expect(read('android/gradle.properties')).toMatch(/^android\.useAndroidX=true$/m);
  });

  it('imports nothing of Android into what the lane runs', () => {
    expect(read('android', EXAMPLES.android.session)).not.toMatch(/^import android/m);
  });
});

describe('the Flutter example', () => {
  it('reads answers as UTF-8, which they are without saying so', () => {
    const sources = sourcesOf('flutter').replaceAll(/\/\/.*/g, '');
    expect(sources).not.toMatch(/response\.body\b/);
    expect(sources.match(/utf8\.decode\(response\.bodyBytes\)/g)).toHaveLength(2);
    // What was before took JSON without a charset for Latin-1.
    expect(version(/^ {2}http: \^([\d.]+)$/m, read('flutter/pubspec.yaml'))).toBe('1.4.0');
  });
});

describe('plain HTTP', () => {
  it('is allowed to debug builds and the own network alone', () => {
    const usesCleartext = 'android:usesCleartextTraffic="true"';
    expect(read('android/app/src/debug/AndroidManifest.xml')).toContain(usesCleartext);
    expect(read('android/app/src/main/AndroidManifest.xml')).not.toContain(usesCleartext);
    expect(read('ios/Rooms/Info.plist')).toContain('NSAllowsLocalNetworking');
    expect(read('ios/Rooms/Info.plist')).not.toContain('NSAllowsArbitraryLoads');
  });
});

const started: Rooms[] = [];
afterEach(async () => {
  for (const each of started.splice(0)) await each.close();
});

/** What each sends: a form from Kotlin and Dart, JSON from Swift. */
const REQUESTS: Readonly<Record<string, Pick<RequestInit, 'body' | 'headers'>>> = {
  'as a form': { body: new URLSearchParams({ resources: '["room:7","room:8"]' }) },
  'as JSON': {
    body: '{"resources":["room:7","room:8"]}',
    headers: { 'Content-Type': 'application/json' },
  },
};

describe.each(Object.entries(REQUESTS))('a request for channels %s', (_, request) => {
  it('is answered with a credential and the names of what was refused', async () => {
    const rooms = await startRooms();
    started.push(rooms);
    const headers = { ...request.headers, cookie: rooms.cookieOf('ada') };
    const answer = await fetch(rooms.authUrl, { ...request, method: 'POST', headers });
    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-type')).toBe('application/json');
    expect(answer.headers.get('x-ably-auth-refused')).toBe('["room:7"]');
    const credential = (await answer.json()) as Readonly<Record<string, unknown>>;
    // What Dart's TokenRequest.fromMap and Cocoa's fromJson insist on.
    expect(credential).toMatchObject({ timestamp: expect.any(Number), ttl: expect.any(Number) });
    expect(credential).toMatchObject({ capability: expect.any(String), clientId: 'ada', mac: expect.any(String) });
    expect('issued' in credential).toBe(false);
  });

  it('is refused in JSON, with the code in a header', async () => {
    const rooms = await startRooms();
    started.push(rooms);
    const answer = await fetch(rooms.authUrl, { ...request, method: 'POST' });
    expect([answer.status, answer.headers.get('x-ably-errorcode')]).toEqual([401, '40101']);
    expect(answer.headers.get('content-type')).toBe('application/json');
  });
});
