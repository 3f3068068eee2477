/** An endpoint where rooms may be asked for, the door book of which the test writes; and what an answer says of it. */
import type { NameValue } from '../../core/http.ts';
import { type AuthResponse, type Requestable, remembering } from '../../index.ts';
import {
  authRequest,
  cookieSentBack,
  type EndpointToTest,
  headerOf,
  jsonOf,
  type RequestToWrite,
  sessionCookie,
  type TestEndpoint,
  testEndpoint,
} from '../core/auth-request.ts';

export type Door = (subject: string, room: string) => ReturnType<Requestable['check']>;

export interface Rooms extends TestEndpoint {
  /** Every check, in order: `bob 7`. */
  readonly checked: string[];
  /** Bob, unless the request says otherwise, asks for these resources. */
  ask(resources: readonly string[], request?: RequestToWrite): Promise<AuthResponse>;
}

export const OPERATIONS = ['publish', 'subscribe'] as const;

/** Everybody has `lobby`; who gets into which room is for `door` to say. */
export function roomsEndpoint(door: Door, options: EndpointToTest = {}): Rooms {
  const checked: string[] = [];
  const room: Requestable = {
    resource: 'room:{id}',
    operations: OPERATIONS,
    check: ({ identity, id = '' }) => {
      checked.push(`${identity.subject} ${id}`);
      return door(identity.subject, id);
    },
  };
  const endpoint = testEndpoint({
    rules: [{ name: 'everybody', grant: { lobby: ['subscribe'] } }],
    requestable: [room],
    grants: remembering('client'),
    ...options,
  });
  return {
    ...endpoint,
    checked,
    ask: (resources, request = {}) => endpoint.handle(asking(resources, request)),
  };
}

export function asking(resources: readonly string[], request: RequestToWrite = {}) {
  const query = resources.length === 0 ? [] : [['resources', JSON.stringify(resources)] as const];
  return authRequest({ cookies: [sessionCookie()], ...request, query });
}

/** Resource to operations, as the credential says it. */
export function rightsIn(response: AuthResponse): Readonly<Record<string, readonly string[]>> {
  if (response.status !== 200) throw new Error(`${response.status}: ${response.body}`);
  const jwt = headerOf(response, 'Content-Type') === 'application/jwt';
  const claims = jwt ? JSON.parse(Buffer.from(response.body.split('.')[1] ?? '', 'base64url').toString()) : {};
  return JSON.parse(String(jwt ? claims['x-ably-capability'] : jsonOf(response).capability));
}

/** What a browser or a phone sends back to be remembered by: the grant as the answer gave it. */
export function grantCookieIn(response: AuthResponse): NameValue | undefined {
  const set = response.cookies.find((cookie) => cookie.startsWith('__Host-ably-auth-grant='));
  return set === undefined ? undefined : cookieSentBack(set);
}

export function grantHeaderIn(response: AuthResponse): string | undefined {
  return headerOf(response, 'X-Ably-Auth-Grant');
}

export function roomsIn(response: AuthResponse): readonly string[] {
  return Object.keys(rightsIn(response)).filter((resource) => resource !== 'lobby');
}

/** `undefined` where nothing was refused. */
export function refusedIn(response: AuthResponse): readonly (string | number)[] | undefined {
  const header = headerOf(response, 'X-Ably-Auth-Refused');
  return header === undefined ? undefined : (JSON.parse(header) as readonly (string | number)[]);
}
