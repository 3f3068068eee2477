/** Who may do what, where: one test a row. */
import { it } from 'node:test';
import { testPolicy } from 'ably-auth-functions/testing';
import auth from './auth.config.js';

testPolicy(it, auth, [
  [undefined, 'subscribe', 'notifications', true],
  [undefined, 'publish', 'room:7', false],
  [{ sub: 'bob' }, 'publish', 'room:7', true],
  [{ sub: 'bob' }, 'subscribe', 'user:bob', true],
  [{ sub: 'bob' }, 'subscribe', 'user:ada', false],
]);
