/**
 * For development: this page, and the auth endpoint behind it, on one origin, as they are when deployed together. The
 * cookie is then the page's own, and no CORS is needed. Passes on what is under `/api/` and `/demo/`.
 */
import { readFile } from 'node:fs/promises';
import { createServer, request } from 'node:http';
import { fileURLToPath } from 'node:url';

const { ENDPOINT = 'http://127.0.0.1:3000', HOST = '127.0.0.1', PORT = '8080' } = process.env;

/** @type {Record<string, readonly [url: string, contentType: string]>} */
const FILES = {
  '/': ['./index.html', 'text/html; charset=utf-8'],
  '/app.js': ['./app.js', 'text/javascript'],
  '/ably.min.js': [new URL('./ably.min.js', import.meta.resolve('ably')).href, 'text/javascript'],
};

const server = createServer(async (req, res) => {
  const { pathname, search } = new URL(req.url ?? '/', 'http://page');
  const file = FILES[pathname];
  if (file) {
    const [url, contentType] = file;
    res.writeHead(200, { 'Content-Type': contentType });
    res.end(await readFile(fileURLToPath(new URL(url, import.meta.url))));
  } else if (/^\/(api|demo)\//.test(pathname)) {
    const { method, headers } = req;
    // With its Host, Origin and cookies: to the endpoint this is the page's own origin.
    const passedOn = request(new URL(pathname + search, ENDPOINT), { method, headers }, (answer) => {
      res.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(res);
    });
    passedOn.on('error', () => res.writeHead(503).end());
    req.pipe(passedOn);
  } else {
    res.writeHead(404).end();
  }
});
server.listen(Number(PORT), HOST, () => {
  const address = server.address();
  if (typeof address === 'object') console.log(`http://${HOST}:${address?.port}`);
});
