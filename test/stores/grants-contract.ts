/** Stored grants over one store: what a person gets on asking is kept, by two tabs at once, until it is taken back. */
import { expect } from 'vitest';
import type { RecordStore } from '../../core/stores.ts';
import { forgetGrants, remembering } from '../../index.ts';
import { sessionCookie } from '../core/auth-request.ts';
import { refusedIn, roomsEndpoint, roomsIn } from '../grants/asking.ts';

/** More than a tab opens, and few enough for a server that is emulated. */
const TABS = 8;

let serial = 0;

export async function keepsGrants(store: RecordStore): Promise<void> {
  // Never the same person, so that checks share a store without meeting.
  const subject = `person-${process.pid}-${serial++}`;
  const options = { grants: remembering('store', { policyVersion: '1' }), store, nowMs: Date.now };
  const rooms = roomsEndpoint((_, room) => room !== 'closed', options);
  const cookies = [sessionCookie({ subject, lifetimeSeconds: 7_200 }, Date.now())];
  const ask = (resources: readonly string[], on = rooms) => on.ask(resources, { cookies });
  const names = Array.from({ length: TABS }, (_, tab) => `room:${tab}`);

  expect(roomsIn(await ask([]))).toEqual([]);
  const answers = await Promise.all(names.map((name) => ask([name])));
  expect(answers.map((answer, tab) => roomsIn(answer).includes(`room:${tab}`))).toEqual(names.map(() => true));
  expect(roomsIn(await ask([])).toSorted()).toEqual(names);
  expect(rooms.checked.length).toBe(TABS);

  // Another instance of the function.
  const elsewhere = roomsEndpoint(() => false, options);
  const renewal = await ask(['room:closed'], elsewhere);
  expect([roomsIn(renewal).toSorted(), refusedIn(renewal)]).toEqual([names, ['room:closed']]);

  await forgetGrants(store, { source: 'session', subject }, ['room:0', 'room:1']);
  expect(roomsIn(await ask([])).toSorted()).toEqual(names.slice(2));
  await forgetGrants(store, { source: 'session', subject });
  expect(roomsIn(await ask([]))).toEqual([]);
}
