import { describe, expect, it } from 'vitest';
import { createFetchHandler } from '../../adapters/fetch/handler.ts';
import { MAX_BODY_BYTES } from '../../core/limits.ts';
import { bodyText, createProbe, onlyRequest } from './support/exchange.ts';

const TYPE = { 'content-type': 'application/x-www-form-urlencoded' };

function upload(body: ReadableStream<Uint8Array>): Request {
  // `duplex` is required for streams and missing from the types of Node 20.
  const init = { method: 'POST', headers: TYPE, body, duplex: 'half' };
  return new Request('https://auth.example/api/ably-auth', init as RequestInit);
}

describe('createFetchHandler', () => {
  it('stops reading an endless upload once it is too large, and does not cancel it', async () => {
    const probe = createProbe();
    let pulled = 0;
    let cancelled = false;
    const endless = new ReadableStream<Uint8Array>({
      pull(controller) {
        pulled += 1;
        controller.enqueue(new Uint8Array(16 * 1024));
      },
      cancel() {
        cancelled = true;
      },
    });
    const response = await createFetchHandler(probe.endpoint)(upload(endless));
    expect(response.status).toBe(200);
    expect(onlyRequest(probe).body).toHaveLength(MAX_BODY_BYTES + 1);
    expect(pulled).toBeLessThan(10);
    // Vercel's launcher goes on feeding a stream that was cancelled, and dies of it.
    expect(cancelled).toBe(false);
  });

  it('puts a body together that comes in pieces', async () => {
    const probe = createProbe();
    const pieces = ['client', 'Id=%C3', '', '%A9'].map((text) => new TextEncoder().encode(text));
    const body = new ReadableStream<Uint8Array>({
      pull(controller) {
        const piece = pieces.shift();
        if (piece) controller.enqueue(piece);
        else controller.close();
      },
    });
    await createFetchHandler(probe.endpoint)(upload(body));
    expect(bodyText(onlyRequest(probe))).toBe('clientId=%C3%A9');
  });

  it('has a body that breaks off, or that was read before, refused as too large', async () => {
    const broken = upload(
      new ReadableStream({
        pull(controller) {
          controller.error(new Error('the client went away'));
        },
      }),
    );
    const read = new Request('https://auth.example/', { method: 'POST', headers: TYPE, body: 'a=1' });
    await read.text();
    for (const request of [broken, read]) {
      const probe = createProbe();
      await createFetchHandler(probe.endpoint)(request);
      expect(onlyRequest(probe).body.length).toBeGreaterThan(MAX_BODY_BYTES);
    }
  });

  it('can be given to hosts that pass more than the request', async () => {
    const probe = createProbe();
    const handler: (request: Request, context: { readonly params: unknown }) => Promise<Response> = createFetchHandler(
      probe.endpoint,
    );
    expect((await handler(new Request('https://auth.example/?a=1#b?c=2'), { params: {} })).status).toBe(200);
    expect(onlyRequest(probe).query).toEqual([['a', '1']]);
  });
});
