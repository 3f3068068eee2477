/** The two kinds of caller and, for each contender, the environment and the cookie that it understands. */
import { createSessionCookies } from '../../index.ts';
import type { Settings } from './children.ts';
import { API_KEY, lambdaEvent, SESSION_SECRET, SUBJECT } from './requests.ts';
import { writeSessionCookie } from './tutorial/session.ts';

export type Caller = 'anonymous' | 'signed-in';

/** `silent`, because neither the tutorial nor the bare cost logs anything. */
export const SETTINGS: Settings = {
  ABLY_API_KEY: API_KEY,
  ABLY_AUTH_SESSION_SECRET: SESSION_SECRET,
  ABLY_AUTH_LOG: 'silent',
};

export function ourCookie(caller: Caller): string | undefined {
  if (caller === 'anonymous') return undefined;
  const cookies = createSessionCookies({ secrets: [SESSION_SECRET] });
  const [cookie] = cookies.write({ subject: SUBJECT, lifetimeSeconds: 86_400 }, Date.now()).split(';');
  return cookie;
}

export function tutorialCookie(caller: Caller): string | undefined {
  if (caller === 'anonymous') return undefined;
  return writeSessionCookie({ sub: SUBJECT, exp: Math.floor(Date.now() / 1000) + 86_400 }, SESSION_SECRET);
}

export function eventJson(cookie: string | undefined): string {
  return JSON.stringify(lambdaEvent(cookie));
}
