/** `GET /healthz` of the container and the local server. */
import { describe, expect, it } from 'vitest';
import { startNodeServer } from '../../adapters/node/serve.ts';
import type { HealthReport } from '../../core/health/health-report.ts';

async function ask(health: (() => HealthReport) | undefined): Promise<Response> {
  const endpoint = { handle: () => Promise.reject(new Error('not asked for')) };
  const server = await startNodeServer({ endpoint, host: '127.0.0.1', port: 0, ...(health && { health }) });
  try {
    const response = await fetch(`${server.url}/healthz?x=1`);
    return new Response(await response.text(), { status: response.status, headers: response.headers });
  } finally {
    await server.close();
  }
}

describe('/healthz', () => {
  it('is 200 with the report while the endpoint can serve', async () => {
    const report: HealthReport = { status: 'ok', key: 'failing', clock: { mode: 'local' }, store: 'redis' };
    const response = await ask(() => report);
    expect([response.status, response.headers.get('content-type')]).toEqual([200, 'application/json']);
    expect(await response.json()).toEqual(report);
  });

  it('is 503 while every request would be', async () => {
    expect((await ask(() => ({ status: 'misconfigured' }))).status).toBe(503);
  });

  it('is nothing where nobody is to be told', async () => {
    expect((await ask(undefined)).status).toBe(404);
  });
});
