/** The tutorial as it stands: an Express server with one route. The cookie header is read by hand, cheaper than a parser. */
import type { AddressInfo } from 'node:net';

import Ably from 'ably';
import express from 'express';
import { readUser } from './session.ts';
import { tokenParamsOf } from './token-params.ts';

const ably = new Ably.Rest({ key: process.env.ABLY_API_KEY ?? '' });
const app = express();

app.get('/auth', async (req, res) => {
  const username = readUser(req.headers.cookie?.split('; '), process.env.ABLY_AUTH_SESSION_SECRET ?? '');
  try {
    const tokenRequest = await ably.auth.createTokenRequest(tokenParamsOf(username));
    res.setHeader('Content-Type', 'application/json');
    res.send(JSON.stringify(tokenRequest));
  } catch (error) {
    res.status(500).send(`Error requesting token: ${JSON.stringify(error)}`);
  }
});

/** @returns the port that the system chose */
export function start(): Promise<number> {
  return new Promise((resolve) => {
    const server = app.listen(0, '127.0.0.1', () => resolve((server.address() as AddressInfo).port));
  });
}
