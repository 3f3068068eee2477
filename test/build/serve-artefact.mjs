/**
 * Serves one built artefact on a loopback port, as plain Node would run it: nothing of this project is loaded but the
 * artefact. Turns HTTP into what the artefact's platform calls it with, and its answer back.
 *
 * Started by built.ts: `serve-artefact.mjs <lambda|fetch|function> <file>`.
 */
import { createServer } from 'node:http';
import { pathToFileURL } from 'node:url';

const [kind, file] = process.argv.slice(2);
const artefact = await import(pathToFileURL(file).href);

const answer = { lambda: answerAsLambda, fetch: answerAsWeb, function: answerAsWeb }[kind];
const server = createServer((req, res) => {
  const chunks = [];
  req.on('data', (chunk) => chunks.push(chunk));
  req.on('end', () => {
    answer(req, Buffer.concat(chunks)).then(
      ({ status, headers, body }) => res.writeHead(status, headers).end(body),
      (error) => res.writeHead(599).end(String(error)),
    );
  });
});
server.listen(0, '127.0.0.1', () => {
  const { port } = server.address();
  process.send({ port, exports: Object.keys(artefact).sort(), parameters: artefact.handler?.length });
});
process.on('disconnect', () => process.exit());

/** HTTP API payload 2.0 as API Gateway makes it: cookies apart, forms in base64. */
async function answerAsLambda(req, body) {
  const url = new URL(req.url, 'http://gateway.example');
  const { cookie, ...headers } = req.headers;
  const isText = /^(text\/|application\/json)/.test(headers['content-type'] ?? '');
  const event = {
    version: '2.0',
    routeKey: `${req.method} ${url.pathname}`,
    rawPath: url.pathname,
    rawQueryString: url.search.slice(1),
    headers,
    ...(cookie && { cookies: cookie.split('; ') }),
    requestContext: {
      http: { method: req.method, path: url.pathname, protocol: 'HTTP/1.1', sourceIp: '192.0.2.1', userAgent: 'test' },
      requestId: 'gateway-request-1',
      stage: '$default',
    },
    ...(body.length > 0 && { body: body.toString(isText ? 'utf8' : 'base64') }),
    isBase64Encoded: body.length > 0 && !isText,
  };
  const result = await artefact.handler(event, { awsRequestId: 'lambda-request-1' });
  return {
    status: result.statusCode,
    headers: { ...result.headers, ...(result.cookies && { 'set-cookie': result.cookies }) },
    body: result.isBase64Encoded ? Buffer.from(result.body, 'base64') : result.body,
  };
}

async function answerAsWeb(req, body) {
  const handle = kind === 'fetch' ? artefact.default.fetch : artefact.default;
  const request = new Request(`http://platform.example${req.url}`, {
    method: req.method,
    headers: req.headers,
    ...(body.length > 0 && { body }),
  });
  const response = await handle(request, { ip: '192.0.2.1', requestId: 'platform-request-1' });
  return {
    status: response.status,
    headers: Object.fromEntries(response.headers),
    body: Buffer.from(await response.arrayBuffer()),
  };
}
